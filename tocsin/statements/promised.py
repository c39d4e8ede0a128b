"""A promise as readers are told of it: frozen values, and how they are written down. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tocsin.statements.prose import ANY, TEXT, Shape


class Fate(StrEnum):
    """How a promise stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise in one language: what we do, how it shows that it is done, and whose it is.

    ``owner`` is a role, never a person. ``reason`` is why it slipped or was dropped last, ``proof``
    what shows that it is done.
    """

    action: str
    done_when: str
    owner: str
    reason: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What we took on so that it does not happen again (R-54), as readers are told of it.

    ``due_before`` are the days for which it was promised before, oldest first. ``link`` leads to
    where the work is followed, ``proof_link`` to what proves it.
    """

    id: str
    fate: Fate
    texts: Mapping[str, Promised]
    made_on: date
    due_on: date
    due_before: tuple[date, ...] = ()
    settled_on: date | None = None
    link: str = ""
    proof_link: str = ""

    @property
    def is_open(self) -> bool:
        return self.fate == Fate.OPEN

    @property
    def is_done(self) -> bool:
        return self.fate == Fate.DONE

    @property
    def is_dropped(self) -> bool:
        return self.fate == Fate.DROPPED

    def is_late(self, on: date) -> bool:
        """Whether its day has passed, and it is neither done nor dropped."""
        return self.is_open and self.due_on < on


TEXTS: Shape = {
    ANY: {"action": TEXT, "done_when": TEXT, "owner": TEXT, "reason": TEXT, "proof": TEXT}
}


def read_texts(told: Mapping[str, Any]) -> dict[str, Promised]:
    """A promise's words by language, from JSON values."""
    return {language: Promised(**text) for language, text in told.items()}


def read(told: Mapping[str, Any]) -> Promise:
    """A promise from JSON values."""
    settled_on = told["settled_on"]
    return Promise(
        id=told["id"],
        fate=Fate(told["fate"]),
        texts=read_texts(told["texts"]),
        made_on=date.fromisoformat(told["made_on"]),
        due_on=date.fromisoformat(told["due_on"]),
        due_before=tuple(map(date.fromisoformat, told["due_before"])),
        settled_on=date.fromisoformat(settled_on) if settled_on else None,
        link=told["link"],
        proof_link=told["proof_link"],
    )

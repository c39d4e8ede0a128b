"""What may be promised, judged before anything is written: an end, a role, a day, a keeper.

CannotPromise       the promise cannot be made or turned so; carries a sentence for each fault
├── NoPromise       none goes by that id
└── NoLongerOpen    it was proved or dropped before
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tocsin.catalogue import languages
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import promising
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.statements.promised import Promised

LONGEST_LINK = 500
LONGEST_REASON = 300
FARTHEST = timedelta(days=10 * 366)


class CannotPromise(Exception):
    """The act is refused. ``faults`` are sentences, each with its mend."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = list(faults)


class NoPromise(CannotPromise):
    pass


class NoLongerOpen(CannotPromise):
    pass


@dataclass(frozen=True, slots=True)
class Pledge:
    """What an operator promises: words by language, until when, and whether readers are told.

    ``keeper_id`` is the operator who is reminded; empty for those who lead the incident.
    """

    texts: Mapping[str, Promised]
    due_on: date
    is_public: bool = False
    link: str = ""
    keeper_id: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a promise was kept: in words by language, and where it can be looked at."""

    texts: Mapping[str, str] = field(default_factory=dict)
    link: str = ""


def check(page: Brand, pledge: Pledge, *, at: datetime) -> None:
    """Raises CannotPromise, with a sentence for each fault."""
    found: list[str] = []
    if not pledge.texts:
        found.append("Say what is done, in at least one language.")
    for code, text in pledge.texts.items():
        if code not in page.languages:
            found.append(f"This page does not speak {code!r}; it speaks {_spoken(page)}.")
            continue
        faults = promising.faults(text.action, text.done_when, text.owner, language=code)
        found += [f"{_named(code)}: {fault}" for fault in faults]
    if pledge.is_public:
        missing = [code for code in page.languages if code not in pledge.texts]
        found += [_unsaid(code) for code in missing]
    if pledge.due_on < today(page, at):
        found.append(f"{pledge.due_on} has passed. Say a day to come.")
    if is_out_of_sight(pledge.due_on, page, at):
        found.append(too_far(pledge.due_on))
    if pledge.keeper_id and keeper_of(pledge.keeper_id, page.id) is None:
        found.append("Nobody who sees this page goes by that. `tocsin operators` lists everyone.")
    if found:
        raise CannotPromise(*found)
    check_link(pledge.link)


def keeper_of(operator_id: str, page_id: str) -> Operator | None:
    """Who is reminded of a promise, while they see its page; reminders say what readers may not."""
    operator = access.operator_of(operator_id)
    return operator if operator and access.may(operator, "see", page_id) else None


def keeper_at(address: str, page_id: str) -> Operator:
    """Who sees a page and has an address. Raises CannotPromise, alike for whoever is not there."""
    found = access.by_address(address)
    if found is None or not access.may(found, "see", page_id):
        raise CannotPromise(
            f"Nobody who sees this page has the address {address[:80]}."
            " `tocsin operators` lists everyone."
        )
    return found


def check_link(link: str) -> None:
    """Raises CannotPromise where no browser could follow it; an empty one is none."""
    if not link:
        return
    if not _is_address(link) or len(link) > LONGEST_LINK:
        raise CannotPromise(f"{link[:80]!r} is no web address. Say it with https://.")


def _is_address(link: str) -> bool:
    if any(sign.isspace() or not sign.isprintable() for sign in link):
        return False  # urlsplit would pass over it, and a mail would break there
    try:
        told = urlsplit(link)
    except ValueError:  # "http://[": a bracket that is never closed
        return False
    return told.scheme in ("https", "http") and bool(told.netloc)


def check_every_language(page: Brand, texts: Mapping[str, str]) -> None:
    """Raises CannotPromise with a sentence for each of the page's languages that is lacking."""
    missing = [code for code in page.languages if not texts.get(code, "").strip()]
    if missing:
        raise CannotPromise(*map(_unsaid, missing))


def _unsaid(code: str) -> str:
    return f"Readers are told this in {_named(code)} too. Say it in {_named(code)} ({code})."


def _named(code: str) -> str:
    return languages.called(code, "en").name


def _spoken(page: Brand) -> str:
    return ", ".join(page.languages)


def is_out_of_sight(on: date, page: Brand, at: datetime) -> bool:
    """Whether a day is so far off that nobody waits for it, or the calendar ends."""
    return on > today(page, at) + FARTHEST


def too_far(on: date) -> str:
    """The fault of such a day, with its mend."""
    return f"{on} is more than {FARTHEST.days} days away. Say a nearer day."


def today(page: Brand, at: datetime) -> date:
    """The day in the page's zone."""
    return at.astimezone(ZoneInfo(page.time_zone)).date()

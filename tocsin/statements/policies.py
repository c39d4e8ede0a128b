"""Which policy a page holds itself to: each one ever adopted is kept, and the newest is in force.

BadPolicy    the text is no policy; its faults name their lines (disclosure/policy.py)
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tocsin.catalogue.models import Page
from tocsin.disclosure import policy
from tocsin.disclosure.policy import BadPolicy, Policy
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements.models import PolicyText

__all__ = ["Adopted", "BadPolicy", "adopt", "adopted", "history", "policy_of"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A policy as it was adopted; number 0 is the usual one, which nobody had to adopt."""

    number: int
    text: str
    by: str
    at: datetime | None

    @property
    def policy(self) -> Policy:
        return policy.read(self.text)


@transaction.atomic
def adopt(page_id: str, text: str, *, by: Actor, at: datetime) -> Adopted:
    """Let a page hold itself to a text from now on; the text in force is not adopted again.

    What was said already keeps its own times. Raises BadPolicy, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    policy.read(text)
    Page.objects.select_for_update().get(pk=page_id)  # two who adopt at once get two numbers
    before = adopted(page_id)
    if before.number and before.text == text:
        return before
    row = PolicyText.objects.create(
        page_id=page_id, number=before.number + 1, text=text, adopted_at=at, adopted_by=str(by)
    )
    chain.note(
        "statements:policy:adopted",
        by=by,
        at=at,
        subject=("page", page_id),
        page=page_id,
        number=row.number,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    return _adopted(row)


_NEWEST = Compiled(lambda page: PolicyText.objects.filter(page_id=page).order_by("-number")[:1])


def adopted(page_id: str) -> Adopted:
    """The policy in force, with its text."""
    row = _NEWEST.first(page_id)
    return _adopted(row) if row else Adopted(0, policy.written(policy.USUAL), "", None)


def policy_of(page_id: str) -> Policy:
    """The policy in force."""
    return adopted(page_id).policy


def history(page_id: str) -> list[Adopted]:
    """Every policy that a page ever adopted, the newest first."""
    return [_adopted(row) for row in PolicyText.objects.filter(page_id=page_id).order_by("-number")]


def _adopted(row: PolicyText) -> Adopted:
    return Adopted(row.number, row.text, row.adopted_by, row.adopted_at)

"""Which policy a page holds itself to: the one that was adopted last.

BadPolicy    the text is no policy; its faults name their lines (disclosure/policy.py)
"""

from datetime import datetime

from django.db import transaction

from tocsin.catalogue import adopting
from tocsin.catalogue.adopting import File
from tocsin.disclosure import policy
from tocsin.disclosure.layering import Layering
from tocsin.disclosure.policy import BadPolicy, Policy
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements.models import PolicyText

__all__ = ["BadPolicy", "adopt", "adopted", "history", "layering_of", "policy_of"]


@transaction.atomic
def adopt(page_id: str, text: str, *, by: Actor, at: datetime) -> File:
    """Let a page hold itself to a text from now on; the text in force is not adopted again.

    What was said already keeps its own times. Raises BadPolicy, ``NotAllowed``.
    """
    access.check(by, "pages:write", page_id)
    policy.read(text)
    return adopting.adopt(PolicyText, "statements:policy:adopted", page_id, text, by=by, at=at)


_NEWEST = Compiled(lambda page: PolicyText.objects.filter(page_id=page).order_by("-number")[:1])


def adopted(page_id: str) -> File:
    """The policy in force, with its text."""
    row = _NEWEST.first(page_id)
    return adopting.of(row) if row else File(0, policy.written(policy.USUAL), "", None)


def policy_of(page_id: str) -> Policy:
    """The policy in force."""
    return policy.read(adopted(page_id).text)


def history(page_id: str) -> list[File]:
    """Every policy that a page ever adopted, the newest first."""
    rows = PolicyText.objects.filter(page_id=page_id).order_by("-number")
    return [adopting.of(row) for row in rows]


def layering_of(page_id: str) -> Layering:
    """How far a page's words go along into mails and rooms."""
    return policy_of(page_id).layering

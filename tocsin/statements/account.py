"""The account of an incident that is over (a postmortem): drafted, published, taken back.

A draft of it is a draft like any other: the composer finds it too.

CannotDraft     there is nothing to publish, or not yet; see drafting.py
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import drafting, published, word, wordless
from tocsin.statements.drafting import CannotDraft
from tocsin.statements.models import Draft, Revision
from tocsin.statements.published import Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying, Spoken


@dataclass(frozen=True, slots=True)
class Written:
    """An account in the making: its words by language, and when they were written down."""

    draft_id: str
    revision: int
    layers: Mapping[str, Layer]
    begun_at: datetime
    at: datetime


@transaction.atomic
def draft(incident_id: str, layers: Mapping[str, Layer], *, by: Actor, at: datetime) -> Written:
    """Write an account down, or the next revision of it. Raises CannotDraft, ``NotAllowed``."""
    known = declaration.known_of(incident_id)
    access.check(by, "draft", known.page_id)
    _check_told(known)
    words = word.compose(known, Saying(phase=Phase.ACCOUNT, layers=layers), at=at)
    before = written(incident_id)
    if before is None:
        opened = drafting.open_draft(incident_id, by=by, at=at)
        drafting.revise(opened.id, words, follows=0, by=by, at=at)
    else:
        drafting.revise(before.draft_id, words, follows=before.revision, by=by, at=at)
    after = written(incident_id)
    assert after is not None
    return after


@transaction.atomic
def publish(incident_id: str, *, by: Actor, at: datetime, announces: bool = True) -> Spoken:
    """Say the account that was drafted. Raises CannotDraft, NotFitToSay, ``NotAllowed``."""
    known = declaration.known_of(incident_id)
    story = _check_told(known)
    kept = written(incident_id)
    if kept is None:
        raise CannotDraft("No account was drafted. Write it first.")
    if story.phase not in FINAL:
        raise CannotDraft("The incident is not over yet. Its account is published afterwards.")
    # Whatever was said since it was drafted does not outdate it: it tells of the whole.
    saying = Saying(phase=Phase.ACCOUNT, layers=kept.layers)
    spoken = word.say(incident_id, saying, announces=announces, by=by, at=at)
    _spend(kept, at=at)
    return spoken


@transaction.atomic
def take_back(incident_id: str, *, by: Actor, at: datetime, announces: bool = False) -> Spoken:
    """Say that the account is taken back; it stays to be read. Raises CannotDraft."""
    known = declaration.known_of(incident_id)
    story = _check_told(known)
    if story.phase != Phase.ACCOUNT:
        raise CannotDraft("No account is published.")
    notice = wordless.notice(shelf.seen_by(known.audience_id), "account-withdrawn")
    saying = Saying(phase=Phase.RESOLVED, layers=notice, impact=story.impact, is_made=True)
    return word.say(incident_id, saying, announces=announces, by=by, at=at)


@transaction.atomic
def drop(incident_id: str, *, by: Actor, at: datetime) -> bool:
    """Let a draft of the account go; its revisions stay. Answers whether there was one."""
    known = declaration.known_of(incident_id)
    access.check(by, "draft", known.page_id)
    kept = written(incident_id)
    if kept is None:
        return False
    _spend(kept, at=at)
    subject = ("draft", kept.draft_id)
    chain.note("statements:draft:dropped", by=by, at=at, subject=subject, page=known.page_id)
    return True


def written(incident_id: str) -> Written | None:
    """The account in the making, if there is one."""
    drafts = Draft.objects.filter(incident_id=incident_id, spent_at=None, is_held=False)
    for row in drafts.filter(translates=None).order_by("-opened_at", "-id"):
        told = drafting.drafted(row.id)
        if told.words is None or told.words.phase != Phase.ACCOUNT:
            continue
        last = Revision.objects.get(draft_id=row.id, number=told.revision)
        return Written(row.id, told.revision, told.words.layers, row.opened_at, last.at)
    return None


def _check_told(known: Known) -> Story:
    """What was said of it. Raises CannotDraft."""
    story = published.story(known.audience_id, known.id)
    if story is None:
        raise CannotDraft("Nothing was said of this incident yet. Say a first word.")
    if known.is_planned:
        raise CannotDraft("Planned work has no account. Say a further word about it.")
    return story


def _spend(kept: Written, *, at: datetime) -> None:
    Draft.objects.filter(pk=kept.draft_id).update(spent_at=at)

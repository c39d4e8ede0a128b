"""At the deadline: what is said when nobody answered. Consent may be late; readers never wait.

The holding statement goes out by itself, once, and the word that waits is asked for anew, until
somebody grants it, sends it back or withdraws it. Where nobody is left who could grant it, the
policy does.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.consent import Consent, Fallback
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.incidents import declaration, locking
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import WORKER
from tocsin.people import access
from tocsin.people.models import Role
from tocsin.statements import (
    answers,
    asking,
    asking_letters,
    asking_rooms,
    clearance,
    consents,
    drafting,
    naming,
    publication,
    published,
    word,
    wordless,
)
from tocsin.statements.asking import Pending
from tocsin.statements.models import Draft, Ending, Request
from tocsin.statements.published import Publication, Story
from tocsin.statements.values import Words
from tocsin.statements.word import Saying

REMINDED_EVERY = timedelta(days=1)  # where nothing is to be said meanwhile
STALE_AFTER = timedelta(days=1)  # a record that was brought back, or days without a worker


def fall_back(at: datetime) -> int:
    """Take up every request whose deadline has come; answers how many.

    Each in a transaction of its own: what is killed half-way is done by the next turn, and of
    several workers one does it.
    """
    due = Request.objects.filter(ended_at=None, due_at__lte=at).order_by("due_at", "id")
    faults: list[Exception] = []
    done = 0
    for request_id in list(due.values_list("pk", flat=True)):
        try:
            done += _lapse(request_id, at)
        except Exception as fault:  # one word's trouble must not keep the others from being said
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


def next_deadline(after: datetime) -> datetime | None:
    """The earliest deadline of what waits, among those after a time."""
    ahead = Request.objects.filter(ended_at=None, due_at__gt=after).order_by("due_at")
    return ahead.values_list("due_at", flat=True).first()


@transaction.atomic
def _lapse(request_id: int, at: datetime) -> int:
    rows = asking.open_requests().filter(pk=request_id, due_at__lte=at)
    locking.lock(rows.values_list("clearance__revision__draft__incident_id", flat=True))
    row = rows.first()
    if row is None:
        return 0  # answered, or taken up by another worker, in this instant
    told = asking.pending(row)
    is_stale = at - told.due_at > STALE_AFTER
    if not is_stale and not consents.holders(told.role, told.page_id, besides=told.author_id):
        answers.let_through(row, at=at)
        return 1
    if not asking.end(row, Ending.LAPSED, by=WORKER, at=at):
        return 0  # answered in this instant
    consent = consents.of_incident(told.incident_id)
    # What was true days ago may be no longer: then people are asked, and readers hear nothing.
    said = None if is_stale else _meanwhile(told, consent, at=at)
    due_at = _asked_until(said, consent.within, at=at)
    asking.write(
        row.clearance,
        row.role,
        told.page_id,
        due_at=due_at,
        announces=row.announces,
        by=WORKER,
        at=at,
    )
    return 1


def _meanwhile(told: Pending, consent: Consent, *, at: datetime) -> Publication | None:
    """What readers hear at the deadline, if anything; else the leads hear of it."""
    if consent.falls_back == Fallback.HOLDING:
        return _stand_in(told, at=at)
    _escalate(told, at=at)
    return None


def _asked_until(said: Publication | None, within: timedelta, *, at: datetime) -> datetime:
    """The new deadline: when readers were just promised to hear again, so that they do."""
    if said is not None and said.words is not None and said.words.next_word_at is not None:
        return said.words.next_word_at
    return at + max(within, REMINDED_EVERY)


def _escalate(told: Pending, *, at: datetime) -> None:
    leads = access.holders_of(Role.INCIDENT_LEAD, told.page_id)
    for operator in {one.id: one for one in (*leads, *access.owners(told.page_id))}.values():
        asking_letters.owe_alarm(told, operator, at=at)
    asking_rooms.owe_alarm(told, at=at)


def _stand_in(told: Pending, *, at: datetime) -> Publication | None:
    """Say the holding statement in place of a word; nothing where there is nothing to hold."""
    known = declaration.known_of(told.incident_id)
    if not known.is_open or not asking.is_plain(told.words, translates=_translated(told)):
        return None
    story = published.story(known.audience_id, known.id)
    before = story.latest.number if story else 0
    draft = drafting.open_draft(known.id, is_held=True, by=WORKER, at=at)
    draft = drafting.revise(draft.id, _words(known, story, at=at), follows=0, by=WORKER, at=at)
    said = publication.publish(clearance.stand_in(draft, by=WORKER, at=at), by=WORKER, at=at)
    Draft.objects.filter(pk=told.draft_id, based_on=before).update(based_on=said.number)
    return said


def _translated(told: Pending) -> str:
    return Draft.objects.values_list("translates_id", flat=True).get(pk=told.draft_id) or ""


def _words(known: Known, story: Story | None, *, at: datetime) -> Words:
    """T-01 before anything else was said, and once it came back; else that work goes on.

    The name that its author gave an incident nobody has cleared, so the catalogue's words name it.
    """
    page = shelf.seen_by(known.audience_id)
    components = list(known.impacts)
    saying = Saying(phase=Phase.HOLDING, layers={})
    if story is None:
        composed = word.compose(known, saying, at=at)
        return replace(composed, name=dict(naming.made(composed.layers)))
    if story.phase in FINAL:
        holding = word.compose(known, saying, at=at).layers
        again = {code: layer.headline for code, layer in holding.items()}
        return word.compose(known, Saying(phase=Phase.HOLDING, layers={}, turn_reason=again), at=at)
    due = at + word.wait_of(known, story)
    layers = wordless.waiting(page, components, next_word_at=due, at=at)
    saying = Saying(phase=story.phase, layers=layers, next_word_at=due)
    return word.compose(known, saying, at=at)

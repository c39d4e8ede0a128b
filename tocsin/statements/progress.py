"""How the promises that were made after an incident stand, as a word of its own (T-18).

CannotTell      there is nothing to tell, or not yet; says what to do

The incident's own words stay as they were: a word of kind ``progress`` stands beside them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import library, times, wording
from tocsin.incidents import declaration
from tocsin.journal.actors import Actor
from tocsin.statements import asking, clearance, drafting, published, spoken
from tocsin.statements.promised import Fate, Promise
from tocsin.statements.published import Story
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer, Words

SOME, ALL = library.template("T-18"), library.template("T-18-all")
PIECE = library.template("T-18-piece")
SEPARATOR = "; "
LAST_MARKS = ".!?… "


class CannotTell(Exception):
    """Readers cannot be told; the message says why."""


@transaction.atomic
def tell(
    incident_id: str,
    promises: Sequence[Promise],
    *,
    by: Actor,
    at: datetime,
    announces: bool,
    report_on: date | None = None,
    is_made: bool = False,
) -> Spoken:
    """Say how all public promises of an incident stand. Raises CannotTell, NotFitToSay.

    It needs the consent that an account of the incident would, unless it ``is_made`` of what was
    said before alone; then what waits for consent goes on waiting, since it tells more.
    ``report_on`` is the day for which the next report is announced. Without one, a word that
    nothing is left open says that it is the last.
    """
    known = declaration.known_of(incident_id)
    story = published.story(known.audience_id, incident_id)
    if story is None or story.is_open or not story.is_incident:
        raise CannotTell("Readers are told of promises once they were told that it is over.")
    words = compose(shelf.seen_by(known.audience_id), story, promises, report_on, at=at)
    if not is_made:  # then what waits of the kind tells less than this
        asking.supersede(incident_id, of_progress=True, by=by, at=at)
    draft = drafting.open_draft(incident_id, is_held=True, by=by, at=at)
    draft = drafting.revise(draft.id, words, follows=0, by=by, at=at)
    granted = clearance.request(draft, announces=announces, is_made=is_made, by=by, at=at)
    done = spoken.let_go(granted, incident_id, by=by, at=at, announces=announces)
    if done.said:  # an account that waits for consent is outdated by nothing that was said here
        asking.keep_up(incident_id, before=draft.based_on, now=done.said.number)
    return done


def compose(
    page: Brand, story: Story, promises: Sequence[Promise], report_on: date | None, *, at: datetime
) -> Words:
    """All that such a word says. Pure. Raises CannotTell."""
    if not promises:
        raise CannotTell("Nothing was promised in public after this incident.")
    layers = {
        code: _layer(promises, code, report_on, today=_day(page, at))
        for code in page.languages
        if all(code in promise.texts for promise in promises)
    }
    if not layers:
        raise CannotTell("No language has the words of every promise.")
    return replace(
        story.words,
        layers=layers,
        promises=tuple(promises),
        is_progress=True,
        turn_reason={},
        forecast=None,
        long_mode=None,
        correction=None,
        retrospective=None,
        primary=next(iter(layers)),
        translations_due={},
    )


def _day(page: Brand, at: datetime) -> date:
    return at.astimezone(ZoneInfo(page.time_zone)).date()


def _layer(promises: Sequence[Promise], code: str, report_on: date | None, *, today: date) -> Layer:
    is_settled = all(promise.fate != Fate.OPEN for promise in promises)
    blanks = {
        "done_count": str(sum(promise.fate == Fate.DONE for promise in promises)),
        "promise_count": str(len(promises)),
        "done_list": _listed(promises, Fate.DONE, code, today),
        "open_list": _listed(promises, Fate.OPEN, code, today),
        "dropped_list": _listed(promises, Fate.DROPPED, code, today),
        "report_day": times.day(report_on, code) if report_on else "",
        "next_report": "announced" if report_on else "last",
    }
    made = wording.fill(ALL if is_settled else SOME, code, blanks)
    return Layer(headline=made.headline, body=made.body)


def _listed(promises: Sequence[Promise], fate: Fate, code: str, today: date) -> str:
    return SEPARATOR.join(_pieces(promises, fate, code, today))


def _pieces(promises: Sequence[Promise], fate: Fate, code: str, today: date) -> Iterator[str]:
    for promise in promises:
        if promise.fate == fate:
            blanks = _blanks(promise, code, today)
            yield wording.fill(PIECE, code, blanks).body.rstrip(LAST_MARKS)


def _told_as(promise: Promise, today: date) -> str:
    if promise.is_late(today):
        return "late"
    return "slipped" if promise.fate == Fate.OPEN and promise.due_before else promise.fate.value


def _blanks(promise: Promise, code: str, today: date) -> Mapping[str, str]:
    text = promise.texts[code]
    return {
        "told_promise": _told_as(promise, today),
        "promised_action": text.action.rstrip(LAST_MARKS),
        "due_day": times.day(promise.due_on, code),
        "former_day": times.day(promise.due_before[-1], code) if promise.due_before else "",
        "promise_reason": text.reason.rstrip(LAST_MARKS),
        "promise_proof": text.proof.rstrip(LAST_MARKS),
    }

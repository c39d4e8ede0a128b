"""What came of a drill: its score as of any incident, what was promised, what broke, what was lost.

Everything is read from the drill's own record; a figure that is not there is told as not measured.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count

from tocsin.announcements.models import Delivery
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.keeping import Fate
from tocsin.disclosure.policy import Policy
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.post.models import Outcome
from tocsin.rehearse.drills import owing
from tocsin.rehearse.drills.course import Course
from tocsin.rehearse.drills.rooms import Rooms
from tocsin.rehearse.drills.sink import HARD, SOFT, TAKEN, Sink
from tocsin.scorecard import facts, gathering, telling
from tocsin.scorecard.history import Sort
from tocsin.scorecard.measures import Card
from tocsin.statements import policies, publication
from tocsin.statements.models import Ending, Request
from tocsin.watch.models import Signal

LANGUAGE = "en"  # of the terminal
MAIL = "email"
NOTHING = dict.fromkeys(("notices", "delivered", "given_up", "still_owed"), 0)
Row = dict[str, Any]


def judged(
    page: Brand, incident: str, course: Course, sink: Sink, rooms: Rooms, *, at: datetime
) -> Row:
    """All of it, as JSON values."""
    card = gathering.card_of(page, incident, at=at) if incident else None
    told: Row = {"score": None, "rows": [], "lights": [], "promises": []}
    if card:
        told = _scored(card, policies.policy_of(page.id), at=at)
    return told | {
        "consents": _consents(),
        "reach": (reach := _reach()),
        "mail": {**reach.get(MAIL, NOTHING), **_answers(sink.counts)},
        "calls": _answers(rooms.counts) if reach.keys() - {MAIL} else {},
        "faults": course.faults,
        "tried_again": course.tried_again,
        "refused": course.refused,
        "too_late": course.too_late,
        "reader": {
            "asked": course.asked,
            "failed": course.failed,
            "asked_without_database": course.asked_without_database,
        },
        "lost": list(_lost(page, incident, course)),
    }


def _scored(card: Card, kept: Policy, *, at: datetime) -> Row:
    return {
        "score": facts.of_incident(card, at=at) | {"sort": Sort.DRILL.value},
        "rows": [list(row) for row in telling.rows_of(card, LANGUAGE)],
        "lights": [[name, word] for name, word, _ in telling.light_rows(card, at=at)],
        "promises": list(_promises(card, kept)),
    }


def _promises(card: Card, kept: Policy) -> Iterator[Row]:
    """What the page's policy promises, and what came of it; ``kept`` is None where nobody knows."""
    yield _promise("first_notice", card.incident.limit, card.detect_to_notice)
    gaps = [gap for gap in card.gaps if gap.within]
    if gaps:
        worst = max(gaps, key=lambda gap: gap.length / (gap.within or gap.length))
        yield _promise("silence", worst.within, worst.length)
    settled = [debt for debt in card.debts if debt.fate != Fate.OWED]
    hits = sum(debt.fate == Fate.KEPT for debt in settled)
    yield {
        "measure": "owed_words",
        "promised": len(settled),
        "came_to": hits,
        "kept": hits == len(settled) if settled else None,
    }
    lags = [lag for spans in card.lags.values() for lag in spans]
    known = [lag for lag in lags if isinstance(lag, timedelta)]
    if lags:
        within = kept.translated_within(card.incident.severity)
        missing = len(known) < len(lags)
        yield _promise("language_lag", within, None if missing else max(known))


def _promise(measure: str, promised: timedelta | None, came_to: Any) -> Row:
    took = came_to if isinstance(came_to, timedelta) else None
    return {
        "measure": measure,
        "promised_seconds": facts.seconds(promised),
        "came_to_seconds": facts.seconds(took),
        "kept": took <= promised if took is not None and promised is not None else None,
    }


def _consents() -> Row:
    ended = dict(Request.objects.values_list("ended_as").annotate(Count("pk")))
    told = {how.value: ended.get(how.value, 0) for how in Ending}
    return {"asked": sum(ended.values()), **told, "unanswered": ended.get("", 0)}


def _reach() -> dict[str, Row]:
    """What became of every notice, by channel; mail first."""
    rows = Delivery.objects.order_by("channel")
    found: dict[str, Row] = {}
    for channel in sorted(set(rows.values_list("channel", flat=True)), key=_mail_first):
        of_it = rows.filter(channel=channel)
        outcomes = dict(of_it.order_by().values_list("outcome").annotate(Count("pk")))
        found[channel] = {
            "notices": sum(outcomes.values()),
            "delivered": outcomes.get(Outcome.DELIVERED, 0),
            "given_up": outcomes.get(Outcome.GIVEN_UP, 0),
            "still_owed": of_it.filter(next_at__isnull=False).count(),
        }
    return found


def _mail_first(channel: str) -> tuple[bool, str]:
    return channel != MAIL, channel


def _answers(counts: Counter[str]) -> dict[str, int]:
    """What those who were told answered."""
    return {kind: counts[kind] for kind in (TAKEN, HARD, SOFT)}


def _lost(page: Brand, incident: str, course: Course) -> Iterator[str]:
    """Everything that ought to be there, and is not."""
    yield from chain.verify().faults
    yield from publication.faults()
    kept = Signal.objects.count()
    if kept < course.alerts:
        yield f"{course.alerts - kept} of {course.alerts} alerts are not in the record."
    if course.failed:
        yield f"The page was not there {course.failed} of {course.asked} times."
    yield from owing.owed(page)
    yield from owing.held(page)
    if not incident:
        yield "Nothing was ever said: no incident was declared."
    elif declaration.known_of(incident).is_open:
        yield "The incident is still open."

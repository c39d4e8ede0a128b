"""Words owed: what is due when, who was reminded, and what came of every stated time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console.door import Visit, operators_only, screen
from tocsin.statements import cadence, debts, forecasts, nudges, published
from tocsin.statements.cadence import Owed
from tocsin.statements.debts import Debt, Fate
from tocsin.statements.forecasts import Estimate
from tocsin.statements.nudges import Nudged
from tocsin.statements.published import Story

LOOKED_BACK = timedelta(days=90)
MISSED_SHOWN = 30
FEW = 5  # below this a percentile says nothing: the misses themselves are listed (metrics 6)


@dataclass(frozen=True, slots=True)
class Owing:
    """A word owed now, and who was reminded of it, the newest first."""

    owed: Owed
    reminded: tuple[Nudged, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    """A word that did not come in time, and the name of its incident."""

    debt: Debt
    name: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A repair forecast, and the name of its incident."""

    estimate: Estimate
    name: str


@operators_only
@require_safe
def owed(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is owed now, and what was kept and missed in the last ninety days."""
    page = visit.page
    stories = _stories(page, visit)
    context = {
        "owing": [owing_of(word) for word in cadence.owed_words(page.id)],
        "tally": debts.tally(stories, at=visit.at),
        "score": forecasts.score(stories),
        "missed": list(_missed(stories, visit))[:MISSED_SHOWN],
        "foreseen": list(_foreseen(stories, visit)),
        "few": FEW,
    }
    return screen(request, visit, "owed", context, page=page)


def owing_of(word: Owed) -> Owing:
    """A word owed with the reminders of it; those of earlier words are over."""
    told = (nudge for nudge in nudges.nudges_of(word.incident_id) if nudge.debt == word.debt)
    return Owing(word, tuple(told))


def _stories(page: Brand, visit: Visit) -> list[Story]:
    """What anybody was told in that time, each incident once: everyone's version before others'."""
    found: dict[str, Story] = {}
    for seen in shelf.audiences_of(page.id):
        told = published.stories_between(seen.audience_id, visit.at - LOOKED_BACK, visit.at)
        found = {story.incident_id: story for story in told} | found
    return sorted(found.values(), key=lambda story: story.opened_at, reverse=True)


def _missed(stories: list[Story], visit: Visit) -> Iterator[Missed]:
    for story in stories:
        for debt in reversed(debts.debts_of(story, at=visit.at)):
            if debt.fate == Fate.MISSED:
                yield Missed(debt, story.name(visit.language)[1])


def _foreseen(stories: list[Story], visit: Visit) -> Iterator[Foreseen]:
    for story in stories:
        for estimate in reversed(forecasts.estimates_of(story)):
            yield Foreseen(estimate, story.name(visit.language)[1])

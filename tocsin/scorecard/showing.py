"""A score on a screen: what its templates are given. Pure, in the language in force."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.scorecard import baselines, drawing, labels, telling
from tocsin.scorecard.history import Sort
from tocsin.scorecard.lights import Light, lights
from tocsin.scorecard.measures import Card
from tocsin.scorecard.recent import Scored

LATELY = 10  # incidents that are shown with their lights
LETTERS = {Light.GREEN: "o", Light.AMBER: "d", Light.RED: "x", Light.GREY: ""}  # the page's marks
LIT = frozenset({Sort.LIVE, Sort.RETROSPECTIVE, Sort.IMPORTED})


@dataclass(frozen=True, slots=True)
class Row:
    """An incident and its lights, those of a kind together: (letter, word, which of the five).

    ``lang`` is that of its name where it is not the screen's.
    """

    id: str
    name: str
    lang: str
    lights: tuple[tuple[str, str, str], ...]


def context(scored: Scored, language: str, *, at: datetime) -> dict[str, Any]:
    """All that is shown of a score."""
    return {
        "charts": drawing.charts(scored.whole, scored.quarters, language),
        "lines": [telling.said(line, language) for line in scored.whole.lines],
        "cautions": telling.cautions(scored.whole),
        "rows": list(rows(scored.cards, language, at=at)),
        "world_pages": baselines.PAGES,
        "world_incidents": baselines.INCIDENTS,
        "world_first": baselines.FIRST,
        "world_last": baselines.LAST,
        "world_source": baselines.SOURCE,
        "world_commit": baselines.COMMIT,
    }


def rows(cards: Iterable[Card], language: str, *, at: datetime) -> Iterator[Row]:
    """The newest incidents with their lights; planned work has none."""
    lit = [card for card in cards if card.incident.sort in LIT and card.incident.words]
    for card in lit[:LATELY]:
        lang, name = _named(card, language)
        yield Row(card.incident.id, name, lang, tuple(_grouped(card, at=at)))


def lit(card: Card, *, at: datetime) -> Iterator[tuple[str, str]]:
    """One incident's lights: (which of the five, in a word)."""
    for name, word, _light in telling.light_rows(card, at=at):
        yield name, word


def _named(card: Card, language: str) -> tuple[str, str]:
    names = card.incident.names
    code = language if language in names else next(iter(names), "")
    return ("" if code == language else code), names.get(code, card.incident.id)


def _grouped(card: Card, *, at: datetime) -> Iterator[tuple[str, str, str]]:
    shown = lights(card, at=at)
    for light in Light:
        lamps = ", ".join(str(labels.LAMPS[lamp]) for lamp, it in shown.items() if it == light)
        if lamps:
            yield LETTERS[light], str(labels.LIGHTS[light]), lamps

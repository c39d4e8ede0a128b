"""A word that comes late says so first (R-07): the opener T-06, with the time that was promised."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import times, wording
from tocsin.incidents.declaration import Known
from tocsin.statements import cadence
from tocsin.statements.cadence import Owed
from tocsin.statements.published import Story
from tocsin.statements.values import Layer


def of(known: Known, story: Story | None, *, at: datetime) -> Owed | None:
    """The promise that a word said now breaks; None while it is in time.

    A first word is never late to readers: nobody promised it to them.
    """
    owed = cadence.next_word_due(known, story) if story else None
    return owed if owed and owed.is_overdue(at) else None


def opened(
    layers: Mapping[str, Layer],
    late: Owed | None,
    page: Brand,
    reasons: Mapping[str, str],
    *,
    at: datetime,
) -> dict[str, Layer]:
    """The words with their opener, once: one that a draft carries already is said anew."""
    if late is None:
        return dict(layers)
    return {
        language: _opened(layer, language, late, page, reasons.get(language, ""), at=at)
        for language, layer in layers.items()
    }


def _opened(
    layer: Layer, language: str, late: Owed, page: Brand, reason: str, *, at: datetime
) -> Layer:
    before, rest = wording.without_opener(layer.body, language)
    blanks = {
        "promised_at": times.spoken(late.by, page.time_zone, language, now=at),
        "now": times.spoken(at, page.time_zone, language, now=at),
        "reason": reason or before,
    }
    words = wording.opened_late(wording.Words(layer.headline, rest), language, blanks)
    return replace(layer, body=words.body)

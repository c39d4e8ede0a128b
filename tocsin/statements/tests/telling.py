"""Stories made of values, for what judges them: nothing here touches a database."""

from datetime import datetime

from tests.cast import later
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.severity import Severity
from tocsin.statements.published import Forecast, Kind, Layer, Publication, Story, Words


def a_word(
    minute: float,
    *,
    due: float | None = None,
    phase: Phase = Phase.IDENTIFIED,
    forecast: tuple[float, float] | None = None,
    until: datetime | None = None,
    kind: Kind = Kind.WORD,
) -> Publication:
    """A word said at a minute past noon, promising the next one by another."""
    words = Words(
        name={"en": "Checkout is failing"},
        layers={"en": Layer("Checkout is failing", "Cards are refused.")},
        phase=phase,
        severity=Severity.SEV1,
        impacts={"checkout": State.OPERATIONAL if phase in FINAL else State.MAJOR},
        next_word_at=None if due is None else later(due),
        until=until,
        forecast=_forecast(*forecast) if forecast else None,
    )
    return Publication(
        id=f"p{minute:g}",
        page_id="linden",
        audience_id="public",
        number=0,
        kind=kind,
        incident_id="incident",
        words=words,
        changes=(),
        announces=True,
        published_at=later(minute),
        digest="",
    )


def a_story(*said: Publication) -> Story:
    return Story("incident", tuple(said))


def _forecast(earliest: float, latest: float) -> Forecast:
    return Forecast(later(earliest), later(latest), {"en": "400 GB at the current rate"})

"""A score for machines (JSON, CSV): seconds, names that stay, null where nothing is measured.

Keys may be added, and are never renamed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tocsin.disclosure.coach.sums import Phased
from tocsin.followup import tables
from tocsin.scorecard.baselines import BASELINES
from tocsin.scorecard.figures import (
    Figure,
    Mean,
    NotMeasured,
    Number,
    Share,
    Span,
    Spread,
    Tally,
    Why,
)
from tocsin.scorecard.history import Incident
from tocsin.scorecard.lights import lights
from tocsin.scorecard.measures import Card, review
from tocsin.scorecard.totals import Line, Score

COLUMNS = (
    *("page", "of", "measure", "detail", "n", "median_seconds", "p95_seconds"),
    *("values_seconds", "hits", "share", "not_measured", "world_share"),
    *("median", "p95", "values"),
    *("median_points", "values_points", "of_points", "missing", "mean"),
)


def of_score(score: Score) -> dict[str, Any]:
    """A score as JSON values."""
    return {
        "at": score.at,
        "entries": {sort.value: count for sort, count in score.counts.items()},
        "never_told": score.unsaid,
        "counted_from_publishing": score.by_publication,
        "beginning_revised": score.revised,
        "figures": [_figure(line) for line in score.lines],
    }


def _figure(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"measure": line.measure.value, "of": line.of or None}
    told |= _plainly(line.figure)
    told["not_measured"] = {why.value: count for why, count in line.figure.left_out.items()}
    baseline = BASELINES.get(line.measure)
    return told | ({"world": baseline.share} if baseline else {})


def _plainly(figure: Figure) -> dict[str, Any]:
    if isinstance(figure, Tally):
        return {
            "n": figure.n,
            "median": figure.median,
            "p95": figure.p95,
            "values": list(figure.values),
        }
    if isinstance(figure, Spread):
        return _spread(figure)
    if isinstance(figure, Share):
        return {"n": figure.n, "hits": figure.hits, "share": figure.share}
    if isinstance(figure, Mean):
        return {"n": figure.n, "mean": figure.mean}
    return {
        "n": figure.n,
        "median_points": figure.median,
        "values_points": list(figure.values),
        "of_points": figure.of,
        "missing": dict(figure.lacking),
    }


def _spread(figure: Spread) -> dict[str, Any]:
    return {
        "n": figure.n,
        "median_seconds": seconds(figure.median),
        "p95_seconds": seconds(figure.p95),
        "values_seconds": [seconds(one) for one in figure.values],
    }


def seconds(told: timedelta | None) -> float | None:
    """A span in seconds; null stays null."""
    return told.total_seconds() if told is not None else None


def sheet(page: str, scores: Mapping[str, Score]) -> str:
    """Scores as CSV, a line for each figure; ``scores`` are by quarter, or "all"."""
    rows = (_row(page, of, told) for of, score in scores.items() for told in score.lines)
    return tables.written(COLUMNS, rows)


def _row(page: str, of: str, line: Line) -> dict[str, Any]:
    told = _figure(line)
    return told | {
        "page": page,
        "of": of,
        "detail": told["of"] or "",
        "values_seconds": " ".join(map(str, told.get("values_seconds", ()))),
        "values": " ".join(map(str, told.get("values", ()))),
        "values_points": " ".join(map(str, told.get("values_points", ()))),
        "missing": " ".join(f"{name}={n}" for name, n in told.get("missing", {}).items()),
        "not_measured": " ".join(f"{why}={n}" for why, n in told["not_measured"].items()),
        "world_share": told.get("world"),
    }


def of_incident(card: Card, *, at: datetime) -> dict[str, Any]:
    """One incident's card as JSON values: spans in seconds, or ``{"not_measured": why}``."""
    return {
        "incident": card.incident.id,
        "sort": card.incident.sort.value,
        "counted_from_publishing": card.by_publication,
        "beginning_revised": card.incident.start_revisions,
        **five_of(card),
        "detect_to_notice": _plain(card.detect_to_notice),
        "in_time": _plain(card.in_time),
        "stages": {stage.value: _plain(told) for stage, told in card.stages.items()},
        "told": {channel: _plain(told) for channel, told in card.told.items()},
        "empty_updates": {"empty": card.empty[0], "follow_ups": card.empty[1]},
        "language_lag": {
            language: [_plain(told) for told in spans] for language, spans in card.lags.items()
        },
        "resolution_lag": _plain(card.resolution_lag),
        **_owed_to_others_facts(card),
        "complete": _plain(card.complete),
        "account_shown": _plain(card.account_shown),
        "account_on_time": _plain(card.account_on_time),
        "account_took": _plain(card.account_took),
        **_rhythm_facts(card),
        "reach": {
            channel: {"told": told, "readers": readers}
            for channel, (told, readers) in card.reach.items()
        },
        "words": of_words(card.incident),
        "lights": {lamp.value: light.value for lamp, light in lights(card, at=at).items()},
    }


def _owed_to_others_facts(card: Card) -> dict[str, Any]:
    """Consent, authorities, reports on promises, and readers who left."""
    return {
        "approval_time": _plain(card.approval),
        "approval_share": _plain(card.approval_share),
        "authorities": {
            name: {"time_to_authority": _plain(told.took), "clock_margin": _plain(told.margin)}
            for name, told in card.filed.items()
        },
        "authorities_answered": card.incident.filings is not None,
        "progress_reports_on_time": [_plain(told) for told in card.reported],
        "unsubscribes": (
            _plain(card.left)
            if isinstance(card.left, NotMeasured)
            else {"left": card.left[0], "told": card.left[1]}
        ),
    }


def _rhythm_facts(card: Card) -> dict[str, Any]:
    """Who noticed first, and how words followed each other."""
    return {
        "beyond": _plain(card.beyond),
        "skew": _plain(card.skew),
        "alerted": _plain(card.alerted),
        "detection_source": _plain(card.source),
        "gap_p95": {"n": len(card.gaps), "value": _plain(card.gap_p95)},
        "forecast_kept": _plain(card.forecast_kept),
        "eta_width": [_plain(told) for told in card.forecasts],
        "eta_revisions": _plain(card.forecast_changes),
        "scope_growth": _plain(card.widened),
        "corrections": card.corrected[0],
        "went_back": card.went_back[0],
    }


def of_words(incident: Incident) -> dict[str, Any]:
    """What the coach made of an incident's words, as JSON values: by phase, and by language."""
    if incident.sums is None:
        why = Why.NOT_READ if incident.words else Why.NOTHING_SAID
        return {"not_measured": why.value}
    phases = incident.sums.phases
    return {
        "phases": {
            phase.value: _of_phase(told, incident.sums.lacking.get(phase, {}))
            for phase, told in phases.items()
        },
        "plain_language": {
            language: told._asdict() for language, told in incident.sums.plain.items()
        },
    }


def _of_phase(told: Phased, lacking: Mapping[str, int]) -> dict[str, Any]:
    return {
        "read": told.words,
        "not_read": told.unread,
        "passed": told.passed,
        "asked": told.asked,
        "lacking": dict(lacking),
        "apologies": list(told.points),
        "apologies_lack": dict(told.without),
    }


def five_of(card: Card) -> dict[str, Any]:
    """The five numbers (R-57) as JSON values; spans in seconds."""
    five = review(card)
    kept, owed = five.kept
    return {
        "first_notice": _plain(five.first_notice),
        "scope": _plain(five.scope),
        "owed_words": {"kept": kept, "settled": owed},
        "silence": _plain(five.silence),
        "lead": _plain(five.lead),
    }


def _plain(told: Span | Number | str) -> Any:
    if isinstance(told, NotMeasured):
        return {"not_measured": told.why.value}
    return told.total_seconds() if isinstance(told, timedelta) else told

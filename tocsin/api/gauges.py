"""What Prometheus may count, asked afresh at each scrape by queries that stay small."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from prometheus_client import CollectorRegistry, Gauge

from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.disclosure.severity import Severity
from tocsin.incidents import drafted
from tocsin.incidents.models import Incident
from tocsin.journal import chain
from tocsin.page import seen, site, twins
from tocsin.scorecard import recent
from tocsin.scorecard.figures import Mean, Points, Share, Spread, Tally
from tocsin.watch import signals

# Counting stops here: a backlog beyond it is an alarm at any size, and a scrape stays short.
MOST = 100_000
RECENT = timedelta(hours=24)


def registry(*, at: datetime) -> CollectorRegistry:
    """Every gauge at one moment, in a registry of its own (no process keeps state between)."""
    gauges = CollectorRegistry()
    _incidents(gauges)
    _deliveries(gauges, at)
    _pages(gauges)
    _elsewhere(gauges, at)
    _alerts(gauges)
    _journal(gauges)
    _scores(gauges, at)
    return gauges


def _incidents(gauges: CollectorRegistry) -> None:
    gauge = Gauge(
        "tocsin_incidents_open", "Incidents not yet resolved.", ["severity"], registry=gauges
    )
    for severity in Severity:
        found = Incident.objects.filter(resolved_at=None, severity=severity)
        gauge.labels(severity.value).set(_at_most(found))


def _deliveries(gauges: CollectorRegistry, at: datetime) -> None:
    gauge = Gauge(
        "tocsin_deliveries",
        "Deliveries of what was published in the last 24 hours, by how they stand.",
        ["state"],
        registry=gauges,
    )
    for state, count in asdict(progress.counts(since=at - RECENT)).items():
        gauge.labels(state).set(count)


def _pages(gauges: CollectorRegistry) -> None:
    number = Gauge(
        "tocsin_live_publication",
        "The number of the publication that is live.",
        ["page", "place"],
        registry=gauges,
    )
    since = Gauge(
        "tocsin_live_since_seconds",
        "Since when it is live, in seconds since 1970.",
        ["page", "place"],
        registry=gauges,
    )
    for page in shelf.pages():
        live = site.live(page)
        if live is not None:
            labels = (page.slug, settings.TOCSIN.place)
            number.labels(*labels).set(live.number)
            since.labels(*labels).set(live.at.timestamp())


def _elsewhere(gauges: CollectorRegistry, at: datetime) -> None:
    """What of it has come to where readers look; a page that is not measured has no sample."""
    took = Gauge(
        "tocsin_publish_seen_seconds",
        "From publishing the newest word that was seen to finding it at its public address.",
        ["page"],
        registry=gauges,
    )
    waiting = Gauge(
        "tocsin_publish_unseen_seconds",
        "For how long the newest word has not been found at its public address; 0 once it is.",
        ["page"],
        registry=gauges,
    )
    behind = Gauge(
        "tocsin_twin_behind_seconds",
        "For how long a twin has been behind the page.",
        ["page", "twin"],
        registry=gauges,
    )
    for page in shelf.pages():
        latest, last = seen.latest(page.id), seen.last_seen(page.id)
        if last and last.took is not None:
            took.labels(page.slug).set(last.took.total_seconds())
        if latest and latest.state != seen.UNMEASURED:
            unseen = timedelta() if latest.took is not None else at - latest.published_at
            waiting.labels(page.slug).set(unseen.total_seconds())
        for twin in twins.states(page.id):
            behind.labels(page.slug, twin.name).set(twin.behind_for(at).total_seconds())


def _alerts(gauges: CollectorRegistry) -> None:
    waiting = Gauge("tocsin_signals_waiting", "Signals not taken up yet.", registry=gauges)
    waiting.set(signals.waiting(most=MOST))
    drafts = Gauge(
        "tocsin_drafted_incidents", "Drafted incidents that nobody took up yet.", registry=gauges
    )
    drafts.set(drafted.count())


def _journal(gauges: CollectorRegistry) -> None:
    gauge = Gauge("tocsin_journal_unsealed", "Notes not in the chain yet.", registry=gauges)
    gauge.set(chain.unsealed())


def _scores(gauges: CollectorRegistry, at: datetime) -> None:
    """How well each page told its readers in the last four quarters; what is not measured, or of
    too few incidents for a percentile, has no sample. Kept until something is another (recent.py).
    """
    span = Gauge(
        "tocsin_score_seconds",
        "A measure of the last four quarters, in seconds, by quantile.",
        ["page", "measure", "of", "quantile"],
        registry=gauges,
    )
    ratio = Gauge(
        "tocsin_score_ratio",
        "A measure of the last four quarters, as a share from 0 to 1.",
        ["page", "measure", "of"],
        registry=gauges,
    )
    number = Gauge(
        "tocsin_score_number",
        'A measure of the last four quarters that is a number, by quantile; an average has "mean".',
        ["page", "measure", "of", "quantile"],
        registry=gauges,
    )
    counted = Gauge(
        "tocsin_score_n",
        "Over how many a measure was taken; 0 where it is not measured.",
        ["page", "measure", "of"],
        registry=gauges,
    )
    for page in shelf.pages():
        for line in recent.scored(page, at=at).whole.lines:
            labels, figure = (page.slug, line.measure.value, line.of), line.figure
            counted.labels(*labels).set(figure.n)
            if isinstance(figure, Share):
                if figure.share is not None:
                    ratio.labels(*labels).set(figure.share)
                continue
            gauge = span if isinstance(figure, Spread) else number
            for quantile, value in _quantiles(figure):
                gauge.labels(*labels, quantile).set(value)


def _quantiles(figure: Spread | Tally | Points | Mean) -> Iterator[tuple[str, float]]:
    """(quantile, value), spans in seconds; nothing of what is not measured."""
    if isinstance(figure, Mean):
        found = {"mean": figure.mean}
    elif isinstance(figure, Points):
        found = {"0.5": figure.median}
    else:
        found = {"0.5": _plain(figure.median), "0.95": _plain(figure.p95)}
    yield from ((quantile, value) for quantile, value in found.items() if value is not None)


def _plain(value: timedelta | float | None) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else value


def _at_most(found: QuerySet[Incident]) -> int:
    return found.order_by()[:MOST].count()

"""What Prometheus may count, asked afresh at each scrape by queries that stay small."""

from datetime import datetime

from django.db.models import QuerySet
from prometheus_client import CollectorRegistry, Gauge

from tocsin.incidents.models import Incident
from tocsin.journal import chain

# Counting stops here: a backlog beyond it is an alarm at any size, and a scrape stays short.
MOST = 100_000


def registry(*, at: datetime) -> CollectorRegistry:
    """Every gauge at one moment, in a registry of its own (no process keeps state between)."""
    gauges = CollectorRegistry()
    _incidents(gauges)
    _journal(gauges)
    return gauges


def _incidents(gauges: CollectorRegistry) -> None:
    gauge = Gauge(
        "tocsin_incidents_open", "Incidents not yet resolved.", ["severity"], registry=gauges
    )
    for severity in Incident._meta.get_field("severity").choices or ():
        found = Incident.objects.filter(resolved_at=None, severity=severity[0])
        gauge.labels(severity[0]).set(_at_most(found))


def _journal(gauges: CollectorRegistry) -> None:
    gauge = Gauge("tocsin_journal_unsealed", "Notes not in the chain yet.", registry=gauges)
    gauge.set(chain.unsealed())


def _at_most(found: QuerySet[Incident]) -> int:
    return found.order_by()[:MOST].count()

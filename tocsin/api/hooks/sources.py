"""Each source: how its bodies are read, and how it proves who it is."""

from collections.abc import Callable
from dataclasses import dataclass

from tocsin.api.hooks import (
    alertmanager,
    cloudevents,
    events_v2,
    gatus,
    generic,
    grafana,
    pagerduty,
    proof,
    sentry,
    sns,
    uptime_kuma,
)
from tocsin.api.hooks.asked import Asked
from tocsin.watch.alerts import Alert
from tocsin.watch.models import Source


@dataclass(frozen=True, slots=True)
class Speech:
    """``reads`` makes alerts of a call (or raises Unreadable); ``proves`` is asked with secrets.

    ``confirms`` is the address to be visited before its source sends anything; empty for none.
    """

    reads: Callable[[Asked], list[Alert]]
    proves: proof.Proof = proof.carried
    confirms: Callable[[Asked], str] | None = None


SOURCES: dict[Source, Speech] = {
    Source.ALERTMANAGER: Speech(alertmanager.alerts),
    Source.GRAFANA: Speech(grafana.alerts, proof.signed_by_grafana),
    Source.PAGERDUTY: Speech(pagerduty.alerts, proof.signed_by_pagerduty),
    Source.EVENTS_V2: Speech(events_v2.alerts, proof.routed),
    Source.UPTIME_KUMA: Speech(uptime_kuma.alerts),
    Source.CLOUDEVENTS: Speech(cloudevents.alerts, proof.signed_or_carried),
    Source.GATUS: Speech(gatus.alerts),
    Source.SENTRY: Speech(sentry.alerts, proof.signed_by_sentry),
    Source.SNS: Speech(sns.alerts, confirms=sns.confirmation),
    Source.GENERIC: Speech(generic.alerts, proof.signed_or_carried),
}

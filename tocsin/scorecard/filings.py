"""How soon authorities were told what they are owed, and how long before their time. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from tocsin.scorecard.figures import Span, Why, between, unmeasured
from tocsin.scorecard.history import Filing, Incident


class Filed(NamedTuple):
    """How soon one report was with its authority, and how long before its time; below zero late."""

    took: Span
    margin: Span


NOTHING_FILED: Mapping[str, Filed] = MappingProxyType({})


def filed(incident: Incident, *, at: datetime) -> Mapping[str, Filed]:
    """How soon each report that is owed was submitted, and how long before its time."""
    if not incident.filings:
        return NOTHING_FILED
    return {
        one.name: Filed(_filing_took(one, at=at), _margin(one, at=at)) for one in incident.filings
    }


def _filing_took(filing: Filing, *, at: datetime) -> Span:
    if filing.submitted_at is None:
        return unmeasured(_why_not_submitted(filing, at=at))
    return between(filing.begins_at, filing.submitted_at, Why.NOT_BEGUN)


def _margin(filing: Filing, *, at: datetime) -> Span:
    if filing.submitted_at is None:
        return unmeasured(_why_not_submitted(filing, at=at))
    if filing.due_at is None:
        return unmeasured(Why.NO_TIME_SAID)
    return filing.due_at - filing.submitted_at


def _why_not_submitted(filing: Filing, *, at: datetime) -> Why:
    if filing.begins_at is None:
        return Why.NOT_BEGUN
    return Why.NOT_SUBMITTED if filing.due_at and at > filing.due_at else Why.NOT_DUE_YET

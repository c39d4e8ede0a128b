"""What a client keeps with an incident and we have no use for: handed back as it came."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.api.models import Remark
from tocsin.api.v1.calls import Call
from tocsin.api.v1.repeats import told_as_text
from tocsin.journal.compiled import Compiled

# What is kept of what a client tells, and what it is where nobody told it.
KEPT: dict[str, Any] = {
    "impact_override": None,
    "metadata": {},
    "reminder_intervals": None,
    "scheduled_auto_completed": False,
    "scheduled_auto_in_progress": False,
    "scheduled_remind_prior": False,
    "auto_transition_deliver_notifications_at_end": None,
    "auto_transition_deliver_notifications_at_start": None,
    "auto_transition_to_maintenance_state": None,
    "auto_transition_to_operational_state": None,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """The remarks about one incident; ``withdrawn_at`` is when a client deleted it."""

    told: Mapping[str, Any] = field(default_factory=dict)
    withdrawn_at: datetime | None = None


NONE = Kept()
FEW = 20
_OF = Compiled(lambda *keys: Remark.objects.filter(pk__in=keys))
_WITHDRAWN = Compiled(
    lambda page: (
        Remark.objects.filter(page_id=page).exclude(withdrawn_at=None).values_list("incident_id")
    )
)


def of(incident_ids: Collection[str]) -> dict[str, Kept]:
    """What is kept with some incidents."""
    rows = _remarks(incident_ids)
    return {row.incident_id: Kept(_read(row.told), row.withdrawn_at) for row in rows}


def withdrawn(page_id: str) -> set[str]:
    """The incidents of a page that clients deleted."""
    return {key for (key,) in _WITHDRAWN.tuples(page_id)}


def _remarks(incident_ids: Collection[str]) -> Iterable[Remark]:
    if 0 < len(incident_ids) <= FEW:
        return _OF.rows(*incident_ids)
    return Remark.objects.filter(pk__in=incident_ids)


def keep(call: Call, incident_id: str, told: Mapping[str, Any]) -> None:
    """Keep what is told, beside what was kept before."""
    fresh = {name: told[name] for name in KEPT if name in told}
    if not fresh:
        return
    before = Remark.objects.select_for_update().filter(pk=incident_id).first()
    kept = (_read(before.told) if before else {}) | fresh
    text = told_as_text(json.dumps(kept, ensure_ascii=False).encode())
    Remark.objects.update_or_create(
        incident_id=incident_id, defaults={"page_id": call.page.id, "told": text, "at": call.at}
    )


def withdraw(call: Call, incident_id: str) -> None:
    """Let clients find it no more."""
    Remark.objects.update_or_create(
        incident_id=incident_id,
        defaults={"page_id": call.page.id, "at": call.at, "withdrawn_at": call.at},
        create_defaults={
            "page_id": call.page.id,
            "told": "{}",
            "at": call.at,
            "withdrawn_at": call.at,
        },
    )


def _read(told: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(told, strict=False)
    return kept

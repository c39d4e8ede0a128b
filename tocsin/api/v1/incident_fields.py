"""What a client tells of an incident, in Statuspage's names and their older synonyms."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, ValidationError

from tocsin.api.v1.fields import (
    Body,
    Claim,
    Ids,
    Metadata,
    Moment,
    Name,
    Sent,
    States,
    none_if_empty,
)
from tocsin.catalogue.tree import State
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Indicator, Severity


class IncidentStatus(StrEnum):
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"


PLANNED = (
    IncidentStatus.SCHEDULED,
    IncidentStatus.IN_PROGRESS,
    IncidentStatus.VERIFYING,
    IncidentStatus.COMPLETED,
)
# Their words for our phases; ``postmortem`` is an account, which is published and not told so.
PHASES = {
    IncidentStatus.INVESTIGATING: Phase.INVESTIGATING,
    IncidentStatus.IDENTIFIED: Phase.IDENTIFIED,
    IncidentStatus.MONITORING: Phase.MONITORING,
    IncidentStatus.RESOLVED: Phase.RESOLVED,
    # Work that outlasted its window is an incident.
    IncidentStatus.IN_PROGRESS: Phase.IDENTIFIED,
    IncidentStatus.VERIFYING: Phase.MONITORING,
    IncidentStatus.COMPLETED: Phase.RESOLVED,
}
SEVERITIES = {
    Indicator.CRITICAL: Severity.SEV1,
    Indicator.MAJOR: Severity.SEV2,
    Indicator.MINOR: Severity.SEV3,
    Indicator.NONE: Severity.SEV4,
    Indicator.MAINTENANCE: Severity.SEV4,
}
Told = Annotated[IncidentStatus | None, BeforeValidator(none_if_empty)]
Impact = Annotated[Indicator | None, BeforeValidator(none_if_empty)]


def _kinds_told(metadata: dict[str, dict[str, Any]] | None) -> dict[str, dict[str, Any]] | None:
    """Metadata whose ``tocsin.security`` is a truth value; a form tells it in words."""
    ours = (metadata or {}).get("tocsin") or {}
    if "security" not in ours:
        return metadata
    said = {"true": True, "false": False}.get(str(ours["security"]).lower())
    if said is None:
        raise ValueError("metadata.tocsin.security is true or false")
    return {**(metadata or {}), "tocsin": {**ours, "security": said}}


class Closing(Sent):
    """What a last word sums up (R-22), in the page's own language."""

    model_config = ConfigDict(extra="forbid")  # a slip would leave something unsaid

    data: Annotated[DataStatement | None, BeforeValidator(none_if_empty)] = None
    account_by: date | None = None
    total: Body = ""
    lingering: Body = ""
    action: Body = ""

    @property
    def in_a_layer(self) -> dict[str, str]:
        """Those that stand beside the words, by the names that a layer has for them."""
        told = {"total": self.total, "lingering": self.lingering, "customer_action": self.action}
        return {name: text.strip() for name, text in told.items() if text.strip()}


def _closings_told(metadata: dict[str, dict[str, Any]] | None) -> dict[str, dict[str, Any]] | None:
    """Metadata whose ``tocsin.closing`` can be read, if it is there."""
    ours = (metadata or {}).get("tocsin") or {}
    if "closing" in ours:
        try:
            Closing.model_validate(ours["closing"])
        except ValidationError as error:
            named = ", ".join(
                sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
            )
            raise ValueError(
                f"metadata.tocsin.closing cannot be read: {named or 'an object'}"
            ) from None
    return metadata


class IncidentFields(Sent):
    """Of a new incident only ``name`` is needed; of one that is there, what is to change."""

    name: Name | None = None
    status: Told = None
    impact_override: Impact = None
    body: Body | None = None
    message: Body | None = None
    components: States = None
    component_ids: Ids = None
    deliver_notifications: Claim = None
    scheduled_for: Moment = None
    scheduled_until: Moment = None
    scheduled_remind_prior: Claim = None
    scheduled_auto_in_progress: Claim = None
    scheduled_auto_completed: Claim = None
    scheduled_auto_transition: Claim = None
    auto_transition_to_maintenance_state: Claim = None
    auto_transition_to_operational_state: Claim = None
    auto_transition_deliver_notifications_at_start: Claim = None
    auto_transition_deliver_notifications_at_end: Claim = None
    backfilled: Claim = None
    backfill_date: Moment = None
    metadata: Annotated[Metadata, AfterValidator(_kinds_told), AfterValidator(_closings_told)] = (
        None
    )
    reminder_intervals: Any = None

    @property
    def is_security(self) -> bool | None:
        """Whether data or access may be in others' hands, as told; None where it is not told."""
        told = ((self.metadata or {}).get("tocsin") or {}).get("security")
        return told if isinstance(told, bool) else None

    @property
    def closing(self) -> Closing:
        """What a last word sums up, as told; nothing where it is not."""
        told = ((self.metadata or {}).get("tocsin") or {}).get("closing")
        return Closing.model_validate(told or {})

    @property
    def words(self) -> str:
        """What is said; empty where nothing is."""
        return (self.body or self.message or "").strip()

    @property
    def announces(self) -> bool:
        return self.deliver_notifications is not False

    @property
    def states(self) -> dict[str, State]:
        """The states that are told, by component; those told to be as they are left out."""
        return {key: state for key, state in (self.components or {}).items() if state}

    @property
    def linked(self) -> list[str]:
        """The components that it is about, whatever their state."""
        return list(dict.fromkeys([*(self.components or {}), *(self.component_ids or [])]))

    def kept(self) -> dict[str, Any]:
        """What the client told, by name, as JSON values."""
        told = self.model_dump(mode="json", exclude_unset=True)
        if self.scheduled_auto_transition is not None:
            told.setdefault("scheduled_auto_in_progress", self.scheduled_auto_transition)
        return {name: value for name, value in told.items() if value is not None}


class IncidentBody(Sent):
    incident: IncidentFields


class UpdateFields(Sent):
    body: Body | None = None
    message: Body | None = None
    display_at: Moment = None
    deliver_notifications: Claim = None
    wants_twitter_update: Claim = None


class UpdateBody(Sent):
    incident_update: UpdateFields

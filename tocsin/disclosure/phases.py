"""The phases of an incident and of planned work in public, and the turns between them."""

from enum import StrEnum


class Phase(StrEnum):
    HOLDING = "holding"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    ACCOUNT = "account"
    # Planned work. Past its window it goes on through the phases above.
    ANNOUNCED = "announced"
    BEGUN = "begun"
    CHECKING = "checking"
    ENDED = "ended"
    CANCELLED = "cancelled"


ORDER = list(Phase)
PLANNED = frozenset({Phase.ANNOUNCED, Phase.BEGUN, Phase.CHECKING, Phase.ENDED, Phase.CANCELLED})
OF_INCIDENTS = tuple(phase for phase in Phase if phase not in PLANNED)
FINAL = {Phase.RESOLVED, Phase.ACCOUNT, Phase.ENDED, Phase.CANCELLED}

# Our phases in Statuspage's words (interfaces.md). Its clients know no cancelled work: to them it
# is completed, with words that say cancelled.
STATUSPAGE = {
    Phase.HOLDING: "investigating",
    Phase.INVESTIGATING: "investigating",
    Phase.IDENTIFIED: "identified",
    Phase.MONITORING: "monitoring",
    Phase.RESOLVED: "resolved",
    Phase.ACCOUNT: "postmortem",
    Phase.ANNOUNCED: "scheduled",
    Phase.BEGUN: "in_progress",
    Phase.CHECKING: "verifying",
    Phase.ENDED: "completed",
    Phase.CANCELLED: "completed",
}
# What a scheduled maintenance is to them once it has outlasted its window.
STATUSPAGE_PAST_ITS_WINDOW = {
    Phase.MONITORING: "verifying",
    Phase.RESOLVED: "completed",
    Phase.ACCOUNT: "completed",
}


def scheduled_status(phase: Phase) -> str:
    """A phase of planned work in the words of its clients, overrun or not."""
    if phase in PLANNED:
        return STATUSPAGE[phase]
    return STATUSPAGE_PAST_ITS_WINDOW.get(phase, "in_progress")


class Turn(StrEnum):
    """How one word's phase follows from the one before."""

    FIRST = "first"
    STAYS = "stays"
    ONWARD = "onward"
    BACK = "back"
    SKIPS = "skips"


def turn(before: Phase | None, after: Phase) -> Turn:
    """Judge a change of phase.

    Going back is allowed and must be explained. Resolving without having watched a repair first
    (``skips``) is explained by the last word itself, which tells how long the effect lasted. From
    ``resolved``, anything but the account is going back. Planned work that outlasts its window
    goes onward into an incident's phases.
    """
    if before is None:
        return Turn.FIRST
    if after == before:
        return Turn.STAYS
    if before in PLANNED and after not in PLANNED:
        return Turn.ONWARD
    if ORDER.index(after) < ORDER.index(before):
        return Turn.BACK
    if after == Phase.RESOLVED and before != Phase.MONITORING:
        return Turn.SKIPS
    return Turn.ONWARD


def needs_reason(before: Phase | None, after: Phase) -> bool:
    """Say whether this turn needs a reason in words."""
    return turn(before, after) == Turn.BACK

"""The phases of an incident in public, and the turns between them (R-22, R-23)."""

from enum import StrEnum


class Phase(StrEnum):
    HOLDING = "holding"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    ACCOUNT = "account"


ORDER = list(Phase)
FINAL = {Phase.RESOLVED, Phase.ACCOUNT}

# Our phases in Statuspage's words (interfaces.md).
STATUSPAGE = {
    Phase.HOLDING: "investigating",
    Phase.INVESTIGATING: "investigating",
    Phase.IDENTIFIED: "identified",
    Phase.MONITORING: "monitoring",
    Phase.RESOLVED: "resolved",
    Phase.ACCOUNT: "postmortem",
}


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
    ``resolved``, anything but the account is going back.
    """
    if before is None:
        return Turn.FIRST
    if after == before:
        return Turn.STAYS
    if ORDER.index(after) < ORDER.index(before):
        return Turn.BACK
    if after == Phase.RESOLVED and before != Phase.MONITORING:
        return Turn.SKIPS
    return Turn.ONWARD


def needs_reason(before: Phase | None, after: Phase) -> bool:
    """Say whether this turn needs a reason in words."""
    return turn(before, after) == Turn.BACK

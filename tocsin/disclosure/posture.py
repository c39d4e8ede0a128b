"""What we take the cause to be, and whose side of the line that is (R-24, R-35)."""

from enum import StrEnum


class Posture(StrEnum):
    CHANGE = "change"  # our change
    DESIGN = "design"  # our design
    SUPPLIER = "supplier"  # a service that we chose to rely on
    ATTACK = "attack"
    ACCIDENT = "accident"  # outside
    YOURS = "yours"  # on the customer's side, checked
    UNKNOWN = "unknown"


class CauseSide(StrEnum):
    OURS = "ours"
    UPSTREAM = "upstream"
    YOURS = "yours"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """Only a verified cause may be written as fact."""

    UNKNOWN = "unknown"
    SUSPECTED = "suspected"
    VERIFIED = "verified"


SIDE_OF = {
    Posture.CHANGE: CauseSide.OURS,
    Posture.DESIGN: CauseSide.OURS,
    Posture.ATTACK: CauseSide.OURS,
    Posture.SUPPLIER: CauseSide.UPSTREAM,
    Posture.ACCIDENT: CauseSide.UPSTREAM,
    Posture.YOURS: CauseSide.YOURS,
    Posture.UNKNOWN: CauseSide.UNKNOWN,
}

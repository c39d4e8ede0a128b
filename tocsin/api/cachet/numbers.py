"""Cachet counts what we name: each id of twelve letters and digits is read as one number. Pure.

An id is a number in base 36 below 36 to the twelfth, which 63 bits hold; so nothing needs to be
kept to lead from one to the other, and a number means the same for ever.
"""

from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.ids import ID_LENGTH

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
BEYOND = BASE**ID_LENGTH

# What is planned is no fault: the mildest number that is not "operational".
STATUS_OF = {
    State.OPERATIONAL: 1,
    State.MAINTENANCE: 2,
    State.DEGRADED: 2,
    State.PARTIAL: 3,
    State.MAJOR: 4,
}
STATE_OF = {1: State.OPERATIONAL, 2: State.DEGRADED, 3: State.PARTIAL, 4: State.MAJOR}
STATUS_NAMES = {1: "Operational", 2: "Performance Issues", 3: "Partial Outage", 4: "Major Outage"}

INCIDENT_STATUS_OF = {
    Phase.HOLDING: 1,
    Phase.INVESTIGATING: 1,
    Phase.IDENTIFIED: 2,
    Phase.MONITORING: 3,
    Phase.RESOLVED: 4,
    Phase.ACCOUNT: 4,
}
PHASE_OF = {
    1: Phase.INVESTIGATING,
    2: Phase.IDENTIFIED,
    3: Phase.MONITORING,
    4: Phase.RESOLVED,
}
INCIDENT_NAMES = {1: "Investigating", 2: "Identified", 3: "Watching", 4: "Fixed"}

SCHEDULE_STATUS_OF = {
    Phase.ANNOUNCED: 0,
    Phase.BEGUN: 1,
    Phase.CHECKING: 1,
    Phase.ENDED: 2,
    Phase.CANCELLED: 2,
    Phase.RESOLVED: 2,
    Phase.ACCOUNT: 2,
}
SCHEDULE_NAMES = {0: "Upcoming", 1: "In Progress", 2: "Complete"}


def number_of(key: str) -> int:
    """The number that an id reads as."""
    return int(key, BASE)


def id_of(number: int) -> str:
    """The id that a number was made of; empty where no id makes such a number."""
    if not 0 <= number < BEYOND:
        return ""
    letters = ""
    while number:
        number, digit = divmod(number, BASE)
        letters = DIGITS[digit] + letters
    return letters.rjust(ID_LENGTH, DIGITS[0])

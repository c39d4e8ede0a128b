"""What happens at which minute of a night, as frozen values; clocks are the night's own ("09:47").

BadScenario   the file is no scenario; ``faults`` say in which line, why, and what would do
NoScenario    none comes along by that name; says which do
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tocsin.catalogue.tree import State
from tocsin.disclosure.consent import Reviewer
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.lined import Unreadable
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity

Spoken = Mapping[str, str]  # by language


class BadScenario(Unreadable):
    """Nothing of it is played."""


class NoScenario(Exception):
    pass


class Trouble(StrEnum):
    """What may fail of our own while we tell."""

    MAIL = "mail"  # no relay answers: what is due is tried again, later and later
    WORKER = "worker"  # nothing is done of what is due
    DATABASE = "database"  # in a drill alone: nothing can be read or written, and the page stays


@dataclass(frozen=True, slots=True)
class Alert:
    """A machine notices, or notices that it is over. One alert is known by its ``title``."""

    title: str
    component: str
    state: State = State.MAJOR
    over: bool = False


@dataclass(frozen=True, slots=True)
class ToldForecast:
    earliest: str
    latest: str
    basis: Spoken


@dataclass(frozen=True, slots=True)
class ToldLayer:
    """One language's words; ``{09:47}`` in them becomes that time as readers see it."""

    headline: str
    body: str
    details: str = ""
    effect: str = ""
    who: str = ""
    still_works: str = ""
    workaround: str = ""
    cause: str = ""
    total: str = ""
    lingering: str = ""
    customer_action: str = ""


@dataclass(frozen=True, slots=True)
class Declare:
    """Somebody declares; without ``words`` the holding statement goes out."""

    name: Spoken
    components: Mapping[str, State]
    severity: Severity | None = None
    started: str = ""
    detected: str = ""
    next_word: str = ""
    words: Mapping[str, ToldLayer] = field(default_factory=dict)
    security: bool = False


@dataclass(frozen=True, slots=True)
class SayIt:
    """One tap on what alerts suggest."""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Nobody need be told of what alerts suggest."""

    because: str


@dataclass(frozen=True, slots=True)
class Learn:
    """A fact for our own eyes."""

    fact: str


@dataclass(frozen=True, slots=True)
class Mitigated:
    """The effect is held off; readers are not told by this."""


@dataclass(frozen=True, slots=True)
class Customer:
    """It comes to be known when the first customer wrote of it."""

    wrote: str


@dataclass(frozen=True, slots=True)
class Say:
    """A further word; what is left out stays as it was said last."""

    phase: Phase
    words: Mapping[str, ToldLayer]
    next_word: str = ""
    components: Mapping[str, State] = field(default_factory=dict)
    severity: Severity | None = None
    posture: Posture | None = None
    certainty: Certainty | None = None
    since: str = ""
    until: str = ""
    forecast: ToldForecast | None = None
    turn_reason: Spoken = field(default_factory=dict)
    late_reason: Spoken = field(default_factory=dict)
    long_reason: Spoken = field(default_factory=dict)
    data: DataStatement | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The same, written down and not said yet."""

    saying: Say


@dataclass(frozen=True, slots=True)
class Clear:
    """Somebody has read the draft, and lets it be said."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who wants to be told; ``name`` is also their mailbox."""

    name: str
    language: str = "en"
    components: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leave:
    """A reader wants to hear no more."""

    name: str


@dataclass(frozen=True, slots=True)
class Fail:
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Mend:
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing but the time goes on."""


Act = (
    Alert
    | Declare
    | SayIt
    | Dismiss
    | Learn
    | Mitigated
    | Customer
    | Say
    | Draft
    | Clear
    | Reader
    | Leave
    | Fail
    | Mend
    | Wait
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. ``line`` is where its file says so, counted from 1."""

    at: str
    act: Act
    by: str = "olu"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose consent a drill's words wait for where the page's own policy asks nobody.

    ``within`` is until the policy decides; ``after`` is how long they take to answer, None: never.
    """

    of: Reviewer
    within: timedelta | None = timedelta(minutes=15)
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """How many of a hundred mailboxes of a drill refuse: ``for_good``, or only ``for_now``."""

    for_good: int = 0
    for_now: int = 0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A night. At ``midway`` the demo leaves it half told.

    ``consent`` and ``mailboxes`` are for drills; a demo has neither.
    """

    name: Spoken
    about: str
    opens: str
    story: tuple[Step, ...]
    midway: str = ""
    readers: tuple[Reader, ...] = ()
    consent: Asked | None = None
    mailboxes: Refused = Refused()

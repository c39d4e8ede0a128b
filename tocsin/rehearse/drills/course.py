"""How a drill went: what failed and for how long, what was tried again, how often readers asked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.rehearse.player import since_midnight
from tocsin.rehearse.scenario import Trouble

DAY = timedelta(days=1)


@dataclass
class Course:
    """``refused`` are steps that the rules refused, each with why; ``too_late`` is consent to what
    had been overtaken. ``asked`` is how often a reader asked for the page, ``failed`` how often it
    was not there."""

    faults: list[dict[str, object]] = field(default_factory=list)
    tried_again: list[dict[str, object]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    too_late: list[str] = field(default_factory=list)
    alerts: int = 0
    asked: int = 0
    failed: int = 0
    asked_without_database: int = 0
    _begun: dict[Trouble, tuple[str, datetime]] = field(default_factory=dict)

    def begin(self, trouble: Trouble, clock: str, *, at: datetime) -> None:
        """Something fails from now on."""
        self._begun.setdefault(trouble, (clock, at))

    def end(self, trouble: Trouble, *, at: datetime) -> None:
        """It works again; nothing where it had not failed."""
        if trouble not in self._begun:
            return
        clock, since = self._begun.pop(trouble)
        lasted = (max(at, since) - since).total_seconds()
        self.faults.append({"what": trouble.value, "at": clock, "seconds": lasted})

    def note_tried_again(self, what: str, clock: str, waited: timedelta) -> None:
        """Something could be done only later than it was tried first, at ``clock``."""
        seconds = waited.total_seconds()
        self.tried_again.append({"what": what, "at": clock, "seconds": seconds})


def clock_of(opens: str, since: timedelta) -> str:
    """The time of the night so long after its opening: "09:47:00"."""
    seconds = int((since_midnight(opens) + since).total_seconds()) % int(DAY.total_seconds())
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

"""The options about owed words: lateness, long-incident mode, repair forecasts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import click

from tocsin.cli.options import DUE, Due
from tocsin.statements.values import Forecast

F = TypeVar("F", bound=Callable[..., Any])
Told = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Owing:
    """What the options say; texts are by language, the first language's under ``""``."""

    opens_late: bool
    late_reason: Told
    long_reason: Told
    ends_long: bool
    repair: tuple[Due, Due] | None
    repair_basis: Told

    def saying(self, language: str, *, at: datetime) -> dict[str, Any]:
        """The parts of a ``Saying`` that these options give."""
        return {
            "opens_late": self.opens_late,
            "late_reason": _in(self.late_reason, language),
            "long_reason": _in(self.long_reason, language) or None,
            "ends_long": self.ends_long,
            "forecast": self._forecast(language, at),
        }

    def _forecast(self, language: str, at: datetime) -> Forecast | None:
        if self.repair is None:
            if self.repair_basis:
                raise click.UsageError("--repair-basis stands beside --repair EARLIEST LATEST.")
            return None
        earliest, latest = (due.after(at) for due in self.repair)
        return Forecast(earliest, latest, _in(self.repair_basis, language))


def _in(told: Told, language: str) -> dict[str, str]:
    return {code or language: text.strip() for code, text in told.items()}


def late(command: F) -> F:
    """The options of a word that may come late."""
    return _with(
        command,
        click.option("--late-because", metavar="TEXT", help="Why it is late; readers see it."),
        click.option("--late-because-in", nargs=2, multiple=True, metavar="LANG TEXT"),
        click.option(
            "--no-late-opener",
            is_flag=True,
            help="Leave out the sentence that a late word opens with.",
        ),
    )


def paced(command: F) -> F:
    """The options of a word that is followed by others."""
    return _with(
        command,
        click.option(
            "--long",
            "long_because",
            metavar="TEXT",
            help="Words come less often from now on (long-incident mode), and why.",
        ),
        click.option("--long-in", "long_because_in", nargs=2, multiple=True, metavar="LANG TEXT"),
        click.option("--usual-pace", is_flag=True, help="End long-incident mode."),
        click.option(
            "--repair",
            nargs=2,
            type=DUE,
            metavar="EARLIEST LATEST",
            help="A repair forecast: a range such as 30m 2h, never a promise.",
        ),
        click.option("--repair-basis", metavar="TEXT", help="On what the forecast rests."),
        click.option("--repair-basis-in", nargs=2, multiple=True, metavar="LANG TEXT"),
    )


def _with(command: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


def taken(told: dict[str, Any]) -> Owing:
    """Take these options out of all that a command was told. Raises UsageError."""
    owing = Owing(
        opens_late=not told.pop("no_late_opener"),
        late_reason=_texts(told, "late_because"),
        long_reason=_texts(told, "long_because"),
        ends_long=told.pop("usual_pace", False),
        repair=told.pop("repair", None) or None,
        repair_basis=_texts(told, "repair_basis"),
    )
    if owing.ends_long and owing.long_reason:
        raise click.UsageError("--long and --usual-pace contradict each other.")
    return owing


def _texts(told: dict[str, Any], name: str) -> dict[str, str]:
    first, others = told.pop(name, None), told.pop(f"{name}_in", ())
    return ({"": first} if first else {}) | dict(others)

"""What is typed behind an option, read into values; anything else is wrong usage (exit 2)."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import click

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli.commands import Refused

MOST_BYTES = 1024 * 1024
SPAN = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?")


def languages_here(named: str | None, page: Brand) -> tuple[str, ...]:
    """In which languages whoever types reads, the dearest first.

    The one they named, the terminal's own, the page's first.
    """
    told = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    here = re.split(r"[_.@-]", told)[0].lower()
    return (*filter(None, (named, here)), page.language)


class ImpactOn(click.ParamType[tuple[str, State]]):
    """``C=state``: a component's id or slug, and its state."""

    name = "C=state"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, State]:
        if isinstance(value, tuple):
            return value
        ref, equals, state = str(value).rpartition("=")
        if not equals or not ref.strip():
            self.fail(f"{value!r}: say a component and its state, such as checkout=major_outage.")
        try:
            return ref.strip(), State(state.strip())
        except ValueError:
            self.fail(f"{state!r} is no state. Say one of: {', '.join(State)}.", param, ctx)


@dataclass(frozen=True, slots=True)
class Due:
    """A moment to come, told as a wait or as a time."""

    told: datetime | timedelta

    def after(self, at: datetime) -> datetime:
        """The moment itself, when told at ``at``."""
        return self.told if isinstance(self.told, datetime) else at + self.told


class DueBy(click.ParamType[Due]):
    """``30m``, ``1h30m``, ``2d``, or a time with its zone."""

    name = "wait or time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Due:
        if isinstance(value, Due):
            return value
        told = str(value).strip()
        span = SPAN.fullmatch(told)
        if span and any(span.groups()):
            days, hours, minutes, seconds = (int(part or 0) for part in span.groups())
            return Due(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
        moment = _moment(told)
        if isinstance(moment, str):
            self.fail(f"{moment} A wait such as 30m or 1h30m will do too.", param, ctx)
        return Due(moment)


class Moment(click.ParamType[datetime]):
    """A time with its zone, such as 2026-11-23T09:12+01:00."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        moment = value if isinstance(value, datetime) else _moment(str(value).strip())
        if isinstance(moment, str):
            self.fail(moment, param, ctx)
        return moment


def _moment(told: str) -> datetime | str:
    """The time, or a sentence on what is wrong with it."""
    example = "Say it with its zone, such as 2026-11-23T09:12Z or 2026-11-23T10:12+01:00."
    try:
        moment = datetime.fromisoformat(told)
        moment.astimezone(UTC)  # the ends of the calendar have no UTC
    except (ValueError, OverflowError):
        return f"{told!r} is no time. {example}"
    return moment if moment.tzinfo else f"{told!r} has no zone. {example}"


IMPACT, DUE, MOMENT = ImpactOn(), DueBy(), Moment()
DAY = click.DateTime(formats=["%Y-%m-%d"])


def words_in(file: IO[bytes], *, name: str) -> str:
    """All of a file's words, as UTF-8. Raises UsageError."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise click.UsageError(f"{name} is longer than {MOST_BYTES // 1024} KiB.")
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise click.UsageError(f"{name} is not UTF-8 text. Save it as UTF-8.") from None


def said(text: str) -> str:
    """What was said; ``-`` reads it from standard input. Raises UsageError."""
    if text != "-":
        return text.strip()
    with click.open_file("-", "rb") as stdin:
        return words_in(stdin, name="Standard input")


def page_of(ref: str | None) -> Brand:
    """The page that is meant; without a name, the only one. Raises NotFound, Refused."""
    if ref:
        return shelf.brand(ref)
    pages = shelf.pages()
    if not pages:
        raise Refused('There is no page yet. Open one: tocsin page add "Linden".')
    if len(pages) > 1:
        raise Refused(f"Say which page: --page {'|'.join(page.slug for page in pages)}.")
    return pages[0]

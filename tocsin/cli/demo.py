"""`tocsin demo`: a fictional night told through the real path, while you watch."""

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing, tables
from tocsin.cli.commands import Refused
from tocsin.cli.options import words_in
from tocsin.page import address
from tocsin.rehearse import demo as staged
from tocsin.rehearse import reading
from tocsin.rehearse.player import Night
from tocsin.rehearse.playing import Happened, Play
from tocsin.rehearse.scenario import Scenario
from tocsin.rehearse.telling import sentence, telling

BEAT = 0.5  # seconds between two looks at what is due
SCENARIO = click.argument("name", metavar="[SCENARIO]", default=reading.USUAL)


@click.group()
def demo() -> None:
    """A fictional night: play one, list them, check a file of your own."""


@demo.command()
@SCENARIO
@click.option(
    "--speed",
    type=click.IntRange(min=1, max=3600),
    default=60,
    show_default=True,
    help="How much of the night passes in the time of one: at 60, an hour in a minute.",
)
@printing.as_json
def play(name: str, speed: int, is_json: bool) -> None:
    """Tell a night on the demo's page.

    SCENARIO is one that comes along, or a file.

    Every step goes through the verbs that the doors call; the page, the feeds and the readers' mail
    (in the outbox) follow as they do in earnest. Times are those of now, the night being quicker.
    """
    scenario = _scenario(name)
    _stand()
    at = _now()
    page, cast = staged.stage(by=printing.terminal(), at=at)
    night = Night(page, _now(), scenario.opens, speed=speed, real=_now)
    played = Play(scenario, night, cast, by=printing.terminal())
    screen = Screen(quiet=is_json)
    screen.opening(scenario, page, speed=speed)
    played.let_in()
    happened = list(_played(played, screen))
    if is_json:
        printing.facts([_facts(one) for one in happened])


@demo.command("list")
@printing.as_json
def list_scenarios(is_json: bool) -> None:
    """The nights that come along."""
    told = {name: reading.named(name) for name in reading.shipped()}
    if is_json:
        printing.facts(
            [
                {"scenario": name, "name": dict(one.name), "about": one.about}
                for name, one in told.items()
            ]
        )
        return
    rows = [
        (name, one.opens, one.story[-1].at, one.name.get("en", "")) for name, one in told.items()
    ]
    printing.table(("SCENARIO", "OPENS", "ENDS", "NAME"), rows)


@demo.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say in which lines a file cannot be played."""
    scenario = _read(file)
    count = len(scenario.story)
    steps = "1 step" if count == 1 else f"{count} steps"
    click.echo(f"{file}: {steps}, from {scenario.opens} to {scenario.story[-1].at}.")


@demo.command()
def schema() -> None:
    """The JSON Schema of a scenario, for your editor."""
    click.echo(json.dumps(reading.schema(), indent=2, ensure_ascii=False))


def _scenario(name: str) -> Scenario:
    path = Path(name)
    if name in reading.shipped() and not path.is_file():
        return reading.named(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return _read(path)
    return reading.named(name)


def _read(file: Path) -> Scenario:
    with file.open("rb") as told:
        return reading.read(words_in(told, name=str(file)))


def _stand() -> None:
    """On a data directory that nobody has used yet, the tables are made first."""
    if tables.are_missing():
        tables.stand()


def _now() -> datetime:
    return datetime.now(UTC)


def _played(play: Play, screen: "Screen") -> Iterator[Happened]:
    try:
        for step in play.scenario.story:
            _wait(play, step.at, screen)
            happened = play.take(step)
            screen.show(play, happened)
            yield happened
    except KeyboardInterrupt:
        screen.end()
        left = f" Close it: tocsin resolve {play.incident}." if play.incident else ""
        raise Refused(f"Stopped at {step.at}.{left}") from None
    screen.closing(play)


def _wait(play: Play, clock: str, screen: "Screen") -> None:
    """Let the time until ``clock`` pass, and the worker do meanwhile what comes due."""
    until = play.night.when(clock)
    while (left := (until - _now()).total_seconds()) > 0:
        screen.waiting(clock, left)
        time.sleep(min(left, BEAT))
        play.run_lanes()


class Screen:
    """What is shown of a night: a line for each thing that happens, and, while one waits on a
    terminal, a line that says for what."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._is_open = False

    def opening(self, scenario: Scenario, page: Brand, *, speed: int) -> None:
        self._say(click.style(scenario.name.get("en") or scenario.opens, bold=True))
        self._say(f"{address.url_of(page)}/ shows it, at {speed} times its pace.")
        self._say(f"Mail is kept in {settings.TOCSIN.outbox_dir}.")

    def waiting(self, clock: str, left: float) -> None:
        if not self._quiet and sys.stderr.isatty():
            click.echo(f"\r  … {clock} in {left:.0f} s ", nl=False, err=True)
            self._is_open = True

    def show(self, play: Play, happened: Happened) -> None:
        self.end()
        step = happened.step
        self._say(f"{click.style(step.at.ljust(8), bold=True)}  {sentence(step)}")
        for line in telling(happened):
            self._say(click.style(f"{'':8}  {line}", dim=True))

    def closing(self, play: Play) -> None:
        self.end()
        if play.incident:
            url = address.incident_url(play.night.page, play.incident)
            self._say(f"That was the night. Its whole story: {url}")

    def end(self) -> None:
        """Leave the line that waits."""
        if self._is_open:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._is_open = False

    def _say(self, line: str) -> None:
        if not self._quiet:
            click.echo(line)


def _facts(one: Happened) -> dict[str, Any]:
    told = one.told
    return {
        "clock": one.step.at,
        "at": one.at,
        "what": sentence(one.step),
        "incident": one.incident_id or None,
        "publication": one.said.number if one.said else None,
        "told": {"delivered": told.delivered, "of": told.total} if told else None,
    }

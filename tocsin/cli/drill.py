"""`tocsin drill`: a night rehearsed on a shadow page that nobody outside can see, and scored."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import lifeline, options, printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import words_in
from tocsin.journal import chain
from tocsin.journal.ids import rfc3339
from tocsin.rehearse import reading
from tocsin.rehearse.drills import ground as grounds
from tocsin.rehearse.drills import recast, shadow, shipped
from tocsin.rehearse.drills.ground import Ground
from tocsin.rehearse.scenario import Scenario

DRILL = (sys.executable, "-I", "-m", "tocsin.cli.drilling")
STOPPED_WITHIN = 30.0  # seconds; a live one is scored when it is stopped
CHANNELS = {
    "email": "Mail",
    "webhook": "Webhooks",
    "slack": "Slack",
    "teams": "Teams",
    "discord": "Discord",
}
PROMISES = {
    "first_notice": "First word",
    "silence": "Longest silence",
    "owed_words": "Words by their time",
    "language_lag": "Other languages",
}


@click.group()
def drill() -> None:
    """A night rehearsed on a shadow page, and scored: run one, list them, show, remove."""


@drill.command()
@click.argument("name", metavar="[SCENARIO]", default=shipped.USUAL)
@click.option("--page", "page_ref", metavar="P", help="Whose set-up the shadow page takes.")
@click.option("--live", is_flag=True, help="People play it, in a console of its own.")
@click.option(
    "--speed",
    type=click.IntRange(min=1, max=60),
    default=1,
    show_default=True,
    help="With --live: how much of the night passes in the time of one.",
)
@click.option(
    "--afterwards", is_flag=True, help="With --live: stay for account and promises, until Ctrl-C."
)
@printing.as_json
def run(
    name: str, page_ref: str | None, live: bool, speed: int, afterwards: bool, is_json: bool
) -> None:
    """Rehearse a night on a shadow of a page.

    SCENARIO is one that comes along (`tocsin drill scenarios`), or a file.

    The shadow is an installation of its own below the data directory: set up like the page, marked
    as a drill on every screen and in every message, told to mailboxes that nobody owns. Scripted
    people play all the parts, unless --live has your own people answer in their own time.
    """
    page, at = options.page_of(page_ref), datetime.now(UTC)
    label, text = _text_of(name)
    ground = _set_up(page, label, text, at=at)
    try:
        how = (str(speed), *(["stays"] if afterwards else [])) if live else ()
        _play(ground, how, at=at, is_quiet=is_json)
    except KeyboardInterrupt:
        if not live:
            stopped = f"Stopped. What is there of it goes by: tocsin drill remove {ground.name}"
            raise Refused(stopped) from None
    told = ground.read("score")
    if not told:
        raise Refused(f"The drill broke off. Its log: {ground.path / 'log'}")
    _note(page, told)
    if is_json:
        printing.facts(told)
    else:
        _print(told)
    if told["lost"] and not live:
        sys.exit(1)


@drill.command()
@printing.as_json
def scenarios(is_json: bool) -> None:
    """The scenarios that come along."""
    told = {name: reading.read(shipped.text(name)) for name in shipped.names()}
    if is_json:
        facts = [
            {"scenario": name, "name": dict(one.name), "about": one.about}
            for name, one in told.items()
        ]
        printing.facts(facts)
        return
    rows = [(name, one.opens, one.name["en"], one.name["fr"]) for name, one in told.items()]
    printing.table(("SCENARIO", "OPENS", "NAME", "NOM"), rows)


@drill.command("list")
@printing.as_json
def list_drills(is_json: bool) -> None:
    """The drills that are kept, the newest first."""
    kept = grounds.grounds(settings.TOCSIN.data_dir)
    if is_json:
        printing.facts([_line(one) for one in kept])
        return
    rows = [
        (line["drill"], line["page"] or "", line["scenario"] or "", line["state"], line["by"] or "")
        for line in map(_line, kept)
    ]
    printing.table(("DRILL", "PAGE", "SCENARIO", "STATE", "BY"), rows)


@drill.command()
@click.argument("name")
@printing.as_json
def show(name: str, is_json: bool) -> None:
    """What came of a drill."""
    ground = grounds.find(settings.TOCSIN.data_dir, name)
    told = ground.read("score")
    if not told:
        raise Refused(f"Nothing came of the drill {name}: it {_line(ground)['state']}.")
    if is_json:
        printing.facts(told)
    else:
        _print(told)


@drill.command()
@click.argument("name")
def remove(name: str) -> None:
    """Take a drill away with all that it holds."""
    grounds.remove(grounds.find(settings.TOCSIN.data_dir, name))
    click.echo(f"{name} is gone.")


def _text_of(name: str) -> tuple[str, str]:
    """What a scenario is called, and its file's text. Raises NoScenario."""
    path = Path(name)
    if name not in shipped.names() and (path.suffix in (".yaml", ".yml") or path.is_file()):
        with path.open("rb") as file:
            return path.stem, words_in(file, name=name) + "\n"
    return name, shipped.text(name)


def _set_up(page: Brand, label: str, text: str, *, at: datetime) -> Ground:
    """A new drill's ground, with all that its own processes are to know. Raises CannotDrill."""
    scenario: Scenario = reading.read(text)
    parts = recast.parts(scenario, shelf.components_of(page.id))
    ground = grounds.open_ground(settings.TOCSIN.data_dir, label, at=at)
    cast = shadow.cast(page, scenario.consent, ground.path)
    ground.page.write_text(shadow.written(cast), "utf-8")
    ground.scenario.write_text(text, "utf-8")
    facts = {
        "scenario": label,
        "page": page.slug,
        "by": printing.terminal().name,
        "at": rfc3339(at),
        "time_zone": page.time_zone,
        "readers": dict(cast.readers),
        "rooms": {channel: dict(counts) for channel, counts in cast.rooms.items()},
        "components": parts,
        "asks_besides": cast.asks_besides,
    }
    ground.write("drill", facts)
    return ground


def environ_of(ground: Ground) -> dict[str, str]:
    """All that a drill's processes are told from outside."""
    return ground.environ(os.environ, **{lifeline.PARENT: str(os.getpid())})


def _play(ground: Ground, how: tuple[str, ...], *, at: datetime, is_quiet: bool) -> None:
    """Let the drill's own process do it, and end with us, however we end."""
    with (
        (ground.path / "log").open("wb") as log,
        subprocess.Popen(
            (*DRILL, str(ground.path), at.isoformat(), *how),
            env=environ_of(ground),
            cwd=ground.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        ) as playing,
    ):
        try:
            for line in playing.stdout or ():
                if not is_quiet:
                    click.echo(line, nl=False)
            playing.wait()
        finally:
            _end(playing)


def _end(playing: "subprocess.Popen[str]") -> None:
    if playing.poll() is None:
        playing.send_signal(signal.SIGTERM)
        try:
            playing.wait(timeout=STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            playing.kill()
            playing.wait()


@transaction.atomic
def _note(page: Brand, told: dict[str, Any]) -> None:
    """The one line that the record in earnest has of it."""
    chain.note(
        "rehearse:drill:run",
        by=printing.terminal(),
        at=datetime.now(UTC),
        subject=("page", page.id),
        page=page.id,
        drill=told["drill"],
        scenario=told["scenario"],
        mode=told["mode"],
        lights=told["score"]["lights"] if told["score"] else {},
        lost=len(told["lost"]),
    )


def _line(ground: Ground) -> dict[str, Any]:
    facts, score = ground.read("drill"), ground.read("score")
    state = "is on" if ground.is_on else "broke off"
    if score:
        state = "lost something" if score["lost"] else "scored"
    named = {name: facts.get(name) for name in ("page", "scenario", "by", "at")}
    return {"drill": ground.name, "state": state, **named}


def _print(told: dict[str, Any]) -> None:
    click.echo()
    click.secho(f"{told['drill']}, a shadow of {told['page']}", bold=True)
    printing.table(("MEASURE", "VALUE"), [tuple(row) for row in told["rows"]])
    click.echo()
    printing.table(("PROMISED", "", "CAME TO", "KEPT"), list(_promises(told)))
    click.echo()
    printing.table(("LIGHT", ""), [tuple(row) for row in told["lights"]])
    click.echo()
    for line in _findings(told):
        click.echo(line)


def _promises(told: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for row in told["promises"]:
        kept = {True: "yes", False: "no", None: "not measured"}[row["kept"]]
        if "promised" in row:
            yield PROMISES[row["measure"]], str(row["promised"]), str(row["came_to"]), kept
        else:
            promised, came_to = row["promised_seconds"], row["came_to_seconds"]
            yield PROMISES[row["measure"]], _spelled(promised), _spelled(came_to), kept


def _spelled(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    told = [f"{minutes} min"] if minutes else []
    return " ".join([*told, f"{rest} s"] if rest or not minutes else told)


def _arrived(told: dict[str, Any]) -> Iterator[str]:
    """How telling went, by channel; older drills had mailboxes alone."""
    reach, mail, calls = told.get("reach", {}), told["mail"], told.get("calls", {})
    for channel, row in (reach or {"email": mail}).items():
        through = f"{CHANNELS[channel]}: " if calls else ""
        yield f"{through}{row['delivered']} of {row['notices']} notices arrived."
    yield _refusals("Mailboxes", mail)
    if calls:
        yield _refusals("Machines and rooms", calls)


def _refusals(who: str, counts: dict[str, int]) -> str:
    good, now = counts["refused_for_good"], counts["refused_for_now"]
    return f"{who} refused {good} for good, {now} for the moment."


def _findings(told: dict[str, Any]) -> Iterator[str]:
    """What broke, and what became of it."""
    for fault in told["faults"]:
        yield f"{fault['at']}: {fault['what']} failed for {_spelled(fault['seconds'])}."
    for late in told["tried_again"]:
        waited = _spelled(late["seconds"])
        yield f"{late['at']}: after {waited} it could be done: {late['what']}"
    asked, reader = told["consents"], told["reader"]
    if asked["asked"]:
        besides = " (the page's own policy asks nobody)" if told["asks_besides"] else ""
        yield (
            f"Consent was asked {asked['asked']} times{besides}: {asked['granted']} granted, "
            f"{asked['lapsed']} lapsed, {asked['sent_back']} sent back, "
            f"{asked['withdrawn']} taken back."
        )
    yield from _arrived(told)
    yield (
        f"A reader asked for the page {reader['asked']} times, "
        f"{reader['asked_without_database']} of them without a database; {reader['failed']} failed."
    )
    yield from (*told["refused"], *told["too_late"])
    yield from (f"LOST: {what}" for what in told["lost"])
    if not told["lost"]:
        yield "Nothing was lost."

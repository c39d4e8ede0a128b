"""`tocsin coach`: who reads a page, and entries of its own, kept as a file."""

from datetime import UTC, datetime
from typing import Any, BinaryIO

import click

from tocsin.catalogue.adopting import File
from tocsin.cli import adoptable, printing
from tocsin.cli.adoptable import FILE
from tocsin.cli.catalogue import PAGE
from tocsin.cli.options import page_of, words_in
from tocsin.disclosure.coach import manner as manners_read
from tocsin.disclosure.coach.heeding import Heeded
from tocsin.disclosure.coach.manner import Manner
from tocsin.statements import coaching, manners


@click.group()
def coach() -> None:
    """How a page's words are read, before they go out."""


@coach.command("show")
@PAGE
@printing.as_json
def show(page_ref: str | None, is_json: bool) -> None:
    """The file in force, as it was adopted; without one, the usual one."""
    page = page_of(page_ref)
    kept = manners.adopted(page.id)
    if is_json:
        printing.facts({"page": page.id, **_facts(kept)})
    else:
        click.echo(kept.text, nl=not kept.text.endswith("\n"))


@coach.command("check")
@FILE
@printing.as_json
def check(file: BinaryIO, is_json: bool) -> None:
    """Read a file and change nothing; exit 1 where it has faults, each with its line."""
    text = words_in(file, name="The coach's file")
    told = adoptable.checked(text, manners_read.read, is_json=is_json)
    if is_json:
        printing.facts({"ok": True, "faults": [], **_manner(told)})
    else:
        click.echo("It can be adopted.")


@coach.command("adopt")
@FILE
@PAGE
@printing.as_json
def adopt(file: BinaryIO, page_ref: str | None, is_json: bool) -> None:
    """Let the coach read a page by a file from now on."""
    page = page_of(page_ref)
    text = words_in(file, name="The coach's file") + "\n"
    before = manners.adopted(page.id)
    kept = manners.adopt(page.id, text, by=printing.terminal(), at=datetime.now(UTC))
    if is_json:
        printing.facts({"page": page.id, "is_new": kept != before, **_facts(kept)})
    elif kept == before:
        click.echo(f"The coach reads {page.name} by these very words already (no. {kept.number}).")
    else:
        click.echo(f"The coach reads {page.name} by file no. {kept.number} from now on.")


@coach.command("heeded")
@PAGE
@printing.as_json
def heeded(page_ref: str | None, is_json: bool) -> None:
    """How often what the coach marked in the composer was changed before it went out, by entry."""
    page = page_of(page_ref)
    told = coaching.heeded(page.id)
    if is_json:
        printing.facts({"page": page.id, "entries": [_heeded(one) for one in told]})
        return
    if not told:
        click.echo(f"Nothing that the coach marked on {page.name} was said or changed yet.")
        return
    rows = [
        (one.entry, str(one.acted_on), str(one.stood), f"{100 * (one.precision or 0):.0f} %")
        for one in told
    ]
    printing.table(("ENTRY", "CHANGED", "LET STAND", "HEEDED"), rows)
    for one in (one for one in told if one.is_to_go):
        click.echo(
            f"{one.entry} is hardly ever heeded. Take it out: {{id: {one.entry}, lvl: off}} in "
            "the page's own file."
        )


def _heeded(one: Heeded) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "acted_on": one.acted_on,
        "stood": one.stood,
        "precision": one.precision,
        "is_to_go": one.is_to_go,
    }


def _facts(kept: File) -> dict[str, Any]:
    told = {"number": kept.number, "adopted_by": kept.by, "adopted_at": kept.at}
    return {**told, **_manner(manners_read.read(kept.text))}


def _manner(told: Manner) -> dict[str, Any]:
    return {
        "readers": told.readers.value,
        "circles": {name: strictness.value for name, strictness in told.circles.items()},
        "has_entries": bool(told.own),
    }

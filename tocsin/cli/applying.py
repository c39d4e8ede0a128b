"""`tocsin apply`: pages as code."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from tocsin.cli import printing
from tocsin.moving.applying import making
from tocsin.moving.applying.reading import LONGEST_TEXT
from tocsin.moving.applying.schema import schema
from tocsin.moving.applying.work import Report


@click.command("apply")
@click.argument("file", type=click.File("rb"), metavar="FILE|-", required=False)
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@click.option(
    "--prune", is_flag=True, help="Retire what the file's lists do not name; nothing is deleted."
)
@click.option("--schema", "shows_schema", is_flag=True, help="Print the JSON Schema for editors.")
@printing.as_json
def apply(
    file: IO[bytes] | None, dry_run: bool, prune: bool, shows_schema: bool, is_json: bool
) -> None:
    """Make pages what a YAML file says: look, components, audiences, policy, hooks, keys.

    What it leaves out stays as it is. All of it or nothing; twice changes nothing more.
    """
    if shows_schema:
        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    if file is None:
        raise click.UsageError("Name the file, or - for standard input.")
    report = making.apply(
        _text(file),
        folder=_folder(file),
        by=printing.terminal(),
        at=datetime.now(UTC),
        is_dry=dry_run,
        prunes=prune,
    )
    if is_json:
        printing.facts(asdict(report))
    else:
        _tell(report)


def _folder(file: IO[bytes]) -> Path:
    """Where the files lie that it names: for standard input, where one stands."""
    name = getattr(file, "name", "-")
    return Path() if name in ("-", "<stdin>") else Path(name).parent


def _text(file: IO[bytes]) -> str:
    """The file as it is: what is stripped off would shift its lines."""
    raw = file.read(LONGEST_TEXT + 1)
    if len(raw) > LONGEST_TEXT:
        raise click.UsageError("The file is longer than 1 MiB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError("The file is not UTF-8 text. Save it as UTF-8.") from None


def _tell(report: Report) -> None:
    for change in report.changes:
        click.echo(str(change))
    for kept in report.kept:
        click.echo(f"  {kept} is not in the file, and stays (--prune retires it).")
    count = len(report.changes)
    told = "1 change" if count == 1 else f"{count} changes"
    if not count:
        click.echo("All of it is so already.")
    elif report.is_dry:
        click.echo(f"{told}. Nothing was done.")
    else:
        click.echo(f"{told} made.")
    if report.shown:
        click.echo("Shown this once:")
        for line in report.shown:
            click.echo(f"  {line}")

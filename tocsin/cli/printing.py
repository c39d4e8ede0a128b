"""Facts on the terminal: a table for people, JSON for scripts."""

import getpass
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import click

from tocsin.journal.actors import TERMINAL, Actor
from tocsin.journal.ids import rfc3339

F = TypeVar("F", bound=Callable[..., Any])


def as_json(command: F) -> F:
    """The option that every command has that prints facts."""
    return click.option("--json", "is_json", is_flag=True, help="Print JSON.")(command)


def facts(told: Any) -> None:
    """Print facts as JSON."""
    click.echo(json.dumps(told, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns, with their titles."""
    lines = [tuple(titles), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    for number, line in enumerate(lines):
        told = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo(click.style(told.rstrip(), dim=number == 0))


def terminal() -> Actor:
    """Who acts here: the terminal, by the name of the account that is signed in to the machine."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = "an unnamed account"
    return Actor(TERMINAL.kind, TERMINAL.id, f"{account} at the terminal")

"""Files that a page may be held to: how each of them is named, and checked before it is."""

from collections.abc import Callable
from typing import TypeVar

import click

from tocsin.cli import printing
from tocsin.disclosure.lined import Unreadable

FILE = click.argument("file", type=click.File("rb"), metavar="FILE|-")
Told = TypeVar("Told")


def checked(text: str, read: Callable[[str], Told], *, is_json: bool) -> Told:
    """What a file says; where it has faults, say each with its line and exit 1."""
    try:
        return read(text)
    except Unreadable as error:
        if is_json:
            faults = [{"line": fault.line, "sentence": fault.sentence} for fault in error.faults]
            printing.facts({"ok": False, "faults": faults})
            click.get_current_context().exit(1)
        raise

"""A group that knows its commands by name, and loads each one only when it is called.

Start-up is what an operator waits for in the middle of an incident, so `tocsin --help` needs no
Django.
"""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (``module:attribute``) and its line in the list."""

    place: str
    line: str
    needs_django: bool = True


class Refused(click.ClickException):
    """An act that was refused: a sentence on stderr, exit 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(self.format_message(), err=True)


class Commands(click.Group):
    """Commands and their lines in the order of the story; ``reserved`` ones are not there yet."""

    def __init__(
        self, entries: Mapping[str, Entry], reserved: Mapping[str, str], **attributes: Any
    ) -> None:
        super().__init__(**attributes)
        self.entries = entries
        self.reserved = reserved

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in self.reserved:
            return _not_there_yet(name, self.reserved[name])
        entry = self.entries.get(name)
        if entry is None:
            return None
        if entry.needs_django:
            set_up()
        module, _, attribute = entry.place.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in self.entries.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what our own folders refuse becomes a sentence, never a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            told = _sentence(error)
            if told is None:
                raise
            raise Refused(told) from error


def _sentence(error: Exception) -> str | None:
    set_up()
    from tocsin.cli.refusals import sentence  # knows every folder's errors, so it needs Django

    return sentence(error)


def set_up() -> None:
    """Set Django up, once. Raises :class:`Refused` when the settings cannot be used."""
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    if apps.ready:
        return
    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        raise Refused(str(error)) from error


def _not_there_yet(name: str, line: str) -> click.Command:
    def refuse(words: tuple[str, ...]) -> None:
        raise Refused(f"`tocsin {name}` isn't there yet. {line}")

    return click.Command(
        name,
        callback=refuse,
        hidden=True,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )

"""`tocsin shout` among the other commands; door.py lets it through before they are even listed."""

import click

from tocsin.cli import shout as emergency


@click.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def shout(words: tuple[str, ...]) -> None:
    """Put words on the page when all else is down."""
    click.get_current_context().exit(emergency.main(words))

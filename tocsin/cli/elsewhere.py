"""`tocsin elsewhere`: the newest word for a voice menu, a reply to a ticket, or a letter."""

from datetime import UTC, datetime

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.disclosure import library
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.statements import elsewhere as outside
from tocsin.statements import published
from tocsin.statements.elsewhere import NothingToTell, Told, Use


@click.command()
@click.argument("incident_id", metavar="ID")
@click.argument("use", type=click.Choice([use.value for use in Use]))
@click.option("--lang", metavar="LANG", help="In which language; else the page's.")
@click.option(
    "--fill",
    "filled",
    nargs=2,
    multiple=True,
    metavar="BLANK TEXT",
    help="What the newest word does not know; may be repeated.",
)
@click.option("--open", "is_open", is_flag=True, help="Show it with its blanks in brackets.")
@printing.as_json
def elsewhere(
    incident_id: str,
    use: str,
    lang: str | None,
    filled: tuple[tuple[str, str], ...],
    is_open: bool,
    is_json: bool,
) -> None:
    """The newest word, made for a voice menu, a support reply, or a letter. Publishes nothing."""
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    language, meant = lang or page.language, Use(use)
    _check_blanks(meant, filled)
    try:
        told = outside.told(
            published.story(page.audience_id, incident_id),
            meant,
            language,
            address=address.incident_url(page, incident_id, language=language),
            at=datetime.now(UTC),
            filled=dict(filled),
        )
    except NothingToTell as error:
        raise Refused(str(error)) from None
    if told.left and not is_open:
        raise Refused(_left(told))
    if is_json:
        facts = {"use": use, "language": language, "headline": told.headline, "text": told.body}
        printing.facts({**facts, "left": list(told.left)})
        return
    click.echo(told.text)


def _check_blanks(use: Use, filled: tuple[tuple[str, str], ...]) -> None:
    known = outside.blanks_for(use)
    for name, _text in filled:
        if name not in known:
            raise click.UsageError(f"No blank {name!r} there. It has: {', '.join(known)}.")


def _left(told: Told) -> str:
    named = [f"{name} ({library.form(name, 'en').label})" for name in told.left]
    return (
        f"Still to be filled: {', '.join(named)}. "
        "Say each with --fill BLANK TEXT, or see it with --open."
    )

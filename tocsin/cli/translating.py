"""`tocsin translate`: put a word that stands into another language of its page."""

from datetime import UTC, datetime
from typing import BinaryIO

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.cli.options import said, words_in
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.statements import published, translation
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Publication, Story
from tocsin.statements.values import Layer


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--lang", "language", required=True, metavar="LANG", help="The language of --say.")
@click.option("--say", required=True, metavar="TEXT", help="The words; - reads stdin.")
@click.option("--headline", metavar="TEXT", help="One line; else the incident's name there.")
@click.option("--title", default="", metavar="TEXT", help="The incident's name in that language.")
@click.option("--details", type=click.File("rb"), help="The full story, on demand.")
@click.option("--because", default="", metavar="TEXT", help="Why it went back, if it did.")
@click.option("--repair-basis", default="", metavar="TEXT", help="On what the forecast rests.")
@click.option("--word", "number", type=int, metavar="N", help="Which word; else the last one.")
@click.option("--quietly", is_flag=True, help="Tell nobody; the page shows it.")
@printing.as_json
def translate(
    incident_id: str,
    language: str,
    say: str,
    headline: str | None,
    title: str,
    details: BinaryIO | None,
    because: str,
    repair_basis: str,
    number: int | None,
    quietly: bool,
    is_json: bool,
) -> None:
    """Say a word of an incident in another language; its readers are told of it."""
    at = datetime.now(UTC)
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    story = published.story(known.audience_id, incident_id)
    layer = Layer(
        headline=headline or title[:HEADLINE_LENGTH] or _name_in(story, language),
        body=said(say),
        details=words_in(details, name="The file of --details") if details else "",
    )
    came = translation.translate(
        incident_id,
        language=language,
        layer=layer,
        number=number,
        name=title.strip(),
        turn_reason=because.strip(),
        basis=repair_basis.strip(),
        announces=not quietly,
        by=printing.terminal(),
        at=at,
    )
    url = address.incident_url(page, incident_id, language=language)
    _report(incident_id, came.publication, language, url, is_json=is_json)


def _report(incident_id: str, came: Publication, language: str, url: str, *, is_json: bool) -> None:
    if is_json:
        told = {"incident": incident_id, "url": url, "publication": came.number}
        printing.facts({**told, "translates": came.translates, "language": language})
        return
    told_whom = "its readers are told" if came.announces else "nobody is told of it"
    click.echo(f"No. {came.translates} is there in {language}, as no. {came.number}: {told_whom}.")
    click.echo(url)


def _name_in(story: Story | None, language: str) -> str:
    """The incident's name in a language. Raises UsageError where it has none."""
    name = story.words.name.get(language, "") if story else ""
    if not 0 < len(name) <= HEADLINE_LENGTH:
        raise click.UsageError(
            f"The incident has no name in {language!r} that could stand as its headline. "
            'Say one: --headline "…".'
        )
    return name

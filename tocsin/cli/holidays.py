"""`tocsin page country`: whose public holidays are no business days for a page."""

from datetime import UTC, datetime

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing

NONE = "none"


@click.command("country")
@click.argument("page_ref", metavar="P")
@click.argument("country", required=False, metavar="[COUNTRY]")
@printing.as_json
def page_country(page_ref: str, country: str | None, is_json: bool) -> None:
    """Whose public holidays are no business days (FR, US-NY, or none); told, or chosen."""
    kept = shelf.brand(page_ref)
    if country is not None:
        told = "" if country.lower() == NONE else country
        kept = shelf.change_page(
            kept.id, country=told, by=printing.terminal(), at=datetime.now(UTC)
        )
    if is_json:
        printing.facts({"page": kept.slug, "country": kept.country or None})
    elif kept.country:
        click.echo(f"{kept.name} leaves out the public holidays of {kept.country}.")
    else:
        click.echo(f"{kept.name} counts every Monday to Friday. Name a country to leave out its.")

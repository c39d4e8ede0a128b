"""`tocsin page score`: whether readers see how well a page tells them."""

from datetime import UTC, datetime

import click

from tocsin.catalogue import shelf, showing
from tocsin.cli import printing
from tocsin.page import address


@click.command("score")
@click.argument("page_ref", metavar="P")
@click.option("--show/--hide", "shown", default=None, help="Let readers see it, or not.")
@printing.as_json
def page_score(page_ref: str, shown: bool | None, is_json: bool) -> None:
    """Whether readers see the page's score at /score; told, or chosen."""
    kept = shelf.brand(page_ref)
    if shown is not None:
        kept = showing.show_score(
            kept.id, shown=shown, by=printing.terminal(), at=datetime.now(UTC)
        )
    url = f"{address.url_of(kept)}/score"
    if is_json:
        printing.facts({"page": kept.slug, "shown": kept.shows_score, "url": url})
    elif kept.shows_score:
        click.echo(f"Readers see the score of {kept.name} at {url}, a minute after it changes.")
    else:
        click.echo(f"Readers do not see the score of {kept.name}. --show lets them.")

"""`tocsin status`: what is open, what word is owed and when, what is still being delivered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tocsin.announcements import progress
from tocsin.announcements.progress import Counts
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.options import page_of
from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.statements import cadence, published
from tocsin.statements.cadence import Owed

LATELY = timedelta(hours=24)
BAR = 30
SAID = ("pending", "delivered", "retrying", "given_up", "skipped")


@click.command()
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else all of them.")
@printing.as_json
def status(page_ref: str | None, is_json: bool) -> None:
    """What is open, what word is owed and when, and how the telling goes (the last 24 hours)."""
    at = datetime.now(UTC)
    pages = [page_of(page_ref)] if page_ref else shelf.pages()
    owed = [word for word in cadence.owed_words() if word.page_id in {page.id for page in pages}]
    counts = _counted(pages, since=at - LATELY)
    if is_json:
        printing.facts(
            {
                "incidents": [told for page in pages for told in _incidents(page)],
                "owed": [_owed(word, at) for word in owed],
                "deliveries": {name: getattr(counts, name) for name in (*SAID, "withheld")},
            }
        )
        return
    _show_incidents(pages)
    _show_owed(pages, owed, at)
    _show_deliveries(counts)


def _counted(pages: Iterable[Brand], *, since: datetime) -> Counts:
    found = [progress.counts(page.id, since=since) for page in pages]
    names = Counts.__dataclass_fields__
    return Counts(**{name: sum(getattr(counts, name) for counts in found) for name in names})


def _incidents(page: Brand) -> Iterable[dict[str, Any]]:
    tree = shelf.components_of(page.id, retired=True).by_id()
    for known in declaration.open_incidents(page.id):
        story = published.story(known.audience_id, known.id)
        yield {
            "incident": known.id,
            "page": page.slug,
            "name": known.title,
            "severity": known.severity,
            "phase": story.phase if story else None,
            "components": {
                tree[key].slug: state for key, state in known.impacts.items() if key in tree
            },
            "declared_at": known.declared_at,
            "publication": story.latest.number if story else None,
            "url": address.incident_url(shelf.seen_by(known.audience_id), known.id),
        }


def _owed(word: Owed, at: datetime) -> dict[str, Any]:
    return {"incident": word.incident_id, "by": word.by, "overdue": word.is_overdue(at)}


def _show_incidents(pages: Iterable[Brand]) -> None:
    rows = [
        (
            told["incident"],
            told["severity"].value,
            (told["phase"] or Phase.HOLDING).value,
            ", ".join(told["components"]),
            told["name"],
        )
        for page in pages
        for told in _incidents(page)
    ]
    if not rows:
        click.echo("Nothing is open.")
        return
    printing.table(("INCIDENT", "SEV", "PHASE", "COMPONENTS", "NAME"), rows)


def _show_owed(pages: Iterable[Brand], owed: Iterable[Owed], at: datetime) -> None:
    zones = {page.id: page.time_zone for page in pages}
    for word in owed:
        due = times.spoken(word.by, zones[word.page_id], "en", now=at)
        which = "first word" if word.is_first else "next word"
        told = f"{word.incident_id}: the {which} is owed by {due}, {_away(word, at)}."
        click.echo(click.style(told, fg="red", bold=True) if word.by < at else told)


def _away(word: Owed, at: datetime) -> str:
    if word.by >= at:
        return f"in {times.lasted(word.by - at, 'en')}"
    late = f"{times.lasted(at - word.by, 'en')} late"
    return f"{late}, and the page says so" if word.is_overdue(at) else late


def _show_deliveries(counts: Counts) -> None:
    if not counts.total:
        click.echo("No mail went out in the last 24 hours.")
        return
    full = BAR * counts.settled // counts.total
    bar = f"[{'#' * full}{'-' * (BAR - full)}]"
    told = ", ".join(
        f"{number} {name.replace('_', ' ')}"
        for name in ("delivered", "pending", "retrying", "withheld", "given_up", "skipped")
        if (number := getattr(counts, name))
    )
    click.echo(f"Told {bar} {counts.settled} of {counts.total}: {told}.")

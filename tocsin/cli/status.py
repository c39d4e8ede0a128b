"""`tocsin status`: what is open, what word is owed and when, what is still being delivered."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tocsin.announcements import progress
from tocsin.announcements.progress import Counts
from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import dues, printing, sheets
from tocsin.cli.drafted import facts_of
from tocsin.cli.options import page_of
from tocsin.disclosure import times
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration, reporting
from tocsin.page import address, seen, site, twins
from tocsin.page.twins import TwinState
from tocsin.statements import cadence, published, translation
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
    lacking = translation.owed(pages, at=at)
    reports = reporting.unfinished([page.id for page in pages])
    counts = _counted(pages, since=at - LATELY)
    if is_json:
        printing.facts(
            {
                "incidents": [told for page in pages for told in _incidents(page)],
                "drafted": facts_of([page.id for page in pages], at=at),
                "owed": [_owed(word, at) for word in owed],
                "reports": [
                    dues.facts_of(known, each, at)
                    for known, told in reports
                    for each in told.upcoming
                ],
                "translations": [_lacking(word, at) for word in lacking],
                "sheets": [
                    {"page": page.slug, **told}
                    for page in pages
                    for told in sheets.due(page, at=at)
                ],
                "deliveries": {name: getattr(counts, name) for name in (*SAID, "withheld")},
                "archive": [told for page in pages if (told := _archive(page))],
                "seen": [_seen(page) for page in pages],
                "twins": [_twin(page, twin, at) for page, twin in _twins(pages)],
            }
        )
        return
    _show_incidents(pages)
    _show_drafted(pages, at)
    _show_owed(pages, owed, at)
    _show_lacking(pages, lacking, at)
    dues.show_next(reports, zones={page.id: page.time_zone for page in pages}, at=at)
    for page in pages:
        for warning in sheets.warnings(page, at=at):
            click.echo(click.style(f"Policy of {page.slug}. {warning}.", fg="yellow"))
    _show_deliveries(counts)
    _show_archives(pages)
    _show_seen(pages)
    _show_twins(pages, at)


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


def _show_drafted(pages: Iterable[Brand], at: datetime) -> None:
    for told in facts_of([page.id for page in pages], at=at):
        name = told["name"] or "alerts that no component was found for"
        click.echo(f"{told['drafted']}: drafted by {told['alerts']} alerts: {name}.")


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


def _lacking(word: translation.Owed, at: datetime) -> dict[str, Any]:
    return {
        "incident": word.incident_id,
        "publication": word.number,
        "language": word.language,
        "by": word.by,
        "overdue": word.is_overdue(at),
    }


def _show_lacking(
    pages: Iterable[Brand], lacking: Iterable[translation.Owed], at: datetime
) -> None:
    zones = {page.id: page.time_zone for page in pages}
    for word in lacking:
        due = times.spoken(word.by, zones[word.page_id], "en", now=at)
        named = languages.called(word.language, "en").name
        late = f"{times.lasted(at - word.by, 'en')} late"
        away = late if word.by < at else f"in {times.lasted(word.by - at, 'en')}"
        told = f"{word.incident_id}: no. {word.number} is owed in {named} by {due}, {away}."
        click.echo(click.style(told, fg="red") if word.by < at else told)


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


def _archive(page: Brand) -> dict[str, Any]:
    """How far behind a page's archive is; empty where it is whole."""
    behind = site.arrears_of(page)
    if behind is None:
        return {}
    return {
        "page": page.slug,
        "incidents_left": behind.left,
        "incidents": behind.of,
        "items_owed": behind.items,
    }


def _show_archives(pages: Iterable[Brand]) -> None:
    for page in pages:
        behind = site.arrears_of(page)
        if behind and behind.left:
            done = behind.of - behind.left
            full = BAR * done // max(behind.of, 1)
            bar = f"[{'#' * full}{'-' * (BAR - full)}]"
            told = f"{done:,} of {behind.of:,} incidents"
            click.echo(f"Archive of {page.slug} {bar} {told}, the newest first.")


def _seen(page: Brand) -> dict[str, Any]:
    """Whether the newest publication was found where readers look; ``state`` is never guessed."""
    told = seen.latest(page.id)
    return {
        "page": page.slug,
        "publication": told.number if told else None,
        "state": told.state if told else "unmeasured",
        "seen_at": told.seen_at if told else None,
        "seconds": round(told.took.total_seconds(), 3) if told and told.took else None,
        "reason": told.reason if told else "Nothing was published lately.",
    }


def _twins(pages: Iterable[Brand]) -> Iterable[tuple[Brand, TwinState]]:
    return [(page, twin) for page in pages for twin in twins.states(page.id)]


def _twin(page: Brand, twin: TwinState, at: datetime) -> dict[str, Any]:
    return {
        "page": page.slug,
        "twin": twin.name,
        "publication": twin.number,
        "revision": twin.revision,
        "mirrored_at": twin.mirrored_at,
        "behind_seconds": round(twin.behind_for(at).total_seconds(), 3),
        "trouble": twin.trouble,
    }


def _show_seen(pages: Iterable[Brand]) -> None:
    for page in pages:
        told = seen.latest(page.id)
        if told is None:
            continue
        if told.took is not None:
            line = f"seen by readers {told.took.total_seconds():.1f} s after it was published."
        elif told.state == seen.UNMEASURED:
            line = f"live; whether readers see it is not measured. {told.reason}"
        else:
            line = f"live, and not seen yet where readers look. {told.reason}"
        click.echo(f"No. {told.number} on {page.slug}: {line}".rstrip())


def _show_twins(pages: Iterable[Brand], at: datetime) -> None:
    for page, twin in _twins(pages):
        behind = twin.behind_for(at)
        if not behind:
            continue
        lag = f"{times.lasted(behind, 'en')} behind" if twin.number is not None else "no copy yet"
        click.echo(f"Twin {twin.name} of {page.slug}: {lag}. {twin.trouble}".rstrip())

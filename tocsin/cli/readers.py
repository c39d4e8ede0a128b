"""`tocsin subscribe` and `tocsin subscribers import`: who is to be told."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from django.db import transaction

from tocsin.announcements import audience, importing, readers
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import Choice
from tocsin.announcements.importing import BrokenRows, Imported
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing, spreadsheet
from tocsin.cli.commands import Refused
from tocsin.cli.options import page_of
from tocsin.cli.spreadsheet import Sheet
from tocsin.disclosure.severity import Severity

SHOWN = 50
ROOMS = ("slack", "teams", "discord")
PAGE = click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")


@click.command()
@PAGE
@click.option("--email", metavar="A", help="Whom to tell; with --webhook, who answers for it.")
@click.option("--webhook", metavar="URL", help="A machine to call, with signed JSON.")
@click.option("--slack", metavar="URL", help="A Slack room, by its incoming webhook.")
@click.option("--teams", metavar="URL", help="A Teams channel, by its workflow's webhook.")
@click.option("--discord", metavar="URL", help="A Discord channel, by its webhook.")
@click.option(
    "--format", type=click.Choice(list(Format)), default=Format.STANDARD, help="Of a webhook."
)
@click.option("--component", "components", multiple=True, metavar="C", help="Else all of them.")
@click.option("--language", default="", metavar="LANG", help="Else the page's first.")
@click.option("--severity", type=click.Choice([s.value for s in Severity]), default="sev4")
@click.option("--confirmed", is_flag=True, help="They have agreed already; ask no more.")
@printing.as_json
def subscribe(
    page_ref: str | None,
    email: str | None,
    components: tuple[str, ...],
    language: str,
    severity: str,
    confirmed: bool,
    is_json: bool,
    format: str,
    **urls: str | None,
) -> None:
    """Let one reader be told: a person, a machine, or a chat room.

    Without --confirmed they are asked first: a person by mail, a room in the room, and for a
    machine whoever answers for it. A machine's secret is shown once.
    """
    page = page_of(page_ref)
    _check_language(page, language)
    channel, address = _reached(email, urls)
    reader = audience.subscribe(
        page.id,
        address=address,
        channel=channel,
        contact=(email or "") if channel != "email" else "",
        format=format,
        choice=Choice(components=components, minimum_severity=severity, language=language),
        source="terminal",
        confirmed=confirmed,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _tell(reader, is_json=is_json)


def _reached(email: str | None, urls: Mapping[str, str | None]) -> tuple[str, str]:
    """(channel, address) of whom to tell. Raises UsageError unless it is one."""
    told = [(name, url) for name, url in urls.items() if url is not None]
    if len(told) > 1:
        raise click.UsageError("Name one reader: one of --webhook, --slack, --teams, --discord.")
    if told:
        return told[0]
    if email is None:
        raise click.UsageError("Say whom to tell: --email, --webhook, --slack, --teams, --discord.")
    return "email", email


def _tell(reader: Subscriber, *, is_json: bool) -> None:
    is_active = reader.standing == Standing.ACTIVE
    by, at = printing.terminal(), datetime.now(UTC)
    secret = audience.reveal_secret(reader.token, by=by, at=at) if is_active else ""
    if is_json:
        printing.facts(_facts(reader) | ({"secret": secret} if secret else {}))
    elif is_active:
        click.echo(f"{reader.shown} will be told.")
        if secret:
            click.echo(f"Signed with this secret, shown now and never again:\n{secret}")
    else:
        how = "in the room" if reader.channel in ROOMS else "by mail"
        click.echo(f"{reader.shown} is asked {how}, and will be told once they agree.")


def _facts(reader: Subscriber) -> dict[str, object]:
    is_mail = reader.channel == "email"
    return {
        "id": reader.id,
        "channel": reader.channel,
        "email": (reader.address if is_mail else reader.contact) or None,
        "host": reader.host or None,
        "language": reader.language,
        "standing": reader.standing,
        "incident": reader.about or None,
    }


def _standing(reader: Subscriber) -> str:
    only = f" (incident {reader.about} alone)" if reader.about else ""
    return f"{reader.standing.value}{only}"


def _check_language(page: Brand, language: str) -> None:
    if language and language not in page.languages:
        spoken = ", ".join(page.languages)
        raise Refused(f"{page.name} does not speak {language!r}; it speaks {spoken}.")


@click.group()
def subscribers() -> None:
    """All who are told."""


@subscribers.command("list")
@PAGE
@click.option("--matching", default="", metavar="TEXT", help="Whose address holds this.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, show_default=True)
@printing.as_json
def list_readers(page_ref: str | None, matching: str, limit: int, is_json: bool) -> None:
    """Readers, the newest first."""
    page = page_of(page_ref)
    found = readers.subscribers(page.id, matching=matching, limit=limit)
    if is_json:
        printing.facts([_facts(reader) for reader in found])
        return
    rows = [(r.shown, r.channel, r.language, _standing(r)) for r in found]
    printing.table(("READER", "CHANNEL", "LANG", "STANDING"), rows)
    more = readers.count(page.id, matching=matching) - len(found)
    if more:
        click.echo(f"… and {more} more (--limit).")


@subscribers.command("forget")
@click.argument("address", metavar="ADDRESS|ID")
@PAGE
def forget_reader(address: str, page_ref: str | None) -> None:
    """Erase who a reader is; what they were told stays provable, by an id."""
    page = page_of(page_ref)
    known = readers.all_at(page.id, address.strip())
    if not known:
        raise Refused(f"Nobody at {address!r} on {page.name}. See `tocsin subscribers list`.")
    with transaction.atomic():
        for reader in known:
            audience.forget(reader.id, by=printing.terminal(), at=datetime.now(UTC))
    ids = ", ".join(reader.id for reader in known)
    click.echo(f"Forgotten. The ledger goes on knowing them as {ids}.")


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PAGE
@click.option("--keep-good", is_flag=True, help="Take the good rows, and leave the broken ones.")
@printing.as_json
def import_readers(file: Path, page_ref: str | None, keep_good: bool, is_json: bool) -> None:
    """Bring readers in from a CSV file: all of it, or none.

    Columns: email or endpoint (the web address of a machine or of a chat's room; its email is
    whoever answers for it), and if you have them consented_at, language, components (; between),
    source. Readers with a consent date are confirmed; the others are asked.
    """
    page = page_of(page_ref)
    sheet = spreadsheet.read(file)
    if sheet.unused:
        click.echo(f"Columns that are not used: {', '.join(sheet.unused)}.", err=True)
    found = _take_in(page, sheet, keep_good=keep_good)
    told = {
        "confirmed": found.confirmed,
        "asked": found.asked,
        "known": found.known,
        "left_before": found.left_before,
        "broken": len(sheet.faults),
    }
    if is_json:
        printing.facts(told)
        return
    click.echo(
        f"{found.confirmed} confirmed, {found.asked} asked to confirm, "
        f"{found.known} known already, {found.left_before} had left and stay gone."
    )


@transaction.atomic
def _take_in(page: Brand, sheet: Sheet, *, keep_good: bool) -> Imported:
    """Import, and name every broken row; with any, nothing is kept unless ``keep_good``."""
    at, found = datetime.now(UTC), None
    try:
        found = _import(page, sheet, at)
    except BrokenRows as error:
        _drop(sheet, error)
    if sheet.faults and not keep_good:
        raise Refused(
            f"Nothing was imported. Mend these lines, or leave them out with --keep-good:\n"
            f"{_named(sheet)}"
        )
    if sheet.faults:
        click.echo(f"Left out:\n{_named(sheet)}", err=True)
    return found or _import(page, sheet, at)


def _import(page: Brand, sheet: Sheet, at: datetime) -> Imported:
    by = printing.terminal()
    with click.progressbar(sheet.rows, label="Reading", file=sys.stderr) as rows:
        return importing.import_rows(page.id, rows, by=by, at=at)


def _drop(sheet: Sheet, error: BrokenRows) -> None:
    """Take out the rows at fault; the importer counts rows from line 2 on, one line each."""
    broken = {line - 2: what for line, what in error.faults}
    sheet.faults += [(sheet.lines[row], what) for row, what in broken.items()]
    good = [row for row in range(len(sheet.rows)) if row not in broken]
    sheet.rows = [sheet.rows[row] for row in good]
    sheet.lines = [sheet.lines[row] for row in good]


def _named(sheet: Sheet) -> str:
    faults = sorted(sheet.faults)
    more = [f"  … and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
    return "\n".join([f"  line {line}: {what}" for line, what in faults[:SHOWN]] + more)

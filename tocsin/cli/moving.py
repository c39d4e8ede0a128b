"""`tocsin import`: a page's past comes along from another status page."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click
from django.conf import settings

from tocsin.catalogue import shelf, zones
from tocsin.catalogue.shelf import Brand, NotFound
from tocsin.cli import leaving, printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import words_in
from tocsin.cli.shown import Shown
from tocsin.moving.arrivals import cachet, cstate, folder, kuma, live, manage, upptime
from tocsin.moving.arrivals.cargo import Cargo, Home, Loss
from tocsin.moving.arrivals.unloading import (
    CHANGED,
    CONTINUED,
    MORE,
    NEW,
    SAME,
    Change,
    Report,
    Unloading,
    destination,
)
from tocsin.moving.arrivals.web import Web

OURS = "tocsin"  # an export of our own comes in whole, into an empty installation
SHOWN = 30
SIGNS = {NEW: "+", MORE: "~", CHANGED: "!", CONTINUED: "!"}
SYSTEMS = ("statuspage", "cachet", "upptime", "cstate", "kuma")
MOST_SIGNS = 4096


@click.command("import")
@click.argument("system", type=click.Choice([*SYSTEMS, OURS]))
@click.argument("source", metavar="SOURCE")
@click.option(
    "--page",
    "page_ref",
    metavar="P",
    help="Id or slug; else the page that has the source's own id, else the only one.",
)
@click.option("--open-page", is_flag=True, help="Open the source's page here, under its own id.")
@click.option("--language", default="", metavar="LANG", help="Of the words; else the page's first.")
@click.option("--zone", default="Etc/UTC", show_default=True, help="Of times that have none.")
@click.option(
    "--key-file", type=click.File("rb"), metavar="FILE", help="The source's API key; or -."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--keep-good", is_flag=True, help="Take what can be read, and leave the rest.")
@click.option("--as-is", is_flag=True, help="Of Tocsin's own: take what does not verify, too.")
@printing.as_json
def arrive(
    system: str,
    source: str,
    page_ref: str | None,
    open_page: bool,
    language: str,
    zone: str,
    key_file: IO[bytes] | None,
    dry_run: bool,
    keep_good: bool,
    as_is: bool,
    is_json: bool,
) -> None:
    """Bring a page along: incidents, updates, components, planned work, readers.

    Ids, times, impact and text stay as they are; nobody is told of anything; a second run changes
    nothing. What cannot come along is listed. `tocsin import tocsin FILE` takes in all that
    `tocsin export` wrote, into an installation that holds nothing yet.
    """
    if system == OURS:
        if page_ref or open_page or keep_good:
            raise click.UsageError("An export comes in whole, as it is: only --dry-run, --as-is.")
        leaving.bring_back(Path(source), dry_run=dry_run, as_is=as_is, is_json=is_json)
        return
    if as_is:
        raise click.UsageError("--as-is is for an export of Tocsin's own.")
    if page_ref and open_page:
        raise click.UsageError("Either --page or --open-page.")
    show = Shown()
    cargo = _read(system, source, _zone(zone), _key(key_file), show)
    unloading = Unloading(
        cargo,
        destination(
            cargo.home,
            _page(cargo.home, page_ref, open_page=open_page),
            language=language,
        ),
        by=printing.terminal(),
        now=lambda: datetime.now(UTC),
        progress=show,
    )
    report = unloading.plan()
    if report.broken and not keep_good:
        show.end()
        raise Refused(_refusal(report.broken))
    if not dry_run:
        report = unloading.unload()
    show.end()
    if is_json:
        printing.facts(_facts(report))
    else:
        _tell(report)


def _read(system: str, source: str, zone: ZoneInfo, key: str, show: Shown) -> Cargo:
    """Everything that a source holds. Raises CannotArrive."""
    may = settings.TOCSIN.allow_private_targets
    at = datetime.now(UTC)

    def count(done: int, of: int) -> None:
        show("read", done, of)

    if system == "kuma":
        return kuma.read(source, zone=zone, at=at)
    if system == "cstate":
        return cstate.read(Path(source), zone=zone, progress=count)
    if system == "upptime":
        if not upptime.is_repository(source) or Path(source).is_dir():
            return upptime.read_checkout(Path(source), progress=show)
        with Web(may_be_private=may, headers=upptime.headers(key)) as web:
            return upptime.read(source, web, progress=show)
    if system == "cachet":
        with Web(may_be_private=may, headers=cachet.headers(key)) as web:
            return cachet.read(source, web, zone=zone, has_key=bool(key), progress=show)
    if not source.startswith(("https://", "http://")):
        return folder.read(Path(source), progress=count)
    with Web(may_be_private=may, headers=manage.headers(key)) as web:
        if manage.is_manage(source):
            return manage.read(source, web, progress=show)
        return live.read(source, web, progress=show)


def _zone(named: str) -> ZoneInfo:
    if named not in zones.every():
        raise click.BadParameter(f"{named!r} is no time zone. Name one such as Europe/Paris.")
    return ZoneInfo(named)


def _key(file: IO[bytes] | None) -> str:
    """A key from a file or from standard input: an option stands in every list of processes."""
    if file is None:
        return ""
    key = words_in(file, name="The key")
    if not key.isascii() or not key.isprintable() or len(key) > MOST_SIGNS:
        raise click.UsageError("The key file holds something else than a key.")
    return key


def _page(home: Home, ref: str | None, *, open_page: bool) -> Brand | None:
    """The page to bring it to; None for one that is to be opened."""
    if ref:
        return shelf.brand(ref)
    if home.id:
        try:
            return shelf.brand(home.id)
        except NotFound:
            pass
    pages = shelf.pages()
    if open_page or not pages:
        return None
    if len(pages) == 1:
        return pages[0]
    named = "|".join(page.slug for page in pages)
    raise Refused(f"Say which page: --page {named}; or --open-page for one of its own.")


def _refusal(broken: list[str]) -> str:
    more = [f"  … and {len(broken) - SHOWN} more"] if len(broken) > SHOWN else []
    lines = "\n".join([f"  {fault}" for fault in broken[:SHOWN]] + more)
    return f"Nothing was imported. Mend these, or leave them out with --keep-good:\n{lines}"


def _facts(report: Report) -> dict[str, Any]:
    imported = report.imported
    return {
        "page": {"id": report.page_id, "slug": report.page, "is_new": report.is_page_new},
        "dry_run": report.is_dry,
        "components": report.components,
        "incidents": {what.replace(" ", "_"): report.count(what) for what in (*SIGNS, SAME)},
        "updates": report.updates,
        "old_links": report.links,
        "subscribers": asdict(imported) if imported else {"read": report.subscribers},
        "changes": [asdict(change) for change in report.changes if change.what != SAME],
        "losses": [asdict(loss) for loss in report.losses],
        "broken": report.broken,
    }


def _tell(report: Report) -> None:
    where = report.page or f"{report.page_name} (to be opened)"
    if report.is_dry:
        _show_difference(report)
    click.echo(f"{'Would bring' if report.is_dry else 'Brought'} to {where}: {_sum(report)}.")
    same, held = report.count(SAME), report.count(CHANGED) + report.count(CONTINUED)
    if same:
        click.echo(f"{same:,} incidents are here already and the same.")
    if held:
        click.echo(f"{held:,} changed there or went on here since, and stay as they are.")
    for line in _of_readers(report):
        click.echo(line)
    if report.losses:
        click.echo("What does not come along as it was:")
        for loss in report.losses:
            click.echo(f"  {_loss(loss)}")
    for fault in report.broken[:SHOWN]:
        click.echo(f"Left out: {fault}")
    if not report.is_dry and report.updates:
        click.echo(
            "Nobody is told of any of it. The archive is written in the background, "
            "the newest first; `tocsin status` says how far it is."
        )


def _show_difference(report: Report) -> None:
    told = [change for change in report.changes if change.what != SAME]
    for change in told[:SHOWN]:
        click.echo(_line(change))
    if len(told) > SHOWN:
        click.echo(f"  … and {len(told) - SHOWN:,} more (--json names each)")


def _line(change: Change) -> str:
    count = f"{change.updates} update{'' if change.updates == 1 else 's'}"
    told = {NEW: count, MORE: f"{count} more"}.get(change.what, change.what)
    return f"{SIGNS[change.what]} {change.id}  {change.name[:70]} ({told})"


def _sum(report: Report) -> str:
    parts = (
        (report.count(NEW), "new incidents"),
        (report.count(MORE), "incidents that went on"),
        (report.updates, "updates"),
        (report.components, "components"),
        (report.links, "old links"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in parts if number) or "nothing new"


def _of_readers(report: Report) -> Iterator[str]:
    done = report.imported
    if done:
        yield (
            f"Readers: {done.confirmed:,} confirmed, {done.asked:,} asked, {done.known:,} known "
            f"already, {done.left_before:,} had left and stay gone."
        )
    elif report.subscribers:
        yield f"Readers: {report.subscribers:,} in the source."


def _loss(loss: Loss) -> str:
    where = f" (such as {', '.join(loss.examples[:3])})" if loss.examples else ""
    return f"{loss.count:,} × {loss.what}{where}"

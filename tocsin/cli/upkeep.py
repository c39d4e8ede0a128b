"""`tocsin compile`, and `tocsin verify` of the record: plain files, and whether all is whole."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from django.conf import settings

from tocsin.announcements import auditing
from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.cli.options import page_of
from tocsin.journal import chain
from tocsin.page import site
from tocsin.statements import publication, redaction, scrubbing


@click.command("compile")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the page's files go; any web server can serve them.",
)
@printing.as_json
def compile_site(page_ref: str | None, out: Path, is_json: bool) -> None:
    """Write a page's whole public site as plain files."""
    page = page_of(page_ref)
    out.mkdir(parents=True, exist_ok=True)
    count = site.export(page, out, at=datetime.now(UTC), progress=_progress)
    if is_json:
        printing.facts({"page": page.id, "out": str(out.absolute()), "files": count})
    else:
        click.echo(f"{count} files in {out}.")


def _progress(done: int, of: int) -> None:
    """A line that counts up on a terminal; elsewhere nothing, the end says how many."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of} months", nl=done == of, err=True)


def verify(*, is_json: bool) -> None:
    """Check the journal's chain, the words that were said, and the ledger of who was told."""
    journal = chain.verify(settings.TOCSIN.data_dir / "journal.anchor")
    faults = {
        "journal": journal.faults,
        "statements": publication.faults(),
        "ledger": auditing.faults(),
    }
    redactions = redaction.told()
    if is_json:
        printing.facts(
            {
                "ok": not any(faults.values()),
                "redactions": redactions,
                "sealed": journal.sealed,
                "waiting": journal.waiting,
                "faults": faults,
            }
        )
    else:
        for line in redactions:
            click.echo(line)
        if scrubbing.waits():
            click.echo("The database's files are still to be written anew; the worker does it.")
        _show(journal, faults)
    if any(faults.values()):
        click.get_current_context().exit(1)


def _show(journal: chain.Verdict, faults: dict[str, list[str]]) -> None:
    for part, found in faults.items():
        for fault in found:
            click.echo(f"{part}: {fault}", err=True)
    if any(faults.values()):
        count = sum(len(found) for found in faults.values())
        number = "1 fault" if count == 1 else f"{count} faults"
        click.echo(f"{number}. Compare with your last backup before anything else.", err=True)
        return
    waiting = f", {journal.waiting} waiting for their seal" if journal.waiting else ""
    count = len(shelf.pages())
    pages = "1 page" if count == 1 else f"{count} pages"
    kept = f"{journal.sealed} sealed notes{waiting}"
    click.echo(f"All is whole: {kept}, the words said on {pages}, the ledger.")

"""`tocsin export`, and `tocsin import tocsin`: everything goes along, and comes back as it was."""

from pathlib import Path

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing, tables
from tocsin.cli.shown import Shown
from tocsin.moving.leaving import departing, returning
from tocsin.moving.leaving.parcel import Manifest


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--page", "page_ref", metavar="P", help="One page alone; else everything.")
@click.option(
    "--with-secrets", is_flag=True, help="Passwords' hashes and signing secrets go along, too."
)
@printing.as_json
def export(file: Path, page_ref: str | None, with_secrets: bool, is_json: bool) -> None:
    """Write everything that is kept here to one file: `tocsin import tocsin FILE` takes it in.

    The same record gives the same bytes. It holds your readers' addresses: keep it to yourselves.
    """
    page_id = shelf.brand(page_ref).id if page_ref else ""
    show = Shown()
    manifest = departing.export(file, page_id=page_id, with_secrets=with_secrets, progress=show)
    show.end()
    if is_json:
        printing.facts({"file": str(file.absolute()), **manifest.told()})
        return
    click.echo(f"{_sum(manifest)} in {file}.")
    click.echo("It holds addresses of readers and of your own people: only you may read the file.")


def bring_back(source: Path, *, dry_run: bool, as_is: bool, is_json: bool) -> None:
    """Take an export in; the tables are made first, where there are none."""
    tables.stand()
    show = Shown()
    manifest = returning.bring_back(source, is_dry=dry_run, as_is=as_is, progress=show)
    show.end()
    if is_json:
        printing.facts({"dry_run": dry_run, **manifest.told()})
    elif dry_run:
        click.echo(f"{_sum(manifest)}: all of it fits and verifies. Nothing was taken in.")
    else:
        click.echo(f"Took in {_sum(manifest)}. Nobody is told of any of it.")
        if not manifest.has_secrets:
            click.echo(
                "Passwords and signing secrets stayed behind: see docs/operating/leaving.md."
            )


def _sum(manifest: Manifest) -> str:
    def rows(name: str) -> int:
        return int(manifest.files.get(name, {}).get("rows", 0))

    parts = (
        (rows("catalogue/page.jsonl"), "page"),
        (rows("incidents/incident.jsonl"), "incident"),
        (rows("statements/publication.jsonl"), "publication"),
        (rows("announcements/subscription.jsonl"), "reader"),
        (rows("announcements/delivery.jsonl"), "receipt"),
    )
    return ", ".join(f"{count:,} {what}{'' if count == 1 else 's'}" for count, what in parts)

"""`tocsin evidence`: all that was said of one incident, and by whose leave, sealed in one file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from tocsin.cli import printing
from tocsin.followup.evidence import bundling, marks


@click.command("evidence")
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--with-internal",
    is_flag=True,
    help="Facts, moments, reports and unpublished versions go along: not for outsiders.",
)
@click.option(
    "--reader", metavar="A", help="Write nothing; show how one address is marked in the bundle."
)
@printing.as_json
def evidence(
    incident_id: str, file: Path | None, with_internal: bool, reader: str | None, is_json: bool
) -> None:
    """Write an incident's evidence to FILE: `tocsin verify FILE` checks it on any machine.

    The same record gives the same bytes. Readers' addresses are in no copy.
    """
    if reader is not None:
        _show_reader(incident_id, reader.strip(), is_json=is_json)
        return
    path = file or Path(f"tocsin-evidence-{incident_id}.zip")
    made = bundling.bundle(
        incident_id,
        path,
        with_internal=with_internal,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    if is_json:
        facts = {"file": str(path.absolute()), "incident": incident_id, "seal": made.seal}
        printing.facts(
            {**facts, "parts": made.parts, "bytes": made.size, "internal": with_internal}
        )
        return
    click.echo(f"{made.parts} parts, {made.size:,} bytes in {path}.")
    click.echo(f"Seal: {made.seal}")
    click.echo("The journal holds it too. Give it to whoever gets the file, on another way.")
    if with_internal:
        click.echo("It holds what was known and never said: keep it from outsiders.")


def _show_reader(incident_id: str, address: str, *, is_json: bool) -> None:
    """Let one reader's mark be checked, and nobody else's."""
    nonce = marks.nonce(incident_id, f"reader:{address}")
    mark = marks.of_reader(incident_id, address)
    if is_json:
        printing.facts({"incident": incident_id, "mark": mark, "nonce": nonce})
        return
    click.echo(f"{mark} is {address} in deliveries.jsonl. To prove it to whoever has the bundle:")
    click.echo(f"printf '%s' '{nonce}:{address}' | sha256sum")

"""`tocsin verify`: the record, or an evidence bundle on a machine that has no record at all."""

from pathlib import Path

import click

from tocsin.cli import printing
from tocsin.cli.commands import Refused, set_up
from tocsin.followup.evidence import checking
from tocsin.followup.evidence.box import NoBundle
from tocsin.followup.evidence.checking import Verdict


@click.command()
@click.argument("bundle", required=False, type=click.Path(path_type=Path))
@click.option("--seal", default="", metavar="HEX", help="The bundle's seal, as its maker told it.")
@click.option("--here", is_flag=True, help="Compare the bundle with this installation's journal.")
@printing.as_json
def verify(bundle: Path | None, seal: str, here: bool, is_json: bool) -> None:
    """Check the journal's chain, the words that were said, and the ledger of who was told.

    With BUNDLE, check that file instead: it needs no database and no settings.
    """
    if bundle is None:
        if seal or here:
            raise click.UsageError("--seal and --here are about a bundle. Name its file.")
        _verify_record(is_json=is_json)
        return
    try:
        verdict = checking.check(bundle, seal=seal)
        faults = [*verdict.faults, *(_differences(bundle, verdict) if here else [])]
    except NoBundle as fault:
        raise Refused(str(fault)) from None
    except OSError as fault:
        raise Refused(f"{bundle} cannot be read: {fault.strerror}.") from None
    if is_json:
        printing.facts({**verdict.facts, "ok": not faults, "faults": faults})
    else:
        _show(bundle, verdict, faults, here=here)
    if faults:
        click.get_current_context().exit(1)


def _verify_record(*, is_json: bool) -> None:
    set_up()
    from tocsin.cli import upkeep  # knows the database, which a bundle has no need of

    upkeep.verify(is_json=is_json)


def _differences(bundle: Path, verdict: Verdict) -> list[str]:
    if verdict.faults:
        return []
    set_up()
    from tocsin.followup.evidence import comparing

    return comparing.differences(bundle, verdict)


def _show(bundle: Path, verdict: Verdict, faults: list[str], *, here: bool) -> None:
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        number = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        click.echo(f"{number} in {bundle.name}. It is not what was sealed.", err=True)
        return
    told = verdict.told
    click.echo(f"{bundle.name} is whole: {len(told.parts)} parts, as they were sealed.")
    click.echo(f"Incident {told.incident} of {told.told['page']['name']}.")
    click.echo(_where(told.told.get("journal")))
    click.echo(f"Seal: {verdict.seal}")
    if here:
        click.echo("This installation's journal holds each of its notes in the same place.")
    else:
        click.echo("Compare the seal with the one that its maker tells you: --seal does it.")
    if told.is_internal:
        click.echo("It holds what was known and never said: keep it from outsiders.")


def _where(ends: object) -> str:
    if not isinstance(ends, dict):
        return "It holds no note of the journal: nothing was noted about it."
    return (
        f"{ends['notes']} notes of the journal, from no. {ends['first']} to no. {ends['last']} of "
        f"the whole chain, after {str(ends['after'])[:12] or 'nothing'}."
    )

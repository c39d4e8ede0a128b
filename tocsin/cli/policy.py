"""`tocsin policy`: how soon and how often a page speaks."""

from datetime import UTC, datetime
from typing import Any, BinaryIO

import click

from tocsin.cli import printing
from tocsin.cli.catalogue import PAGE
from tocsin.cli.commands import Refused
from tocsin.cli.options import page_of, words_in
from tocsin.disclosure import policy as policies_read
from tocsin.disclosure.policy import Pace, Policy, shown
from tocsin.statements import policies
from tocsin.statements.policies import Adopted

FILE = click.argument("file", type=click.File("rb"), metavar="FILE|-")


@click.group()
def policy() -> None:
    """How soon and how often a page speaks."""


@policy.command("show")
@PAGE
@printing.as_json
def show(page_ref: str | None, is_json: bool) -> None:
    """The policy in force, as the file that was adopted; without one, the usual policy."""
    page = page_of(page_ref)
    kept = policies.adopted(page.id)
    if is_json:
        printing.facts({"page": page.id, **_facts(kept)})
    else:
        click.echo(kept.text, nl=not kept.text.endswith("\n"))


@policy.command("check")
@FILE
@printing.as_json
def check(file: BinaryIO, is_json: bool) -> None:
    """Read a file and change nothing; exit 1 where it has faults, each with its line."""
    text = words_in(file, name="The policy")
    try:
        told = policies_read.read(text)
    except policies.BadPolicy as error:
        if not is_json:
            raise
        faults = [{"line": fault.line, "sentence": fault.sentence} for fault in error.faults]
        printing.facts({"ok": False, "faults": faults})
        click.get_current_context().exit(1)
    if is_json:
        printing.facts({"ok": True, "faults": [], "policy": _policy(told)})
    else:
        click.echo("It can be adopted.")


@policy.command("adopt")
@FILE
@PAGE
@printing.as_json
def adopt(file: BinaryIO, page_ref: str | None, is_json: bool) -> None:
    """Let a page hold itself to a file from now on. What was promised already stays."""
    page = page_of(page_ref)
    text = words_in(file, name="The policy") + "\n"
    before = policies.adopted(page.id)
    kept = policies.adopt(page.id, text, by=printing.terminal(), at=datetime.now(UTC))
    if is_json:
        printing.facts({"page": page.id, "is_new": kept != before, **_facts(kept)})
    elif kept == before:
        click.echo(
            f"{page.name} holds itself to these very words already (policy no. {kept.number})."
        )
    else:
        click.echo(f"{page.name} holds itself to policy no. {kept.number} from now on.")


@policy.command("explain", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def explain(words: tuple[str, ...]) -> None:
    """What would happen in a given case, in words."""
    raise Refused("`tocsin policy explain` isn't there yet. `tocsin policy show` has the figures.")


def _facts(kept: Adopted) -> dict[str, Any]:
    return {
        "number": kept.number,
        "adopted_by": kept.by,
        "adopted_at": kept.at,
        "policy": _policy(kept.policy),
    }


def _policy(told: Policy) -> dict[str, Any]:
    return {
        "cadence": {severity: _pace(pace) for severity, pace in told.paces.items()},
        "long_incident": {"after": shown(told.long_after)},
        "nudges": list(told.nudges),
        "languages": {severity: shown(span) for severity, span in told.translations.items()},
    }


def _pace(pace: Pace) -> dict[str, str]:
    waits = {phase.value: shown(wait) for phase, wait in pace.next_word.items()}
    first, long = shown(pace.first_notice), shown(pace.long_incident)
    return {"first_notice": first, **waits, "long_incident": long}

"""`tocsin clear`: words that wait for somebody's consent, and the answers."""

from datetime import UTC, datetime
from typing import Any

import click

from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import page_of
from tocsin.incidents import declaration
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import answers
from tocsin.statements.asking import Pending

ID = click.argument("clearance_id", metavar="ID")
AS = click.option(
    "--as", "email", required=True, metavar="E-MAIL", help="Who answers: they hold the role."
)


@click.group()
def clear() -> None:
    """Words that wait for somebody's consent: list them, answer, take one back."""


@clear.command("list")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else every page.")
@printing.as_json
def list_waiting(page_ref: str | None, is_json: bool) -> None:
    """What waits, for whom, and until when; the most urgent first."""
    found = answers.waiting(page_of(page_ref).id if page_ref else "")
    if is_json:
        printing.facts([facts_of(one) for one in found])
        return
    if not found:
        click.echo("Nothing waits for consent.")
        return
    printing.table(
        ("WAITS", "FOR", "UNTIL", "BY", "PHASE", "INCIDENT"),
        [
            (
                one.clearance_id,
                one.role,
                one.due_at.strftime("%Y-%m-%d %H:%MZ"),
                one.requested_by,
                one.words.phase,
                declaration.known_of(one.incident_id).title,
            )
            for one in found
        ],
    )


@clear.command("show")
@ID
@printing.as_json
def show(clearance_id: str, is_json: bool) -> None:
    """The words that wait, in every language."""
    one = _waiting(clearance_id)
    if is_json:
        printing.facts(facts_of(one))
        return
    for code, layer in one.words.layers.items():
        click.echo(f"[{code}] {layer.headline}\n\n{layer.body}\n")


@clear.command("grant")
@ID
@AS
@printing.as_json
def grant(clearance_id: str, email: str, is_json: bool) -> None:
    """Consent: the words are published in this instant, as they were written."""
    said = answers.grant(clearance_id, by=_somebody(email), at=datetime.now(UTC))
    if is_json:
        printing.facts({"clearance": clearance_id, "publication": said.number})
        return
    click.echo(f"Granted: no. {said.number} is official.")


@clear.command("send-back")
@ID
@AS
@click.option("--because", required=True, metavar="TEXT", help="What its author has to change.")
def send_back(clearance_id: str, email: str, because: str) -> None:
    """Refuse, and say why; the draft stays its author's, who is written to."""
    told = answers.send_back(
        clearance_id, reason=because, by=_somebody(email), at=datetime.now(UTC)
    )
    click.echo(f"Sent back to {told.requested_by}. Nothing was said.")


@clear.command("withdraw")
@ID
def withdraw(clearance_id: str) -> None:
    """Take a word back that waits; its draft stays."""
    answers.withdraw(clearance_id, by=printing.terminal(), at=datetime.now(UTC))
    click.echo("Taken back. Nobody is asked any more, and nothing goes out in its place.")


def _waiting(clearance_id: str) -> Pending:
    for one in answers.waiting():
        if one.clearance_id == clearance_id:
            return one
    raise Refused("Nothing waits by that id. See `tocsin clear list`.")


def _somebody(email: str) -> Actor:
    """One of ours by address. Whoever holds the machine speaks for them; the journal names them."""
    wanted = email.strip().lower()
    for member in access.everyone():
        if member.email == wanted:
            operator = access.operator_of(member.id)
            assert operator is not None
            return operator.actor
    raise Refused(f"Nobody goes by {email}. See `tocsin operators`.")


def facts_of(one: Pending) -> dict[str, Any]:
    """What waits, for JSON."""
    return {
        "clearance": one.clearance_id,
        "incident": one.incident_id,
        "page": one.page_id,
        "role": one.role,
        "asked_at": one.asked_at,
        "due_at": one.due_at,
        "requested_at": one.requested_at,
        "requested_by": one.requested_by,
        "phase": one.words.phase,
        "words": {
            code: {"headline": layer.headline, "body": layer.body, "details": layer.details}
            for code, layer in one.words.layers.items()
        },
    }


def report_pending(pending: Pending, url: str, *, is_json: bool) -> None:
    """Say that a word waits, and what happens meanwhile."""
    if is_json:
        told = {"incident": pending.incident_id, "url": url, "publication": None}
        printing.facts({**told, "pending": facts_of(pending)})
        return
    click.echo(pending.sentence)
    click.echo(f"Incident {pending.incident_id}. It waits as {pending.clearance_id}.")

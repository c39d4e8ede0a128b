"""`tocsin policy`: how soon and how often a page speaks, and who lets it."""

from datetime import UTC, datetime
from typing import Any, BinaryIO

import click

from tocsin.catalogue.adopting import File
from tocsin.cli import adoptable, printing
from tocsin.cli.adoptable import FILE
from tocsin.cli.catalogue import PAGE
from tocsin.cli.options import page_of, words_in
from tocsin.cli.sheets import sheet, sign, unsign
from tocsin.cli.starting import start
from tocsin.disclosure import explaining
from tocsin.disclosure import policy as policies_read
from tocsin.disclosure.consent import Consent, Spoken
from tocsin.disclosure.explaining import Case
from tocsin.disclosure.policy import Pace, Policy, shown
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity
from tocsin.statements import consents, policies


@click.group()
def policy() -> None:
    """How soon and how often a page speaks, and who lets it."""


for command in (start, sheet, sign, unsign):
    policy.add_command(command)


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
    told = adoptable.checked(text, policies_read.read, is_json=is_json)
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


@policy.command("explain")
@click.argument("severity", type=click.Choice([s.value for s in Severity]))
@click.option(
    "--phase",
    "spoken",
    type=click.Choice([one.value for one in Spoken]),
    default=Spoken.INVESTIGATING.value,
    help="Of the word; or what it does to another one.",
)
@click.option("--posture", type=click.Choice([p.value for p in Posture]), default="unknown")
@click.option("--security", is_flag=True, help="Data or access may be in others' hands.")
@click.option("--lang", type=click.Choice(explaining.LANGUAGES), default="en", help="Of the words.")
@PAGE
@printing.as_json
def explain(
    severity: str,
    spoken: str,
    posture: str,
    security: bool,
    lang: str,
    page_ref: str | None,
    is_json: bool,
) -> None:
    """What would happen in a given case, in words."""
    page = page_of(page_ref)
    told = policies.policy_of(page.id)
    is_security = security or posture == Posture.ATTACK
    case = Case(Severity(severity), Spoken(spoken), is_security)
    reviewer = told.consent(case.severity, is_security=is_security).reviewer(case.spoken)
    able = len(consents.holders(reviewer, page.id, besides="")) if reviewer else None
    sentences = explaining.explained(told, case, holders=able, language=lang)
    if is_json:
        printing.facts({"page": page.id, "sentences": sentences})
        return
    for sentence in sentences:
        click.echo(sentence)


def _facts(kept: File) -> dict[str, Any]:
    return {
        "number": kept.number,
        "adopted_by": kept.by,
        "adopted_at": kept.at,
        "policy": _policy(policies_read.read(kept.text)),
    }


def _policy(told: Policy) -> dict[str, Any]:
    return {
        "cadence": {severity: _pace(pace) for severity, pace in told.paces.items()},
        "long_incident": {"after": shown(told.long_after)},
        "nudges": list(told.nudges),
        "languages": {severity: shown(span) for severity, span in told.translations.items()},
        "layers": {severity: dict(told.layering.depths[severity]) for severity in Severity},
        "closing": {severity: list(asked) for severity, asked in told.closings.items()},
        "clearance": {case: _consent(asked) for case, asked in told.consents.items()},
    }


def _consent(asked: Consent) -> dict[str, Any]:
    return {
        "asks": {spoken.value: whom.value for spoken, whom in asked.asks.items()},
        "within": shown(asked.within),
        "falls_back": asked.falls_back,
        "register": asked.allowed,
    }


def _pace(pace: Pace) -> dict[str, str]:
    waits = {phase.value: shown(wait) for phase, wait in pace.next_word.items()}
    first, long = shown(pace.first_notice), shown(pace.long_incident)
    return {"first_notice": first, **waits, "long_incident": long}

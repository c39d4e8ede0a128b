"""`tocsin correct` and `tocsin redact`: what was wrong, and what should not have been said."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import clearing, printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import IMPACT, MOMENT, page_of, said
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.statements import corrections, published, redaction
from tocsin.statements.corrections import Amending
from tocsin.statements.redaction import Holding
from tocsin.statements.values import Layer
from tocsin.worker import redacting
from tocsin.worker.redacting import Done

BY_LANGUAGE: dict[str, Any] = {"nargs": 2, "multiple": True, "metavar": "LANG TEXT"}
Pairs = tuple[tuple[str, str], ...]


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--number", type=int, metavar="N", help="The word that was wrong; else the newest.")
@click.option("--say", metavar="TEXT", help="The body as it should have read; - reads stdin.")
@click.option("--say-in", **BY_LANGUAGE, help="The same in another language.")
@click.option("--headline", metavar="TEXT", help="The headline as it should have read.")
@click.option("--headline-in", **BY_LANGUAGE)
@click.option("--wrong", metavar="TEXT", help="After 'We wrote that'; else the words are quoted.")
@click.option("--wrong-in", **BY_LANGUAGE)
@click.option("--right", metavar="TEXT", help="After 'That was not right:'.")
@click.option("--right-in", **BY_LANGUAGE)
@click.option("--action", metavar="TEXT", help="What to do for who acted on it.")
@click.option("--action-in", **BY_LANGUAGE)
@click.option("--lang", metavar="LANG", help="The language of what has none; else the page's.")
@click.option("--severity", type=click.Choice([s.value for s in Severity]))
@click.option("--data", type=click.Choice([d.value for d in DataStatement]), help="Their data.")
@click.option(
    "--component",
    "components",
    type=IMPACT,
    multiple=True,
    help="What that word should have said of a component: cart=degraded_performance.",
)
@click.option("--since", type=MOMENT, help="When the effect began in fact.")
@click.option("--until", type=MOMENT, help="When it ended in fact.")
@click.option("--learned", type=MOMENT, help="When you learned it; else now.")
@click.option("--dry-run", is_flag=True, help="Show what readers would see; say nothing.")
@printing.as_json
def correct(
    incident_id: str, number: int | None, dry_run: bool, is_json: bool, **told: Any
) -> None:
    """Say what was wrong in an earlier word of an incident, and what is right.

    The word stays as it was said. Readers hear of it by mail where the severity, or what was said
    of their data, changed; everything else the page tells.
    """
    at = datetime.now(UTC)
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    amending = _amending(page, incident_id, number, **told)
    if dry_run:
        _preview(page, incident_id, amending, at=at)
        return
    spoken = corrections.correct(incident_id, amending, by=printing.terminal(), at=at)
    url = address.incident_url(page, incident_id)
    if spoken.pending is not None:
        clearing.report_pending(spoken.pending, url, is_json=is_json)
        return
    number = spoken.publication.number
    if is_json:
        told_of = {"incident": incident_id, "url": url, "publication": number}
        printing.facts({**told_of, "announces": spoken.publication.announces})
        return
    click.echo(f"Corrected: no. {number} is official. {url}")
    click.echo(_who_hears(spoken.publication.announces))


def _who_hears(announces: bool) -> str:
    if announces:
        return "Readers hear of it: the severity, or what was said of their data, changed."
    return "The page tells it; no mail goes."


def _amending(
    page: Brand, incident_id: str, number: int | None, *, lang: str | None, **told: Any
) -> Amending:
    first = lang or page.language
    bodies = _by_language(first, said(told["say"]) if told["say"] else None, told["say_in"])
    heads = _by_language(first, told["headline"], told["headline_in"])
    return Amending(
        number=number,
        layers=_layers(page, incident_id, number, bodies, heads),
        severity=Severity(told["severity"]) if told["severity"] else None,
        since=told["since"],
        until=told["until"],
        data=DataStatement(told["data"]) if told["data"] else None,
        components=dict(told["components"]),
        learned_at=told["learned"],
        wrong=_by_language(first, told["wrong"], told["wrong_in"]),
        correct=_by_language(first, told["right"], told["right_in"]),
        customer_action=_by_language(first, told["action"], told["action_in"]),
    )


def _by_language(first: str, text: str | None, others: Pairs) -> dict[str, str]:
    return ({first: text.strip()} if text else {}) | {code: t.strip() for code, t in others}


def _layers(
    page: Brand,
    incident_id: str,
    number: int | None,
    bodies: Mapping[str, str],
    heads: Mapping[str, str],
) -> dict[str, Layer]:
    """The word as it should have read: as it reads now, with what was typed in its place."""
    story = published.story(page.audience_id, incident_id)
    if story is None:
        return {}
    meant = next((s for s in story.publications if s.number == number), story.last_word)
    now = story.as_corrected(meant)
    return {
        code: replace(
            now.get(code, Layer("", "")),
            **({"body": bodies[code]} if code in bodies else {}),
            **({"headline": heads[code]} if code in heads else {}),
        )
        for code in dict.fromkeys([*bodies, *heads])
    }


def _preview(page: Brand, incident_id: str, amending: Amending, *, at: datetime) -> None:
    story = published.story(page.audience_id, incident_id)
    if story is None:
        raise Refused("Nothing was said of this incident yet.")
    words = corrections.compose(page, story, amending, at=at)
    for code, layer in words.layers.items():
        click.echo(f"[{code}] {layer.headline}\n{layer.body}\n")
    click.echo(_who_hears(corrections.must_be_heard(words)))


@click.command()
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
@click.option("--reason", metavar="TEXT", help="Why, in a sentence that readers may read.")
@click.option("--reason-in", **BY_LANGUAGE, help="The same in another language.")
@click.option("--dry-run", is_flag=True, help="Say where it stands; take nothing out.")
@printing.as_json
def redact(
    page_ref: str | None, reason: str | None, reason_in: Pairs, dry_run: bool, is_json: bool
) -> None:
    """Take a secret out of everything that a page ever said.

    The secret is read from stdin, or asked for; it never stands on the command line, where other
    processes and the shell's history would see it.
    """
    page, secret = page_of(page_ref), _secret()
    if dry_run:
        _say_where(redaction.holding(page.id, secret), is_json=is_json)
        return
    told = _by_language(page.language, reason, reason_in)
    done = redacting.redact(page, secret, reason=told, by=printing.terminal(), at=datetime.now(UTC))
    _report(done, is_json=is_json)
    if done.left:
        raise Refused(_left(len(done.left), done.left[0]))


def _left(count: int, first: Path) -> str:
    many = f"{count} files of the page hold that text still, the first is {first}."
    told = f"1 file of the page holds that text still: {first}." if count == 1 else many
    return (
        f"{told} A short one may stand in a time or an id by chance. Look there, and remove by "
        "hand what is left of it."
    )


def _secret() -> str:
    if sys.stdin.isatty():
        secret: str = click.prompt("The text to take out", hide_input=True, err=True)
        return secret
    return sys.stdin.read()


def _say_where(stood: Holding, *, is_json: bool) -> None:
    if is_json:
        printing.facts(_facts(stood))
    elif stood.publications:
        click.echo(f"It stands in {_numbered(stood)}. Nothing was changed.")
    else:
        click.echo("No word of this page holds it.")


def _facts(stood: Holding) -> dict[str, Any]:
    circles = {circle.slug: list(circle.numbers) for circle in stood.circles}
    return {"numbers": list(stood.numbers), "circles": circles}


def _numbered(stood: Holding) -> str:
    told = [f"no. {number}" for number in stood.numbers]
    for circle in stood.circles:
        told += [f"no. {number} for {circle.name}" for number in circle.numbers]
    return ", ".join(told)


def _report(done: Done, *, is_json: bool) -> None:
    redacted, reached = done.redacted, done.reached
    if is_json:
        printing.facts(
            {
                "act": redacted.act,
                **_facts(redacted.stood),
                "publications": len(redacted.stood.publications),
                "other_rows": redacted.rows,
                "readers_told": reached.told,
                "readers_underway": reached.underway,
                "files_written_anew": done.is_scrubbed,
                "files_left": len(done.left),
                "sealed_notes": list(redacted.sealed),
            }
        )
        return
    beside = f"{redacted.rows} rows beside them"
    click.echo(f"Taken out of {_numbered(redacted.stood)}, and {beside}.")
    click.echo(_whom_it_reached(reached))
    if redacted.sealed:
        notes = ", ".join(map(str, redacted.sealed))
        click.echo(f"The journal is sealed and holds it in note {notes}.", err=True)
    if not done.is_scrubbed:
        click.echo("The database's files are still to be written anew; the worker does it.")
    click.echo("Change the secret itself: who has seen it, knows it. Backups hold it still.")


def _whom_it_reached(reached: progress.Reached) -> str:
    if not reached.told and not reached.underway:
        return "No message with it had left."
    readers = "1 reader has" if reached.told == 1 else f"{reached.told} readers have"
    underway = f", {reached.underway} more may be getting it now" if reached.underway else ""
    return f"{readers} it in a message that cannot be taken back{underway}."

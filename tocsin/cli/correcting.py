"""`tocsin correct` and `tocsin redact`: what was wrong, and what should not have been said."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import MOMENT, page_of, said
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.page import address, site
from tocsin.statements import corrections, published, redaction
from tocsin.statements.corrections import Amending
from tocsin.statements.redaction import Redacted
from tocsin.statements.sweeping import Sought, mark
from tocsin.statements.values import Layer

MOST_TURNS = 200
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
    url, number = address.incident_url(page, incident_id), spoken.publication.number
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
    at = datetime.now(UTC)
    done = redaction.redact(page.id, secret, reason=told, by=printing.terminal(), at=at)
    left = _gone_from_files(page, secret)
    is_scrubbed = bool(redaction.scrub(datetime.now(UTC))) or not redaction.waits()
    _report(done, is_scrubbed=is_scrubbed, is_json=is_json)
    if left:
        raise Refused(
            f"{len(left)} compiled files hold it still, the first is {left[0]}. "
            "Run it again; if it stays, remove them by hand."
        )


def _secret() -> str:
    if sys.stdin.isatty():
        secret: str = click.prompt("The text to take out", hide_input=True, err=True)
        return secret
    return sys.stdin.read()


def _gone_from_files(page: Brand, secret: str) -> list[str]:
    """Compile at once, on this machine; others do it when they see the row."""
    pattern = Sought(secret.strip()).pattern
    site.scour(page, pattern, mark(page.language), at=datetime.now(UTC))
    for _ in range(MOST_TURNS):
        if not site.compile(datetime.now(UTC)):
            break
    return [str(path) for path in site.holding(page, pattern)]


def _say_where(numbers: tuple[int, ...], *, is_json: bool) -> None:
    if is_json:
        printing.facts({"numbers": list(numbers)})
    elif numbers:
        click.echo(f"It stands in {_numbered(numbers)}. Nothing was changed.")
    else:
        click.echo("No word of this page holds it.")


def _numbered(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"no. {number}" for number in numbers) or "words for a closed circle"


def _report(done: Redacted, *, is_scrubbed: bool, is_json: bool) -> None:
    reached = progress.reached(done.publications)
    if is_json:
        printing.facts(
            {
                "act": done.act,
                "numbers": list(done.numbers),
                "publications": len(done.publications),
                "other_rows": done.rows,
                "readers_told": reached.told,
                "readers_underway": reached.underway,
                "files_written_anew": is_scrubbed,
                "sealed_notes": list(done.sealed),
            }
        )
        return
    click.echo(f"Taken out of {_numbered(done.numbers)}, and {done.rows} rows beside them.")
    click.echo(_whom_it_reached(reached))
    if done.sealed:
        notes = ", ".join(map(str, done.sealed))
        click.echo(f"The journal is sealed and holds it in note {notes}.", err=True)
    if not is_scrubbed:
        click.echo("The database's files are still to be written anew; the worker does it.")
    click.echo("Change the secret itself: who has seen it, knows it. Backups hold it still.")


def _whom_it_reached(reached: progress.Reached) -> str:
    if not reached.told and not reached.underway:
        return "No message with it had left."
    readers = "1 reader has" if reached.told == 1 else f"{reached.told} readers have"
    underway = f", {reached.underway} more may be getting it now" if reached.underway else ""
    return f"{readers} it in a message that cannot be taken back{underway}."

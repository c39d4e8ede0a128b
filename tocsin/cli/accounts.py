"""`tocsin account`: what happened, written once, shown without what is withheld.

And `tocsin downtime`: how long an incident kept each component from its users.
"""

from datetime import UTC, datetime
from typing import Any, BinaryIO

import click
from django.utils import translation as speech

from tocsin.catalogue import shelf
from tocsin.cli import clearing, printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import words_in
from tocsin.disclosure import withholding
from tocsin.followup import accounts, both_sides, readings, tables
from tocsin.followup import downtime as counted
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.people import access
from tocsin.scorecard import facts, gathering, telling
from tocsin.scorecard.measures import Card
from tocsin.statements import published

INCIDENT = click.argument("incident_id", metavar="ID")
LANG = click.option("--lang", metavar="LANG", help="Its language; else the page's own.")


@click.group()
def account() -> None:
    """What happened and what changes: draft, keep, show, publish, due."""


@account.command("draft")
@INCIDENT
@LANG
def draft(incident_id: str, lang: str | None) -> None:
    """An account in Markdown, filled from the timeline, with what is left to write."""
    language = lang or _page_language(incident_id)
    click.echo(accounts.drafted(incident_id, language, at=datetime.now(UTC)), nl=False)


@account.command("keep")
@INCIDENT
@click.argument("file", type=click.File("rb"))
@LANG
@printing.as_json
def keep(incident_id: str, file: BinaryIO, lang: str | None, is_json: bool) -> None:
    """Write the account down as a file says it; nothing is said yet."""
    text = words_in(file, name="The account") + "\n"
    language = lang or _page_language(incident_id)
    now = accounts.keep(incident_id, {language: text}, by=printing.terminal(), at=datetime.now(UTC))
    left = _faults(incident_id)
    if is_json:
        printing.facts({"incident": incident_id, "number": now.number, "left": left})
        return
    click.echo(f"Kept as revision {now.number}.")
    for fault in left:
        click.echo(f"  {fault}")


def _faults(incident_id: str) -> list[str]:
    try:
        accounts.public(incident_id)
    except accounts.CannotAccount as error:
        return error.faults
    return []


@account.command("show")
@INCIDENT
@LANG
@click.option("--public", "is_public", is_flag=True, help="As readers would be shown it.")
@click.option("--withheld", "is_withheld", is_flag=True, help="Only what they would not, and why.")
@printing.as_json
def show(
    incident_id: str, lang: str | None, is_public: bool, is_withheld: bool, is_json: bool
) -> None:
    """The account as it is kept: all of it, what is public, or what is withheld.

    Beside all of it, how it was told (R-57): on the error stream, so that it is in no file of it.
    """
    now, language = accounts.kept(incident_id), lang or _page_language(incident_id)
    if now is None or language not in now.sources:
        raise Refused("No account is kept in this language. See `tocsin account draft`.")
    source = now.sources[language]
    if is_json:
        printing.facts(_both_sides(incident_id, now, language))
    elif is_withheld:
        for passage in withholding.withheld(source):
            click.echo(f"{passage.why}: {passage.text}")
    elif is_public:
        click.echo(accounts.public(incident_id)[language], nl=False)
    else:
        click.echo(withholding.inside(source), nl=False)
        click.echo("\nHow it was told (tocsin account review):", err=True)
        for name, value in _five(incident_id, language):
            click.echo(f"  {name}: {value}", err=True)


def _both_sides(incident_id: str, now: accounts.Kept, language: str) -> dict[str, Any]:
    """One language of an account as JSON values, from both sides, and how it was told."""
    (side,) = both_sides.read({language: now.sources[language]})
    return {
        "incident": incident_id,
        "number": now.number,
        "kept_at": now.at,
        "kept_by": now.by,
        "language": language,
        "source": side.source,
        "inside": side.inside,
        "public": side.public,
        "withheld": [{"why": one.why, "text": one.text} for one in side.withheld],
        "faults": list(side.faults),
        "left": list(side.left),
        "review": facts.five_of(_card(incident_id)),
    }


def _card(incident_id: str) -> Card:
    page = shelf.brand(declaration.known_of(incident_id).page_id)
    card = gathering.card_of(page, incident_id, at=datetime.now(UTC))
    assert card is not None  # its own page
    return card


def _five(incident_id: str, language: str) -> list[tuple[str, str]]:
    with speech.override(language):
        return list(telling.five_of(_card(incident_id), language))


@account.command("review")
@INCIDENT
@LANG
@click.option("--markdown", "is_markdown", is_flag=True, help="To be pasted into the account.")
@printing.as_json
def review(incident_id: str, lang: str | None, is_markdown: bool, is_json: bool) -> None:
    """Five numbers on how it was told, for the same meeting (R-57)."""
    if is_json:
        printing.facts({"incident": incident_id, **facts.five_of(_card(incident_id))})
        return
    rows = _five(incident_id, lang or _page_language(incident_id))
    if is_markdown:
        click.echo("| | |\n|---|---|")
        for name, value in rows:
            click.echo(f"| {name} | {value} |")
    else:
        printing.table(("MEASURE", "VALUE"), rows)


@account.command("publish")
@INCIDENT
@click.option("--quiet", is_flag=True, help="The page tells it; no mail goes.")
@printing.as_json
def publish(incident_id: str, quiet: bool, is_json: bool) -> None:
    """Say the account to everyone who follows, without what is withheld."""
    by, at = printing.terminal(), datetime.now(UTC)
    spoken = accounts.publish(incident_id, announces=not quiet, by=by, at=at)
    if left := readings.open_of(incident_id):
        click.echo(f"Comments that nobody answered: {left}.", err=True)
    page = shelf.seen_by(declaration.known_of(incident_id).audience_id)
    url = address.incident_url(page, incident_id)
    if spoken.pending is not None:
        clearing.report_pending(spoken.pending, url, is_json=is_json)
    elif is_json:
        told = {"incident": incident_id, "url": url, "publication": spoken.publication.number}
        printing.facts(told)
    else:
        click.echo(f"The account is official: no. {spoken.publication.number}. {url}")


@account.command("ask")
@INCIDENT
@click.argument("email", metavar="E-MAIL")
def ask(incident_id: str, email: str) -> None:
    """Ask somebody who sees the page to read the account; they are told by mail, once."""
    operator = access.by_address(email)
    if operator is None:
        raise Refused(f"Nobody of ours has the address {email}. `tocsin operators` lists them.")
    is_new = readings.ask(incident_id, operator, by=printing.terminal(), at=datetime.now(UTC))
    click.echo(f"{operator.name} is asked." if is_new else f"{operator.name} was asked already.")


@account.command("comment")
@INCIDENT
@click.argument("text")
@click.option("--answers", type=int, metavar="NUMBER", help="The comment that it answers.")
def comment(incident_id: str, text: str, answers: int | None) -> None:
    """Say something of the account as it is kept, or answer a comment. Never public."""
    by, at = printing.terminal(), datetime.now(UTC)
    if answers is None:
        click.echo(f"Comment {readings.comment(incident_id, text, by=by, at=at)}.")
    else:
        readings.answer(incident_id, answers, text, by=by, at=at)
        click.echo(f"Comment {answers} is answered.")


@account.command("comments")
@INCIDENT
@printing.as_json
def comments(incident_id: str, is_json: bool) -> None:
    """What was said of the account, and what of it is open."""
    found = readings.comments_of(incident_id)
    if is_json:
        printing.facts([_comment_facts(one) for one in found])
    elif not found:
        click.echo("Nobody commented.")
    for one in [] if is_json else found:
        mark = "open" if one.is_open else "answered"
        click.echo(f"{one.said.number}  {mark}  {one.said.by}: {one.said.text}")
        for told in one.answers:
            click.echo(f"   {told.by}: {told.text}")


def _comment_facts(one: readings.Comment) -> dict[str, Any]:
    def facts(note: readings.Note) -> dict[str, Any]:
        return {name: getattr(note, name) for name in note.__slots__}

    return {**facts(one.said), "open": one.is_open, "answers": [facts(a) for a in one.answers]}


@account.command("due")
@printing.as_json
def due(is_json: bool) -> None:
    """Which accounts are owed, and by when."""
    found = list(_owed())
    if is_json:
        printing.facts([{name: getattr(one, name) for name in one.__slots__} for one in found])
    elif not found:
        click.echo("No account is owed.")
    else:
        printing.table(
            ("INCIDENT", "SUMMARY BY", "ALL BY", "WHAT"),
            [
                (
                    one.incident_id,
                    one.summary_at.strftime("%Y-%m-%d %H:%MZ"),
                    one.full_at.strftime("%Y-%m-%d %H:%MZ"),
                    declaration.known_of(one.incident_id).title,
                )
                for one in found
            ],
        )


def _owed() -> list[accounts.Due]:
    found = []
    for known in declaration.recent_incidents(limit=200):
        story = published.story(known.audience_id, known.id)
        if story is None or story.source is not None or accounts.is_given(story):
            continue
        owed = accounts.due(story, shelf.seen_by(known.audience_id))
        found += [owed] if owed else []
    return sorted(found, key=lambda one: one.full_at)


def _page_language(incident_id: str) -> str:
    return shelf.seen_by(declaration.known_of(incident_id).audience_id).language


@click.command()
@INCIDENT
@printing.as_json
def downtime(incident_id: str, is_json: bool) -> None:
    """How long an incident kept each component from its users, as CSV, from published states."""
    found = counted.of_incident(incident_id, at=datetime.now(UTC))
    rows = [_row(down) for down in found]
    if is_json:
        printing.facts(rows)
        return
    click.echo(tables.written(COLUMNS, rows), nl=False)


COLUMNS = ("component", "slug", "name", "state", "since", "until", "seconds")


def _row(down: counted.Down) -> dict[str, Any]:
    return {
        "component": down.component_id,
        "slug": down.slug,
        "name": down.name,
        "state": down.state.value,
        "since": down.since.isoformat(),
        "until": down.until.isoformat() if down.until else "",
        "seconds": int(down.lasted_for.total_seconds()),
    }

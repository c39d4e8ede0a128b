"""`tocsin policy sheet`, `sign` and `unsign`: the yearly sheet, printed, and who signed it."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import click

from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.catalogue import PAGE
from tocsin.cli.options import DAY, page_of
from tocsin.disclosure import policy, sheet_words, times
from tocsin.disclosure.sheet import Side, Signing
from tocsin.disclosure.sheet_words import Words
from tocsin.statements import sheets
from tocsin.statements.sheets import CannotSign, Sheet

WIDTH = 88


@click.command("sheet")
@PAGE
@click.option(
    "--lang", type=click.Choice(sheet_words.LANGUAGES), default="en", help="Its language."
)
@printing.as_json
def sheet(page_ref: str | None, lang: str, is_json: bool) -> None:
    """What would happen in each case, in words, with room for both signatures. No legal advice."""
    page = page_of(page_ref)
    told = of(page, at=datetime.now(UTC))
    if is_json:
        printing.facts({"page": page.id, **facts_of(told)})
        return
    for line in _printed(page, told, sheet_words.words_in(lang)):
        click.echo(line)


@click.command("sign")
@click.option("--as", "side", type=click.Choice([side.value for side in Side]), required=True)
@click.option("--name", required=True, help="Of the person who signed.")
@click.option("--on", type=DAY, help="The day of it, as 2026-11-26; else today.")
@click.option("--until", type=DAY, help="The last day; else a year later, and never longer.")
@click.option("--number", type=int, help="Which policy they signed; else the one in force.")
@PAGE
@printing.as_json
def sign(
    side: str,
    name: str,
    on: datetime | None,
    until: datetime | None,
    number: int | None,
    page_ref: str | None,
    is_json: bool,
) -> None:
    """Record that the lawyer or the insurer signed the policy in force."""
    page, at = page_of(page_ref), datetime.now(UTC)
    signed = sheets.sign(
        page.id,
        side=Side(side),
        name=name,
        number=of(page, at=at).file.number if number is None else number,
        on=on.date() if on else page_today(page, at=at),
        until=until.date() if until else None,
        by=printing.terminal(),
        at=at,
    )
    if is_json:
        printing.facts({"page": page.id, **facts_of(of(page, at=at))})
    else:
        click.echo(
            f"{signed.name} signed policy no. {signed.number} as {side}, until {signed.until}."
        )


@click.command("unsign")
@click.option("--as", "side", type=click.Choice([side.value for side in Side]), required=True)
@click.option("--because", required=True, help="Why it was recorded by mistake.")
@PAGE
@printing.as_json
def unsign(side: str, because: str, page_ref: str | None, is_json: bool) -> None:
    """Take back a side's newest signature, which was recorded by mistake; the record keeps both."""
    page, at = page_of(page_ref), datetime.now(UTC)
    newest = next(one.signature for one in of(page, at=at).sides if one.side == side)
    if newest is None:
        raise CannotSign(f"Nobody is recorded to have signed as {side}.")
    sheets.withdraw(page.id, newest.id, reason=because, by=printing.terminal(), at=at)
    if is_json:
        printing.facts({"page": page.id, **facts_of(of(page, at=at))})
    else:
        click.echo(f"{newest.name}'s signature of policy no. {newest.number} is taken back.")


def of(page: Brand, *, at: datetime) -> Sheet:
    """A page's sheet today."""
    return sheets.sheet_of(page.id, on=page_today(page, at=at))


def page_today(page: Brand, *, at: datetime) -> date:
    return sheets.today_in(page.time_zone, at=at)


def facts_of(told: Sheet) -> dict[str, Any]:
    """A sheet as scripts read it."""
    return {
        "number": told.file.number,
        "sha256": told.sha256,
        "sides": [_side(signing) for signing in told.sides],
    }


def _side(signing: Signing) -> dict[str, Any]:
    signed = signing.signature
    return {
        "side": signing.side,
        "standing": signing.standing,
        "name": signed.name if signed else None,
        "signed": signed.number if signed else None,
        "signed_on": signed.signed_on if signed else None,
        "until": signed.until if signed else None,
    }


def due(page: Brand, *, at: datetime) -> list[dict[str, Any]]:
    """The sides that are to sign anew, as scripts read them."""
    return [_side(signing) for signing in of(page, at=at).warned_of]


def warnings(page: Brand, *, at: datetime) -> list[str]:
    """A sentence for each side whose signature ends soon, has ended, or is of an earlier policy."""
    words = sheet_words.words_in("en")
    return [words.warning(signing) for signing in of(page, at=at).warned_of]


def _printed(page: Brand, told: Sheet, words: Words) -> Iterator[str]:
    yield words.say("title", page=page.name)
    if told.file.at is None:
        yield words.say("usual")
    else:
        day = times.day(sheets.today_in(page.time_zone, at=told.file.at), words.language)
        yield words.say("policy", number=told.file.number, day=day)
    yield words.say("sha256", sha256=told.sha256)
    yield ""
    yield from textwrap.wrap(words.say("advice"), WIDTH)
    yield from ("", words.say("cases").upper())
    for part in words.parts(policy.read(told.file.text)):
        yield from ("", f"{part.case}: {part.meaning}")
        for sentence in part.sentences:
            yield from textwrap.wrap(
                sentence, WIDTH, initial_indent="  - ", subsequent_indent="    "
            )
    yield from ("", words.say("holding").upper(), "")
    for paragraph in words.holding():
        yield from textwrap.wrap(paragraph, WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from ("", words.say("text").upper(), "")
    yield from (f"  {line}".rstrip() for line in told.file.text.splitlines())
    yield from ("", words.say("signatures").upper())
    for signing in told.sides:
        yield from ("", words.warning(signing), *sheet_words.lines_to_sign(words))

"""`tocsin promise`: what was taken on after incidents, and what became of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.options import DAY, languages_here, page_of
from tocsin.followup import pledges, promises
from tocsin.followup.pledges import Pledge, Proof
from tocsin.followup.promises import Kept, Turned
from tocsin.incidents import declaration
from tocsin.statements.promised import Fate, Promised

BY_LANGUAGE: dict[str, Any] = {"nargs": 2, "multiple": True, "metavar": "LANG TEXT"}
Pairs = tuple[tuple[str, str], ...]
INCIDENT = click.argument("incident_id", metavar="ID")
PROMISE = click.argument("promise_id", metavar="PROMISE")
LANG = click.option("--lang", metavar="LANG", help="Else the terminal's, else the page's first.")
QUIET = click.option("--quiet", is_flag=True, help="The page tells it; no mail goes, save at last.")


@click.group()
def promise() -> None:
    """What was taken on after incidents: add, list, show, slip, prove, drop."""


@promise.command("add")
@INCIDENT
@click.option("--do", "action", metavar="TEXT", help="What is done, beginning with a verb.")
@click.option("--do-in", "action_in", **BY_LANGUAGE, help="The same in another language.")
@click.option("--done-when", metavar="TEXT", help="How anybody will know that it is done.")
@click.option("--done-when-in", **BY_LANGUAGE)
@click.option("--owner", metavar="TEXT", help="Whose it is: a role, such as head of payments.")
@click.option("--owner-in", **BY_LANGUAGE)
@click.option("--by", "due_on", type=DAY, required=True, metavar="DAY", help="Until when.")
@click.option("--public", "is_public", is_flag=True, help="Readers are told of it.")
@click.option("--link", default="", metavar="URL", help="The issue in your tracker.")
@click.option("--keeper", metavar="E-MAIL", help="Who is reminded; else those who lead.")
@printing.as_json
def add(
    incident_id: str,
    due_on: datetime,
    is_public: bool,
    link: str,
    keeper: str | None,
    is_json: bool,
    **told: Any,
) -> None:
    """Take an action on after an incident, with a day and an end that can be seen."""
    known = declaration.known_of(incident_id)
    pledge = Pledge(
        texts=_texts(shelf.brand(known.page_id), told),
        due_on=due_on.date(),
        is_public=is_public,
        link=link,
        keeper_id=pledges.keeper_at(keeper, known.page_id).id if keeper else "",
    )
    turned = promises.promise(incident_id, pledge, by=printing.terminal(), at=datetime.now(UTC))
    _report(turned, "Promised", is_json=is_json)


def _texts(page: Brand, told: dict[str, Any]) -> dict[str, Promised]:
    named = {
        part: _by_language(page.language, told[name], told[f"{name}_in"])
        for part, name in (("action", "action"), ("done_when", "done_when"), ("owner", "owner"))
    }
    codes = dict.fromkeys(code for texts in named.values() for code in texts)
    return {
        code: Promised(**{part: texts.get(code, "") for part, texts in named.items()})
        for code in codes
    }


def _by_language(first: str, text: str | None, others: Pairs) -> dict[str, str]:
    return ({first: text} if text else {}) | dict(others)


@promise.command("list")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else every page.")
@click.option("--incident", "incident_id", metavar="ID", help="Those of one incident alone.")
@click.option("--all", "is_all", is_flag=True, help="What is settled too.")
@LANG
@printing.as_json
def list_promises(
    page_ref: str | None, incident_id: str | None, is_all: bool, lang: str | None, is_json: bool
) -> None:
    """What is open, the nearest day first."""
    found = promises.of_page(page_of(page_ref).id if page_ref else "")
    if incident_id:
        found = tuple(kept for kept in found if kept.incident_id == incident_id)
    told = [kept for kept in found if is_all or kept.fate == Fate.OPEN]
    if is_json:
        printing.facts([facts_of(kept) for kept in told])
    elif not told:
        click.echo("Nothing is open." if not is_all else "Nothing was promised yet.")
    else:
        _table(told, lang)


def _table(told: Sequence[Kept], lang: str | None) -> None:
    pages = {kept.incident_id: _page_of(kept) for kept in told}
    printing.table(
        ("PROMISE", "BY", "STANDS", "TOLD", "INCIDENT", "WHAT"),
        [
            (
                kept.id,
                kept.due_on.isoformat(),
                "late" if _is_late(kept, pages[kept.incident_id]) else kept.fate.value,
                "public" if kept.is_public else "internal",
                kept.incident_id,
                _text_of(kept, pages[kept.incident_id], lang).action,
            )
            for kept in told
        ],
    )


def _page_of(kept: Kept) -> Brand:
    return shelf.brand(declaration.known_of(kept.incident_id).page_id)


def _is_late(kept: Kept, page: Brand) -> bool:
    """Whether its day has passed where the page is read."""
    return kept.is_late(pledges.today(page, datetime.now(UTC)))


def _text_of(kept: Kept, page: Brand, lang: str | None) -> Promised:
    return kept.text(*languages_here(lang, page))


@promise.command("show")
@PROMISE
@LANG
@printing.as_json
def show(promise_id: str, lang: str | None, is_json: bool) -> None:
    """One promise with its whole history."""
    kept = promises.kept(promise_id)
    if is_json:
        printing.facts(facts_of(kept))
        return
    page = _page_of(kept)
    text = _text_of(kept, page, lang)
    click.echo(f"{text.action}\n  done when {text.done_when}\n  {text.owner}, by {kept.due_on}")
    if address := _keeper(kept, page):
        click.echo(f"  {address} is reminded")
    for turn in kept.turns:
        said = turn.text(*languages_here(lang, page))
        because = f": {said.reason or said.proof}" if said.reason or said.proof else ""
        click.echo(f"{turn.at:%Y-%m-%d %H:%MZ}  {turn.act}, by {turn.by}{because}")


@promise.command("reword")
@PROMISE
@click.option("--do", "action", metavar="TEXT", help="What is done, beginning with a verb.")
@click.option("--do-in", "action_in", **BY_LANGUAGE)
@click.option("--done-when", metavar="TEXT", help="How anybody will know that it is done.")
@click.option("--done-when-in", **BY_LANGUAGE)
@click.option("--owner", metavar="TEXT", help="Whose it is: a role.")
@click.option("--owner-in", **BY_LANGUAGE)
@click.option("--public", "is_public", is_flag=True, help="Readers are told of it from now on.")
@click.option("--link", metavar="URL", help="The issue in your tracker.")
@printing.as_json
def reword(promise_id: str, is_public: bool, link: str | None, is_json: bool, **told: Any) -> None:
    """Say a promise better; what is left out stays as it was."""
    kept = promises.kept(promise_id)
    page = _page_of(kept)
    pledge = Pledge(
        texts=_merged(kept, _texts(page, told)),
        due_on=kept.due_on,
        is_public=is_public or kept.is_public,
        link=kept.link if link is None else link,
    )
    turned = promises.reword(promise_id, pledge, by=printing.terminal(), at=datetime.now(UTC))
    _report(turned, "Reworded", is_json=is_json)


def _merged(kept: Kept, said: dict[str, Promised]) -> dict[str, Promised]:
    before = kept.now.texts
    return {
        code: Promised(
            **{
                part: getattr(said.get(code), part, "") or getattr(before.get(code), part, "")
                for part in ("action", "done_when", "owner", "reason")
            }
        )
        for code in dict.fromkeys([*before, *said])
    }


@promise.command("slip")
@PROMISE
@click.option("--by", "due_on", type=DAY, required=True, metavar="DAY", help="The new day.")
@click.option("--because", metavar="TEXT", help="Why, in a sentence that readers may read.")
@click.option("--because-in", **BY_LANGUAGE)
@QUIET
@printing.as_json
def slip(
    promise_id: str,
    due_on: datetime,
    because: str | None,
    because_in: Pairs,
    quiet: bool,
    is_json: bool,
) -> None:
    """Give a promise another day, and say why."""
    turned = promises.slip(
        promise_id,
        due_on=due_on.date(),
        reason=_said(promise_id, because, because_in),
        announces=not quiet,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _report(turned, f"Due on {due_on:%Y-%m-%d} from now on", is_json=is_json)


@promise.command("prove")
@PROMISE
@click.option("--proof", metavar="TEXT", help="What shows that it is done.")
@click.option("--proof-in", **BY_LANGUAGE)
@click.option("--proof-link", default="", metavar="URL", help="Where that can be looked at.")
@QUIET
@printing.as_json
def prove(
    promise_id: str,
    proof: str | None,
    proof_in: Pairs,
    proof_link: str,
    quiet: bool,
    is_json: bool,
) -> None:
    """Say that a promise was kept, and what shows it."""
    turned = promises.prove(
        promise_id,
        Proof(_said(promise_id, proof, proof_in), proof_link),
        announces=not quiet,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _report(turned, "Proved", is_json=is_json)


@promise.command("drop")
@PROMISE
@click.option("--because", metavar="TEXT", help="Why, in a sentence that readers may read.")
@click.option("--because-in", **BY_LANGUAGE)
@QUIET
@printing.as_json
def drop(
    promise_id: str, because: str | None, because_in: Pairs, quiet: bool, is_json: bool
) -> None:
    """Give a promise up, and say why: better than open for ever."""
    turned = promises.drop(
        promise_id,
        reason=_said(promise_id, because, because_in),
        announces=not quiet,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _report(turned, "Dropped", is_json=is_json)


@promise.command("tell")
@INCIDENT
@QUIET
@printing.as_json
def tell(incident_id: str, quiet: bool, is_json: bool) -> None:
    """Tell readers now how the public promises of an incident stand."""
    by, at = printing.terminal(), datetime.now(UTC)
    spoken = promises.tell(incident_id, announces=not quiet, by=by, at=at)
    number = spoken.said.number if spoken.said else None
    if is_json:
        printing.facts({"incident": incident_id, "publication": number})
    elif spoken.pending:
        click.echo(spoken.pending.sentence)
    else:
        click.echo(f"Told: no. {number} is official.")


def _said(promise_id: str, text: str | None, others: Pairs) -> dict[str, str]:
    page = _page_of(promises.kept(promise_id))
    return _by_language(page.language, text, others)


def _report(turned: Turned, done: str, *, is_json: bool) -> None:
    kept, spoken = turned.promise, turned.spoken
    number = spoken.said.number if spoken and spoken.said else None
    if is_json:
        printing.facts({**facts_of(kept), "publication": number})
        return
    click.echo(f"{done}: {kept.id}.")
    if number is not None:
        click.echo(f"No. {number} is official.")
    elif spoken and spoken.pending:
        click.echo(spoken.pending.sentence)
    elif kept.is_public:
        click.echo("Readers are told once they were told that the incident is over.")


def _keeper(kept: Kept, page: Brand) -> str | None:
    """The address of whoever is reminded; None where those who lead the incident are."""
    if not kept.keeper_id:
        return None
    keeper = pledges.keeper_of(kept.keeper_id, page.id)
    return keeper.email if keeper else None


def facts_of(kept: Kept) -> dict[str, Any]:
    """A promise in the shape that scripts rely on."""
    page = _page_of(kept)
    return {
        "id": kept.id,
        "incident": kept.incident_id,
        "fate": kept.fate.value,
        "is_public": kept.is_public,
        "keeper": _keeper(kept, page),
        "is_late": _is_late(kept, page),
        "due_on": kept.due_on,
        "due_before": list(kept.due_before),
        "link": kept.link,
        "proof_link": kept.now.proof_link,
        "texts": {code: _text(text) for code, text in kept.now.texts.items()},
        "history": [
            {
                "act": turn.act.value,
                "at": turn.at,
                "by": turn.by,
                "due_on": turn.due_on,
                "texts": {code: _text(text) for code, text in turn.texts.items()},
            }
            for turn in kept.turns
        ],
    }


def _text(text: Promised) -> dict[str, str]:
    return {name: getattr(text, name) for name in Promised.__slots__}

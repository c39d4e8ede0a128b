"""`tocsin page` and `tocsin component`: what is shown, and for whom."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State, Words
from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import IMPACT, page_of
from tocsin.page import address
from tocsin.statements import publication, published

PAGE = click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
LANG = click.option("--lang", metavar="LANG", help="In which language; else the page's first.")
FUNCTION = click.option(
    "--function", metavar="TEXT", help='What customers call it, in a sentence: "le paiement".'
)
CAN_DO = click.option("--can-do", metavar="TEXT", help='What they do with it: "pay for an order".')


@click.group()
def page() -> None:
    """The pages: one for each brand."""


@page.command("list")
@printing.as_json
def list_pages(is_json: bool) -> None:
    """Ids, slugs, names, addresses."""
    told = [
        {"id": kept.id, "slug": kept.slug, "name": kept.name, "url": address.url_of(kept)}
        for kept in shelf.pages()
    ]
    if is_json:
        printing.facts(told)
    else:
        printing.table(("ID", "SLUG", "NAME", "URL"), [tuple(row.values()) for row in told])


@page.command("add")
@click.argument("name")
@click.option("--slug", default="", help="Else made of the name.")
@click.option("--language", "languages", multiple=True, help="May be repeated; the first leads.")
@click.option("--zone", default="Etc/UTC", show_default=True, help="Such as Europe/Paris.")
@click.option("--domain", default="", help="The page's own domain.")
@click.option("--contact", default="", help="Where customers reach you.")
@printing.as_json
def add_page(name: str, languages: tuple[str, ...], zone: str, is_json: bool, **told: Any) -> None:
    """Open a page; the first one answers every unknown domain."""
    opened = shelf.open_page(
        name=name,
        languages=languages or ("en",),
        time_zone=zone,
        by=printing.terminal(),
        at=datetime.now(UTC),
        **told,
    )
    _kept(
        {"id": opened.id, "slug": opened.slug, "name": opened.name, "url": address.url_of(opened)},
        f"Opened {opened.name}: {address.url_of(opened)}",
        is_json=is_json,
    )


@page.command("words")
@click.argument("page_ref", metavar="P")
@LANG
@FUNCTION
@CAN_DO
@printing.as_json
def page_words(
    page_ref: str, lang: str | None, function: str | None, can_do: str | None, is_json: bool
) -> None:
    """What stands in for components without words of their own; shown, or changed."""
    kept = shelf.brand(page_ref)
    language = _language(kept, lang)
    if function or can_do:
        every = _told_words(kept.words)
        _change(every.setdefault(language, {}), function=function, can_do=can_do)
        at = datetime.now(UTC)
        kept = shelf.change_page(kept.id, words=every, by=printing.terminal(), at=at)
    _show_words(kept.words, is_json=is_json)


@click.group()
def component() -> None:
    """What a page shows, as a tree."""


@component.command("list")
@PAGE
@printing.as_json
def list_components(page_ref: str | None, is_json: bool) -> None:
    """Ids, slugs, names and states; a group has the worst state of all below it."""
    kept = page_of(page_ref)
    states = published.states_now(kept.audience_id)
    tree = shelf.components_of(kept.id)
    if is_json:
        printing.facts([_told(node, states) for node in tree])
        return
    rows = [
        (node.slug, "  " * (len(tree.path_to(node.id)) - 1) + node.name, node.rolled_up(states))
        for node in tree
    ]
    printing.table(("SLUG", "NAME", "STATE"), rows)


def _told(node: Node, states: dict[str, State]) -> dict[str, str | None]:
    return {
        "id": node.id,
        "slug": node.slug,
        "name": node.name,
        "status": node.rolled_up(states),
        "group_id": node.parent_id,
    }


@component.command("add")
@click.argument("name")
@PAGE
@click.option("--slug", default="", help="Else made of the name.")
@click.option("--under", "parent", default="", metavar="C", help="The group that it belongs to.")
@click.option("--description", default="")
@LANG
@FUNCTION
@CAN_DO
@printing.as_json
def add_component(
    name: str,
    page_ref: str | None,
    lang: str | None,
    function: str | None,
    can_do: str | None,
    is_json: bool,
    **told: Any,
) -> None:
    """Put a component on a page, last among its siblings."""
    kept = page_of(page_ref)
    said = {"function": function or "", "can_do": can_do or ""}
    words = {_language(kept, lang): said} if any(said.values()) else None
    node = shelf.add_component(
        kept.id, name=name, words=words, by=printing.terminal(), at=datetime.now(UTC), **told
    )
    _kept(_told(node, {}), f"Added {node.name} as {node.slug}.", is_json=is_json)


@component.command("words")
@click.argument("ref", metavar="C")
@PAGE
@LANG
@click.option("--name", metavar="TEXT", help="The name in that language.")
@FUNCTION
@CAN_DO
@printing.as_json
def component_words(
    ref: str, page_ref: str | None, lang: str | None, is_json: bool, **said: str | None
) -> None:
    """What customers call a component, by language; shown, or changed."""
    kept = page_of(page_ref)
    node = _node(kept, ref)
    if any(said.values()):
        every = _told_words(node.words)
        _change(every.setdefault(_language(kept, lang), {}), **said)
        at = datetime.now(UTC)
        shelf.reword_component(node.id, words=every, by=printing.terminal(), at=at)
        node = _node(kept, ref)
    _show_words(node.words, is_json=is_json)


@component.command("retire")
@click.argument("ref", metavar="C")
@PAGE
def retire(ref: str, page_ref: str | None) -> None:
    """Take a component off the page; its history stays."""
    node = _node(page_of(page_ref), ref)
    shelf.retire_component(node.id, by=printing.terminal(), at=datetime.now(UTC))
    click.echo(f"{node.name} is off the page. Its history stays.")


@component.command("state")
@click.argument("changes", nargs=-1, required=True, type=IMPACT, metavar="C=STATE...")
@PAGE
@printing.as_json
def state(changes: tuple[tuple[str, State], ...], page_ref: str | None, is_json: bool) -> None:
    """Say how components are, without words; it stands beside what incidents say."""
    kept = page_of(page_ref)
    said = publication.publish_state(
        kept.id, dict(changes), by=printing.terminal(), at=datetime.now(UTC)
    )
    told = {"publication": said.number, "url": address.url_of(kept)}
    _kept(told, f"Said: no. {said.number} is official. {told['url']}", is_json=is_json)


def _node(kept: Brand, ref: str) -> Node:
    node = shelf.components_of(kept.id).find(ref)
    if node is None:
        raise Refused(f"No component {ref!r} on {kept.name}. See `tocsin component list`.")
    return node


def _language(kept: Brand, lang: str | None) -> str:
    if lang is not None and lang not in kept.languages:
        raise Refused(
            f"{kept.name} does not speak {lang!r}; it speaks {', '.join(kept.languages)}."
        )
    return lang or kept.language


def _told_words(words: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    return {
        language: {"name": said.name, "function": said.function, "can_do": said.can_do}
        for language, said in words.items()
    }


def _change(said: dict[str, str], **changes: str | None) -> None:
    said |= {key: text for key, text in changes.items() if text}


def _show_words(words: Mapping[str, Words], *, is_json: bool) -> None:
    told = _told_words(words)
    if is_json:
        printing.facts(told)
        return
    rows = [(lang, said["name"], said["function"], said["can_do"]) for lang, said in told.items()]
    printing.table(("LANG", "NAME", "FUNCTION", "CAN DO"), rows)


def _kept(told: dict[str, Any], sentence: str, *, is_json: bool) -> None:
    if is_json:
        printing.facts(told)
    else:
        click.echo(sentence)

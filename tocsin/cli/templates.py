"""`tocsin template`: the words that the product brings along, as the library keeps them."""

from collections.abc import Iterator
from typing import Any

import click

from tocsin.catalogue import languages
from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.disclosure import library, outline

OUTLINE = "T-15"  # headings and questions for an account, where all others are words to be said


@click.group()
def template() -> None:
    """The words that the product brings along: list, show."""


@template.command("list")
@printing.as_json
def every(is_json: bool) -> None:
    """What there is, with the headline of each."""
    found = [(key, _headline(key)) for key in _keys()]
    if is_json:
        printing.facts([{"key": key, "headline": headline} for key, headline in found])
    else:
        printing.table(("TEMPLATE", "HEADLINE"), found)


@template.command("show")
@click.argument("key", metavar="KEY")
@click.option("--lang", default=languages.SOURCE, metavar="LANG", help="In which language.")
@printing.as_json
def show(key: str, lang: str, is_json: bool) -> None:
    """One of them as it is kept: {blanks} are filled, [optional: …] goes with its blanks."""
    if lang not in library.LANGUAGES:
        raise Refused(f"There is no library in {lang!r}; it is in {', '.join(library.LANGUAGES)}.")
    if key not in _keys():
        raise Refused(f"There is no template {key!r}. `tocsin template list` has them all.")
    told = _outline(lang) if key == OUTLINE else _template(key, lang)
    if is_json:
        printing.facts({"key": key, "language": lang, **told})
    else:
        click.echo("\n\n".join(_lines(told)))


def _keys() -> list[str]:
    return sorted([*library.every_key(), OUTLINE], key=lambda key: (not key.startswith("T-"), key))


def _headline(key: str) -> str:
    if key == OUTLINE:
        return outline.of(languages.SOURCE).title
    return library.template(key).text(languages.SOURCE).headline


def _template(key: str, language: str) -> dict[str, Any]:
    text = library.template(key).text(language)
    return {"headline": text.headline, "body": text.paragraphs, "choices": text.choices}


def _outline(language: str) -> dict[str, Any]:
    told = outline.of(language)
    parts = [{"heading": part.heading, "prompt": part.prompt} for part in told.parts.values()]
    return {"headline": told.title, "parts": parts}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    if told["headline"]:
        yield f"# {told['headline']}"
    for number, part in enumerate(told.get("parts", ()), start=1):
        yield f"{number}. {part['heading']}: {part['prompt']}"
    yield from told.get("body", ())
    for name, options in told.get("choices", {}).items():
        yield "\n".join([f"{{{name}}}:", *(f"  {key}: {text}" for key, text in options.items())])

"""Finding a text wherever the database keeps words, and putting a mark in its place.

The one place that writes rows of other folders: what must be gone everywhere is looked for
everywhere, also where nobody thought that it could stand. Keys, and what is sealed, are let be.
"""

import re
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from tocsin.catalogue import languages
from tocsin.disclosure import library
from tocsin.journal.models import Note, Seal
from tocsin.statements.models import Publication, Redaction

LET_BE = (Note, Seal, Publication, Redaction)
# Where somebody is reached is theirs, also when it was published by mistake.
ADDRESSES = {"to", "address", "email", "token", "asking_token"}
FLAT = (models.CharField, models.TextField)
RUN = re.compile(r"[A-Za-z0-9]{3,}")
# How a row is known to belong to a page, the first that there is.
WAYS_TO_A_PAGE = (
    "page",
    "page_id",
    "audience__page",
    "incident__page",
    "draft__incident__page",
    "publication__page",
    "subscription__page",
)


class Sought:
    """A text to be taken out, however it is wrapped, escaped or set over lines."""

    def __init__(self, text: str) -> None:
        self.runs = sorted(RUN.findall(text), key=len)
        plain, marked_up = _pattern(text), _pattern(escape(text))
        self.pattern = re.compile(plain if plain == marked_up else f"(?:{plain})|(?:{marked_up})")

    def is_in(self, value: Any) -> bool:
        """Whether a value holds it, at any depth."""
        if isinstance(value, str):
            return self.pattern.search(value) is not None
        if isinstance(value, dict):
            return any(map(self.is_in, (*value, *value.values())))
        return isinstance(value, list | tuple) and any(map(self.is_in, value))

    def taken_out(self, value: Any, language: str) -> Any:
        """The value with a mark in its place, in the language of the words around it."""
        if isinstance(value, str):
            return self.pattern.sub(mark(language), value)
        if isinstance(value, dict):
            return {
                key: self.taken_out(inner, key if key in languages.every() else language)
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.taken_out(inner, language) for inner in value]
        return value

    def may_be_in(self, rows: "QuerySet[Any]", name: str) -> "QuerySet[Any]":
        """The rows whose column may hold it: the database looks for its longest plain run."""
        if not self.runs:
            return rows
        column = f"{name}_sought"
        found: QuerySet[Any] = rows.annotate(**{column: Cast(name, TextField())}).filter(
            **{f"{column}__contains": self.runs[-1]}
        )
        return found


def _pattern(text: str) -> str:
    """Its words with any white space between, each mark as Markdown may have escaped it."""
    return r"\s+".join("".join(map(_letter, word)) for word in text.split())


def _letter(letter: str) -> str:
    return letter if letter.isalnum() and letter.isascii() else r"\\?" + re.escape(letter)


@cache
def mark(language: str) -> str:
    """What stands where something was taken out."""
    return library.template("removed").text(language).paragraphs[0]


def sweep(page_id: str, sought: Sought, language: str) -> tuple[int, list[str]]:
    """Take it out of every row of a page, and of letters; (rows changed, their tables)."""
    done, tables = 0, []
    for model in _ours():
        rows = _rows_of(model, page_id)
        changed = sum(_swept(rows, field, sought, language) for field in _columns(model))
        if changed:
            tables.append(model._meta.db_table)
            done += changed
    return done, tables


def _ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        place = model.__module__
        if place.startswith("tocsin.") and "people" not in place and model not in LET_BE:
            yield model


def _rows_of(model: type[models.Model], page_id: str) -> "QuerySet[Any]":
    rows = model._default_manager.all()
    for way in WAYS_TO_A_PAGE:
        if _leads(model, way):
            return rows.filter(**{way: page_id})
    if model._meta.label == "catalogue.Page":
        return rows.filter(pk=page_id)
    return rows


def _leads(model: type[models.Model], way: str) -> bool:
    for step in way.split("__"):
        names = {field.name: field for field in model._meta.fields}
        if step not in names:
            return False
        model = names[step].related_model or model
    return True


def _columns(model: type[models.Model]) -> Iterator["models.Field[Any, Any]"]:
    for field in model._meta.fields:
        holds_words = isinstance(field, (*FLAT, models.JSONField)) and not field.choices
        is_key = field.primary_key or field.unique or field.is_relation
        if holds_words and not is_key and field.name not in ADDRESSES:
            yield field


def _swept(
    rows: "QuerySet[Any]", field: "models.Field[Any, Any]", sought: Sought, language: str
) -> int:
    found = sought.may_be_in(rows, field.name).values_list("pk", field.name)
    most = field.max_length if isinstance(field, models.CharField) else None
    done = 0
    for pk, value in list(found):
        if sought.is_in(value):
            clean = sought.taken_out(value, language)
            clean = clean[:most] if most else clean
            done += rows.model._default_manager.filter(pk=pk).update(**{field.name: clean})
    return done


def sealed_notes(sought: Sought) -> list[int]:
    """The journal's notes that hold it: they are sealed, and stay as they are."""
    found = sought.may_be_in(Note.objects.order_by("pk"), "detail").values_list("pk", "detail")
    return [pk for pk, detail in found if sought.is_in(detail)]

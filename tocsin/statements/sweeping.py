"""Finding a text wherever the database keeps words, and putting a mark in its place.

The one place that changes rows of other folders. What holds words is declared here, column by
column (``WORDS_STAND``) and part by part: a short secret stands in times, ids and states too, by
chance, and a row that lost a piece of one could never be read again.

Unreadable    what would be left of a row cannot be read; nothing may be written
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from tocsin.disclosure import library
from tocsin.disclosure import policy as policies
from tocsin.disclosure.clocks import reading as clocks
from tocsin.disclosure.coach import manner
from tocsin.journal.models import Note
from tocsin.statements import notices, promised, prose, values
from tocsin.statements.prose import ANY, COMMENTS, TEXT, Shape
from tocsin.statements.values import BY_LANGUAGE

RUN = re.compile(r"[A-Za-z0-9]{3,}")
# A note of the journal names times and hashes beside what people typed.
NO_WORDS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)|[0-9a-f]{32,}")
COMPONENT_WORDS: Shape = {ANY: {"name": TEXT, "function": TEXT, "can_do": TEXT}}
SCRIPT: Shape = {"texts": {ANY: {ANY: TEXT}}, "names": BY_LANGUAGE}
CONTENT: Shape = {
    "words": values.PROSE,
    "redactions": [{"reason": BY_LANGUAGE}],
    "source": values.SOURCE_PROSE,
}
ANSWERED: Mapping[str, Shape] = {"reason": TEXT, "receipt": TEXT}  # a far side may quote a message
Reading = Callable[[Any], object]


class Unreadable(Exception):
    """Says which table; never what stood there."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A table that holds words: in which columns, and by which ways a row belongs to a page.

    A row counts as a page's by any of its ``ways``; without ways every row is looked at.
    ``readings`` read a column again, as those do who use it.
    """

    label: str
    ways: tuple[str, ...]
    columns: Mapping[str, Shape]
    readings: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    def rows(self, page_id: str) -> "QuerySet[Any]":
        """Its rows as far as they are a page's."""
        ours = Q()
        for way in self.ways:
            ours |= Q(**{way: page_id})
        return self.model._default_manager.filter(ours)


def read_script(told: Mapping[str, Any]) -> notices.Script:
    return notices.Script(**told)


# Publications are not among them: each gets a note, a hash and a reason of its own (redaction.py).
WORDS_STAND = (
    Stand("catalogue.Page", ("pk",), {"name": TEXT, "words": COMPONENT_WORDS}),
    Stand("catalogue.Audience", ("page",), {"name": TEXT}),
    Stand(
        "catalogue.Component",
        ("page",),
        {"name": TEXT, "description": TEXT, "words": COMPONENT_WORDS},
    ),
    Stand("watch.Hook", ("page",), {"name": TEXT}),
    Stand("watch.Signal", ("hook__page",), {"title": TEXT, "labels": {ANY: TEXT}, "url": TEXT}),
    Stand("incidents.DraftedIncident", ("page",), {"reason": TEXT}),
    Stand("incidents.Notice", ("hook__page",), {"title": TEXT, "url": TEXT}),
    Stand("watch.Metric", ("page",), {"name": TEXT, "description": TEXT}),
    Stand("incidents.Incident", ("page",), {"title": TEXT}),
    Stand("incidents.Moment", ("incident__page",), {"reason": TEXT}),
    Stand("incidents.Fact", ("incident__page",), {"text": TEXT}),
    Stand(
        "incidents.Report",
        ("incident__page",),
        {"recipient": TEXT, "reference": TEXT, "receipt": TEXT},
    ),
    Stand("incidents.ClockText", ("page",), {"text": TEXT}, {"text": clocks.read}),
    Stand("incidents.Series", ("page",), {"title": TEXT}),
    Stand(
        "statements.Revision",
        ("draft__incident__page",),
        {"words": values.PROSE},
        {"words": values.read},
    ),
    Stand("statements.Request", ("clearance__page",), {"reason": TEXT}),
    Stand(
        "statements.Script",
        ("incident__page", "series__page"),
        {"told": SCRIPT},
        {"told": read_script},
    ),
    Stand("statements.PolicyText", ("page",), {"text": COMMENTS}, {"text": policies.read}),
    Stand("statements.Signature", ("page",), {"name": TEXT, "reason": TEXT}),
    Stand("statements.CoachText", ("page",), {"text": TEXT}, {"text": manner.read}),
    Stand("followup.AccountText", ("incident__page",), {"sources": values.BY_LANGUAGE}),
    Stand("followup.AccountNote", ("incident__page",), {"text": TEXT}),
    Stand(
        "followup.PromiseTurn",
        ("promise__incident__page",),
        {"texts": promised.TEXTS, "link": TEXT, "proof_link": TEXT},
        {"texts": promised.read_texts},
    ),
    Stand("statements.Redaction", ("publication__page",), {"reason": BY_LANGUAGE}),
    Stand("page.Twin", ("page",), {"trouble": TEXT}),
    Stand("page.Sight", ("page",), {"reason": TEXT}),
    Stand("announcements.Delivery", ("publication__page",), ANSWERED),
    # Of which page a letter is, it does not say; it is wiped as soon as it has left.
    Stand(
        "post.Letter",
        (),
        {"sender_name": TEXT, "subject": TEXT, "text": TEXT, "html": TEXT, **ANSWERED},
    ),
    # What machines were answered, and what they keep with an incident: JSON that we only hand back.
    Stand("api.Answered", ("page_id",), {"body": TEXT}),
    Stand("api.Remark", ("page_id",), {"told": TEXT}),
    Stand("api.Template", ("page_id",), {"told": TEXT}),
)


class Sought:
    """A text to be taken out, however it is wrapped, escaped or set over lines."""

    def __init__(self, text: str) -> None:
        self.runs = sorted(RUN.findall(text), key=len)
        plain, marked_up = _pattern(text), _pattern(escape(text))
        self.pattern = re.compile(plain if plain == marked_up else f"(?:{plain})|(?:{marked_up})")

    def is_in(self, value: Any, shape: Shape) -> bool:
        """Whether the words of a value hold it."""
        return any(self.pattern.search(text) for text in prose.texts(value, shape))

    def taken_out(self, value: Any, shape: Shape, language: str) -> Any:
        """The value with a mark in its place, in the language of the words around it."""
        return prose.changed(value, shape, self._marked, language)

    def _marked(self, text: str, language: str) -> str:
        return self.pattern.sub(mark(language), text)

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
    """Take it out of every row of a page, and of letters; (rows changed, their tables).

    Raises Unreadable; the transaction around it must then be rolled back.
    """
    done, tables = 0, []
    for stand in WORDS_STAND:
        changed = sum(_swept(stand, name, page_id, sought, language) for name in stand.columns)
        if changed:
            tables.append(stand.model._meta.db_table)
            done += changed
    return done, tables


def _swept(stand: Stand, name: str, page_id: str, sought: Sought, language: str) -> int:
    shape, most = stand.columns[name], _room(stand.model, name)
    found = sought.may_be_in(stand.rows(page_id), name).values_list("pk", name)
    done = 0
    for pk, value in list(found):
        if sought.is_in(value, shape):
            clean = sought.taken_out(value, shape, language)
            clean = clean[:most] if most else clean
            check_readable(stand.label, clean, stand.readings.get(name))
            done += stand.model._default_manager.filter(pk=pk).update(**{name: clean})
    return done


def _room(model: type[models.Model], name: str) -> int | None:
    column = model._meta.get_field(name)
    return column.max_length if isinstance(column, models.CharField) else None


def check_readable(what: str, value: Any, reading: Reading | None) -> None:
    """Read it as those will who use it. Raises Unreadable."""
    try:
        if reading:
            reading(value)
    except Exception as fault:
        # Without the cause: that would quote what stood there.
        raise Unreadable(f"{what}: {type(fault).__name__}") from None


def sealed_notes(sought: Sought) -> list[int]:
    """The journal's notes that hold it: they are sealed, and stay as they are."""
    found = sought.may_be_in(Note.objects.order_by("pk"), "detail").values_list("pk", "detail")
    return [pk for pk, detail in found if _is_told(sought, detail)]


def _is_told(sought: Sought, value: Any) -> bool:
    if isinstance(value, str):
        return not NO_WORDS.fullmatch(value) and sought.pattern.search(value) is not None
    if isinstance(value, dict):
        return any(_is_told(sought, inner) for inner in value.values())
    return isinstance(value, list | tuple) and any(_is_told(sought, inner) for inner in value)

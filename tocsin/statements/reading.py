"""A publication's row as a frozen value, made once: each word asks for a long story many times."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from tocsin.catalogue.tree import State
from tocsin.statements import values
from tocsin.statements.models import Publication as PublicationRow
from tocsin.statements.stories import Change, Publication, Removed
from tocsin.statements.values import Kind, Words

KEPT = 1000  # publications at hand, of a few kilobytes each
# What is asked of a row: its content as the text that the database keeps.
COLUMNS = (
    "id",
    "page_id",
    "audience_id",
    "number",
    "kind",
    "incident_id",
    "announces",
    "published_at",
    "digest",
    Cast("content", TextField()),
)


def read(rows: "QuerySet[PublicationRow]") -> tuple[Publication, ...]:
    """Some rows, in their order."""
    return tuple(starmap(publication, rows.values_list(*COLUMNS)))


@lru_cache(maxsize=KEPT)
def publication(
    id: str,
    page_id: str,
    audience_id: str,
    number: int,
    kind: str,
    incident_id: str | None,
    announces: bool,
    published_at: datetime,
    digest: str,
    text: str,
) -> Publication:
    """What stands in these columns.

    Kept under all that it is made of, so that a redaction, which changes the text, is seen.
    """
    content = json.loads(text)
    return Publication(
        id=id,
        page_id=page_id,
        audience_id=audience_id,
        number=number,
        kind=Kind(kind),
        incident_id=incident_id,
        words=words_of(content.get("words")),
        changes=tuple(_changes(content["changes"])),
        announces=announces,
        published_at=published_at,
        digest=digest,
        overrides={key: State(state) for key, state in content.get("said", {}).items()},
        redactions=tuple(
            Removed(datetime.fromisoformat(told["at"]), told["reason"])
            for told in content.get("redactions", ())
        ),
        retells=content.get("retells", False),
        translates=content.get("translates", 0),
        source=values.read_source(content.get("source")),
    )


def words_of(told: Mapping[str, Any] | None) -> Words | None:
    """The words of some content; None where nothing was said in words."""
    return values.read(told) if told else None


def _changes(told: Iterable[tuple[str, str, str]]) -> Iterable[Change]:
    return (Change(key, State(old), State(new)) for key, old, new in told)


made_anew = publication.__wrapped__  # for whoever reads a whole record, too much to be kept

"""Which incidents, and which changes of state without words, named a component to an audience."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from tocsin.journal import bulk
from tocsin.statements.models import Mention, Publication
from tocsin.statements.values import Kind

NAMED = ("component", "incident", "publication", "audience")


def named_in(content: Mapping[str, Any]) -> set[str]:
    """Every component that what was said names."""
    words = content.get("words") or {}
    changed = {key for key, *_states in content["changes"]}
    return changed | set(words.get("impacts", ())) | set(content.get("said", ()))


def of(row: Publication) -> list[Mention]:
    """What one publication mentions; a translation says nothing new of any component."""
    if row.kind == Kind.TRANSLATION:
        return []
    told = {"incident_id": row.incident_id} if row.incident_id else {"publication_id": row.pk}
    named = sorted(named_in(row.content))
    return [Mention(audience_id=row.audience_id, component_id=key, **told) for key in named]


def note(rows: Iterable[Publication]) -> None:
    """Write down what some publications mention; what was mentioned before is left as it is."""
    found = dict.fromkeys(
        (mention.component_id, mention.incident_id, mention.publication_id, mention.audience_id)
        for row in rows
        for mention in of(row)
    )
    bulk.insert(Mention, NAMED, found, once=True)


def naming(
    audience_id: str, component_ids: Collection[str]
) -> tuple["QuerySet[Publication]", "QuerySet[Publication]"]:
    """All that was said of some components: the incidents that named them, and what had none.

    Two questions, each answered by an index, so that a long record costs no more than a short one.
    """
    mentions = _of(audience_id, component_ids)
    said = Publication.objects.filter(audience_id=audience_id).exclude(kind=Kind.TRANSLATION)
    incidents = incidents_naming(audience_id, component_ids)
    alone = mentions.filter(publication__isnull=False).values("publication_id")
    return said.filter(incident__in=incidents), said.filter(pk__in=alone)


def incidents_naming(audience_id: str, component_ids: Collection[str]) -> QuerySet[Mention, Any]:
    """The incidents that named some components, for another question to look up in."""
    return _of(audience_id, component_ids).filter(incident__isnull=False).values("incident_id")


def _of(audience_id: str, component_ids: Collection[str]) -> QuerySet[Mention]:
    return Mention.objects.filter(audience_id=audience_id, component_id__in=component_ids)

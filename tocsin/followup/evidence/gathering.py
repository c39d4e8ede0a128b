"""One incident as the record has it, as plain rows: what was said, by whose leave, and to whom.

Outsiders are told what everyone was: of a circle only where the incident was the circle's alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import models

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Audience
from tocsin.catalogue.shelf import Brand
from tocsin.followup.evidence import marks, segment
from tocsin.followup.evidence.agreeing import canonical, commitment
from tocsin.followup.evidence.segment import Linked
from tocsin.followup.models import AccountText, Promise, PromiseTurn
from tocsin.followup.models import Report as ReportedBack
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import Answer, Fact, Impact, Moment, Notice, Report
from tocsin.journal.ids import rfc3339
from tocsin.statements import published
from tocsin.statements.models import (
    Clearance,
    Draft,
    Nudge,
    PolicyText,
    Publication,
    Redaction,
    Request,
    Revision,
)
from tocsin.statements.published import Story

Row = dict[str, Any]
# What is known and never said: the part of a bundle that outsiders go without.
INTERNAL: Mapping[str, type[models.Model]] = {
    "account_texts": AccountText,
    "promises": Promise,
    "promise_turns": PromiseTurn,
    "reports_back": ReportedBack,
    "facts": Fact,
    "moments": Moment,
    "impacts": Impact,
    "questions": Answer,
    "reports": Report,
    "alerts": Notice,
    "nudges": Nudge,
}
WAYS = {"promise_turns": "promise__incident_id"}  # to the incident, where it is no column


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value


@dataclass(frozen=True)
class Gathered:
    """What a bundle tells of one incident; each list is read once, and in one order."""

    known: Known
    page: Brand
    with_internal: bool

    @cached_property
    def story(self) -> Story | None:
        return published.story(self.page.audience_id, self.known.id)

    @cached_property
    def audience(self) -> Audience:
        return Audience.objects.get(pk=self.page.audience_id)

    @cached_property
    def words(self) -> list[Publication]:
        """What was said, the audience's own numbers first."""
        rows = Publication.objects.filter(incident_id=self.known.id)
        if not self.with_internal:
            rows = rows.filter(audience_id=self.page.audience_id)
        ordered = rows.order_by("number", "pk")
        return sorted(ordered, key=lambda row: row.audience_id != self.page.audience_id)

    @cached_property
    def keys(self) -> list[str]:
        return [row.pk for row in self.words]

    @cached_property
    def redactions(self) -> dict[str, list[Redaction]]:
        told: dict[str, list[Redaction]] = {}
        rows = Redaction.objects.filter(publication__incident_id=self.known.id).order_by("pk")
        for row in rows:
            told.setdefault(row.publication_id, []).append(row)
        return told

    @cached_property
    def revisions(self) -> list[Revision]:
        rows = Revision.objects.filter(draft__incident_id=self.known.id).select_related("draft")
        return list(rows.order_by("draft__opened_at", "draft_id", "number"))

    @cached_property
    def clearances(self) -> list[Clearance]:
        drafted = Clearance.objects.filter(revision__draft__incident_id=self.known.id)
        given = Clearance.objects.filter(pk__in=[row.clearance_id for row in self.words])
        return list((drafted | given).select_related("revision").order_by("requested_at", "pk"))

    @cached_property
    def requests(self) -> dict[str, list[Request]]:
        """Whose consent was asked for each leave, in order."""
        told: dict[str, list[Request]] = {}
        leaves = [row.pk for row in self.clearances]
        for row in Request.objects.filter(clearance__in=leaves).order_by("pk"):
            told.setdefault(row.clearance_id, []).append(row)
        return told

    @cached_property
    def spoken(self) -> dict[str, list[str]]:
        """What was said by each leave."""
        told: dict[str, list[str]] = {}
        for row in self.words:
            told.setdefault(row.clearance_id, []).append(row.pk)
        return told

    @cached_property
    def segment(self) -> list[Linked]:
        drafts = Draft.objects.filter(incident_id=self.known.id).values_list("pk", flat=True)
        subjects = {
            ("incident", self.known.id),
            *(("publication", key) for key in self.keys),
            *(("clearance", row.pk) for row in self.clearances),
            *(("draft", key) for key in drafts),
        }
        taken_out = [row.at for rows in self.redactions.values() for row in rows]
        redacted_at = max(taken_out, default=None)
        return segment.of(subjects, redacted_at=redacted_at, with_internal=self.with_internal)

    @cached_property
    def components(self) -> dict[str, dict[str, str]]:
        """What readers know each component as that the words speak of, by language."""
        nodes = shelf.components_of(self.page.id, retired=True).by_id()
        return {
            key: {code: nodes[key].named(code) for code in self.page.languages}
            for key in sorted(self._spoken_of())
            if key in nodes
        }

    def _spoken_of(self) -> set[str]:
        told: set[str] = set()
        for row in self.words:
            content = row.content
            told |= {str(change[0]) for change in content.get("changes", [])}
            told |= set((content.get("words") or {}).get("impacts", {}))
        return told

    def incident(self) -> Row:
        """What it is, without a word that nobody was told."""
        told: Row = {
            "id": self.known.id,
            "kind": "maintenance" if self.known.is_planned else "incident",
            "audience": self.page.audience_id,
            "for": "everyone" if self.page.is_for_everyone else self.page.audience,
            "names": dict(self.story.words.name) if self.story else {},
            "page": {
                "id": self.page.id,
                "name": self.page.name,
                "languages": list(self.page.languages),
                "time_zone": self.page.time_zone,
            },
            "components": self.components,
        }
        if self.with_internal:
            told["internal"] = {
                "title": self.known.title,
                "kind": str(self.known.kind),
                "severity": str(self.known.severity),
                "posture": str(self.known.posture),
                "declared_at": plain(self.known.declared_at),
                "resolved_at": plain(self.known.resolved_at),
            }
        return told

    def publications(self) -> Iterator[Row]:
        """What was said, with what its hash is of."""
        for row in self.words:
            yield {
                "id": row.pk,
                "number": row.number,
                "audience": row.audience_id,
                "kind": row.kind,
                "phase": row.phase,
                "published_at": plain(row.published_at),
                "announces": row.announces,
                "clearance": row.clearance_id,
                "content": row.content,
                "salt": row.salt,
                "digest": row.digest,
                "redactions": [_redaction(one) for one in self.redactions.get(row.pk, [])],
            }

    def versions(self) -> Iterator[Row]:
        """Each version of each draft; its words where they were said, or everything is told."""
        said = {row.revision_id for row in self.clearances if self.spoken.get(row.pk)}
        for row in self.revisions:
            nonce = marks.nonce(self.known.id, f"version:{row.draft_id}:{row.number}")
            is_told = self.with_internal or row.pk in said
            yield {
                "draft": row.draft_id,
                "revision": row.number,
                "at": plain(row.at),
                "by": row.by_name,
                "was_said": row.pk in said,
                "mark": commitment(nonce, canonical(row.words)),
                "nonce": nonce if is_told else None,
                "words": row.words if is_told else None,
            }

    def leaves(self) -> Iterator[Row]:
        """Who let what be said, and when."""
        for row in self.clearances:
            yield {
                "id": row.pk,
                "kind": row.kind,
                "draft": row.revision.draft_id if row.revision else None,
                "revision": row.revision.number if row.revision else None,
                "requested_at": plain(row.requested_at),
                "requested_by": row.requested_by,
                "granted_at": plain(row.granted_at),
                "granted_by": row.granted_by,
                "publications": self.spoken.get(row.pk, []),
                "asked": [self._asked(one) for one in self.requests.get(row.pk, [])],
            }

    def _asked(self, row: Request) -> Row:
        """Whose consent was asked, and how that ended; what they wrote to the author is inside."""
        told = {"role": row.role, "asked_at": plain(row.asked_at), "due_at": plain(row.due_at)}
        ended = {"ended_at": plain(row.ended_at), "ended_as": row.ended_as, "by": row.ended_by}
        return {**told, **ended, **({"reason": row.reason} if self.with_internal else {})}

    def internal(self) -> Iterator[tuple[str, Iterable[Row]]]:
        """What is known and was never said, a part for each kind."""
        for name, model in INTERNAL.items():
            way = WAYS.get(name, "incident_id")
            rows = model._default_manager.filter(**{way: self.known.id}).order_by("pk")
            yield name, (_columns(row) for row in rows)
        policies = PolicyText.objects.filter(page_id=self.page.id).order_by("number")
        yield "policies", (_columns(row) for row in policies if self._is_of_its_time(row))

    def _is_of_its_time(self, row: PolicyText) -> bool:
        ended = self.known.resolved_at
        return ended is None or row.adopted_at <= ended


def of(incident_id: str, *, with_internal: bool) -> Gathered:
    """One incident. Raises UnknownIncident."""
    known = declaration.known_of(incident_id)
    return Gathered(known, shelf.seen_by(known.audience_id), with_internal)


def _redaction(row: Redaction) -> Row:
    told = {"at": plain(row.at), "by": row.by_name, "reason": row.reason}
    return {**told, "act": row.act, "digest": row.digest}


def _columns(row: models.Model) -> Row:
    fields = row._meta.concrete_fields
    return {field.name: plain(getattr(row, field.attname)) for field in fields}

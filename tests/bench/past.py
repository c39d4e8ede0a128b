"""A long past for a record: incidents spread over three years, written in bulk but true.

Run as ``python -m tests.bench.past COUNT [BRANDS COMPONENTS]`` with TOCSIN_DATA_DIR set: so many
incidents over so many pages, of so many components each. Each incident is what the
verbs would have left behind: what we knew, each word with its clearance, digest and note in the
journal, its thread, and the stretch for which its component was down. Only `announces` differs: a
past is never announced.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
django.setup()

from django.db import models, transaction  # noqa: E402

from tocsin.catalogue import shelf  # noqa: E402
from tocsin.catalogue.shelf import Brand  # noqa: E402
from tocsin.catalogue.tree import State  # noqa: E402
from tocsin.cli import tables  # noqa: E402
from tocsin.disclosure.phases import Phase  # noqa: E402
from tocsin.disclosure.severity import Severity  # noqa: E402
from tocsin.incidents.models import Impact, Incident, Moment, MomentKind  # noqa: E402
from tocsin.journal.actors import TERMINAL  # noqa: E402
from tocsin.journal.ids import new_id  # noqa: E402
from tocsin.journal.models import Note  # noqa: E402
from tocsin.statements import mentions, publication, values  # noqa: E402
from tocsin.statements.models import (  # noqa: E402
    Clearance,
    ClearanceKind,
    Draft,
    Publication,
    Revision,
    Span,
    Thread,
)
from tocsin.statements.values import Kind, Layer, Words  # noqa: E402

SPREAD = timedelta(days=3 * 365)
LASTS = timedelta(minutes=50)
AT_ONCE = 500  # rows of an INSERT

COMPONENTS = (
    ("Shop", "checkout", "Checkout", "the checkout", "le paiement"),
    ("Shop", "search", "Search", "the search", "la recherche"),
    ("Shop", "accounts", "Accounts", "customer accounts", "les comptes clients"),
    ("Partners", "api", "Partner API", "the partner API", "l’API partenaires"),
    ("Partners", "exports", "Exports", "exports", "les exports"),
    ("Partners", "webhooks", "Webhooks", "webhooks", "les webhooks"),
)
# Minutes after the start, phase, what is said; "{case}" and "{many}" stand for numbers of its own.
STEPS: tuple[tuple[int, Phase, str], ...] = (
    (6, Phase.INVESTIGATING, "Customers see errors. We are looking into it."),
    (24, Phase.MONITORING, "A repair is in place, and errors have stopped. We keep watching."),
    (50, Phase.RESOLVED, "Everything works again. It lasted fifty minutes."),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one incident, by model, in the order in which they must be written."""

    incident: Incident
    impacts: list[Impact]
    moments: list[Moment]
    drafts: list[Draft]
    revisions: list[Revision]
    clearances: list[Clearance]
    publications: list[Publication]
    thread: Thread
    span: Span
    notes: list[Note]


def a_page(*, at: datetime, name: str = "Linden", components: int = len(COMPONENTS)) -> Brand:
    """A page in two languages with two groups of three components, and more in groups of ten."""
    by = TERMINAL
    page = shelf.open_page(name=name, languages=("en", "fr"), by=by, at=at)
    for group in dict.fromkeys(row[0] for row in COMPONENTS):
        shelf.add_component(page.id, name=group, by=by, at=at)
    for group, slug, name, english, french in COMPONENTS:
        words = {
            "en": {"name": name, "function": english, "can_do": f"use {english}"},
            "fr": {"name": name, "function": french, "can_do": f"utiliser {french}"},
        }
        shelf.add_component(
            page.id, name=name, slug=slug, parent=group.lower(), words=words, by=by, at=at
        )
    for turn in range(components - len(COMPONENTS)):
        group = f"region-{turn // 10 + 1}"
        if not turn % 10:
            shelf.add_component(page.id, name=group, slug=group, by=by, at=at)
        shelf.add_component(page.id, name=f"Store {turn + 1}", parent=group, by=by, at=at)
    return page


@transaction.atomic
def a_past(page: Brand, count: int, *, until: datetime) -> int:
    """Write ``count`` resolved incidents that end before ``until``; return the last number."""
    leaves = [node.id for node in shelf.components_of(page.id) if not node.is_group]
    apart = SPREAD / count
    began = until - SPREAD
    told = [
        _rows(page, leaves[turn % len(leaves)], turn, began + apart * turn) for turn in range(count)
    ]
    _write(told)
    return count * len(STEPS)


def _rows(page: Brand, component_id: str, turn: int, began: datetime) -> Rows:
    incident = Incident(
        id=new_id(),
        page_id=page.id,
        title=f"Errors, case {turn + 1}",
        severity=Severity.SEV2,
        lead_id=TERMINAL.id,
        declared_at=began + timedelta(minutes=STEPS[0][0]),
        resolved_at=began + LASTS,
    )
    rows = Rows(
        incident=incident,
        impacts=_impacts(incident, component_id, began),
        moments=_moments(incident, began),
        drafts=[],
        revisions=[],
        clearances=[],
        publications=[],
        notes=[],
        thread=Thread(
            audience_id=page.audience_id,
            incident=incident,
            is_open=False,
            opened_at=incident.declared_at,
            placed_at=incident.declared_at,
        ),
        span=Span(
            audience_id=page.audience_id,
            component_id=component_id,
            since=began,
            state=State.PARTIAL,
            until=began + LASTS,
        ),
    )
    for step in range(len(STEPS)):
        _say(rows, page, component_id, turn, step, began)
    rows.thread.first, rows.thread.last = rows.publications[0], rows.publications[-1]
    return rows


def _impacts(incident: Incident, component_id: str, began: datetime) -> list[Impact]:
    return [
        Impact(incident=incident, component_id=component_id, state=state, at=at)
        for state, at in (
            (State.PARTIAL, began),
            (State.OPERATIONAL, began + LASTS),
        )
    ]


def _moments(incident: Incident, began: datetime) -> list[Moment]:
    told = {
        MomentKind.STARTED: began,
        MomentKind.AWARE: incident.declared_at,
        MomentKind.ENDED: began + LASTS,
    }
    return [
        Moment(
            incident=incident,
            kind=kind,
            at=at,
            zone="Etc/UTC",
            recorded_at=at,
            recorded_by=str(TERMINAL),
        )
        for kind, at in told.items()
    ]


def _words(component_id: str, turn: int, step: int, began: datetime) -> Words:
    minutes, phase, body = STEPS[step]
    at = began + timedelta(minutes=minutes)
    is_over = phase == Phase.RESOLVED
    layers = {
        "en": Layer(
            headline=f"Errors, case {turn + 1}",
            body=body.format(case=turn + 1, many=turn * 37 % 4_999 + 12),
        ),
        "fr": Layer(headline=f"Des erreurs, cas {turn + 1}", body="Nous vous tenons informés."),
    }
    return Words(
        name={"en": f"Errors, case {turn + 1}", "fr": f"Des erreurs, cas {turn + 1}"},
        layers=layers,
        phase=phase,
        severity=Severity.SEV2,
        impacts={component_id: State.OPERATIONAL if is_over else State.PARTIAL},
        since=began,
        until=began + LASTS if is_over else None,
        next_word_at=None if is_over else at + timedelta(minutes=30),
    )


def _say(rows: Rows, page: Brand, component_id: str, turn: int, step: int, began: datetime) -> None:
    words = _words(component_id, turn, step, began)
    at = began + timedelta(minutes=STEPS[step][0])
    draft = Draft(
        id=new_id(),
        incident=rows.incident,
        opened_at=at,
        opened_by=str(TERMINAL),
        based_on=turn * len(STEPS) + step if step else 0,
        spent_at=at,
    )
    revision = Revision(
        draft=draft,
        number=1,
        words=values.written(words),
        at=at,
        by_id=TERMINAL.id,
        by_name=str(TERMINAL),
    )
    clearance = Clearance(
        id=new_id(),
        page_id=page.id,
        revision=revision,
        requested_at=at,
        kind=ClearanceKind.POLICY,
        requested_by=str(TERMINAL),
        granted_at=at,
        granted_by="the policy",
    )
    said = _publication(
        rows, page, component_id, words, clearance, number=turn * len(STEPS) + step + 1, at=at
    )
    rows.drafts.append(draft)
    rows.revisions.append(revision)
    rows.clearances.append(clearance)
    rows.publications.append(said)
    rows.notes.append(_note(said))


def _publication(
    rows: Rows,
    page: Brand,
    component_id: str,
    words: Words,
    clearance: Clearance,
    *,
    number: int,
    at: datetime,
) -> Publication:
    was = State.OPERATIONAL if not rows.publications else State.PARTIAL
    changes = [[component_id, was.value, words.impacts[component_id].value]]
    content: dict[str, Any] = {"words": values.written(words), "changes": changes}
    publication_id, salt = new_id(), f"{number:032x}"
    return Publication(
        id=publication_id,
        page_id=page.id,
        audience_id=page.audience_id,
        number=number,
        kind=Kind.WORD,
        incident=rows.incident,
        phase=words.phase,
        content=content,
        announces=False,
        published_at=at,
        clearance=clearance,
        salt=salt,
        digest=publication.digest_of(publication_id, number, content, salt=salt, at=at),
    )


def _note(said: Publication) -> Note:
    return Note(
        at=said.published_at,
        actor_kind=TERMINAL.kind,
        actor_id=TERMINAL.id,
        actor_name=TERMINAL.name,
        verb="statements:publication:published",
        subject_kind="publication",
        subject_id=said.id,
        page_id=said.page_id,
        detail={
            "number": said.number,
            "kind": said.kind,
            "incident": said.incident_id,
            "digest": said.digest,
        },
    )


def _write(told: list[Rows]) -> None:
    def all_of(name: str) -> Iterator[models.Model]:
        for rows in told:
            found = getattr(rows, name)
            yield from found if isinstance(found, list) else [found]

    for name in (
        "incident",
        "impacts",
        "moments",
        "drafts",
        "revisions",
        "clearances",
        "publications",
        "thread",
        "span",
        "notes",
    ):
        rows = list(all_of(name))
        type(rows[0])._default_manager.bulk_create(rows, batch_size=AT_ONCE)
    mentions.note(said for rows in told for said in rows.publications)


def main(count: int, brands: int = 1, components: int = len(COMPONENTS)) -> None:
    """Lay tables, pages and their past; print the number of the last word said on each."""
    tables.stand()
    until = datetime.now(UTC) - timedelta(hours=8)
    began = until - SPREAD - timedelta(days=1)
    last = 0
    for turn in range(brands):
        name = f"Linden {turn + 1}" if turn else "Linden"
        page = a_page(at=began, name=name, components=components)
        last = a_past(page, count // brands, until=until)
    print(last)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

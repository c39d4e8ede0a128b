"""One incident: what we know, what we said, and what is still owed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console import (
    clocks,
    labels,
    outward,
    promises_form,
    refusals,
    reports,
    sights,
    telling,
)
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.console.views.drafted import hint
from tocsin.console.views.owed import owing_of
from tocsin.followup import pledges, promises
from tocsin.followup.evidence import bundling
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import MomentKind
from tocsin.journal import chain
from tocsin.page import address
from tocsin.people import access
from tocsin.statements import answers, cadence, debts, drafting, long_incident, published
from tocsin.statements.promised import Promised
from tocsin.statements.published import Kind, Layer, Publication, Story, Translation


@dataclass(frozen=True, slots=True)
class Told:
    """A time as somebody once recorded it."""

    at: datetime
    zone: str
    recorded_at: datetime
    recorded_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One kind of moment: what counts now, and what was said of it before, newest first."""

    kind: str
    now: Told
    before: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One publication as the page lists it; ``layers`` is (language, layer, body as HTML).

    ``came`` holds the translations with their lag, ``lacking`` the languages that it has not yet
    and by when each was stated to follow, if it was.
    """

    publication: Publication
    layers: tuple[tuple[str, Layer, SafeString], ...]
    progress: telling.Shown | None
    came: tuple[tuple[Translation, timedelta | None], ...]
    lacking: tuple[tuple[str, datetime | None], ...]
    is_newest: bool


@operators_only
@require_safe
def incident(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Everything about one incident on one screen; planned work has a screen of its own."""
    if visit.incident(incident_id)[0].is_planned:
        return HttpResponseRedirect(reverse("console:window", args=[incident_id]))
    return shown(request, visit, incident_id)


def shown(
    request: HttpRequest,
    visit: Visit,
    incident_id: str,
    *,
    error: Exception | None = None,
) -> HttpResponse:
    """The incident's room, with what was refused where something was."""
    known, page = visit.incident(incident_id)
    story = published.story(page.audience_id, incident_id)
    said = story.publications if story else ()
    owed = cadence.next_word_due(known, story) if known.is_open else None
    context = {
        "known": known,
        "story": story,
        "owed": owed,
        "reminded": owing_of(owed).reminded if owed else (),
        "may_be_long": _may_be_long(known, story, visit.at),
        "fates": {debt.publication_id: debt for debt in _debts(story, visit.at)},
        "hint": hint(known, page, visit.language, at=visit.at),
        "impacts": _impacts(known, page, visit.language),
        "moments": list(_moments(incident_id)),
        "kinds": list(MomentKind),
        "reports": reports.panel(incident_id, known.page_id),
        "touched": labels.TOUCHED.items(),
        "facts": declaration.facts_of(incident_id),
        "said": [_said(told, page, story, visit.at) for told in reversed(said)],
        "acts": _acts(incident_id, [publication.id for publication in said]),
        "public_url": address.incident_url(page, incident_id) if story else "",
        "waiting": answers.waiting_of(incident_id),
        "draft": drafting.live_draft_of(incident_id),
        "typed": request.POST,
        "promises": [_promised(kept, page, visit) for kept in promises.of_incident(known.id)],
        "keepers": access.who_see(page.id),
        "may_tell": promises.may_tell(known),
        "promise_fields": promises_form.fields_of(request.POST, page),
        "elsewhere": list(outward.offers(known, page, story, at=visit.at)),
        "may_correct": visit.may("correct", page.id),
        **proofs(visit, page, incident_id),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "incident", context, page=page, status=status)


def _promised(
    kept: promises.Kept, page: Brand, visit: Visit
) -> tuple[promises.Kept, Promised, str]:
    """A promise, its words for whoever looks, and who is reminded of it where that is somebody."""
    keeper = pledges.keeper_of(kept.keeper_id, page.id) if kept.keeper_id else None
    return kept, kept.text(visit.language, page.language), keeper.name if keeper else ""


def proofs(visit: Visit, page: Brand, incident_id: str) -> dict[str, object]:
    """Whether its evidence may be taken out, and who did before."""
    may = visit.may("evidence", page.id)
    return {"may_prove": may, "exports": bundling.exports_of(incident_id) if may else []}


def _may_be_long(known: Known, story: Story | None, at: datetime) -> bool:
    """Whether long-incident mode is on offer; in force, it is not."""
    is_long = story is not None and story.words.long_mode is not None
    return not is_long and long_incident.may_be_declared(known, story, at=at)


def _debts(story: Story | None, at: datetime) -> tuple[debts.Debt, ...]:
    return debts.debts_of(story, at=at) if story else ()


def _impacts(known: Known, page: Brand, language: str) -> list[tuple[str, State]]:
    nodes = shelf.components_of(page.id, retired=True).by_id()
    return [
        (nodes[key].named(language) if key in nodes else key, state)
        for key, state in known.impacts.items()
    ]


def _moments(incident_id: str) -> Iterator[Moment]:
    told: dict[str, list[Told]] = {}
    for kind, at, zone, recorded_at, recorded_by, reason in declaration.moment_history(incident_id):
        told.setdefault(kind, []).insert(0, Told(at, zone, recorded_at, recorded_by, reason))
    for kind in MomentKind:
        if kind in told:
            yield Moment(kind, told[kind][0], tuple(told[kind][1:]))


def _said(publication: Publication, page: Brand, story: Story | None, at: datetime) -> Said:
    words = publication.words
    layers = dict(words.layers) if words else {}
    lacks = page.languages if publication.kind == Kind.WORD else ()
    return Said(
        publication,
        tuple((code, layer, sights.safely(layer.body)) for code, layer in layers.items()),
        telling.shown(publication, at=at),
        came=tuple(
            (came, publication.language_lag(came.language)) for came in publication.translations
        ),
        lacking=tuple(
            (code, publication.translation_due(code)) for code in lacks if code not in layers
        ),
        is_newest=story is not None and story.last_word.id == publication.id,
    )


def _acts(incident_id: str, publications: list[str]) -> list[chain.Entry]:
    """What the journal holds on the incident and its publications, newest first."""
    entries = chain.read(("incident", incident_id))
    for publication_id in publications:
        entries += chain.read(("publication", publication_id))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


@operators_only
@require_POST
def moment(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Record or correct when something happened; the former value is kept."""
    _known, page = visit.incident(incident_id)
    try:
        kind, moment_at, zone = _moment_typed(request, page, visit.at)
        declaration.set_moment(
            incident_id,
            kind=kind,
            moment_at=moment_at,
            zone=zone,
            reason=request.POST.get("reason", "")[:500],
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return shown(request, visit, incident_id, error=error)
    messages.success(request, _("The time is recorded. What was told before is kept beside it."))
    return _back(incident_id)


def _moment_typed(
    request: HttpRequest, page: Brand, now: datetime
) -> tuple[MomentKind, datetime, str]:
    kind, zone = request.POST.get("kind", ""), request.POST.get("zone") or page.time_zone
    if kind not in MomentKind.values:
        raise Unread([_("Say which moment it is.")])
    moment_at = clocks.past(request.POST.get("time", ""), zone=zone, now=now)
    if moment_at is None:
        raise Unread([_("Say when it was, such as 09:12 or 2026-11-23 09:12.")])
    return MomentKind(kind), moment_at, zone


@operators_only
@require_POST
def fact(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Write down an internal fact, which no public screen can reach."""
    visit.incident(incident_id)
    try:
        text = request.POST.get("text", "")[:10_000]
        declaration.learn(incident_id, text=text, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return shown(request, visit, incident_id, error=error)
    messages.success(request, _("Written down, for our own eyes."))
    return _back(incident_id)


def _back(incident_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:incident", args=[incident_id]))

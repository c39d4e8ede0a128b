"""Drafted incidents: what alerts suggest, said in one tap, or dismissed with a reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import ORDER, State, worst
from tocsin.console import clocks, refusals
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.views.declaring import said_line
from tocsin.incidents import drafted
from tocsin.incidents.declaration import Known
from tocsin.incidents.drafted import AlreadySettled, Drafted, Noticed, Sign
from tocsin.incidents.models import IncidentKind
from tocsin.people import access
from tocsin.statements import prepared
from tocsin.statements.prepared import Prepared

SIGNS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """What one alert says, with the component in words."""

    sign: Sign
    component: str


@dataclass(frozen=True, slots=True)
class Card:
    """A drafted incident on a screen. Without ``ready`` it cannot be said in one tap."""

    draft: Drafted
    page: Brand
    ready: Prepared | None
    impacts: tuple[tuple[str, State], ...]
    reach: int
    may_say: bool
    change_url: str

    @property
    def noticed(self) -> Noticed:
        return self.draft.noticed


@dataclass(frozen=True, slots=True)
class Hint:
    """What alerts suggest about an incident that is open. They say nothing by themselves."""

    noticed: Noticed
    worse: tuple[tuple[str, State], ...]

    @property
    def over_since(self) -> datetime | None:
        return self.noticed.over_since


def cards(visit: Visit) -> list[Card]:
    """Every drafted incident that waits, the newest first."""
    pages = {page.id: page for page in visit.pages}
    waiting = drafted.open_ones(pages, at=visit.at)
    return [_card(visit, draft, pages[draft.page_id]) for draft in waiting]


def hint(known: Known, page: Brand, language: str, *, at: datetime) -> Hint | None:
    """What alerts say of an open incident; None where none speaks of it."""
    noticed = drafted.noticed_of(known.id, at=at) if known.is_open else None
    if noticed is None:
        return None
    tree = shelf.components_of(page.id)
    nodes, told = tree.by_id(), drafted.on_leaves(noticed.impacts, tree)
    worse = tuple(
        (nodes[key].named(language), state)
        for key, state in told.items()
        if ORDER.index(state) > ORDER.index(known.impacts.get(key, State.OPERATIONAL))
    )
    return Hint(noticed, worse)


def _card(visit: Visit, draft: Drafted, page: Brand) -> Card:
    ready = prepared.prepared(draft, at=visit.at)
    nodes = shelf.components_of(page.id, retired=True).by_id()
    impacts = ready.impacts if ready else draft.noticed.impacts
    named = tuple((nodes[key].named(visit.language), s) for key, s in impacts.items())
    return Card(
        draft=draft,
        page=page,
        ready=ready,
        impacts=named,
        reach=_reach(page, ready, visit.at) if ready else 0,
        may_say=visit.may("declare", page.id),
        change_url=_change_url(visit, page, draft),
    )


def _reach(page: Brand, ready: Prepared, at: datetime) -> int:
    return sum(
        progress.reach_of(
            page.id,
            seen.audience_id,
            at=at,
            components=list(ready.impacts),
            severity=ready.severity,
        )
        for seen in shelf.audiences_of(page.id)
    )


def _change_url(visit: Visit, page: Brand, draft: Drafted) -> str:
    """The form for it, filled in with what alerts suggest: of what is over, the one for that."""
    noticed = draft.noticed
    told = [("page", page.slug), ("drafted", draft.id)]
    impacts = noticed.impacts or noticed.ever
    told += [("components", key) for key in impacts]
    if impacts:
        told.append(("state", worst(list(impacts.values())).value))
    if drafted.speaks_of_security(noticed):
        told.append(("kind", IncidentKind.SECURITY.value))
    if noticed.is_over:
        for name, at in (("started", noticed.detected_at), ("ended", noticed.over_since)):
            told.append((name, clocks.typed(at, page.time_zone, now=visit.at)))
    form = "console:afterwards" if noticed.is_over else "console:declare"
    return f"{reverse(form)}?{urlencode(told)}"


@operators_only
@require_safe
def draft(request: HttpRequest, visit: Visit, drafted_id: str) -> HttpResponse:
    """One drafted incident: its words, and each alert behind it."""
    return _shown(request, visit, drafted_id)


def _shown(
    request: HttpRequest, visit: Visit, drafted_id: str, *, error: Exception | None = None
) -> HttpResponse:
    draft, page = _seen(visit, drafted_id)
    signs = draft.noticed.signs
    context = {
        "card": _card(visit, draft, page),
        "rows": list(_rows(signs[:SIGNS_SHOWN], page, visit.language)),
        "more": max(len(signs) - SIGNS_SHOWN, 0),
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "drafted", context, page=page, status=status)


def _rows(signs: Iterable[Sign], page: Brand, language: str) -> Iterator[Row]:
    nodes = shelf.components_of(page.id, retired=True).by_id()
    for sign in signs:
        node = nodes.get(sign.component_id)
        yield Row(sign, node.named(language) if node else "")


def _seen(visit: Visit, drafted_id: str) -> tuple[Drafted, Brand]:
    """A drafted incident and its page, if this operator may see it."""
    found = drafted.drafted(drafted_id, at=visit.at)
    access.check(visit.by, "see", found.page_id)
    return found, shelf.brand(found.page_id)


@operators_only
@require_POST
def say(request: HttpRequest, visit: Visit, drafted_id: str) -> HttpResponse:
    """Declare it, and publish the holding statement: one tap. A second one leads to the same."""
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isascii() and revision.isdecimal() else None
    try:
        spoken = prepared.say(drafted_id, revision=seen, by=visit.by, at=visit.at)
    except AlreadySettled as error:
        if not error.incident_id:
            return _shown(request, visit, drafted_id, error=error)
        return HttpResponseRedirect(reverse("console:incident", args=[error.incident_id]))
    except refusals.REFUSED as error:
        return _shown(request, visit, drafted_id, error=error)
    _found, page = _seen(visit, drafted_id)
    messages.success(request, said_line(visit, page, spoken.publication))
    return HttpResponseRedirect(reverse("console:incident", args=[spoken.incident_id]))


@operators_only
@require_POST
def dismiss(request: HttpRequest, visit: Visit, drafted_id: str) -> HttpResponse:
    """Nobody need be told, and why."""
    try:
        drafted.dismiss(drafted_id, reason=request.POST.get("reason", ""), by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _shown(request, visit, drafted_id, error=error)
    messages.success(request, _("Dismissed. Its alerts stay recorded, and the journal says why."))
    return HttpResponseRedirect(reverse("console:desk"))

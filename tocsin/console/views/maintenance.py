"""Planned work: announce it in one form, see what is to come, and change one window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console import clocks, declaring_form, planning_form, refusals, sights, telling
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.planning_form import EFFECTS, RULES, Typed
from tocsin.console.refusals import Unread
from tocsin.console.views import declaring, incident
from tocsin.incidents import planning
from tocsin.incidents.plans import Planned
from tocsin.journal import chain
from tocsin.journal.ids import new_id
from tocsin.page import address
from tocsin.people import access
from tocsin.statements import maintenance, published, ready, word
from tocsin.statements.published import Layer, Publication, Words
from tocsin.statements.word import Saying, Spoken

ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class Said:
    """One publication about the work; ``layers`` is (language, layer, body as HTML)."""

    publication: Publication
    layers: tuple[tuple[str, Layer, SafeString], ...]
    progress: telling.Shown | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A word that the clock will say."""

    due_at: datetime
    layers: tuple[tuple[str, Layer, SafeString], ...]


@operators_only
@require_safe
def works(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is to come and under way, and what was."""
    page = visit.page
    context = {
        "upcoming": planning.upcoming(page.id),
        "past": planning.past(page.id, limit=20),
        "may_plan": visit.may("declare", page.id),
        "circles": {
            seen.audience_id: seen.audience_name
            for seen in shelf.audiences_of(page.id)
            if not seen.is_for_everyone
        },
    }
    return screen(request, visit, "maintenance", context, page=page)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form, show what it would announce, announce it."""
    page = visit.page
    access.check(visit.by, "declare", page.id)
    page = declaring.for_whom(request, page)
    told, chosen = declaring.asked(request)
    tree = shelf.components_of(page.id)
    typed = planning_form.read(told, chosen, page=page, tree=tree, at=visit.at)
    if request.method == "POST" and not request.headers.get("HX-Request"):
        if told.get("do") == "publish":
            return _announced(request, visit, page, told, chosen, typed)
    elif request.method == "POST":
        return _form(request, visit, page, told, chosen, typed, name="plan_preview")
    return _form(request, visit, page, told, chosen, typed)


def _announced(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    told: Mapping[str, str],
    chosen: list[str],
    typed: Typed,
) -> HttpResponse:
    """Announce once: the same form sent twice leads to the same work."""
    once = told.get("once", "")[:12]
    before = request.session.get(ANNOUNCED, {})
    if once and once in before:
        return _to(before[once])
    try:
        if typed.plan is None:
            raise Unread(list(typed.problems))
        said = maintenance.announce(
            page.id,
            typed.plan,
            typed.script,
            rule=typed.rule,
            audience=page.audience_id,
            announces=typed.announces,
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _form(request, visit, page, told, chosen, typed, error=error)
    work = said[0].incident_id
    request.session[ANNOUNCED] = {once: work}
    messages.success(
        request, _("Announced as no. %(number)d.") % {"number": said[0].publication.number}
    )
    return _to(work)


def _to(work: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:window", args=[work]))


def _form(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    told: Mapping[str, str],
    chosen: list[str],
    typed: Typed,
    *,
    name: str = "plan",
    error: Exception | None = None,
) -> HttpResponse:
    tree, states = shelf.components_of(page.id), published.states_now(page.audience_id)
    preview, problem = _preview(page, typed, visit.at)
    context: dict[str, Any] = {
        "audiences": shelf.audiences_of(page.id),
        "told": told,
        "offered": declaring_form.offered(tree, chosen, states, visit.language),
        "effects": list(EFFECTS.items()),
        "state": told.get("state", State.MAINTENANCE.value),
        "rules": list(RULES.items()),
        "texts": planning_form.texts(told, page, visit.language),
        "preview": _layers(preview) if preview else (),
        "problem": problem or (typed.problems[0] if typed.problems and chosen else ""),
        "once": told.get("once") or new_id(),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, name, context, page=page, status=status)


def _preview(page: Brand, typed: Typed, at: datetime) -> tuple[Words | None, str]:
    """What readers would be told, or the first reason why they would not."""
    if typed.plan is None:
        return None, ""
    try:
        return maintenance.preview(page.id, typed.plan, typed.script, at=at), ""
    except refusals.REFUSED as error:
        return None, str(error)


def _layers(words: Words) -> tuple[tuple[str, Layer, SafeString], ...]:
    return tuple((code, layer, sights.safely(layer.body)) for code, layer in words.layers.items())


@operators_only
@require_safe
def window(request: HttpRequest, visit: Visit, work: str) -> HttpResponse:
    """One window: what was said, what the clock will say, and what can be changed."""
    return _shown(request, visit, work)


def _shown(
    request: HttpRequest, visit: Visit, work: str, *, error: Exception | None = None
) -> HttpResponse:
    _known, page = visit.incident(work)
    planned, story = planning.planned_of(work), published.story(page.audience_id, work)
    said = story.publications if story else ()
    nodes = shelf.components_of(page.id, retired=True).by_id()
    context = {
        "planned": planned,
        "effects": [
            (nodes[key].named(visit.language) if key in nodes else key, state)
            for key, state in planned.plan.effects.items()
        ],
        "said": [_said(publication, visit.at) for publication in reversed(said)],
        "waiting": [Waiting(due_at, _layers(words)) for due_at, words in ready.waiting(planned.id)],
        "acts": chain.read(("incident", work))[::-1],
        **incident.proofs(visit, page, work),
        "public_url": f"{address.url_of(page)}/maintenance/{work}",
        "starts": clocks.typed(planned.plan.starts_at, page.time_zone, now=visit.at),
        "ends": clocks.typed(planned.plan.ends_at, page.time_zone, now=visit.at),
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "window", context, page=page, status=status)


def _said(publication: Publication, at: datetime) -> Said:
    layers = _layers(publication.words) if publication.words else ()
    return Said(publication, layers, telling.shown(publication, at=at))


Act = Callable[[Planned, Mapping[str, str], Brand, Visit], Spoken | list[Spoken]]


def _move(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    starts_at = _moment(told.get("starts", ""), page, visit)
    length = planned.plan.ends_at - planned.plan.starts_at
    ends = told.get("ends", "").strip()
    return maintenance.move(
        planned.id,
        starts_at=starts_at,
        ends_at=_moment(ends, page, visit) if ends else starts_at + length,
        reason=planning_form.reason(told, page),
        by=visit.by,
        at=visit.at,
    )


def _extend(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    return maintenance.extend(
        planned.id,
        ends_at=_moment(told.get("ends", ""), page, visit),
        reason=planning_form.reason(told, page),
        by=visit.by,
        at=visit.at,
    )


def _moment(said: str, page: Brand, visit: Visit) -> datetime:
    moment = clocks.future(said.replace("T", " "), zone=page.time_zone, now=visit.at)
    if moment is None:
        raise Unread([_("Say when, such as 23:30 or 2026-12-01 23:30.")])
    return moment


def _cancel(
    planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit
) -> Spoken | list[Spoken]:
    reason = planning_form.reason(told, page)
    if told.get("series") == "on" and planned.series_id:
        return maintenance.cancel_series(planned.series_id, reason=reason, by=visit.by, at=visit.at)
    return maintenance.cancel(planned.id, reason=reason, by=visit.by, at=visit.at)


def _begin(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    return maintenance.begin(planned.id, by=visit.by, at=visit.at)


def _check(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    return maintenance.check(planned.id, by=visit.by, at=visit.at)


def _end(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    return maintenance.end(planned.id, by=visit.by, at=visit.at)


def _say(planned: Planned, told: Mapping[str, str], page: Brand, visit: Visit) -> Spoken:
    """A further word; its phase stays."""
    story = published.story(page.audience_id, planned.id)
    assert story is not None, "planned work was announced"
    layers = {
        code: Layer(headline=headline, body=told.get(f"body.{code}", "").strip())
        for code in page.languages
        if (headline := told.get(f"headline.{code}", "").strip())
    }
    if not layers:
        raise Unread([_("Say it in at least one language: a line, and a sentence.")])
    saying = Saying(phase=story.phase, layers=layers)
    return word.say(planned.id, saying, by=visit.by, at=visit.at)


ACTS: dict[str, Act] = {
    "say": _say,
    "move": _move,
    "extend": _extend,
    "cancel": _cancel,
    "begin": _begin,
    "check": _check,
    "end": _end,
}


@operators_only
@require_POST
def act(request: HttpRequest, visit: Visit, work: str, name: str) -> HttpResponse:
    """Move, extend, cancel, begin, look over or end it, and say so."""
    _known, page = visit.incident(work)
    if name not in ACTS:
        raise refusals.NotHere(_("There is nothing at this address."))
    try:
        told = {key: str(value)[:10_000] for key, value in request.POST.items()}
        ACTS[name](planning.planned_of(work), told, page, visit)
    except refusals.REFUSED as error:
        return _shown(request, visit, work, error=error)
    messages.success(request, _("Readers are told."))
    return _to(work)

"""Declare an incident and say the first word, in one form of at most three choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree
from tocsin.console import declaring_form, labels, refusals, telling
from tocsin.console.declaring_form import HOW_BAD, Declared
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.disclosure import times
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents import drafted
from tocsin.journal.ids import new_id
from tocsin.people import access
from tocsin.statements import drafting, published, word
from tocsin.statements.published import Layer, Publication

DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class _Form:
    """The form as it came in, and what it comes to."""

    page: Brand
    tree: Tree
    told: dict[str, str]
    chosen: list[str]
    declared: Declared


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form, show what it would publish, publish it."""
    page = visit.page
    access.check(visit.by, "declare", page.id)
    form = _read(request, visit, page)
    if request.method != "POST":
        return _shown(request, visit, form)
    if request.headers.get("HX-Request"):
        # htmx sends the button that was clicked last along with whatever follows: it never counts.
        return _shown(request, visit, form, name="declare_preview")
    if request.POST.get("do") == "publish":
        return _published(request, visit, form)
    return _shown(request, visit, form)


def _read(request: HttpRequest, visit: Visit, page: Brand) -> _Form:
    tree = shelf.components_of(page.id)
    page = for_whom(request, page)
    told, chosen = asked(request)
    declared = declaring_form.read(told, chosen, page=page, tree=tree, at=visit.at)
    return _Form(page, tree, told, chosen, declared)


def asked(request: HttpRequest) -> tuple[dict[str, str], list[str]]:
    """What was typed, each field of a bearable length, and the components that were ticked."""
    typed = request.POST if request.method == "POST" else request.GET
    return {name: str(typed[name])[:30_000] for name in typed}, typed.getlist("components")


def for_whom(request: HttpRequest, page: Brand) -> Brand:
    """The page as those see it whom the incident is declared for: everyone, or one circle."""
    chosen = request.POST.get("audience") or request.GET.get("audience") or ""
    return shelf.audience(page.id, chosen[:12]) if chosen else page


def _published(request: HttpRequest, visit: Visit, form: _Form) -> HttpResponse:
    """Declare once: the same form sent twice leads to the same incident."""
    once = form.told.get("once", "")[:12]
    before = request.session.get(DECLARED, {})
    if once and once in before:
        return HttpResponseRedirect(reverse("console:incident", args=[before[once]]))
    try:
        spoken = _declared(visit, form)
    except refusals.REFUSED as error:
        return _shown(request, visit, form, error=error)
    request.session[DECLARED] = {once: spoken.incident_id}
    take_in(visit, form.page, form.told, spoken.incident_id)
    messages.success(request, spoken_line(visit, form.page, spoken))
    return HttpResponseRedirect(reverse("console:incident", args=[spoken.incident_id]))


def take_in(visit: Visit, page: Brand, told: Mapping[str, str], incident_id: str) -> None:
    """Settle what alerts had drafted, where the form was opened from there."""
    if told.get("drafted"):
        drafted.take_in(told["drafted"][:12], incident_id, page.id, by=visit.by, at=visit.at)


def spoken_line(visit: Visit, page: Brand, spoken: word.Spoken) -> str:
    """What was published, or for whose consent it waits."""
    if spoken.said is not None:
        return said_line(visit, page, spoken.said)
    return pending_line(visit, page, spoken)


def pending_line(visit: Visit, page: Brand, spoken: word.Spoken) -> str:
    """For whose consent a word waits, and until when."""
    assert spoken.pending is not None
    told = {
        "role": labels.ROLES[spoken.pending.role],
        "due": times.spoken(spoken.pending.due_at, page.time_zone, visit.language, now=visit.at),
    }
    return (
        _(
            "Nothing is public yet: it waits for consent (%(role)s), until %(due)s. If nobody "
            "answers, the policy decides what is said meanwhile."
        )
        % told
    )


def said_line(visit: Visit, page: Brand, made: Publication) -> str:
    """What was published, and by when the next word is owed."""
    due = made.words.next_word_at if made.words else None
    told = {
        "number": made.number,
        "due": times.spoken(due, page.time_zone, visit.language, now=visit.at) if due else "",
    }
    return _("Published as no. %(number)d. The next word is owed by %(due)s.") % told


def _declared(visit: Visit, form: _Form) -> word.Spoken:
    declared = form.declared
    if declared.problems:
        raise Unread(list(declared.problems))
    return word.declare(
        form.page.id,
        title=declared.title,
        names=declaring_form.names(form.page, form.tree, declared),
        components=declared.impacts,
        severity=declared.severity,
        posture=declared.posture,
        is_security=declared.is_security,
        layers=declared.layers or None,
        next_word_at=declared.next_word_at,
        started_at=declared.started_at,
        detected_at=declared.detected_at,
        zone=declared.zone,
        announces=declared.announces,
        audience=declared.audience,
        by=visit.by,
        at=visit.at,
    )


def _shown(
    request: HttpRequest,
    visit: Visit,
    form: _Form,
    *,
    name: str = "declare",
    error: Exception | None = None,
) -> HttpResponse:
    page, declared = form.page, form.declared
    states = published.states_now(page.audience_id)
    suggested = declaring_form.suggestion(page, form.tree, declared.components, declared.state)
    context: dict[str, Any] = {
        "audiences": shelf.audiences_of(page.id),
        "told": form.told,
        "declared": declared,
        "offered": declaring_form.offered(form.tree, form.chosen, states, visit.language),
        "how_bad": [(state, SEVERITY_OF[state]) for state in HOW_BAD],
        "severities": list(Severity),
        "postures": list(Posture),
        "names": labels.STATES,
        "suggested": suggested,
        "layers": _layers(visit, form),
        "reach": telling.reach_of_declared(page, declared, at=visit.at),
        "once": form.told.get("once") or new_id(),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
        "languages_said": [labels.language(code) for code in declared.layers or page.languages],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, name, context, page=page, status=status)


def _layers(visit: Visit, form: _Form) -> list[tuple[str, Layer]]:
    """The exact words that would go out."""
    declared = form.declared
    if declared.layers:
        return list(declared.layers.items())
    if not declared.components:
        return []
    layers = drafting.holding_layers(
        form.page,
        list(declared.components),
        next_word_at=declared.next_word_at,
        since=declared.started_at,
        at=visit.at,
    )
    return list(layers.items())

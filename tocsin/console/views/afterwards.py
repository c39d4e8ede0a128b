"""Tell of trouble that is over and that nobody told of at the time, in one word that says so."""

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
from tocsin.console import afterwards_form, declaring_form, refusals, telling
from tocsin.console.afterwards_form import Over
from tocsin.console.declaring_form import HOW_BAD
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.console.views import declaring
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.journal.ids import new_id
from tocsin.people import access
from tocsin.statements import retrospective, word
from tocsin.statements.published import Layer

TOLD = "told afterwards"


@dataclass(frozen=True, slots=True)
class _Form:
    """The form as it came in, and what it comes to."""

    page: Brand
    tree: Tree
    told: dict[str, str]
    chosen: list[str]
    over: Over


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def afterwards(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the form, show what it would publish, publish it."""
    access.check(visit.by, "declare", visit.page.id)
    form = _read(request, visit)
    if request.headers.get("HX-Request"):
        return _shown(request, visit, form, name="afterwards_preview")
    if request.method == "POST" and form.told.get("do") == "publish":
        return _published(request, visit, form)
    return _shown(request, visit, form)


def _read(request: HttpRequest, visit: Visit) -> _Form:
    page = declaring.for_whom(request, visit.page)
    told, chosen = declaring.asked(request)
    tree = shelf.components_of(page.id)
    over = afterwards_form.read(told, chosen, page=page, tree=tree, at=visit.at)
    return _Form(page, tree, told, chosen, over)


def _published(request: HttpRequest, visit: Visit, form: _Form) -> HttpResponse:
    """Tell once: the same form sent twice leads to the same incident."""
    once = form.told.get("once", "")[:12]
    before = request.session.get(TOLD, {})
    if once and once in before:
        return HttpResponseRedirect(reverse("console:incident", args=[before[once]]))
    try:
        spoken = _told(visit, form)
    except refusals.REFUSED as error:
        return _shown(request, visit, form, error=error)
    request.session[TOLD] = {once: spoken.incident_id}
    declaring.take_in(visit, form.page, form.told, spoken.incident_id)
    done = _("Told afterwards, as no. %(number)d. No further word is owed.")
    if spoken.said is None:
        messages.info(request, declaring.pending_line(visit, form.page, spoken))
    else:
        messages.success(request, done % {"number": spoken.said.number})
    return HttpResponseRedirect(reverse("console:incident", args=[spoken.incident_id]))


def _told(visit: Visit, form: _Form) -> word.Spoken:
    over = form.over
    declared = over.declared
    if over.problems or over.since is None or over.until is None:
        raise Unread(list(over.problems))
    return retrospective.tell(
        form.page.id,
        title=declared.title,
        components=declared.impacts,
        since=over.since,
        until=over.until,
        layers=over.layers,
        severity=declared.severity,
        posture=declared.posture,
        found_at=declared.detected_at,
        zone=declared.zone,
        audience=declared.audience,
        by=visit.by,
        at=visit.at,
    )


def _shown(
    request: HttpRequest,
    visit: Visit,
    form: _Form,
    *,
    name: str = "afterwards",
    error: Exception | None = None,
) -> HttpResponse:
    page, declared = form.page, form.over.declared
    suggested = afterwards_form.suggestion(page, form.tree, declared)
    context: dict[str, Any] = {
        "audiences": shelf.audiences_of(page.id),
        "told": form.told,
        "declared": declared,
        "offered": declaring_form.offered(form.tree, form.chosen, {}, visit.language),
        "how_bad": [(state, SEVERITY_OF[state]) for state in HOW_BAD],
        "severities": list(Severity),
        "postures": list(Posture),
        "suggested": suggested,
        "layers": list(_layers(form).items()),
        "reach": telling.reach_of_declared(page, declared, at=visit.at),
        "once": form.told.get("once") or new_id(),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, name, context, page=page, status=status)


def _layers(form: _Form) -> dict[str, Layer]:
    """The exact words that would go out; before anything was written, how they would begin."""
    over, components = form.over, form.over.declared.components
    if not components or not over.since or not over.until or over.until <= over.since:
        return {}
    layers = over.layers or {code: Layer(headline="", body="") for code in form.page.languages}
    return retrospective.opened(form.page, components, layers, since=over.since, until=over.until)

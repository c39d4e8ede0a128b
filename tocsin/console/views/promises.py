"""Promises in an incident's room: made, moved, proved, dropped, told of."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.catalogue.shelf import Brand
from tocsin.console import promises_form, refusals
from tocsin.console.door import Visit, operators_only
from tocsin.console.refusals import Unread
from tocsin.console.views import incident
from tocsin.followup import promises
from tocsin.followup.pledges import NoPromise, Proof
from tocsin.followup.promises import Turned

Doing = Callable[[HttpRequest, Visit, Brand], Turned]


@operators_only
@require_POST
def make(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Take an action on after an incident."""
    return _done(
        request,
        visit,
        incident_id,
        lambda request, visit, page: promises.promise(
            incident_id, promises_form.pledge(request.POST, page), by=visit.by, at=visit.at
        ),
    )


@operators_only
@require_POST
def tell(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Tell readers now how the public promises of an incident stand."""
    visit.incident(incident_id)
    try:
        spoken = promises.tell(
            incident_id, announces="announces" in request.POST, by=visit.by, at=visit.at
        )
    except refusals.REFUSED as error:
        return incident.shown(request, visit, incident_id, error=error)
    if spoken.pending:
        messages.success(request, _("Readers are told once somebody consents."))
    else:
        messages.success(request, _("Readers are told how the promises stand."))
    return HttpResponseRedirect(_room(incident_id))


@operators_only
@require_POST
def turn(request: HttpRequest, visit: Visit, incident_id: str, promise_id: str) -> HttpResponse:
    """Move a promise to another day, prove it, or drop it."""
    doing = TURNS.get(request.POST.get("turn", ""), _unread)
    if promises.kept(promise_id).incident_id != incident_id:
        raise NoPromise("This promise belongs to another incident.")
    return _done(request, visit, incident_id, doing(promise_id))


def _slip(promise_id: str) -> Doing:
    return lambda request, visit, page: promises.slip(
        promise_id,
        due_on=promises_form.day(request.POST.get("due_on", "")),
        reason=promises_form.by_language(request.POST, "reason", page),
        announces="announces" in request.POST,
        by=visit.by,
        at=visit.at,
    )


def _prove(promise_id: str) -> Doing:
    return lambda request, visit, page: promises.prove(
        promise_id,
        Proof(
            promises_form.by_language(request.POST, "reason", page),
            request.POST.get("proof_link", "").strip(),
        ),
        announces="announces" in request.POST,
        by=visit.by,
        at=visit.at,
    )


def _drop(promise_id: str) -> Doing:
    return lambda request, visit, page: promises.drop(
        promise_id,
        reason=promises_form.by_language(request.POST, "reason", page),
        announces="announces" in request.POST,
        by=visit.by,
        at=visit.at,
    )


def _unread(promise_id: str) -> Doing:
    raise Unread([_("Say what became of the promise.")])


TURNS: dict[str, Callable[[str], Doing]] = {"slip": _slip, "prove": _prove, "drop": _drop}


def _done(request: HttpRequest, visit: Visit, incident_id: str, doing: Doing) -> HttpResponse:
    _known, page = visit.incident(incident_id)
    try:
        turned = doing(request, visit, page)
    except refusals.REFUSED as error:
        return incident.shown(request, visit, incident_id, error=error)
    messages.success(request, _said(turned))
    return HttpResponseRedirect(_room(incident_id))


def _room(incident_id: str) -> str:
    return reverse("console:incident", args=[incident_id]) + "#promises"


def _said(turned: Turned) -> str:
    if turned.spoken is None:
        return _("The promise is recorded.")
    if turned.spoken.pending:
        return _("The promise is recorded; readers are told once somebody consents.")
    return _("The promise is recorded, and the page tells readers of it.")

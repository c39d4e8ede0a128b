"""Reports that an incident may owe: the two questions, what is due next, and what was submitted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.console import clocks, refusals
from tocsin.console.door import Visit, operators_only
from tocsin.console.refusals import Unread
from tocsin.console.views import incident
from tocsin.incidents import reporting
from tocsin.incidents.models import Touched


@operators_only
@require_POST
def answer(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Answer the two questions."""
    visit.incident(incident_id)
    touched = request.POST.get("personal_data", "")
    try:
        if touched not in Touched.values:
            raise Unread([_("Say whether personal data is touched.")])
        chosen, is_none = request.POST.getlist("clock"), "none" in request.POST
        if chosen and is_none:
            raise Unread([_("Choose regimes, or say that none applies.")])
        reporting.answer(
            incident_id,
            personal_data=Touched(touched),
            clocks=chosen if chosen or is_none else None,
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return incident.shown(request, visit, incident_id, error=error)
    messages.success(request, _("The answers are recorded."))
    return _back(incident_id)


@operators_only
@require_POST
def submitted(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Record that a report was submitted, with its receipt."""
    _known, page = visit.incident(incident_id)
    clock, _space, stage = request.POST.get("report", "").partition(" ")
    told = request.POST.get("submitted_time", "").strip()
    try:
        at = clocks.past(told, zone=page.time_zone, now=visit.at) if told else visit.at
        if at is None:
            raise Unread([_("Say when it was, such as 09:12 or 2026-11-23 09:12.")])
        reporting.submit(
            incident_id,
            clock=clock,
            stage=stage,
            submitted_at=at,
            reference=request.POST.get("reference", ""),
            receipt=request.POST.get("receipt", ""),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return incident.shown(request, visit, incident_id, error=error)
    messages.success(request, _("The report is recorded, with its receipt."))
    return _back(incident_id)


def _back(incident_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:incident", args=[incident_id]) + "#reports")

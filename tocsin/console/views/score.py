"""How well a page told its readers: of the last four quarters, and of one incident."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tocsin.catalogue import shelf
from tocsin.catalogue import showing as choosing
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.page import address
from tocsin.scorecard import gathering, recent, showing, telling


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the score, or choose whether readers see it."""
    page = visit.page
    if request.method == "POST":
        return _chosen(request, visit)
    told = showing.context(recent.scored(page, at=visit.at), visit.language, at=visit.at)
    began = gathering.beginning(visit.at, page.time_zone, quarters=gathering.QUARTERS)
    public = {"began": began, "public_url": f"{address.url_of(page)}/score"}
    return screen(request, visit, "score", {**told, **public}, page=page)


def _chosen(request: HttpRequest, visit: Visit) -> HttpResponse:
    page, shown = visit.page, request.POST.get("shown") == "yes"
    choosing.show_score(page.id, shown=shown, by=visit.by, at=visit.at)
    said = _("Readers see it within a minute.") if shown else _("Readers see it no longer.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("console:score") + at_page(visit, page))


@operators_only
@require_safe
def of_incident(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """One incident's score, with the five numbers for its review first."""
    known, _seen_by = visit.incident(incident_id)
    page = shelf.brand(known.page_id)
    card = gathering.card_of(page, known.id, at=visit.at)
    if card is None:
        raise refusals.NotHere(_("There is no such incident."))
    context = {
        "known": known,
        "five": list(telling.five_of(card, visit.language)),
        "more": list(telling.more_of(card, visit.language)),
        "lights": list(showing.lit(card, at=visit.at)),
    }
    return screen(request, visit, "score_incident", context, page=page)

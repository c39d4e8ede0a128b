"""How a publication's telling goes, and each recipient's fate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tocsin.announcements import ledger, progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import telling
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.paging import Paging
from tocsin.console.refusals import NotHere
from tocsin.page import seen, twins
from tocsin.people import access
from tocsin.statements import published
from tocsin.statements.published import Publication


@operators_only
@require_safe
def deliveries(request: HttpRequest, visit: Visit, publication_id: str) -> HttpResponse:
    """The bar, the counts, and who was told or why not."""
    said, page = _said(visit, publication_id)
    access.check(visit.by, "subscribers:see", page.id)
    fate = request.GET.get("fate", "")
    fate = fate if fate in progress.FATES else ""
    paging = Paging.asked(request.GET.get("from", ""))
    found = progress.fates(said.id, fate=fate, offset=paging.start, limit=paging.fetched)
    told = telling.shown_to_one(said, at=visit.at)
    context = {
        "said": said,
        "progress": told,
        "sight": seen.of(said.id),
        "copies": twins.states(page.id),
        "counts": [(name, telling.FATES[name], _count(told, name)) for name in progress.FATES],
        "fates": [(row, telling.FATES[row.fate]) for row in paging.shown(found)],
        "fate": fate,
        "paging": paging.of(found),
    }
    name = "deliveries_now" if request.headers.get("HX-Request") else "deliveries"
    return screen(request, visit, name, context, page=page)


def _count(told: telling.Shown, fate: str) -> int:
    return int(getattr(told.progress.counts, fate))


def _said(visit: Visit, publication_id: str) -> tuple[Publication, Brand]:
    said = published.publication(publication_id)
    if said is None or said.page_id not in {page.id for page in visit.pages}:
        raise NotHere(_("There is no such publication."))
    return said, shelf.seen_by(said.audience_id)


@operators_only
@require_POST
def release(request: HttpRequest, visit: Visit, publication_id: str) -> HttpResponse:
    """Let a held word go out after all."""
    said, _page = _said(visit, publication_id)
    ledger.release_hold(said.id, by=visit.by, at=visit.at)
    messages.success(request, _("No. %(number)d goes out now.") % {"number": said.number})
    return HttpResponseRedirect(reverse("console:deliveries", args=[said.id]))


@operators_only
@require_POST
def drop(request: HttpRequest, visit: Visit, publication_id: str) -> HttpResponse:
    """Tell nobody of a held word; it stays published."""
    said, _page = _said(visit, publication_id)
    ledger.drop_hold(said.id, by=visit.by, at=visit.at)
    told = {"number": said.number}
    messages.success(request, _("Nobody is told of no. %(number)d. The page shows it.") % told)
    return HttpResponseRedirect(reverse("console:desk"))

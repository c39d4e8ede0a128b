"""The page's own settings: name, zone, languages, contact and the words that stand in."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.catalogue import languages, shelf, weighing
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.weights import STATES
from tocsin.console import labels, refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.page import address
from tocsin.people import access


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show and change a page, or open one."""
    is_new = not visit.pages or "new" in request.GET
    brand = None if is_new else visit.page
    access.check(visit.by, "pages:write", brand.id if brand else "")
    if request.method != "POST":
        return _shown(request, visit, brand)
    try:
        kept = _kept(request, visit, brand)
    except refusals.REFUSED as error:
        return _shown(request, visit, brand, error=error)
    messages.success(request, _("Kept. The public page follows at once."))
    visit = Visit(visit.operator, tuple(shelf.pages()), kept.slug, visit.at)
    return HttpResponseRedirect(reverse("console:page") + at_page(visit, kept))


@transaction.atomic
def _kept(request: HttpRequest, visit: Visit, brand: Brand | None) -> Brand:
    told = request.POST
    name, domain = told.get("name", "")[:100], told.get("domain", "")[:253]
    zone, contact = told.get("time_zone", "").strip(), told.get("contact", "")[:200]
    country = told.get("country", "")[:16]
    languages = _languages(request)
    if brand is None:
        return shelf.open_page(
            name=name,
            languages=languages,
            time_zone=zone or "Etc/UTC",
            domain=domain,
            contact=contact,
            country=country,
            words=_words(request),
            by=visit.by,
            at=visit.at,
        )
    shelf.change_page(
        brand.id,
        name=name,
        languages=languages,
        time_zone=zone,
        domain=domain,
        contact=contact,
        country=country,
        words=_words(request),
        by=visit.by,
        at=visit.at,
    )
    return weighing.weigh(brand.id, _weights(request), by=visit.by, at=visit.at)


def _weights(request: HttpRequest) -> dict[str, str]:
    """How much each kind of trouble counts; what the form left out stays."""
    told = {name: request.POST.get(f"weight.{name}", "").strip()[:30] for name in STATES}
    return {name: share for name, share in told.items() if share}


def _languages(request: HttpRequest) -> tuple[str, ...]:
    """The ticked languages, the page's own first."""
    ticked = request.POST.getlist("languages")
    own = request.POST.get("own_language", "")
    return tuple(sorted(ticked, key=lambda code: (code != own, code)))


def _words(request: HttpRequest) -> dict[str, dict[str, str]]:
    return {
        code: {key: request.POST.get(f"{key}.{code}", "")[:200] for key in ("function", "can_do")}
        for code in languages.every()
    }


def _shown(
    request: HttpRequest, visit: Visit, brand: Brand | None, *, error: Exception | None = None
) -> HttpResponse:
    context = {
        "brand": brand,
        "typed": request.POST,
        "weights": _typed_weights(request, brand) if brand else [],
        "all_languages": languages.every(),
        "public_url": address.url_of(brand) if brand else "",
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "page", context, page=brand, status=status)


def _typed_weights(request: HttpRequest, brand: Brand) -> list[tuple[str, str, str]]:
    """(field, label, value) of each weight."""
    kept = brand.weights.spelled
    return [
        (
            f"weight.{name}",
            str(labels.STATES[state]),
            request.POST.get(f"weight.{name}", kept[name]),
        )
        for name, state in STATES.items()
    ]

"""How a page looks: its colours, its logos, styles of its own."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tocsin.catalogue import colours, dressing, logos, styles
from tocsin.catalogue.look import DARK, LIGHT, SCHEMES, Mark
from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.page import address
from tocsin.people import access

PAPERS = {LIGHT: gettext_lazy("On light paper"), DARK: gettext_lazy("On dark paper")}
NAMES = {
    "paper": gettext_lazy("Paper"),
    "card": gettext_lazy("Cards"),
    "ink": gettext_lazy("Ink"),
    "soft": gettext_lazy("Softer ink"),
    "line": gettext_lazy("Lines"),
    "accent": gettext_lazy("Accent"),
}


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour as the form asks for it; ``house`` stands where none was chosen."""

    field: str
    label: str
    value: str
    house: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One scheme: its colours and its logo."""

    scheme: str
    label: str
    colours: tuple[Colour, ...]
    logo: Mark | None


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show and change how a page looks."""
    page = visit.page
    access.check(visit.by, "pages:write", page.id)
    if request.method != "POST":
        return _shown(request, visit, page)
    try:
        left_out = _kept(request, visit, page)
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    messages.success(request, _("Kept. The public page follows at once."))
    if left_out:
        told = {"parts": ", ".join(left_out)}
        messages.warning(request, _("Left out of the logo: %(parts)s.") % told)
    return HttpResponseRedirect(reverse("console:look") + at_page(visit, page))


def _kept(request: HttpRequest, visit: Visit, page: Brand) -> list[str]:
    told, by, at = request.POST, visit.by, visit.at
    chosen = {
        scheme: {name: told.get(f"{scheme}.{name}", "")[:30].strip() for name in NAMES}
        for scheme in SCHEMES
    }
    dressing.dress(page.id, chosen=chosen, css=told.get("css", ""), by=by, at=at)
    left_out: dict[str, None] = {}
    for scheme in SCHEMES:
        if told.get(f"bare.{scheme}"):
            dressing.take_down_logo(page.id, scheme, by=by, at=at)
        elif content := _file(request, f"logo.{scheme}"):
            _page, dropped = dressing.put_up_logo(page.id, scheme, content, by=by, at=at)
            left_out |= dict.fromkeys(dropped)
    return list(left_out)


def _file(request: HttpRequest, name: str) -> bytes:
    file = request.FILES.get(name)
    if file is None:
        return b""
    if (file.size or 0) > logos.LARGEST:
        raise Unread([_("The logo is larger than 200 kB. Save it smaller.")])
    return bytes(file.read())


def _shown(
    request: HttpRequest, visit: Visit, page: Brand, *, error: Exception | None = None
) -> HttpResponse:
    context = {
        "papers": [_paper(request, page, scheme) for scheme in SCHEMES],
        "css": request.POST.get("css", page.look.css),
        "most": styles.LONGEST,
        "public_url": address.url_of(page),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "look", context, page=page, status=status)


def _paper(request: HttpRequest, page: Brand, scheme: str) -> Paper:
    chosen, house = page.look.colours(scheme), colours.HOUSE[scheme]
    fields = tuple(
        Colour(
            field=f"{scheme}.{name}",
            label=str(label),
            value=request.POST.get(f"{scheme}.{name}", chosen.get(name, "")),
            house=house[name],
        )
        for name, label in NAMES.items()
    )
    logo = page.look.dark_logo if scheme == DARK else page.look.logo
    return Paper(scheme, str(PAPERS[scheme]), fields, logo)

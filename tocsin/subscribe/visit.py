"""Who stands at the door: which page they came to, in which language, from which machine."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from tocsin.announcements.readers import Subscriber
from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.page import address, assets


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, read once; ``machine`` is the address that the front saw.

    ``host_page`` is what the Host belongs to, as everyone sees it. ``view`` is what is asked for:
    that, or one of its circles (``circle`` is the slug asked for); None where there is no such one.
    ``page`` is whose words are shown: the view, or the page of the reader whose token it is.
    """

    request: HttpRequest
    host_page: Brand
    view: Brand | None
    page: Brand
    circle: str
    language: str
    machine: str
    at: datetime

    @property
    def root(self) -> str:
        """What the paths of what is asked for begin with."""
        return f"/for/{self.circle}" if self.circle else ""

    @property
    def home(self) -> str:
        """The page's front in the visitor's language."""
        own = address.prefix_of(self.page, self.language)
        if self.page.id == self.host_page.id:
            return f"{self.page.root}/{own}"
        return f"{address.url_of(self.page)}/{own}"

    @property
    def sign_up(self) -> str:
        """Where to ask to be told by the page whose words are shown."""
        base = "" if self.page.id == self.host_page.id else address.host_url_of(self.page)
        return f"{base}{self.page.root}/subscribe"


def visit_of(
    request: HttpRequest, *, circle: str = "", language: str = "", reader: Subscriber | None = None
) -> Visit:
    """Read a request; ``language`` is the reader's own, where they are known.

    ``reader`` is whose token the address holds: it leads to their own page, on whichever host.
    """
    host_page = shelf.brand_for_host(request.headers.get("X-Forwarded-Host") or _host(request))
    if host_page is None:
        raise Http404
    view = _view(host_page, circle)
    page = shelf.seen_by(reader.audience_id) if reader else view or host_page
    language = language or (reader.language if reader else "")
    return Visit(
        request=request,
        host_page=host_page,
        view=view,
        page=page,
        circle=circle,
        language=_language(request, page, language),
        machine=_machine(request),
        at=datetime.now(UTC),
    )


def _view(page: Brand, circle: str) -> Brand | None:
    if not circle:
        return page
    seen = shelf.audiences_of(page.id)
    return next((one for one in seen if one.audience == circle and not one.is_for_everyone), None)


def _host(request: HttpRequest) -> str:
    return str(request.META.get("HTTP_HOST", ""))


def _machine(request: HttpRequest) -> str:
    told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
    return told or str(request.META.get("REMOTE_ADDR", ""))


def _language(request: HttpRequest, page: Brand, known: str) -> str:
    """What the visitor asked for, else the reader's own, else the browser's, if the page has it."""
    asked = [request.GET.get("lang", ""), known, translation.get_language_from_request(request)]
    return next((code for code in asked if code in page.languages), page.language)


def shown(visit: Visit, template: str, *, status: int = 200, **told: object) -> HttpResponse:
    """A page for one pair of eyes: never cached, never indexed, its address never passed on."""
    with translation.override(visit.language):
        response = render(
            visit.request,
            f"subscribe/{template}.html",
            {
                "page": visit.page,
                "language": visit.language,
                "home": visit.home,
                "sheet": _sheet(visit),
                "sign_up": visit.sign_up,
                "others": [
                    (code, languages.of(code).name)
                    for code in visit.page.languages
                    if code != visit.language
                ],
                **told,
            },
            status=status,
        )
    return kept_private(response)


def _sheet(visit: Visit) -> str:
    """The brand's colours, where everybody may read them at this very host."""
    sheet = assets.look_sheet(visit.page.look)
    is_here = visit.page.id == visit.host_page.id and visit.host_page.is_public
    return f"/{sheet[0]}" if sheet and is_here else ""


def kept_private(response: HttpResponse) -> HttpResponse:
    """For one pair of eyes: never kept by anybody, never indexed, its address never passed on."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response

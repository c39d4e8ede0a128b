"""Who stands at the door: which page they came to, in which language, from which machine."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, read once; ``machine`` is the address that the front saw."""

    request: HttpRequest
    page: Brand
    language: str
    machine: str
    at: datetime

    @property
    def home(self) -> str:
        """The page's front in the visitor's language."""
        return "/" if self.language == self.page.language else f"/{self.language}/"


def visit_of(request: HttpRequest, *, language: str = "") -> Visit:
    """Read a request; ``language`` is the reader's own, where they are known."""
    page = shelf.brand_for_host(request.headers.get("X-Forwarded-Host") or _host(request))
    if page is None:
        raise Http404
    return Visit(
        request=request,
        page=page,
        language=_language(request, page, language),
        machine=_machine(request),
        at=datetime.now(UTC),
    )


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
                "others": [
                    (code, languages.of(code).name)
                    for code in visit.page.languages
                    if code != visit.language
                ],
                **told,
            },
            status=status,
        )
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response

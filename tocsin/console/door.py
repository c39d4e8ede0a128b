"""How an operator comes in: who asks, on which page, at what time, in which language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import arrival, handing_back, refusals
from tocsin.console.handing_back import Why
from tocsin.disclosure import times
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import Actor
from tocsin.people import access, requiring
from tocsin.people.models import Operator
from tocsin.statements import cadence

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one operator. ``pages`` are those they may see; ``at`` is the door's clock.

    ``factor_by`` is when they need a second factor, if one is asked of them that they did not show.
    """

    operator: Operator
    pages: tuple[Brand, ...]
    asked_for: str
    at: datetime
    factor_by: datetime | None = None

    @property
    def must_enrol(self) -> bool:
        return self.factor_by is not None and self.factor_by <= self.at

    @property
    def by(self) -> Actor:
        return self.operator.actor

    @property
    def language(self) -> str:
        return self.operator.language

    @property
    def page(self) -> Brand:
        """The page asked for, else the first. Raises NotHere."""
        if not self.pages:
            raise refusals.NotHere(_("There is no page yet. Open one under Page."))
        if not self.asked_for:
            return self.pages[0]
        return self._named(self.asked_for)

    def _named(self, ref: str) -> Brand:
        found = [page for page in self.pages if ref in (page.slug, page.id)]
        if not found:
            raise refusals.NotHere(_("There is no such page."))
        return found[0]

    def may(self, verb: str, page_id: str = "") -> bool:
        return access.may(self.operator, verb, page_id)

    def incident(self, incident_id: str) -> tuple[Known, Brand]:
        """An incident and its page, if this operator may see it. Raises NotHere, NotAllowed."""
        known = declaration.known_of(incident_id)
        access.check(self.by, "see", known.page_id)
        return known, shelf.seen_by(known.audience_id)


View = Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]


Door = Callable[Concatenate[HttpRequest, P], HttpResponse]


def operators_only(view: View[P]) -> "Door[P]":
    """Let operators in, greet them in their language, and answer refusals in words."""
    return _door(view, is_for_enrolling=False)


def also_without_factor(view: View[P]) -> "Door[P]":
    """The same, also for those who have still to add the second factor that is asked of them."""
    return _door(view, is_for_enrolling=True)


def _door(view: View[P], *, is_for_enrolling: bool) -> "Door[P]":
    @wraps(view)
    def let_in(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        visit = _visit(request)
        with translation.override(visit.language):
            if handing_back.is_anothers(request):
                return handing_back.handed_back(request, Why.ANOTHERS)
            if visit.must_enrol and not is_for_enrolling:
                return _to_factors(request)
            try:
                _check_let_in(request, visit, kwargs)
                response = view(request, visit, *args, **kwargs)
            except refusals.REFUSED as error:
                response = refusal(request, visit, error)
            response.headers["Content-Language"] = visit.language
        add_never_cache_headers(response)
        return response

    return let_in


def _check_let_in(request: HttpRequest, visit: Visit, named: Mapping[str, object]) -> None:
    """Refuse who holds no role, and what no database can hold."""
    if not visit.pages:
        access.check(visit.by, "see")
    if any("\x00" in str(value) for value in named.values()):
        raise refusals.NotHere(_("There is nothing at this address."))
    for told in (request.GET, request.POST):
        if any("\x00" in str(value) for _name, values in told.lists() for value in values):
            raise refusals.Unread([_("One of the fields holds a character that cannot be shown.")])


def _to_factors(request: HttpRequest) -> HttpResponse:
    if handing_back.holds_words(request):
        return handing_back.handed_back(request, Why.FACTOR)
    return _sent_to(request, reverse("console:factors"))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if handing_back.holds_words(request):
        return handing_back.handed_back(request, Why.SIGNED_OUT)
    if request.headers.get("HX-Request") or request.method != "GET":
        return _sent_to(request, str(settings.LOGIN_URL))
    return redirect_to_login(request.get_full_path())


def _sent_to(request: HttpRequest, address: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address)
    # A fragment of that screen inside another screen would help nobody.
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = address
    return answer


def _visit(request: HttpRequest) -> Visit:
    operator = cast(Operator, request.user)
    pages = tuple(page for page in shelf.pages() if access.may(operator, "see", page.id))
    asked_for = request.POST.get("page") or request.GET.get("page") or ""
    return Visit(operator, pages, asked_for, timezone.now(), factor_by=_factor_by(request))


def _factor_by(request: HttpRequest) -> datetime | None:
    """When whoever is signed in needs a second factor that they did not show in this session."""
    if arrival.is_proved(request):
        return None
    return requiring.asked_of(cast(Operator, request.user))


def refusal(request: HttpRequest, visit: Visit, error: Exception) -> HttpResponse:
    """A page that says why, with the right status."""
    status = refusals.status_of(error)
    context = {"status": status, "sentences": refusals.sentences_of(error, visit.language)}
    return screen(request, visit, "refused", context, status=status)


def screen(
    request: HttpRequest,
    visit: Visit,
    name: str,
    context: Mapping[str, Any],
    *,
    page: Brand | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a console screen with what every screen shows. ``page`` is whose zone times are in."""
    page = page or (visit.page if visit.pages and _is_known(visit) else None)
    shown = {
        "visit": visit,
        "page": page,
        "zone": page.time_zone if page else "Etc/UTC",
        "now": visit.at,
        "language": visit.language,
        "grace": _grace(visit, page),
        "owed_first": _owed_first(visit),
        "may_manage_people": visit.may("people:write"),
        "may_change_page": page is not None and visit.may("pages:write", page.id),
        "may_open_pages": visit.may("pages:write"),
        "here": request.path,
        "at_page": at_page(visit, page),
        "languages": settings.CONSOLE_LANGUAGES,
    }
    return render(request, f"console/{name}.html", {**shown, **context}, status=status)


def _grace(visit: Visit, page: Brand | None) -> str:
    """Until when somebody may do without the second factor that is asked of them, in words."""
    if visit.factor_by is None:
        return ""
    zone = page.time_zone if page else "Etc/UTC"
    return times.spoken(visit.factor_by, zone, visit.language, now=visit.at)


def _is_known(visit: Visit) -> bool:
    try:
        return bool(visit.page)
    except refusals.NotHere:
        return False


def _owed_first(visit: Visit) -> cadence.Owed | None:
    seen = {page.id for page in visit.pages}
    return next((word for word in cadence.owed_words() if word.page_id in seen), None)


def at_page(visit: Visit, page: Brand | None) -> str:
    """What keeps a link on the page in hand; nothing where there is only one."""
    if page is None or len(visit.pages) < 2:
        return ""
    return "?" + urlencode({"page": page.slug})

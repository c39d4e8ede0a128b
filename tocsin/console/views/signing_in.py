"""Coming in and going out: password, one-time link, a new link, the language."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.console import arrival, handing_back, linkmail
from tocsin.console.door import Visit, also_without_factor
from tocsin.console.handing_back import Why
from tocsin.console.refusals import sentences_of
from tocsin.people import access
from tocsin.people.models import Operator

BACKEND = arrival.BACKEND


def threshold(
    request: HttpRequest, name: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A screen for those who are not in yet."""
    spoken, language = settings.CONSOLE_LANGUAGES, translation.get_language()
    language = language if language in dict(spoken) else settings.LANGUAGE_CODE
    shown = {
        "languages": spoken,
        "language": language,
        "providers": settings.TOCSIN.openid,
        **context,
    }
    response = render(request, f"console/{name}.html", shown, status=status)
    add_never_cache_headers(response)
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail and password."""
    onward = onward_of(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(onward)
        return threshold(request, "sign_in", {"next": onward})
    email = _email(request)
    operator = authenticate(request, email=email, password=request.POST.get("password", "")[:1000])
    if operator is None:
        words = _("That e-mail and password do not go together. Try again, or ask for a new link.")
        told = {"sentences": [words], "email": email, "next": onward}
        return threshold(request, "sign_in", told, status=422)
    return arrival.receive(request, operator, way="password", onward=onward, at=timezone.now())


def _email(request: HttpRequest) -> str:
    return request.POST.get("email", "").replace("\x00", "").strip().lower()[:254]


def onward_of(request: HttpRequest) -> str:
    """Where to go afterwards: only ever to this console."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours and asked.startswith("/console/") else reverse("console:desk")


def address_of(request: HttpRequest) -> str | None:
    """Whence a request came: the front strips what came in and names the address it saw."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        return str(ip_address(forwarded or str(request.META.get("REMOTE_ADDR", ""))))
    except ValueError:
        return None


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, object] | None = None,
) -> HttpResponse:
    """What somebody sees who guessed too often."""
    minutes = int(settings.AXES_COOLOFF_TIME * 60)
    words = _(
        "Too many wrong passwords for this account from your address. Wait %(minutes)d minutes, "
        "or sign in with a new link."
    ) % {"minutes": minutes}
    return threshold(
        request, "sign_in", {"sentences": [words], "email": _email(request)}, status=429
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from this console, or came too late."""
    spoken = getattr(request.user, "language", "") or translation.get_language()
    with translation.override(spoken):
        return _not_taken(request)


def _not_taken(request: HttpRequest) -> HttpResponse:
    if handing_back.holds_words(request) and handing_back.is_ours(request):
        if handing_back.is_anothers(request):
            return handing_back.handed_back(request, Why.ANOTHERS)
        if handing_back.is_theirs(request):
            return handing_back.handed_back(request, Why.STALE)
    words = _("This form is no longer valid, and nothing was done. Go back, reload and try again.")
    return threshold(request, "outside", {"status": 403, "sentences": [words]}, status=403)


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Take up a one-time link by setting a password; looking at it uses nothing up."""
    at = timezone.now()
    try:
        operator = access.invited(token, at=at)
        if request.method != "POST":
            return threshold(request, "join", {"operator": operator})
        password = request.POST.get("password", "")
        if password != request.POST.get("again", ""):
            raise access.WeakPassword(_("The two passwords differ. Type the same one twice."))
        operator = access.join(token, password=password[:1000], at=at)
        _go_on_in_its_language(request, operator)
    except access.WeakPassword as error:
        told = {"operator": operator, "sentences": sentences_of(error)}
        return threshold(request, "join", told, status=422)
    except access.NotInvited as error:
        told = {"status": 410, "sentences": sentences_of(error), "offers_link": True}
        return threshold(request, "outside", told, status=410)
    # A link replaces a password that was forgotten; a second factor is still to be shown.
    return arrival.receive(request, operator, way="link", onward=reverse("console:desk"), at=at)


def _go_on_in_its_language(request: HttpRequest, operator: Operator) -> None:
    """Whoever chose a language before they were in is not spoken to in another one after it."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.CONSOLE_LANGUAGES):
        access.speak(operator, language=chosen)


@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a new one-time link; the answer is the same whether or not the address is known."""
    if request.method != "POST":
        return threshold(request, "new_link", {})
    linkmail.send(_email(request), at=timezone.now())
    return threshold(request, "new_link", {"is_sent": True})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; ``next`` is where to go once signed in anew."""
    onward = onward_of(request) if request.POST.get("next") else ""
    logout(request)
    query = f"?{urlencode({'next': onward})}" if onward else ""
    return HttpResponseRedirect(reverse("console:sign_in") + query)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language: kept with the operator, or in a cookie before they are in."""
    asked = request.POST.get("language", "")
    response = HttpResponseRedirect(_onward_from(request))
    if asked not in dict(settings.CONSOLE_LANGUAGES):
        return response
    if request.user.is_authenticated:
        return _kept_with_operator(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, asked, samesite="Lax", secure=request.is_secure()
    )
    return response


@also_without_factor
def _kept_with_operator(request: HttpRequest, visit: Visit) -> HttpResponse:
    access.speak(visit.operator, language=request.POST["language"])
    return HttpResponseRedirect(_onward_from(request))


def _onward_from(request: HttpRequest) -> str:
    return onward_of(request) if request.POST.get("next") else reverse("console:sign_in")

"""Coming in by a provider that knows one already."""

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from tocsin.catalogue import shelf
from tocsin.console import arrival, openid
from tocsin.console.refusals import sentences_of
from tocsin.console.views.signing_in import locked_out, onward_of, threshold
from tocsin.people import providers
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator
from tocsin.people.providers import Shown
from tocsin.settings.installation import Provider

ONWARD = "openid_onward"


def _provider(slug: str) -> Provider | None:
    return next((one for one in settings.TOCSIN.openid if one.slug == slug), None)


def _nowhere(request: HttpRequest) -> HttpResponse:
    words = _("There is nothing at this address.")
    return threshold(request, "outside", {"status": 404, "sentences": [words]}, status=404)


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Send somebody to their provider."""
    provider = _provider(slug)
    if provider is None:
        return _nowhere(request)
    if not AxesProxyHandler.is_allowed(request, _tries(provider)):
        return locked_out(request)
    back = request.build_absolute_uri(reverse("console:from_provider", args=[slug]))
    try:
        address = openid.address(request, provider, back)
    except openid.NotShown as error:
        return _refused(request, str(error), status=502)
    request.session[ONWARD] = onward_of(request)
    arrival.keep_briefly(request)
    # A page that goes on by itself: a form that leads to another site is forbidden here.
    return threshold(request, "going", {"provider": provider, "address": address})


@sensitive_variables()
@require_safe
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """Let in who comes back, if what was brought holds; it counts once, for this session alone."""
    provider = _provider(slug)
    if provider is None:
        return _nowhere(request)
    if not AxesProxyHandler.is_allowed(request, _tries(provider)):
        return locked_out(request)
    is_begun_here = ONWARD in request.session
    onward, at = request.session.pop(ONWARD, reverse("console:desk")), timezone.now()
    try:
        told = openid.shown(request, provider)
        operator = _admitted(told, provider)
    except openid.NotShown as error:
        if is_begun_here:  # or pictures on any site could shut the door before whoever looks
            user_login_failed.send(__name__, credentials=_tries(provider), request=request)
        return _refused(request, str(error), status=422)
    except NotAllowed as error:
        return _refused(request, *sentences_of(error), status=403)
    return arrival.receive(
        request,
        operator,
        way=f"openid {provider.slug}",
        onward=onward,
        at=at,
        is_proved=told.has_shown_factor,
    )


def _admitted(told: Shown, provider: Provider) -> Operator:
    pages = {page.slug: page.id for page in shelf.pages()}
    return providers.admit(
        told,
        gives=providers.given(told.groups, dict(provider.roles), pages=pages),
        language=_language(),
        at=timezone.now(),
    )


def _language() -> str:
    spoken = translation.get_language()
    return spoken if spoken in dict(settings.CONSOLE_LANGUAGES) else settings.LANGUAGE_CODE


def _tries(provider: Provider) -> dict[str, str]:
    """Under which name tries that fail are counted, per address."""
    return {"email": f"openid:{provider.slug}"}


def _refused(request: HttpRequest, *sentences: str, status: int) -> HttpResponse:
    return threshold(request, "sign_in", {"sentences": list(sentences)}, status=status)

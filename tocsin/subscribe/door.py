"""The door of what only some may read: a link by mail, or the password; and the way out."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.announcements import admissions, audience, throttle
from tocsin.announcements.admissions import NotLetIn
from tocsin.announcements.audience import CannotSubscribe
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access
from tocsin.page import address
from tocsin.subscribe import gate
from tocsin.subscribe.visit import Visit, shown, visit_of


@csrf_exempt
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, circle: str = "") -> HttpResponse:
    """The same door whether or not there is anything behind it."""
    visit = _at_the_door(request, circle)
    if gate.entry(visit) is not None:
        return _onward(visit)
    if request.method != "POST":
        return _door(visit)
    with translation.override(visit.language):
        if "password" in request.POST:
            return _by_password(visit, request.POST["password"])
        return _by_mail(visit, request.POST.get("email", ""))


def _at_the_door(request: HttpRequest, circle: str) -> Visit:
    visit = visit_of(request, circle=circle)
    if visit.view is not None and visit.view.is_public:
        raise Http404
    return visit


def _onward(visit: Visit) -> HttpResponse:
    response = HttpResponseRedirect(gate.onward(visit))
    response.status_code = 303
    return response


def _door(visit: Visit, *, error: str = "", status: int = 200, **told: Any) -> HttpResponse:
    # Below /for/ nothing tells which circles there are, so nor which way leads into them.
    access = visit.view.access if visit.view and not visit.circle else ""
    return shown(
        visit,
        "door",
        status=status,
        error=error,
        asks_mail=access != Access.PASSWORD,
        asks_password=access != Access.NAMED,
        onward=gate.onward(visit),
        **_home(visit),
        **told,
    )


def _home(visit: Visit) -> dict[str, Any]:
    """Whither back: to what everybody may read, if there is anything."""
    own = f"/{address.prefix_of(visit.page, visit.language)}"
    return {"home": own if visit.host_page.is_public else ""}


def _by_password(visit: Visit, password: str) -> HttpResponse:
    place = f"{visit.page.id}:{visit.circle}"
    counted = (("password machine", visit.machine), ("password page", place))
    # Counted before it is looked at, or many at once would all be looked at.
    tried = throttle.count(*counted, at=visit.at)
    if not tried:
        words = _("Too many wrong passwords. Wait a quarter of an hour, then try again.")
        return _door(visit, error=words, status=429)
    if not audiences.fits(visit.view.audience_id if visit.view else "", password):
        return _door(visit, error=_("This password lets nobody in. Try again."), status=422)
    throttle.give_back(tried)
    assert visit.view is not None
    response = _onward(visit)
    gate.remember(visit, response, visit.view, None)
    return response


def _by_mail(visit: Visit, told: str) -> HttpResponse:
    try:
        spelled = audience.checked_address("email", told)
    except CannotSubscribe as error:
        return _door(visit, error=_(str(error)), status=400, email=told)
    if throttle.is_too_many("machine", visit.machine, at=visit.at):
        words = _("Too many links were asked for from where you are. Try again in an hour.")
        return _door(visit, error=words, status=429, email=told)
    asked_often = throttle.is_too_many(
        "address", f"door:{visit.page.id}:{visit.circle}:{spelled}", at=visit.at
    )
    if visit.view is not None and not asked_often:
        onward = gate.onward(visit)
        onward = "" if onward == f"{visit.root}/" else onward
        admissions.knock(visit.view.audience_id, address=spelled, at=visit.at, onward=onward)
    response = HttpResponseRedirect(f"{visit.root}/enter/sent")
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest, circle: str = "") -> HttpResponse:
    """What comes after asking for a link, whatever the address."""
    visit = _at_the_door(request, circle)
    return shown(visit, "door_sent", root=visit.root, **_home(visit))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def come_in(request: HttpRequest, token: str, circle: str = "") -> HttpResponse:
    """A mailed link: a button, and what it does. Looking at it uses nothing up."""
    visit = _at_the_door(request, circle)
    audience_id = visit.view.audience_id if visit.view else ""
    try:
        guest = admissions.known_by(token, audience_id=audience_id, at=visit.at)
        if request.method != "POST":
            visit = visit_of(request, circle=circle, language=guest.language)
            return shown(visit, "come_in", onward=gate.onward(visit), **_home(visit))
        guest = admissions.enter(token, audience_id=audience_id, at=visit.at)
    except NotLetIn:
        return shown(visit, "door_used", status=410, root=visit.root, **_home(visit))
    assert visit.view is not None
    response = _onward(visit)
    gate.remember(visit, response, visit.view, guest)
    return response


@csrf_exempt
@require_POST
def leave(request: HttpRequest, circle: str = "") -> HttpResponse:
    """Come in no more with this browser."""
    visit = _at_the_door(request, circle)
    response = HttpResponseRedirect(f"{visit.root}/enter")
    response.status_code = 303
    if visit.view is not None:
        gate.forget(response, visit.view)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gate.let_in
def reader(request: HttpRequest, circle: str = "") -> HttpResponse:
    """What a reader's programs need; with POST, a new key for them."""
    visit = _at_the_door(request, circle)
    entry = gate.entry(visit)
    assert entry is not None
    guest, is_new = entry.guest, False
    if request.method == "POST" and guest is not None:
        renewed = admissions.renew_key(guest.id, at=visit.at)
        guest, is_new = renewed or guest, True
    key = guest.key if guest else entry.key
    url, prefix = address.url_of(entry.view), address.prefix_of(entry.view, visit.language)
    return shown(
        visit,
        "reader",
        guest=guest,
        is_new=is_new,
        root=visit.root,
        feed=f"{url}/{prefix}history.atom?api_key={key}",
        api=f"{url}/api/v2/summary.json?api_key={key}",
    )

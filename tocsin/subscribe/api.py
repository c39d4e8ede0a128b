"""Signing up and off as existing status-page clients do it: /api/v2/subscribers.json.

POST asks, DELETE leaves. Nobody leaves for somebody else: the id that DELETE wants is the one that
stands in every link by which a reader leaves.
"""

import json
import re
from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tocsin.announcements import audience
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import CannotSubscribe, Choice, UnknownLink
from tocsin.channels import targets
from tocsin.subscribe import gate, ways
from tocsin.subscribe.views import ask, asked_too_often, too_often
from tocsin.subscribe.visit import Visit, visit_of
from tocsin.subscribe.ways import Reached

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BadBody(ValueError):
    """The body cannot be read; the message says what is expected."""


@csrf_exempt
@gate.let_in
def subscribers(request: HttpRequest, token: str = "", circle: str = "") -> JsonResponse:
    """Ask to be told, the answer being the same for any address; or leave. Always JSON."""
    visit = visit_of(request, circle=circle)
    with translation.override(visit.language):
        try:
            answer = _answered(visit, token)
        except BadBody as error:
            answer = _error(str(error), 400)
        except CannotSubscribe as error:
            answer = _error(_(str(error)), 422)
    if visit.view is not None and visit.view.is_public:
        # From a page of any origin: the reader's mailbox is asked, no cookie is looked at.
        answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _answered(visit: Visit, token: str) -> JsonResponse:
    request = visit.request
    if request.method == "POST" and not token:
        return _asked(visit, _wish(request))
    if request.method == "DELETE":
        return _left(visit, token or _named_in(request))
    refused = _error(_("Sign up with POST; leave with DELETE, or by the link in any mail."), 405)
    refused["Allow"] = "DELETE" if token else "POST, DELETE"
    return refused


def _left(visit: Visit, token: str) -> JsonResponse:
    """Whoever knows the id may leave with it, as by the link in which it stands."""
    try:
        audience.unsubscribe(token, at=visit.at)
    except UnknownLink:
        return _error("Not found", 404)
    return JsonResponse({"subscriber": {"id": token}, "message": _("You are told no more.")})


def _named_in(request: HttpRequest) -> str:
    """The id that a body or a query names. Raises CannotSubscribe where there is none."""
    wish = _wish(request) if request.body else _fields(request.GET)
    token = wish.get("id")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise CannotSubscribe(
            _("Name the subscription by its id: it stands in the link by which you leave.")
        )
    return token


def _fields(told: QueryDict) -> dict[str, object]:
    """Fields such as ``subscriber[email]``."""
    names = ("id", "email", "phone_number", "endpoint", "incident")
    found = {name: told.get(f"subscriber[{name}]") for name in names}
    components = told.getlist("subscriber[component_ids][]")
    return {name: value for name, value in found.items() if value} | {"component_ids": components}


def _wish(request: HttpRequest) -> Mapping[str, object]:
    """The ``subscriber`` of a JSON body, or of form fields ``subscriber[email]``."""
    expected = BadBody(_('Send {"subscriber": {"email": "name@example.com"}}.'))
    if request.method == "POST" and request.content_type != "application/json":
        return _fields(request.POST)
    if request.content_type == "application/x-www-form-urlencoded":
        return _fields(QueryDict(request.body))
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise expected from error
    wish = body.get("subscriber") if isinstance(body, dict) else None
    if not isinstance(wish, dict):
        raise expected
    return wish


def _asked(visit: Visit, wish: Mapping[str, object]) -> JsonResponse:
    components = wish.get("component_ids") or []
    if wish.get("phone_number"):
        raise CannotSubscribe(_("This page does not tell by phone. Send an email or an endpoint."))
    if wish.get("incident"):
        raise CannotSubscribe(_("A single incident cannot be followed; name components."))
    if not isinstance(components, list) or not all(isinstance(key, str) for key in components):
        raise CannotSubscribe(_("component_ids is a list of ids."))
    reached = _reached(wish)
    if asked_too_often(visit):
        return _error(too_often(), 429)
    choice = Choice(components=tuple(components), language=visit.language)
    ask(visit, reached, choice, source="api")
    told = {
        "mode": reached.channel,
        "email": (reached.contact or reached.address) if _is_by_mail(reached) else None,
        **({"endpoint": reached.address} if reached.channel != "email" else {}),
        "components": list(components),
    }
    said = (
        _("Look into your mailbox, and confirm.")
        if _is_by_mail(reached)
        else _("Look into the room, and confirm.")
    )
    return JsonResponse({"subscriber": told, "message": said}, status=201)


def _reached(wish: Mapping[str, object]) -> Reached:
    """An ``email`` alone, or an ``endpoint``: a chat's by its host, else a machine's with an email.

    A program that knows this call was made for Statuspage, and so are the bodies it gets.
    """
    email, endpoint = wish.get("email") or "", wish.get("endpoint") or ""
    if not isinstance(email, str) or not isinstance(endpoint, str) or not (email or endpoint):
        raise CannotSubscribe(_("An e-mail address is needed."))
    if not endpoint:
        return ways.checked("email", email)
    channel = targets.chat_at(endpoint) or ways.MACHINE
    return ways.checked(channel, endpoint, contact=email, format=Format.STATUSPAGE)


def _is_by_mail(reached: Reached) -> bool:
    return reached.channel in (ways.MAIL, ways.MACHINE)


def _error(what: str, status: int) -> JsonResponse:
    return JsonResponse({"error": what}, status=status)

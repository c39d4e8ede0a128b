"""The sign-up that existing status-page clients know: POST /api/v2/subscribers.json."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.channels import targets
from tocsin.subscribe import gate, ways
from tocsin.subscribe.views import ask, asked_too_often, too_often
from tocsin.subscribe.visit import Visit, visit_of
from tocsin.subscribe.ways import Reached


class BadBody(ValueError):
    """The body cannot be read; the message says what is expected."""


@csrf_exempt
@gate.let_in
def subscribers(request: HttpRequest, circle: str = "") -> JsonResponse:
    """Ask to be told; the answer is the same whether the address is known or not. Always JSON."""
    visit = visit_of(request, circle=circle)
    with translation.override(visit.language):
        if request.method != "POST":
            refused = _error(_("Sign up with POST; leave by the link in any mail."), 405)
            refused["Allow"] = "POST"
            return refused
        try:
            return _asked(visit, _wish(request))
        except BadBody as error:
            return _error(str(error), 400)
        except CannotSubscribe as error:
            return _error(_(str(error)), 422)


def _wish(request: HttpRequest) -> Mapping[str, object]:
    """The ``subscriber`` of a JSON body, or of form fields ``subscriber[email]``."""
    expected = BadBody(_('Send {"subscriber": {"email": "name@example.com"}}.'))
    if request.content_type != "application/json":
        names = ("email", "phone_number", "endpoint", "incident")
        found: dict[str, object] = {
            name: request.POST[f"subscriber[{name}]"]
            for name in names
            if f"subscriber[{name}]" in request.POST
        }
        return found | {"component_ids": request.POST.getlist("subscriber[component_ids][]")}
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

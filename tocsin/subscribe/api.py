"""The sign-up that existing status-page clients know: POST /api/v2/subscribers.json."""

import json
from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from tocsin.announcements import audience
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.subscribe import gate
from tocsin.subscribe.views import ask, asked_too_often, too_often
from tocsin.subscribe.visit import Visit, visit_of


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
    address, components = wish.get("email"), wish.get("component_ids") or []
    if wish.get("phone_number") or wish.get("endpoint"):
        raise CannotSubscribe(_("This page tells by e-mail. Send an email."))
    if wish.get("incident"):
        raise CannotSubscribe(_("A single incident cannot be followed; name components."))
    if not isinstance(address, str) or not address:
        raise CannotSubscribe(_("An e-mail address is needed."))
    if not isinstance(components, list) or not all(isinstance(key, str) for key in components):
        raise CannotSubscribe(_("component_ids is a list of ids."))
    if asked_too_often(visit, address):
        return _error(too_often(), 429)
    choice = Choice(components=tuple(components), language=visit.language)
    ask(visit, address, choice, source="api")
    told = {
        "mode": "email",
        "email": audience.checked_address("email", address),
        "components": list(components),
    }
    said = _("Look into your mailbox, and confirm.")
    return JsonResponse({"subscriber": told, "message": said}, status=201)


def _error(what: str, status: int) -> JsonResponse:
    return JsonResponse({"error": what}, status=status)

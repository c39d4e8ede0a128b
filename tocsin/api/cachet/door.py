"""Every call to ``/api/v1/`` comes in here: which page, whose key, which handler; always JSON.

Whoever reads a public page needs no key, as with Cachet; whoever writes, or asks for readers, does.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.cachet import basics, components, incidents, metrics, schedules, subscribers
from tocsin.api.cachet.calls import Call, Told
from tocsin.api.v1 import bodies, failures, limits
from tocsin.api.v1.failures import Missing, Refused
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.people import keys
from tocsin.people.keys import Key, UnknownKey

log = logging.getLogger("tocsin.api")

Handler = Callable[..., Told]
HEADER = "X-Cachet-Token"
NOWHERE = "There is nothing at this address."
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    422: "Bad Request",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


@dataclass(frozen=True, slots=True)
class Route:
    """A path, ``#`` standing for a number, and who answers each method."""

    path: str
    handlers: Mapping[str, Handler]

    def numbers_in(self, path: str) -> tuple[str, ...] | None:
        """The numbers in a path that fits; None where it does not."""
        shape = re.escape(self.path).replace(r"\#", "([0-9]{1,20})")
        found = re.fullmatch(shape, path)
        return found.groups() if found else None


ROUTES = (
    Route("ping", {"GET": basics.ping}),
    Route("version", {"GET": basics.version}),
    Route("components", {"GET": components.components, "POST": components.add_component}),
    Route("components/groups", {"GET": components.groups, "POST": components.add_group}),
    Route(
        "components/groups/#",
        {"GET": components.group, "PUT": components.change_group, "DELETE": components.drop_group},
    ),
    Route(
        "components/#",
        {
            "GET": components.component,
            "PUT": components.change_component,
            "DELETE": components.drop_component,
        },
    ),
    Route("incidents", {"GET": incidents.incidents, "POST": incidents.declare}),
    Route(
        "incidents/#",
        {"GET": incidents.incident, "PUT": incidents.change, "DELETE": incidents.drop},
    ),
    Route("incidents/#/updates", {"GET": incidents.updates, "POST": incidents.add_update}),
    Route(
        "incidents/#/updates/#",
        {
            "GET": incidents.update,
            "PUT": incidents.keep_update,
            "DELETE": incidents.keep_update,
        },
    ),
    Route("schedules", {"GET": schedules.schedules, "POST": schedules.plan}),
    Route(
        "schedules/#",
        {"GET": schedules.schedule, "PUT": schedules.change, "DELETE": schedules.drop},
    ),
    Route("metrics", {"GET": metrics.metrics, "POST": metrics.add}),
    Route(
        "metrics/#",
        {"GET": metrics.metric, "PUT": metrics.change, "DELETE": metrics.drop},
    ),
    Route("metrics/#/points", {"GET": metrics.points, "POST": metrics.add_point}),
    Route("subscribers", {"GET": subscribers.subscribers, "POST": subscribers.add}),
    Route("subscribers/#", {"DELETE": subscribers.drop}),
)


@csrf_exempt
def cachet(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a call to ``/api/v1/<rest>``."""
    try:
        response = _answered(request, rest)
    except failures.REFUSED as error:
        response = _refusal(error)
    except Exception:
        log.exception("A call to Cachet's API failed: %s %s", request.method, request.path)
        response = _error(500, ["Something failed here, and was written to the log."])
    if request.method == "HEAD":
        response.content = b""
    response["Cache-Control"] = "no-store"
    return response


def _answered(request: HttpRequest, rest: str) -> HttpResponse:
    handlers, found = _match(rest)
    allowed = ", ".join(["HEAD", "OPTIONS", *handlers])
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allowed})
    method = "GET" if request.method == "HEAD" else request.method or ""
    if method not in handlers:
        refused = _error(405, ["This cannot be done here."])
        refused["Allow"] = allowed
        return refused
    at = timezone.now()
    key = _key(request, at)
    page = _page(request, key)
    wait = limits.wait_of(key.id, most=settings.TOCSIN.api_calls_a_minute, at=at) if key else 0
    if wait:
        refused = _error(429, [f"Too many calls with this key. Call again in {wait} s."])
        refused["Retry-After"] = str(wait)
        return refused
    call = Call(page, key, at, request.GET, {} if method == "GET" else _told(request, key))
    with transaction.atomic():
        told = handlers[method](call, *found)
    return _response(told, is_for_all=key is None)


def _match(rest: str) -> tuple[Mapping[str, Handler], tuple[str, ...]]:
    path = rest.rstrip("/")
    for route in ROUTES:
        found = route.numbers_in(path)
        if found is not None:
            return route.handlers, found
    raise Missing


def _key(request: HttpRequest, at: datetime) -> Key | None:
    said = request.headers.get(HEADER, "").strip()
    said = said or request.headers.get("Authorization", "").partition(" ")[2].strip()
    if not said:
        return None
    try:
        return keys.recognised(said, at=at)
    except UnknownKey:
        raise Refused("This key opens nothing here.", status=401) from None


def _page(request: HttpRequest, key: Key | None) -> Brand:
    """The page that a key opens; without one the page of this host, if everybody may read it."""
    if key:
        return shelf.brand(key.page_id)
    host = request.headers.get("X-Forwarded-Host") or request.headers.get("Host", "")
    page = shelf.brand_for_host(host)
    if page is None or not page.is_public:
        raise Refused(f"Send a key of this page as {HEADER}.", status=401)
    return page


def _told(request: HttpRequest, key: Key | None) -> bodies.Told:
    """What a call that writes sends."""
    if key is None:
        raise Refused(f"Send a key of this page as {HEADER}.", status=401)
    if not key.writes:
        raise Refused("This key only reads. Make one with the scope `manage`.", status=403)
    return bodies.told(request)


def _response(told: Told, *, is_for_all: bool) -> HttpResponse:
    if told.data is None:
        return HttpResponse(status=told.status)
    response = JsonResponse(told.body(), status=told.status)
    if is_for_all:
        response["Access-Control-Allow-Origin"] = "*"
    return response


def _refusal(error: Exception) -> HttpResponse:
    """What the manage API would say of it, in Cachet's shape."""
    told = failures.answer(error)
    status = 400 if told.status_code == 422 else told.status_code  # which Cachet's clients know
    if status == 404:
        return _error(404, [NOWHERE])
    said = json.loads(told.content)["error"]
    return _error(status, said if isinstance(said, list) else [said])


def _error(status: int, sentences: list[str]) -> JsonResponse:
    shown = {"status": status, "title": TITLES.get(status, "Error"), "detail": " ".join(sentences)}
    return JsonResponse({"errors": [shown | {"meta": {"details": sentences}}]}, status=status)

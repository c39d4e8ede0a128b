"""Every call to the manage API comes in here: whose key, how often, how it is spelled.

What is the same for all calls is done once, before any handler: ``.json`` at the end of a path,
HEAD and OPTIONS, keys in four spellings, the rate, one transaction for what writes, and an answer
in JSON whatever happens.
"""

import logging
import re
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tocsin.api.v1 import bodies, failures, limits, recall, repeats, surface
from tocsin.api.v1.calls import Asked, Call, written
from tocsin.api.v1.failures import Missing, Refused
from tocsin.people import keys
from tocsin.people.keys import Key, UnknownKey

log = logging.getLogger("tocsin.api")

ROUTES = "tocsin.api.v1.routes"
SAFE = ("GET", "HEAD")
ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
OFTEN = 420  # what Statuspage answers, and its clients know; 429 is told in words
SCHEME = re.compile(r"(?:oauth|bearer|token)\s+", re.IGNORECASE)
DESCRIPTION = "openapi.json"
KEPT = 1024  # paths whose handler is remembered


@csrf_exempt
def manage(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a call to ``/v1/<rest>``."""
    try:
        response = _answered(cast(Asked, request), rest)
    except failures.REFUSED as error:
        response = failures.answer(error)
    except Exception:
        log.exception("A call to the manage API failed: %s %s", request.method, request.path)
        response = failures.told(500, ["Something failed here, and was written to the log."])
    if request.method == "HEAD":
        response.content = b""
    response["Cache-Control"] = "no-store"
    return response


def _answered(request: Asked, rest: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ALLOWED})
    if rest.rstrip("/") == DESCRIPTION:
        return _described(request)
    match, at = _match(rest), timezone.now()
    key = _key(request)
    wait = limits.wait_of(key.id, most=settings.TOCSIN.api_calls_a_minute, at=at)
    if wait:
        sentence = f"Too many calls with this key. Call again in {wait} s."
        return failures.told(OFTEN, [sentence], {"Retry-After": str(wait)})
    if match is None:
        raise Missing
    page_id = match.kwargs.get("page_id", key.page_id)
    if page_id != key.page_id:
        raise Missing  # whether there is such a page is none of this key's business
    reads = request.method in SAFE
    request.call = Call(key, recall.catalogue(key.page_id), at, reads)
    if reads:
        request.told = {}
        return _read(request, match)
    if not key.writes:
        raise Refused("This key only reads. Make one with the scope `manage`.", status=403)
    request.told = bodies.told(request)
    if (request.method, match.route) in surface.BRIEF and repeats.HEADER not in request.headers:
        return _called(request, match)
    return repeats.once(request, lambda: _called(request, match))


def _described(request: HttpRequest) -> HttpResponse:
    """What all this is, for whoever asks."""
    if request.method not in SAFE:
        return failures.told(405, ["Method not allowed"], {"Allow": "GET, HEAD, OPTIONS"})
    return written(surface.description())


@lru_cache(maxsize=KEPT)
def _match(rest: str) -> ResolverMatch | None:
    """Who answers a path: machines ask for the same few hundred again and again."""
    path = rest.rstrip("/").removesuffix(".json")
    if not bodies.is_keepable(path):
        return None
    try:
        return resolve(f"/{path}", urlconf=ROUTES)
    except Resolver404:
        return None


def _key(request: HttpRequest) -> Key:
    said = request.headers.get("Authorization", "").strip() or request.GET.get("api_key", "")
    try:
        return keys.recognised(SCHEME.sub("", said, count=1).strip(), at=timezone.now())
    except UnknownKey:
        raise Refused("Could not authenticate", status=401) from None


def _read(request: Asked, match: ResolverMatch) -> HttpResponse:
    """A HEAD is a GET whose body is left out."""
    asked, request.method = request.method, "GET"
    try:
        return _called(request, match)
    finally:
        request.method = asked


def _called(request: HttpRequest, match: ResolverMatch) -> HttpResponse:
    if not all(bodies.is_keepable(str(text)) for text in request.GET.values()):
        raise failures.Unread([bodies.UNKEEPABLE])
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405:
        allowed = {"Allow": response.get("Allow", "")}
        return failures.told(405, ["Method not allowed"], allowed)
    return response

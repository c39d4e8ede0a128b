"""The manage API as a whole: its parts, and its description (OpenAPI 3.1).

A part is a router in a file of its own, listed in ``PARTS``.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from tocsin.api.v1 import (
    components,
    embed,
    failures,
    followers,
    groups,
    incidents,
    metrics,
    pages,
    postmortems,
    promises,
    readable,
    subscribers,
    templates,
    visitors,
)
from tocsin.api.v1.bodies import Told

PARTS = {
    "pages": pages.router,
    "components": components.router,
    "component-groups": groups.router,
    "incidents": incidents.router,
    "postmortems": postmortems.router,
    "promises": promises.router,
    "incident templates": templates.router,
    "subscribers": subscribers.router,
    "incident subscribers": followers.router,
    "metrics": metrics.router,
    "page access": visitors.router,
    "page access: what is read": readable.router,
    "status embed": embed.router,
}
# What is called most and sees to its own transaction: on SQLite, where one writes at a time, nobody
# waits for what this call merely reads.
BRIEF = {(method, "pages/<page_id>/components/<component_id>") for method in ("PATCH", "PUT")}
OURS = {"body", "paged", "told"}  # what handlers call what they are sent
ABOUT = """\
Statuspage's manage API, as far as this page has what it speaks of.

Every path answers with and without `.json` at its end. Bodies are JSON or forms
(`incident[name]=…&incident[component_ids][]=…`), told apart by looking. A key is sent as
`Authorization: OAuth KEY`, `Bearer KEY` or `KEY`, or as `?api_key=KEY`.

What writes can be sent with an `Idempotency-Key`: within a day the same call with the same key does
nothing anew and gets the same answer, with `Idempotent-Replayed: true`.
"""
SECURITY = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`OAuth KEY`, `Bearer KEY` or `KEY`; see `tocsin key create`.",
    },
    "api_key": {"type": "apiKey", "in": "query", "name": "api_key"},
}


class Sniffing(Parser):
    """The door has read the body already."""

    def parse_body(self, request: HttpRequest) -> Told:
        told: Told = request.told  # type: ignore[attr-defined]
        return told


class Surface(NinjaAPI):
    """All parts under one roof; the door has let the caller in."""

    def described(self) -> dict[str, Any]:
        """The description, with the ways of showing a key."""
        told: dict[str, Any] = self.get_openapi_schema(path_prefix="v1")
        told["components"]["securitySchemes"] = SECURITY
        told["security"] = [{name: []} for name in SECURITY]
        return told


api = Surface(
    title="Tocsin manage API",
    version="1",
    description=ABOUT,
    openapi_url=None,
    docs_url=None,
    parser=Sniffing(),
    urls_namespace="manage",
)


@api.exception_handler(ValidationError)
def _unread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return failures.told(422, [_sentence(fault) for fault in error.errors][:20])


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    return failures.told(error.status_code, [error.message])


def _sentence(fault: dict[str, Any]) -> str:
    """Where it is, without what only we call so, and what is wrong with it."""
    place = [str(step) for step in fault["loc"][1:]]
    place = place[1:] if place[:1] and place[0] in OURS else place
    what = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{'.'.join(place)}: {what}." if place else f"{what}."


for _name, _router in PARTS.items():
    api.add_router("", _router, tags=[_name])


@cache
def description() -> dict[str, Any]:
    """``/v1/openapi.json``."""
    return api.described()

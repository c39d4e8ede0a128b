"""Which machines may call the manage API of a page."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.refusals import NotHere, Unread
from tocsin.page import address
from tocsin.people import access, keys
from tocsin.people.keys import Key
from tocsin.people.models import Scope

SCOPES = {
    Scope.MANAGE: gettext_lazy("Reads and writes"),
    Scope.READ: gettext_lazy("Only reads"),
}
LASTS = {
    "": gettext_lazy("until it is revoked"),
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("a year"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A key as the list shows it."""

    key: Key
    scope: str
    is_good: bool


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def keys_of_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every key of a page; with POST, one more. It is shown this once."""
    page, told = visit.page, request.POST
    access.check(visit.by, "keys:write", page.id)
    if request.method != "POST":
        return _shown(request, visit, page)
    try:
        days = _days(told.get("lasts", ""))
        _made, secret = keys.create(
            page.id,
            scope=_scope(told.get("scope", "")),
            name=told.get("name", "")[:200],
            expires_at=visit.at + timedelta(days=days) if days else None,
            by=visit.by,
            at=visit.at,
        )
    except keys.CannotMake as error:
        # A name that is too long is a form to mend, not a door that is shut.
        return _shown(request, visit, page, sentences=refusals.sentences_of(error), status=422)
    except refusals.REFUSED as error:
        sentences = refusals.sentences_of(error, visit.language)
        status = refusals.status_of(error)
        return _shown(request, visit, page, sentences=sentences, status=status)
    return _shown(request, visit, page, secret=secret)


def _shown(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    *,
    secret: str = "",
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "rows": [
            Row(key, str(SCOPES[key.scope]), key.is_good(visit.at)) for key in keys.keys_of(page.id)
        ],
        "scopes": list(SCOPES.items()),
        "lasts": list(LASTS.items()),
        "secret": secret,
        "base_url": f"{address.host_url_of(page)}/v1",
        "typed": request.POST if sentences else {},
        "sentences": sentences or [],
    }
    return screen(request, visit, "keys", context, page=page, status=status)


def _scope(told: str) -> Scope:
    if told not in Scope.values:
        raise Unread([_("Choose what the key may do from what is offered.")])
    return Scope(told)


def _days(told: str) -> int:
    if told not in LASTS:
        raise Unread([_("Choose how long the key lasts from what is offered.")])
    return int(told or 0)


@operators_only
@require_POST
def revoke(request: HttpRequest, visit: Visit, key_id: str) -> HttpResponse:
    """Let a key open nothing any more."""
    key = next((k for page in visit.pages for k in keys.keys_of(page.id) if k.id == key_id), None)
    if key is None:
        raise NotHere(_("There is no such key."))
    keys.revoke(key.id, by=visit.by, at=visit.at)
    return HttpResponseRedirect(reverse("console:keys") + at_page(visit, shelf.brand(key.page_id)))

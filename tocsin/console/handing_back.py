"""What somebody sent and nobody took is handed back, to be sent again once the way is clear.

A session that ends, or a second factor that is asked from some moment on, costs nobody the word
that they are writing: it is in the answer, and nowhere else. It is theirs alone: each form says for
whom it was drawn, and whoever signs in next on the same browser neither reads nor sends it.
"""

from collections.abc import Iterator
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

SECRETS = {"password", "again", "credential", "code", "secret"}  # typed anew, never into an answer
UNSENT = {"csrfmiddlewaretoken"}
WHOSE = "whose"  # the operator for whom a form was drawn; see the tag csrf_token
BUTTONS = {"do", "page"}
ASIDE = "#handed-back"


class Why(StrEnum):
    SIGNED_OUT = "signed_out"
    FACTOR = "factor"
    STALE = "stale"  # opened before somebody came in anew
    ANOTHERS = "anothers"  # opened by somebody else, and not handed to whoever is here now


def holds_words(request: HttpRequest) -> bool:
    """Whether this is a form to hand back: files cannot be, secrets must not, a button need not."""
    told = {name for name, value in request.POST.items() if value} - UNSENT - BUTTONS - {WHOSE}
    return request.method == "POST" and bool(told) and not request.FILES and not SECRETS & told


def is_anothers(request: HttpRequest) -> bool:
    """Whether a form was drawn for an operator who is not the one signed in now."""
    whose = request.POST.get(WHOSE, "")
    return bool(whose) and request.user.is_authenticated and whose != request.user.pk


def is_theirs(request: HttpRequest) -> bool:
    """Whether nobody else is signed in now than the operator for whom a form was drawn."""
    return not request.user.is_authenticated or request.POST.get(WHOSE) == request.user.pk


def is_ours(request: HttpRequest) -> bool:
    """Whether a form was sent from this console's own pages, as the browser says."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def handed_back(request: HttpRequest, why: Why) -> HttpResponse:
    """The form as it was sent, with the way to clear; beside the form where it was sent aside."""
    language = translation.get_language()
    is_aside = bool(request.headers.get("HX-Request"))
    context = {
        "why": why,
        "way": reverse("console:factors" if why is Why.FACTOR else "console:sign_in"),
        "onward": request.get_full_path(),
        "sent": [] if is_aside or why is Why.ANOTHERS else list(_sent(request)),
        "languages": settings.CONSOLE_LANGUAGES,
        "language": language,
    }
    name = "console/parts/handed_back.html" if is_aside else "console/handed_back.html"
    response = render(request, name, context, status=409 if is_aside else 403)
    if is_aside:  # a status that htmx shows; and not in place of what the form asked for
        response.headers["HX-Retarget"] = ASIDE
        response.headers["HX-Reswap"] = "innerHTML"
    add_never_cache_headers(response)
    return response


def _sent(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in UNSENT:
            yield from ((name, str(value)) for value in values)

"""Straight to the doors of programs, past sessions, sign-in and the like: none of them is theirs.

An outage brings thousands of calls within seconds, just when the machine has other things to do.
"""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation

DOORS = {
    "/hooks/": "tocsin.api.hooks.urls",
    "/v1/": "tocsin.api.urls",
    "/api/v1/": "tocsin.api.urls",
}

KEPT = 1024  # paths whose door is remembered

Answer = Callable[[HttpRequest], HttpResponseBase]


class Straight:
    """The first of all middleware."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for root, urls in DOORS.items():
            if request.path_info.startswith(root):
                return _answered(request, urls)
        return self._get_response(request)


@lru_cache(maxsize=KEPT)
def _resolved(path: str, urls: str) -> ResolverMatch:
    """Which door a path leads to: machines ask for the same few hundred again and again."""
    return resolve(path, urls)


def _answered(request: HttpRequest, urls: str) -> HttpResponse:
    found = _resolved(request.path_info, urls)
    # Whoever had this thread before may have spoken another language.
    translation.activate(translation.get_language_from_request(request))
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    if not answer.has_header("Content-Length"):
        answer["Content-Length"] = str(len(answer.content))
    return answer

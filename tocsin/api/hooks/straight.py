"""Straight to the hooks, past sessions, sign-in, languages and the like: none of them is theirs.

An outage brings thousands of calls within seconds, just when the machine has other things to do.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve

ROOT, URLS = "/hooks/", "tocsin.api.hooks.urls"

Answer = Callable[[HttpRequest], HttpResponseBase]


class Straight:
    """The first of all middleware."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ROOT):
            return self._get_response(request)
        found = resolve(request.path_info, URLS)
        answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "no-store"
        return answer

"""What is answered where a request cannot be read, or something of ours broke.

Django would make these two without any of what other screens are told: with it, what broke might
break them as well. The mark is a setting, and cannot.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from tocsin.settings import watermark


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return HttpResponse(render_to_string("400.html", watermark.told(request)), status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return HttpResponse(render_to_string("500.html", watermark.told(request)), status=500)

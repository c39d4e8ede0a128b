"""The watermark of an installation that is not in earnest, for every screen made on request."""

from django.conf import settings
from django.http import HttpRequest


def told(request: HttpRequest) -> dict[str, str]:
    """A context processor: ``watermark`` is empty in earnest."""
    return {"watermark": settings.TOCSIN.watermark}

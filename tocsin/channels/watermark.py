"""What an installation that is not in earnest puts first in every message."""

from django.conf import settings


def mark() -> str:
    """The words of TOCSIN_WATERMARK; empty for an installation in earnest."""
    return str(settings.TOCSIN.watermark)


def before(words: str) -> str:
    """Words with the mark before them, unless they begin with it already."""
    told = mark()
    return f"{told} · {words}" if told and not words.startswith(told) else words

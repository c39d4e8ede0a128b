"""Where operators go, as URLs to print. (Readers' addresses are the page's own: page.address.)"""

from django.conf import settings


def console_url() -> str:
    return f"{settings.TOCSIN.base_url}/console/"


def sign_in_url(token: str) -> str:
    """The one-time link that lets an operator in."""
    return f"{console_url()}join/{token}"

"""Where things are found, as URLs to print."""

from urllib.parse import urlsplit

from django.conf import settings

from tocsin.catalogue.shelf import Brand


def page_url(page: Brand) -> str:
    """A page's public address: the installation's own, its domain, or ``<slug>.localhost``."""
    base = urlsplit(settings.TOCSIN.base_url)
    if page.is_default:
        return f"{settings.TOCSIN.base_url}/"
    if page.domain:
        return f"{base.scheme}://{page.domain}/"
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{page.slug}.localhost{port}/"


def incident_url(page: Brand, incident_id: str) -> str:
    return f"{page_url(page)}incidents/{incident_id}"


def console_url() -> str:
    return f"{settings.TOCSIN.base_url}/console/"


def sign_in_url(token: str) -> str:
    """The one-time link that lets an operator in."""
    return f"{settings.TOCSIN.base_url}/console/join/{token}"

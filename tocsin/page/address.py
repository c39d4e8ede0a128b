"""Where things stand on the web and on disk: URLs for readers, relative files for compile."""

from urllib.parse import urlsplit

from django.conf import settings

from tocsin.catalogue.shelf import Brand
from tocsin.statements.published import Publication, Story


def url_of(page: Brand) -> str:
    """The page's address without a slash at its end: its domain, else this installation's.

    A circle of readers has its own below that.
    """
    return url_under(settings.TOCSIN.base_url, page)


def host_url_of(page: Brand) -> str:
    """The address that all audiences of a page have in common, without a slash at its end."""
    return _host_under(settings.TOCSIN.base_url, page)


def url_under(base_url: str, page: Brand) -> str:
    """The address of a page in an installation that is reached at ``base_url``. Pure."""
    return _host_under(base_url, page) + page.root


def _host_under(base_url: str, page: Brand) -> str:
    base = urlsplit(base_url)
    if page.domain and page.domain != base.hostname:
        return f"https://{page.domain}"
    if page.domain or page.is_default:
        return base_url.rstrip("/")
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{page.slug}.localhost{port}"


def prefix_of(page: Brand, language: str) -> str:
    """What a language's paths begin with: nothing for the page's own, else e.g. ``fr/``."""
    return "" if language == page.language else f"{language}/"


def home_of(page: Brand, language: str) -> str:
    """The path of the page's front in a language, with a slash at its end."""
    return f"{page.root}/{prefix_of(page, language)}"


def incident_url(page: Brand, incident_id: str, *, language: str = "") -> str:
    """Where readers find an incident, in the page's own language if none is named."""
    prefix = prefix_of(page, language or page.language)
    return f"{url_of(page)}/{prefix}incidents/{incident_id}"


def path_of(story: Story) -> str:
    """Where a story stands on its page, in any language: planned work keeps its place for good."""
    return f"{'maintenance' if story.window else 'incidents'}/{story.incident_id}"


def paths_of(story: Story) -> tuple[str, ...]:
    """Every place where it is found: what outlasted its window is an incident too, and planned work
    from elsewhere had its place among them."""
    if story.window and (story.is_incident or story.source):
        return path_of(story), f"incidents/{story.incident_id}"
    return (path_of(story),)


def said_url(page: Brand, said: Publication, *, language: str = "") -> str:
    """Where readers find what a publication is about; the first page where that is no incident."""
    prefix = prefix_of(page, language or page.language)
    if said.incident_id is None:
        return f"{url_of(page)}/{prefix}"
    kind = "maintenance" if said.words and said.words.window else "incidents"
    return f"{url_of(page)}/{prefix}{kind}/{said.incident_id}"


def hosts_of(pages: list[Brand]) -> dict[str, object]:
    """What ``hosts.json`` says: each Host header's page, and the page that answers the others.

    Public pages alone: a closed one is not to be found here.
    """
    hosts = {host: page.slug for page in pages if page.is_public for host in _hosts(page)}
    default = next((page.slug for page in pages if page.is_default and page.is_public), "")
    return {"default": default, "hosts": dict(sorted(hosts.items()))}


def closed_hosts_of(pages: list[Brand]) -> dict[str, object]:
    """What the private ``hosts.json`` tells the front: whose Host it must answer nothing of.

    ``default`` is whether the page that answers unknown hosts is closed.
    """
    closed = [page for page in pages if not page.is_public]
    return {
        "default": any(page.is_default for page in closed),
        "hosts": sorted(host for page in closed for host in _hosts(page)),
    }


def _hosts(page: Brand) -> list[str]:
    return [f"{page.slug}.localhost", *([page.domain] if page.domain else [])]

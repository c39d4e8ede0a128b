"""Every screen of the console, from its routes: none can be forgotten."""

import sqlite3
from collections.abc import Iterator, Mapping

from django.urls import URLPattern, reverse
from playwright.sync_api import APIRequestContext

from tests.serving import House
from tocsin.console.urls import urlpatterns

# With something to show there only while an alert waits: test_alerts.py looks at it then.
ELSEWHERE = {"drafted"}
MORE = ("/console/incidents/{incident_id}/say?phase=resolved",)
ANY = "nobody000000"  # for what can only be done: the address is asked, and says so


def addresses(house: House, asked: APIRequestContext, incident: str, work: str) -> list[str]:
    """The address of each route that can be looked at, with something to be seen there."""
    named = _named(house, incident, work)
    told = [_address(route, named) for route in _routes()]
    told += [address.format(**named) for address in MORE]
    return [address for address in told if asked.get(address).status != 405]


def _routes() -> Iterator[URLPattern]:
    for route in urlpatterns:
        assert isinstance(route, URLPattern)
        if route.name not in ELSEWHERE:
            yield route


def _address(route: URLPattern, named: Mapping[str, object]) -> str:
    told = {name: named[name] for name in getattr(route.pattern, "converters", {})}
    return reverse(f"console:{route.name}", kwargs=told)


def _named(house: House, incident: str, work: str) -> dict[str, object]:
    """What routes leave open. One that is not here yet wants an address that shows something."""
    with sqlite3.connect(f"file:{house.database}?mode=ro", uri=True) as line:
        publication, number = line.execute(
            "SELECT id, number FROM statements_publication WHERE incident_id = ?", [incident]
        ).fetchone()
        (component,) = line.execute(
            "SELECT id FROM catalogue_component WHERE slug = 'cart'"
        ).fetchone()
    line.close()
    acts = (
        *("subscription_id", "operator_id", "audience_id", "admission_id"),
        *("key_id", "hook_id", "clearance_id", "promise_id"),
    )
    return {
        **dict.fromkeys((*acts, "drafted_id", "token", "name"), ANY),
        "incident_id": incident,
        "work": work,
        "publication_id": publication,
        "number": number,
        "component_id": component,
        "language": "fr",
        "factor_id": 0,
        "slug": "nobody",
    }

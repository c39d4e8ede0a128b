"""A Statuspage by its manage API: with its readers, and as far back as it goes.

What its keepers alone see there (metadata, drafts, addresses that automate) is left behind: all
that comes along may be told in public.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Json
from tocsin.moving.arrivals.web import Web

PLACE = re.compile(r"(?P<api>https?://[^?#]+)/pages/(?P<page>[A-Za-z0-9_-]{1,64})(?:\.json)?/?")
MOST_PAGES, A_PAGE = 2000, 100
INCIDENT = frozenset(
    {
        *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at"),
        *("impact", "shortlink", "started_at", "page_id", "incident_updates", "components"),
        *("reminder_intervals", "scheduled_for", "scheduled_until", "scheduled_auto_completed"),
    }
)
UPDATE = frozenset(
    {
        *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at"),
        *("affected_components", "deliver_notifications", "custom_tweet", "tweet_id"),
    }
)
COMPONENT = frozenset(
    {
        *("id", "name", "status", "created_at", "updated_at", "position", "description"),
        *("showcase", "start_date", "group_id", "page_id", "group", "only_show_if_degraded"),
    }
)
Progress = Callable[[str, int, int], None]


def is_manage(url: str) -> bool:
    """Whether an address is that of a page in a manage API."""
    return PLACE.fullmatch(url) is not None


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"OAuth {key}"} if key else {}


def read(url: str, web: Web, *, progress: Progress) -> Cargo:
    """Everything of one page. Raises CannotArrive."""
    found = PLACE.fullmatch(url)
    if found is None:
        raise CannotArrive("Name the page: https://api.statuspage.io/v1/pages/<its id>.")
    base = f"{found['api']}/pages/{found['page']}"
    cargo = Cargo("statuspage", is_complete=True)
    page = web.json(base)
    if not isinstance(page, dict):
        raise CannotArrive("It does not answer as Statuspage's manage API does.")
    cargo.home = Home(
        id=str(page.get("id") or ""),
        name=str(page.get("name") or ""),
        time_zone=str(page.get("time_zone") or ""),
    )
    cargo.components = list(_components(base, web))
    for turn, row in enumerate(_rows(f"{base}/incidents", web, limit="limit"), start=1):
        cargo.incidents.append(Brought(_public(row)))
        progress("incidents read", turn, turn)
    _take_readers(base, web, cargo, progress)
    return cargo


def _rows(place: str, web: Web, *, limit: str, first: int = 1, more: str = "") -> Iterator[Json]:
    """Every row of a list that comes page by page."""
    for page in range(first, first + MOST_PAGES):
        told = web.json(f"{place}?page={page}&{limit}={A_PAGE}{more}")
        if not isinstance(told, list):
            raise CannotArrive("It does not answer as Statuspage's manage API does.")
        yield from (row for row in told if isinstance(row, dict))
        if len(told) < A_PAGE:
            return
    raise CannotArrive(f"There are more than {MOST_PAGES * A_PAGE} rows.")


def _components(base: str, web: Web) -> Iterator[Json]:
    rows = [_kept(row, COMPONENT) for row in _rows(f"{base}/components", web, limit="per_page")]
    listed = {row.get("id") for row in rows}
    for group in _rows(f"{base}/component-groups", web, limit="per_page"):
        if group.get("id") not in listed:
            yield _kept(group, COMPONENT) | {"group": True}
    yield from rows


def _kept(row: Mapping[str, Any], names: frozenset[str]) -> Json:
    return {name: value for name, value in row.items() if name in names}


def _public(row: Json) -> Json:
    """An incident with what the public API tells of it."""
    told = _kept(row, INCIDENT)
    for name, names in (("incident_updates", UPDATE), ("components", COMPONENT)):
        rows = told.get(name)
        found = rows if isinstance(rows, list) else []
        told[name] = [_kept(one, names) for one in found if isinstance(one, dict)]
    if not told.get("scheduled_for"):
        for name in ("scheduled_for", "scheduled_until", "scheduled_auto_completed"):
            told.pop(name, None)
    return told


def _take_readers(base: str, web: Web, cargo: Cargo, progress: Progress) -> None:
    place = f"{base}/subscribers"
    active = _rows(place, web, limit="limit", first=0, more="&state=active")
    for turn, row in enumerate(active, start=1):
        progress("readers read", turn, turn)
        if reader := _reader(row):
            cargo.subscribers.append(reader)
        else:
            mode = str(row.get("mode") or "?")[:20]
            cargo.losses.note(f"A reader by {mode} cannot be told here that way.")
    for state, why in (
        ("unconfirmed", "never agreed, and is not asked again"),
        ("quarantined", "could not be reached, and stays behind"),
    ):
        for _ in _rows(place, web, limit="limit", first=0, more=f"&state={state}"):
            cargo.losses.note(f"A reader who is {state} there {why}.")


def _reader(row: Json) -> dict[str, str] | None:
    """A reader as our own lists have them; None for one that no channel of ours reaches."""
    if row.get("page_access_user_id"):
        return None
    mode, email, endpoint = (str(row.get(name) or "") for name in ("mode", "email", "endpoint"))
    components = row.get("components")
    told = {
        "consented_at": str(row.get("created_at") or ""),
        "components": ";".join(map(str, components)) if isinstance(components, list) else "",
        "source": "statuspage",
        "email": email,
    }
    if mode == "email" and email:
        return told
    if mode in ("webhook", "slack", "teams") and endpoint:
        return told | {"endpoint": endpoint, "format": "statuspage"}
    return None

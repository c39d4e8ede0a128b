"""Cachet by its API: versions 1 and 2 (``/api/v1``), and 3 (``/api``, JSON:API).

Cachet's times have no zone: they are the server's own. It keeps neither an impact nor what a
component was like during an incident, unless version 3 says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import State
from tocsin.moving.arrivals import shape
from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Json, clean
from tocsin.moving.arrivals.shape import Word
from tocsin.moving.arrivals.web import Web

STATES = {
    1: State.OPERATIONAL,
    2: State.DEGRADED,
    3: State.PARTIAL,
    4: State.MAJOR,
    6: State.MAINTENANCE,
}
STATUSES = {1: "investigating", 2: "identified", 3: "monitoring", 4: "resolved"}
MOST_PAGES, A_PAGE = 5000, 100
HOUR = timedelta(hours=1)
Progress = Callable[[str, int, int], None]
Reading = Callable[[str], Iterator[Json]]


def headers(key: str) -> dict[str, str]:
    """Versions 1 and 2 look for one, version 3 for the other."""
    return {"X-Cachet-Token": key, "Authorization": f"Bearer {key}"} if key else {}


def read(url: str, web: Web, *, zone: ZoneInfo, has_key: bool, progress: Progress) -> Cargo:
    """Everything of one installation. Raises CannotArrive."""
    base = url.rstrip("/").removesuffix("/api/v1").removesuffix("/api").rstrip("/")
    older = web.json(f"{base}/api/v1/components?per_page=1", may_be_missing=True)
    api = "api/v1" if isinstance(older, dict) and isinstance(older.get("data"), list) else "api"
    return _Installation(f"{base}/{api}", web, zone, has_key, progress).cargo()


def _plain(row: Json) -> Json:
    """A row of either version: of JSON:API its attributes, with ids of what it belongs to."""
    inner = row.get("attributes")
    if not isinstance(inner, dict):
        return row
    told = {"id": row.get("id"), **inner}
    related = row.get("relationships")
    for name, one in (related if isinstance(related, dict) else {}).items():
        told[f"related_{name}"] = one.get("data") if isinstance(one, dict) else None
    return told


def _number(told: object) -> int:
    """A status: a number, or in version 3 an object with one."""
    told = told.get("value") if isinstance(told, Mapping) else told
    try:
        return int(str(told))
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    name: str
    state: State


class _Installation:
    """One installation that is being read."""

    def __init__(
        self, api: str, web: Web, zone: ZoneInfo, has_key: bool, progress: Progress
    ) -> None:
        self.api, self.web, self.zone, self.progress = api, web, zone, progress
        self.has_key = has_key
        self.is_older = api.endswith("/v1")
        self.found = Cargo("cachet", home=Home(f"cachet {api}"), is_complete=True)
        self.parts: dict[str, _Part] = {}
        self.enabled: set[str] = set()

    def cargo(self) -> Cargo:
        self._take_components()
        self._take_incidents()
        self._take_schedules()
        self._take_readers()
        self.found.losses.note("Metrics and their points stay: they come by the manage API.")
        return self.found

    def _rows(self, place: str) -> Iterator[Json]:
        """Every row of a list, page by page."""
        joint = "&" if "?" in place else "?"
        for page in range(1, MOST_PAGES + 1):
            told = self.web.json(f"{self.api}/{place}{joint}per_page={A_PAGE}&page={page}")
            rows = told.get("data") if isinstance(told, dict) else None
            if not isinstance(rows, list):
                raise CannotArrive("It does not answer as Cachet's API does.")
            yield from (_plain(row) for row in rows if isinstance(row, dict))
            if not rows or not _has_more(told, page):
                return

    def _moment(self, told: object) -> datetime | None:
        if isinstance(told, Mapping):  # version 3: {"human": …, "string": …}
            told = told.get("string")
        return shape.moment(told, self.zone)

    # What it runs

    def _take_components(self) -> None:
        groups = "components/groups" if self.is_older else "component-groups"
        known = set()
        for row in self._rows(groups):
            key = f"group {row.get('id')}"
            known.add(key)
            order = _number(row.get("order")) + 1
            self.found.components.append(
                shape.component(key, str(clean(row.get("name"))), position=order)
            )
        place = "components" if self.is_older else "components?include=group"
        for row in self._rows(place):
            self._take_component(row, known)

    def _take_component(self, row: Json, groups: set[str]) -> None:
        key, name = f"component {row.get('id')}", str(clean(row.get("name")))
        self.parts[key] = _Part(
            key, name, STATES.get(_number(row.get("status")), State.OPERATIONAL)
        )
        if row.get("enabled") in (False, 0, "0"):
            self.found.losses.note("A component that is switched off there is gone here.", name)
            return
        related = row.get("related_group")
        group_id = row.get("group_id") or (related.get("id") if isinstance(related, dict) else 0)
        group = f"group {group_id}"
        made = shape.component(
            key,
            name,
            position=_number(row.get("order")) + 1,
            group=group if group in groups else "",
            description=str(clean(row.get("description") or "")),
        )
        times = (self._moment(row.get(n)) for n in ("created_at", "created", "updated_at"))
        if created := next((at for at in times if at), None):
            made["created_at"] = made["updated_at"] = shape.stamp(created)
        self.found.components.append(made)

    # What was said

    def _take_incidents(self) -> None:
        place = "incidents" if self.is_older else "incidents?include=components"
        for turn, row in enumerate(self._rows(place), start=1):
            self.progress("incidents read", turn, turn)
            name = str(clean(row.get("name") or f"Incident {row.get('id')}"))
            if row.get("visible") in (False, 0, "0"):
                self.found.losses.note("A hidden incident stays hidden: it does not come.", name)
            elif row.get("scheduled_at") and _number(row.get("status")) == 0:
                self._take_work(row, "incident")
            else:
                self._take_incident(row, name)

    def _take_incident(self, row: Json, name: str) -> None:
        times = (
            self._moment(row.get(n)) for n in ("occurred_at", "occurred", "created_at", "created")
        )
        began = next((at for at in times if at), None)
        if began is None:
            self.found.broken.append(f"incident {row.get('id')}: it says no time.")
            return
        updates = list(self._updates(row, "incidents"))
        status = STATUSES.get(_number(row.get("status")), "investigating")
        key = f"incident {row.get('id')}"
        body = str(clean(row.get("message") or ""))
        first = Word(f"{key} 0", began, "investigating" if updates else status, body)
        words = self._with_states([first, *updates], row)
        if not any(state for word in words for state in word.states):
            self.found.losses.note(
                "Cachet does not say which component an incident is about.", name
            )
        links = tuple(f"incidents/{row[n]}" for n in ("id", "guid") if row.get(n))
        self.found.incidents.append(Brought(shape.incident(key, name, words), links=links))

    def _updates(self, row: Json, of: str) -> Iterator[Word]:
        """What was said after the first word, the oldest first."""
        told = row.get("updates")
        if not isinstance(told, list):
            told = list(self._rows(f"{of}/{row.get('id')}/updates"))
        plain = [_plain(one) for one in told if isinstance(one, dict)]
        found: list[Word] = []
        for one in plain:
            at = self._moment(one.get("created_at")) or self._moment(one.get("created"))
            if at is None:
                self.found.losses.note(
                    "An update says no time, and is left out.", str(one.get("id"))
                )
                continue
            status = STATUSES.get(_number(one.get("status")), "investigating")
            body = str(clean(one.get("message") or ""))
            found.append(Word(f"{of} {row.get('id')} update {one.get('id')}", at, status, body))
        yield from sorted(found, key=lambda word: word.at)

    def _with_states(self, words: list[Word], row: Json) -> list[Word]:
        """Each word with the components that the incident names."""
        named = self._named(row)
        if named and words[-1].status == "resolved" and not any(bad for *_, bad in named):
            self.found.losses.note(
                "How bad a closed incident was, Cachet does not keep: its impact is none."
            )
        is_over = words[-1].status == "resolved"
        made = []
        for word in words:
            states = tuple(
                (
                    part.id,
                    part.name,
                    State.OPERATIONAL
                    if word.status == "resolved"
                    else told or (State.OPERATIONAL if is_over else part.state),
                )
                for part, told in named
            )
            made.append(Word(word.key, word.at, word.status, word.body, states))
        return made

    def _named(self, row: Json) -> list[tuple[_Part, State | None]]:
        """The components of an incident, with the state that version 3 keeps of each."""
        found: list[tuple[_Part, State | None]] = []
        rows = row.get("components") or row.get("related_components") or []
        for one in rows if isinstance(rows, list) else ():
            if not isinstance(one, dict):
                continue
            plain = _plain(one)
            key = f"component {plain.get('component_id') or plain.get('id')}"
            pivot = plain.get("pivot")
            status = pivot.get("component_status") if isinstance(pivot, dict) else None
            status = status or plain.get("component_status")
            if key in self.parts:
                found.append((self.parts[key], STATES.get(_number(status)) if status else None))
        single = f"component {row.get('component_id')}"
        if not found and single in self.parts:
            found.append((self.parts[single], None))
        return found

    # Planned work

    def _take_schedules(self) -> None:
        told = self.web.json(f"{self.api}/schedules?per_page=1", may_be_missing=True)
        if told is None:
            return  # before 2.4 planned work stands among the incidents
        place = "schedules" if self.is_older else "schedules?include=components"
        for row in self._rows(place):
            self._take_work(row, "schedule")

    def _take_work(self, row: Json, of: str) -> None:
        name = str(clean(row.get("name") or f"Maintenance {row.get('id')}"))
        start = self._moment(row.get("scheduled_at")) or self._moment(row.get("scheduled"))
        if start is None:
            self.found.broken.append(f"{of} {row.get('id')}: it says no scheduled_at.")
            return
        done = self._moment(row.get("completed_at")) or self._moment(row.get("completed"))
        end = done if done and done > start else start + HOUR
        if done is None:
            self.found.losses.note(
                "When planned work ends, Cachet did not say: told as an hour.", name
            )
        created = self._moment(row.get("created_at")) or self._moment(row.get("created")) or start
        named = self._named(row)
        busy = tuple((part.id, part.name, told or State.MAINTENANCE) for part, told in named)
        well = tuple((part.id, part.name, State.OPERATIONAL) for part, _ in named)
        key = f"{of} {row.get('id')}"
        body = str(clean(row.get("message") or ""))
        words = [Word(f"{key} 0", min(created, start), "scheduled", body, well)]
        status = _number(row.get("status"))
        if of == "schedule" and status in (1, 2):
            words.append(Word(f"{key} 1", start, "in_progress", "", busy))
        if of == "schedule" and status == 2:
            words.append(Word(f"{key} 2", max(end, start), "completed", "", well))
        links = (f"schedules/{row['id']}",) if of == "schedule" else (f"incidents/{row['id']}",)
        told = shape.incident(key, name, words, window=(start, end), started_at=words[0].at)
        self.found.incidents.append(Brought(told, links=links))

    # Readers

    def _take_readers(self) -> None:
        if not self.has_key:
            self.found.losses.note("Readers are told only to whoever has a key: --key-file.")
            return
        for turn, row in enumerate(self._rows("subscribers"), start=1):
            self.progress("readers read", turn, turn)
            verified = self._moment(row.get("verified_at")) or self._moment(row.get("verified"))
            email = str(row.get("email") or "")
            if not email:
                self.found.losses.note("A reader without a mail address cannot be told.")
            elif verified is None:
                self.found.losses.note("A reader who never confirmed there is not asked again.")
            else:
                self.found.subscribers.append(
                    {
                        "email": email,
                        "consented_at": shape.stamp(verified),
                        "components": ";".join(self._followed(row)),
                        "source": "cachet",
                    }
                )

    def _followed(self, row: Json) -> Iterator[str]:
        """The components that a reader follows; none for one who follows all."""
        if row.get("global") in (True, 1, "1"):
            return
        told = row.get("subscriptions")
        for one in told if isinstance(told, list) else ():
            key = one.get("component_id") if isinstance(one, dict) else None
            if key and f"component {key}" in self.parts:
                yield f"component {key}"


def _has_more(told: Mapping[str, Any], page: int) -> bool:
    """Whether a list goes on, as either version says it."""
    meta = told.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    pagination = meta.get("pagination", meta)
    pagination = pagination if isinstance(pagination, dict) else {}
    last = pagination.get("total_pages") or pagination.get("last_page")
    if isinstance(last, int):
        return page < last
    links = told.get("links")
    return bool(isinstance(links, dict) and links.get("next"))

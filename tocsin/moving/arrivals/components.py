"""The components that a source names anywhere, as our catalogue takes them in. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tocsin.catalogue.arriving import NAME_LENGTH, Brought
from tocsin.moving.arrivals.cargo import Cargo, Json, own_id
from tocsin.moving.arrivals.translating import moment


def component_id(system: str, page_id: str, told: str) -> str:
    """Our id of a component: theirs, where ours can look like it."""
    return own_id(told, page_id, system, "component")


class Components:
    """Everything that a cargo's incidents and its own list say of components, by their ids."""

    def __init__(self, cargo: Cargo, *, page_id: str, zone: ZoneInfo, at: datetime) -> None:
        self.cargo, self.page_id, self.zone, self.at = cargo, page_id, zone, at
        self._rows: dict[str, Json] = {}
        self._listed = {str(row.get("id")) for row in cargo.components}
        self._names: dict[str, str] = {}

    def brought(self) -> list[Brought]:
        """All of them, groups among them; what the source no longer shows is gone."""
        for row in _snapshots(self.cargo):
            former = self._rows.get(str(row["id"]))
            if former is None or _stamp(row) >= _stamp(former):
                self._rows[str(row["id"])] = row
        self._rows |= {str(row["id"]): row for row in _rows(self.cargo.components, "id")}
        for affected in _affected(self.cargo):
            self._names.setdefault(str(affected["code"]), str(affected.get("name") or ""))
        self._open_groups()
        gone = [key for key in self._names if key not in self._rows]
        for key in gone:
            self.cargo.losses.note(
                "A component that only old updates name is known as gone, by its name alone.",
                self._names[key],
            )
        made = [self._made(row) for row in self._rows.values()]
        return [*made, *(self._gone(key) for key in gone)]

    def _open_groups(self) -> None:
        """A group of which only the id is known gets its name from where its children are named."""
        for row in list(self._rows.values()):
            group = row.get("group_id")
            if not group or group in self._rows:
                continue
            full, own = self._names.get(str(row.get("id")), ""), str(row.get("name") or "")
            name = full.removesuffix(f" - {own}") if full.endswith(f" - {own}") else "Group"
            self._rows[str(group)] = {"id": group, "name": name, "group": True, "position": 1}

    def _made(self, row: Json) -> Brought:
        name = str(row.get("name") or row.get("id"))
        if len(name) > NAME_LENGTH:
            what = f"A component's name is longer than {NAME_LENGTH} characters, and was cut."
            self.cargo.losses.note(what, name)
        parent = str(row.get("group_id") or "")
        touched = moment(row.get("updated_at"), self.zone) or self.at
        return Brought(
            id=self._own(str(row.get("id"))),
            name=name,
            created_at=moment(row.get("created_at"), self.zone) or touched,
            changed_at=touched,
            description=str(row.get("description") or ""),
            parent=self._own(parent) if parent else "",
            position=row["position"] if isinstance(row.get("position"), int) else 1,
            showcase=bool(row.get("showcase", True)),
            only_show_if_degraded=bool(row.get("only_show_if_degraded")),
            start_date=_day(row.get("start_date")),
            is_gone=self.cargo.is_complete and str(row.get("id")) not in self._listed,
        )

    def _gone(self, key: str) -> Brought:
        name = self._names[key] or key
        return Brought(
            id=self._own(key), name=name, created_at=self.at, changed_at=self.at, is_gone=True
        )

    def _own(self, told: str) -> str:
        return component_id(self.cargo.system, self.page_id, told)


def _snapshots(cargo: Cargo) -> Iterator[Json]:
    for brought in cargo.incidents:
        yield from _rows(brought.told.get("components"), "id")


def _affected(cargo: Cargo) -> Iterator[Json]:
    for brought in cargo.incidents:
        for update in brought.updates:
            yield from _rows(update.get("affected_components"), "code")


def _rows(told: object, key: str) -> Iterable[Json]:
    found = told if isinstance(told, list) else ()
    return (row for row in found if isinstance(row, dict) and row.get(key))


def _stamp(row: Json) -> str:
    return str(row.get("updated_at") or "")


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None

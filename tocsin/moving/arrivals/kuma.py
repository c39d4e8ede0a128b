"""Uptime Kuma: a status page of its SQLite file, which is opened for reading alone.

Only what the page shows comes along: its groups and monitors, its notices, its planned work.
Addresses, keys and private monitors are never read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.catalogue.tree import State
from tocsin.moving.arrivals import shape
from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Json, clean
from tocsin.moving.arrivals.shape import Word

IMPACTS = {"danger": "major", "warning": "minor"}
MAGIC = b"SQLite format 3\x00"
NEEDED = {"status_page", "group", "monitor_group", "monitor", "incident"}


def read(source: str, *, zone: ZoneInfo, at: datetime) -> Cargo:
    """One status page; ``source`` is the file, and behind a # which page. Raises CannotArrive."""
    name, _, slug = source.partition("#")
    path = Path(name)
    if not path.is_file():
        raise CannotArrive(f"There is no file {name}. Uptime Kuma's is data/kuma.db.")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise CannotArrive(f"{name} is no SQLite file. Uptime Kuma's is data/kuma.db.")
    try:
        with closing(_opened(path)) as line:
            return _Page(line, slug, zone, at).cargo()
    except sqlite3.DatabaseError as fault:
        raise CannotArrive(
            f"{name} cannot be read: {fault}. Copy it while Uptime Kuma is stopped, with its "
            "-wal file beside it."
        ) from fault


def _opened(path: Path) -> sqlite3.Connection:
    line = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=20)
    line.row_factory = sqlite3.Row
    line.execute("PRAGMA query_only = 1")
    line.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return line


class _Page:
    """One status page in an open file."""

    def __init__(self, line: sqlite3.Connection, slug: str, zone: ZoneInfo, at: datetime) -> None:
        self.line, self.zone, self.at = line, zone, at
        self._check_tables()
        self.page = self._page(slug)
        self.found = Cargo("kuma", is_complete=True)

    def cargo(self) -> Cargo:
        self.found.home = Home(f"kuma {self.page['slug']}", str(clean(self.page["title"])))
        self._take_components()
        for row in self._rows("SELECT * FROM incident WHERE status_page_id = ? ORDER BY id"):
            self.found.incidents.append(Brought(self._notice(row)))
        if self._has("maintenance_status_page") and self._has("maintenance"):
            self._take_work()
        self._note_what_stays()
        return self.found

    def _check_tables(self) -> None:
        rows = self.line.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self.tables = {str(row[0]) for row in rows}
        if missing := NEEDED - self.tables:
            raise CannotArrive(
                f"This file has no table {min(missing)!r}: it is not Uptime Kuma's, or older than "
                "its status pages (1.13)."
            )

    def _has(self, table: str) -> bool:
        return table in self.tables

    def _page(self, slug: str) -> sqlite3.Row:
        pages = list(self.line.execute("SELECT * FROM status_page ORDER BY id"))
        if not pages:
            raise CannotArrive("There is no status page in this file.")
        named = [page for page in pages if page["slug"] == slug] if slug else pages
        if len(named) != 1:
            slugs = ", ".join(f"kuma.db#{page['slug']}" for page in pages[:20])
            raise CannotArrive(f"Say which status page, behind a #: {slugs}.")
        found: sqlite3.Row = named[0]
        return found

    def _rows(self, question: str) -> Iterator[sqlite3.Row]:
        return iter(self.line.execute(question, (self.page["id"],)).fetchall())

    def _take_components(self) -> None:
        groups = 'SELECT * FROM "group" WHERE status_page_id = ? ORDER BY weight, id'
        for place, group in enumerate(self._rows(groups), start=1):
            key = f"group {group['id']}"
            name = str(clean(group["name"])) or "Services"
            self.found.components.append(shape.component(key, name, position=place))
            members = self.line.execute(
                "SELECT m.id, m.name, m.created_date FROM monitor m "
                "JOIN monitor_group g ON g.monitor_id = m.id "
                "WHERE g.group_id = ? ORDER BY g.weight, g.id",
                (group["id"],),
            )
            for inner, monitor in enumerate(members.fetchall(), start=1):
                self._take_monitor(monitor, key, inner)

    def _take_monitor(self, monitor: sqlite3.Row, group: str, place: int) -> None:
        key = f"monitor {monitor['id']}"
        if any(row["id"] == key for row in self.found.components):
            self.found.losses.note("A monitor stands in two groups; here it is in the first.")
            return
        created = shape.moment(monitor["created_date"], ZoneInfo("UTC"))
        row = shape.component(key, str(clean(monitor["name"])), position=place, group=group)
        if created:
            row["created_at"] = row["updated_at"] = shape.stamp(created)
        self.found.components.append(row)

    def _notice(self, row: sqlite3.Row) -> Json:
        """A notice has one text; one that is taken down is over."""
        utc = ZoneInfo("UTC")
        began = shape.moment(row["created_date"], utc) or datetime(2021, 1, 1, tzinfo=UTC)
        changed = shape.moment(row["last_updated_date"], utc)
        is_open = bool(row["pin"]) and bool(row["active"])
        word = Word(
            key=f"notice {row['id']} 0",
            at=began,
            status="investigating" if is_open else "resolved",
            body=str(clean(row["content"])),
        )
        impact = IMPACTS.get(str(row["style"]), "none")
        ended = max(changed or began, began)
        return shape.incident(
            f"notice {row['id']}",
            str(clean(row["title"])),
            [word],
            impact=impact,
            resolved_at=None if is_open else ended,
        )

    # Planned work

    def _take_work(self) -> None:
        rows = self._rows(
            "SELECT m.* FROM maintenance m JOIN maintenance_status_page p "
            "ON p.maintenance_id = m.id WHERE p.status_page_id = ? ORDER BY m.id"
        )
        for row in rows:
            if row["strategy"] != "single" or not row["start_date"] or not row["end_date"]:
                what = (
                    "Planned work that comes again, or is begun by hand, does not come along: plan "
                    "it here (`tocsin maintenance plan`)."
                )
                self.found.losses.note(what, str(clean(row["title"])))
                continue
            if work := self._work(row):
                self.found.incidents.append(Brought(work))

    def _work(self, row: sqlite3.Row) -> Json | None:
        zone = self._zone_of(row)
        start, end = (shape.moment(row[name], zone) for name in ("start_date", "end_date"))
        if start is None or end is None or not row["active"]:
            what = "Planned work that is switched off, or says no time, does not come along."
            self.found.losses.note(what, str(clean(row["title"])))
            return None
        announced = shape.moment(self.page["created_date"], ZoneInfo("UTC")) or start
        self.found.losses.note(
            "When planned work was announced, Uptime Kuma does not keep; told as of the page's "
            "beginning.",
            str(clean(row["title"])),
        )
        body, states = str(clean(row["description"])), self._under_work(row["id"])
        well = tuple((key, name, State.OPERATIONAL) for key, name, _ in states)
        key = f"maintenance {row['id']}"
        words = [Word(f"{key} 0", min(announced, start), "scheduled", body, well)]
        if start <= self.at:
            words.append(Word(f"{key} 1", start, "in_progress", "", states))
        if end <= self.at:
            words.append(Word(f"{key} 2", end, "completed", "", well))
        title = str(clean(row["title"]))
        return shape.incident(key, title, words, window=(start, end), started_at=words[0].at)

    def _zone_of(self, row: sqlite3.Row) -> ZoneInfo:
        named = str(row["timezone"] or "") if "timezone" in row.keys() else ""  # noqa: SIM118
        try:
            return ZoneInfo(named) if named and named != "SAME_AS_SERVER" else self.zone
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return self.zone

    def _under_work(self, maintenance: int) -> tuple[tuple[str, str, State], ...]:
        """The monitors of the page that the work is about."""
        if not self._has("monitor_maintenance"):
            return ()
        rows = self.line.execute(
            "SELECT monitor_id FROM monitor_maintenance WHERE maintenance_id = ?", (maintenance,)
        )
        ids = {f"monitor {row[0]}" for row in rows.fetchall()}
        shown = (row for row in self.found.components if row["id"] in ids)
        return tuple((row["id"], row["name"], State.MAINTENANCE) for row in shown)

    def _note_what_stays(self) -> None:
        losses = self.found.losses
        hidden = self.line.execute(
            "SELECT count(*) FROM monitor WHERE id NOT IN "
            "(SELECT g.monitor_id FROM monitor_group g "
            'JOIN "group" p ON p.id = g.group_id WHERE p.status_page_id = ?)',
            (self.page["id"],),
        ).fetchone()[0]
        if hidden:
            losses.note("A monitor that this page does not show stays where it is.", count=hidden)
        if self._has("heartbeat"):
            losses.note(
                "Heartbeats stay: nobody said anything by them, and bars tell what was said."
            )
        if self._has("notification"):
            losses.note("Notifications stay: they are for your own people, and not readers.")
        if self.page["password"] if "password" in self.page.keys() else "":  # noqa: SIM118
            losses.note("The page's password stays: set one with `tocsin page access`.")

"""``history.json``: the past by calendar quarter, in the shape that its readers know. Pure.

Page 1 is the current quarter, each further one a quarter earlier. They are put together from a file
for each month, so that a word in an old month draws that month alone.
"""

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import Node
from tocsin.disclosure.severity import Indicator
from tocsin.page import verbatim
from tocsin.page.snapshot import Snapshot
from tocsin.page.statuspage import written
from tocsin.statements.published import Story

Json = dict[str, Any]

# What answers a page further back than anything was told: no month, so that readers stop there.
BEYOND = "history/beyond.json"


def file_of(month: str) -> str:
    """Where the incidents of a month ("2026-11") are kept."""
    return f"history/{month}.json"


def path_of(number: int) -> str:
    """Where a page is kept: the first has an address of its own."""
    return "history.json" if number == 1 else f"history/page-{number}.json"


def month(snapshot: Snapshot, of: date, stories: Sequence[Story]) -> bytes:
    """A month's incidents and planned work, newest first; each tells in which month it ended."""
    told = {"month": f"{of:%Y-%m}", "incidents": [_entry(snapshot, story) for story in stories]}
    return written(told)


def files(snapshot: Snapshot, months: Iterable[Json]) -> dict[str, bytes]:
    """Every page, and what answers beyond the last; ``months`` as ``month`` told them."""
    ended: dict[str, list[Json]] = {}
    for entry in (entry for told in months for entry in told["incidents"]):
        ended.setdefault(entry["ended_in"], []).append(entry)
    this_month = _today(snapshot).replace(day=1)
    first = min([*ended, f"{this_month:%Y-%m}"])
    pages = list(_quarters_back(this_month, first))
    told = {
        path_of(number): written(_page(snapshot, quarter, ended, until=this_month))
        for number, quarter in enumerate(pages, start=1)
    }
    beyond = _page(snapshot, _quarter_before(pages[-1]), {}, until=date.min)
    return told | {BEYOND: written(beyond)}


def planned_in(month: Json) -> int:
    """How much of what a month's own file tells is planned work, no incident."""
    # What an older Tocsin wrote does not say so, and stands until its month is made anew.
    return sum(
        entry.get("is_planned", entry["impact"] == Indicator.MAINTENANCE)
        for entry in month["incidents"]
    )


def _today(snapshot: Snapshot) -> date:
    return snapshot.at.astimezone(ZoneInfo(snapshot.page.time_zone)).date()


def _quarters_back(today: date, first: str) -> Iterator[date]:
    quarter = today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1)
    yield quarter
    while f"{quarter:%Y-%m}" > first:
        quarter = _quarter_before(quarter)
        yield quarter


def _quarter_before(quarter: date) -> date:
    return _months_on(quarter, -3)


def _months_on(of: date, count: int) -> date:
    years, month = divmod(of.month - 1 + count, 12)
    return date(of.year + years, month + 1, 1)


def _page(snapshot: Snapshot, quarter: date, ended: dict[str, list[Json]], *, until: date) -> Json:
    page, there = snapshot.page, ZoneInfo(snapshot.page.time_zone)
    months = (_months_on(quarter, count) for count in (2, 1, 0))
    last_day = _months_on(quarter, 3) - timedelta(days=1)
    return {
        "page_status": {"page": {"name": page.name, "time_zone": page.time_zone}},
        "components": [_component(node) for node in snapshot.tree],
        "months": [_month(of, ended.get(f"{of:%Y-%m}", [])) for of in months if of <= until],
        "start_time": datetime.combine(quarter, time.min, there).isoformat(),
        "end_time": datetime.combine(last_day, time(23, 59, 59), there).isoformat(),
    }


def _component(node: Node) -> Json:
    """Which one, not how it stands: what is past does not change with it."""
    return {"id": node.id, "name": node.name}


def _month(of: date, entries: Sequence[Json]) -> Json:
    first_weekday, days = calendar.monthrange(of.year, of.month)
    newest_first = sorted(entries, key=lambda entry: str(entry["at"]), reverse=True)
    return {
        "name": _MONTHS[of.month - 1],
        "year": of.year,
        "starts_on": (first_weekday + 1) % 7,  # 0 is Sunday
        "days": days,
        "incidents": [
            {key: entry[key] for key in ("code", "name", "message", "impact", "timestamp")}
            for entry in newest_first
        ],
    }


def _entry(snapshot: Snapshot, story: Story) -> Json:
    language, there = snapshot.page.language, ZoneInfo(snapshot.page.time_zone)
    began, ended = _span(story, there)
    _, layer = story.in_force.layer(language)
    impact = "maintenance" if story.window else story.impact.value
    return {
        "code": story.incident_id,
        "name": story.name(language)[1],
        "message": layer.body,
        "impact": verbatim.incident(story, {"impact": impact})["impact"],
        "timestamp": _stamp(began, ended),
        "is_planned": not story.is_incident,
        "at": began.isoformat(),
        "ended_in": f"{ended or began:%Y-%m}",
    }


def _span(story: Story, there: ZoneInfo) -> tuple[datetime, datetime | None]:
    """From when to when, in the page's zone; of planned work, its window."""
    if story.window and not story.is_incident:
        return story.window.starts_at.astimezone(there), story.window.ends_at.astimezone(there)
    # Told afterwards, it was called resolved long after it was over.
    ended = story.over_at if story.is_retrospective else story.resolved_at
    return story.started_at.astimezone(there), ended.astimezone(there) if ended else None


# Programs look for these names, so they are English on every page.
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


def _stamp(began: datetime, ended: datetime | None) -> str:
    """ "Dec 31, 22:28 - Jan 1, 08:17 PST", with the days and times marked as readers know them."""
    told = f"{_day(began)}, {_time(began)}"
    if ended is not None:
        on = "" if ended.date() == began.date() else f"{_day(ended)}, "
        told += f" - {on}{_time(ended)}"
    return f"{told} {(ended or began).tzname()}"


def _day(at: datetime) -> str:
    return f"{_MONTHS[at.month - 1][:3]} <var data-var='date'>{at.day}</var>"


def _time(at: datetime) -> str:
    return f"<var data-var='time'>{at:%H:%M}</var>"

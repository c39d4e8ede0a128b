"""The calendar of planned work (RFC 5545, RFC 7986): an event per window, a rule per series. Pure.

An event keeps its UID for good, and its SEQUENCE rises when its time or its fate changes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from tocsin.disclosure import recurrence
from tocsin.disclosure.phases import Phase
from tocsin.page.address import path_of, prefix_of
from tocsin.page.markup import without_unseen
from tocsin.page.snapshot import Snapshot
from tocsin.statements.published import Publication, Repeat, Story, Window

PRODUCT = "-//Tocsin//Planned work//EN"
ASKED_EVERY = timedelta(hours=1)
SHIFTS_TOLD = timedelta(days=366 * 2)  # how far ahead a clock change is written out
FIRST_YEAR, LAST_YEAR = 2020, 2038  # of the zone rules that the calendar brings along


def feed(snapshot: Snapshot, language: str) -> bytes:
    """The calendar in one language; call under that language's translation."""
    stories = _told(snapshot)
    calendar = _empty(snapshot, language)
    series = _series(stories)
    for zone in sorted({repeat.zone for repeat, _told in series}):
        calendar.add_component(_timezone(zone))
    for repeat, told in series:
        calendar.add_component(_master(snapshot, repeat, told, language))
    for story in stories:
        calendar.add_component(_event(snapshot, story, language))
    return bytes(calendar.to_ical())


def _told(snapshot: Snapshot) -> list[Story]:
    told = (*snapshot.series, *snapshot.recent_planned, *snapshot.planned)
    unique = {story.incident_id: story for story in told}.values()
    return sorted(unique, key=lambda story: (story.placed_at, story.incident_id))


def _empty(snapshot: Snapshot, language: str) -> Calendar:
    page, calendar = snapshot.page, Calendar()
    name = _("%(brand)s: planned work") % {"brand": without_unseen(page.name)}
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", page.time_zone)
    calendar.add("url", f"{snapshot.url}/{prefix_of(page, language)}")
    calendar.add("refresh-interval", ASKED_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar


@lru_cache(maxsize=64)
def _timezone(zone: str) -> Timezone:
    first, last = (datetime(year, 1, 1).date() for year in (FIRST_YEAR, LAST_YEAR))  # noqa: DTZ001
    return Timezone.from_tzid(zone, first_date=first, last_date=last)


def _series(stories: Iterable[Story]) -> list[tuple[Repeat, list[Story]]]:
    """Each series as its newest word has it, and its windows."""
    told: dict[str, list[Story]] = {}
    for story in stories:
        repeat = story.window.repeat if story.window else None
        if repeat:
            told.setdefault(repeat.series, []).append(story)
    return [(_newest(group), group) for group in told.values()]


def _newest(group: list[Story]) -> Repeat:
    story = max(group, key=lambda story: story.latest.number)
    assert story.window is not None
    assert story.window.repeat is not None
    return story.window.repeat


def _master(snapshot: Snapshot, repeat: Repeat, told: list[Story], language: str) -> Event:
    """The rule itself, for what lies further ahead than the windows that were announced."""
    newest = max(told, key=lambda story: story.latest.number)
    event, rule = Event(), repeat.rule
    pattern = dict(part.split("=") for part in rule.pattern.split(";"))
    _common(event, snapshot, newest, language, uid=repeat.series, path="")
    event.add("sequence", int(repeat.is_ended))
    event.add("dtstart", _there(repeat.first, repeat.zone))
    event.add("duration", repeat.lasts_for)
    event.add(
        "rrule", {key: value.split(",") for key, value in pattern.items()} | _until(rule.until)
    )
    event.add("status", "CONFIRMED")
    for nominal, shown in recurrence.shifted(rule, until=snapshot.at + SHIFTS_TOLD):
        # A time that the clocks skip: programs differ in what they make of it, so it is said.
        event.add("exdate", _there(nominal, repeat.zone))
        event.add("rdate", _there(shown, repeat.zone))
    return event


def _until(until: datetime | None) -> dict[str, datetime]:
    return {"UNTIL": until.astimezone(UTC)} if until else {}


def _there(wall_clock: datetime, zone: str) -> datetime:
    return wall_clock.replace(tzinfo=ZoneInfo(zone))


def _event(snapshot: Snapshot, story: Story, language: str) -> Event:
    window, event = story.window, Event()
    assert window is not None, "planned work has a window"
    repeat, path = window.repeat, path_of(story)
    uid = repeat.series if repeat else story.incident_id
    _common(event, snapshot, story, language, uid=uid, path=path)
    if repeat:
        event.add("recurrence-id", repeat.occurs_at.astimezone(ZoneInfo(repeat.zone)))
    event.add("sequence", _sequence(story))
    event.add("dtstart", window.starts_at.astimezone(UTC))
    event.add("dtend", window.ends_at.astimezone(UTC))
    event.add("status", "CANCELLED" if story.is_cancelled else "CONFIRMED")
    return event


def _common(
    event: Event, snapshot: Snapshot, story: Story, language: str, *, uid: str, path: str
) -> None:
    changed_at = story.latest.published_at.astimezone(UTC).replace(microsecond=0)
    # The page's id and not its host: a page that moves to another domain keeps its events.
    event.add("uid", f"{uid}@{snapshot.page.id}.tocsin")
    event.add("dtstamp", changed_at)
    event.add("created", story.opened_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", changed_at)
    event.add("summary", _summary(story, language, is_series=not path))
    # Of a series what was announced; what became of its newest window is that window's to say.
    said = story.latest if path else story.first
    event.add("description", _description(said, language))
    event.add("url", f"{snapshot.url}/{prefix_of(snapshot.page, language)}{path}")
    event.add("categories", ["MAINTENANCE"])
    event.add("transp", "TRANSPARENT")


def _summary(story: Story, language: str, *, is_series: bool) -> str:
    name = without_unseen(story.name(language)[1])
    if story.is_cancelled and not is_series:
        # Some programs show a cancelled event like any other.
        return _("Cancelled: %(name)s") % {"name": name}
    return name


def _description(said: Publication, language: str) -> str:
    layer = said.layer(language)[1]
    return without_unseen(f"{layer.headline}\n\n{layer.body}".replace("*", ""))


def _sequence(story: Story) -> int:
    """How often what a calendar shows of it changed."""
    told = [_shown(said) for said in story.publications if said.words and said.words.window]
    return sum(former != latter for former, latter in pairwise(told))


def _shown(said: Publication) -> tuple[datetime, datetime, bool]:
    assert said.words is not None
    window: Window | None = said.words.window
    assert window is not None
    return window.starts_at, window.ends_at, said.words.phase == Phase.CANCELLED

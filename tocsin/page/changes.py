"""When a page changes by the clock alone. Pure."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.disclosure.severity import SHORT_DUE, grace_of
from tocsin.statements.published import Story

# How often the page says again that it is up to date: a head a few minutes old may be trusted.
CONFIRMED_EVERY = timedelta(minutes=5)
# A word at the very moment is still in time; a moment later it is overdue.
A_MOMENT = timedelta(milliseconds=1)


def overdue_at(story: Story) -> datetime | None:
    """When the next word of a story is shown as overdue: past its time and the grace."""
    due = story.words.next_word_at
    if due is None or not story.is_open:
        return None
    return due + grace_of(due - story.last_word.published_at) + A_MOMENT


def is_overdue(story: Story, *, at: datetime) -> bool:
    late_from = overdue_at(story)
    return late_from is not None and at >= late_from


def is_late_in(story: Story, language: str, *, at: datetime) -> bool:
    """Whether readers of a language wait longer for the word in force than was stated."""
    due = story.translation_due(language)
    return due is not None and at >= _late_from(due)


def translations_late_at(story: Story) -> list[datetime]:
    """When each translation that an incident still lacks is shown as late."""
    dues = map(story.translation_due, story.words.translations_due)
    return [_late_from(due) for due in dues if due]


def _late_from(due: datetime) -> datetime:
    return due + SHORT_DUE + A_MOMENT


def edges(story: Story) -> Iterator[datetime]:
    """When planned work begins and ends: what the page says of it changes by the clock alone."""
    if story.window:
        yield story.window.starts_at
        yield story.window.ends_at


def next_midnight(at: datetime, zone: str) -> datetime:
    there = at.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(there.date() + timedelta(days=1), time.min, there.tzinfo)
    return midnight.astimezone(UTC)


def changes_at(stories: Iterable[Story], *, at: datetime, zone: str) -> datetime:
    """The next moment after ``at`` when a page compiled at ``at`` is no longer true."""
    told = tuple(stories)
    turns = [overdue_at(story) for story in told]
    turns += [moment for story in told for moment in translations_late_at(story)]
    turns += [edge for story in told for edge in edges(story)]
    moments = [moment for moment in turns if moment and moment > at]
    return min([*moments, next_midnight(at, zone), at + CONFIRMED_EVERY])

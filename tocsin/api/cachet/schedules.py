"""Planned work, which Cachet calls schedules."""

from dataclasses import replace

from tocsin.api.cachet import numbers
from tocsin.api.cachet.calls import Call, Told, Values, key_of, listed, portion
from tocsin.api.cachet.components import Shelf
from tocsin.api.v1.failures import Missing, Refused, Unread
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents.plans import Plan
from tocsin.statements import maintenance, published
from tocsin.statements.notices import Script
from tocsin.statements.published import Story


def schedules(call: Call) -> Told:
    """Planned work, the newest first."""
    asked = portion(call.query)
    stories = published.recent_planned(call.page.audience_id, limit=asked.size, offset=asked.start)
    total = published.planned_count(call.page.audience_id)
    return listed(call, [_told(call, story) for story in stories], total)


def schedule(call: Call, number: str) -> Told:
    return Told(_told(call, _story(call, number)))


def plan(call: Call) -> Told:
    """Announce work: from ``scheduled_at`` to ``completed_at``."""
    starts_at, ends_at = call.moment("scheduled_at"), call.moment("completed_at")
    if starts_at is None or ends_at is None:
        raise Unread(["Say from when to when: scheduled_at and completed_at."])
    if call.number("status") not in (None, 0):
        raise Unread(["status: what is planned begins as 0; change it when the work begins."])
    message = call.text("message")
    (spoken,) = maintenance.announce(
        call.page.id,
        Plan(
            title=call.text("name"),
            effects=_effects_in(call),
            starts_at=starts_at,
            ends_at=ends_at,
            as_told=True,
        ),
        Script(),
        said={call.page.language: message} if message else None,
        announces=call.flag("notify", usually=False),
        by=call.by,
        at=call.at,
    )
    return schedule(call, str(numbers.number_of(spoken.incident_id)))


def change(call: Call, number: str) -> Told:
    """Let it begin, end, or take place at another time."""
    story, status = _story(call, number), call.number("status")
    now = numbers.SCHEDULE_STATUS_OF.get(story.phase, 1)
    message = call.text("message")
    said = {call.page.language: message} if message and message != _message(call, story) else None
    if status is not None and status not in numbers.SCHEDULE_NAMES:
        raise Unread(["status is 0 (upcoming), 1 (in progress) or 2 (complete)."])
    if status is not None and status < now:
        raise Refused("Planned work does not go back. Plan another window.", status=409)
    if status == 2 and now == 0:
        maintenance.cancel(story.incident_id, said=said, by=call.by, at=call.at)
    elif status == 2 and now == 1:
        maintenance.end(story.incident_id, said=said, by=call.by, at=call.at)
    elif status == 1 and now == 0:
        maintenance.begin(story.incident_id, said=said, by=call.by, at=call.at)
    else:
        _move(call, story)
    return schedule(call, number)


def drop(call: Call, number: str) -> Told:
    """Give up what has not begun; it stays to be seen that it was cancelled."""
    story = _story(call, number)
    if story.phase != Phase.CANCELLED:
        maintenance.cancel(story.incident_id, by=call.by, at=call.at)
    return Told(None)


def _move(call: Call, story: Story) -> None:
    assert story.window is not None
    window = replace(
        story.window,
        starts_at=call.moment("scheduled_at") or story.window.starts_at,
        ends_at=call.moment("completed_at") or story.window.ends_at,
    )
    if (window.starts_at, window.ends_at) == (story.window.starts_at, story.window.ends_at):
        return
    maintenance.move(
        story.incident_id,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
        by=call.by,
        at=call.at,
    )


def _effects_in(call: Call) -> dict[str, State]:
    """The components that are named, each as not available meanwhile."""
    told = call.told.get("components") or {}
    named = [key for key, is_in in told.items() if is_in] if isinstance(told, dict) else told
    if not isinstance(named, list) or not all(str(one).isdecimal() for one in named):
        raise Unread(["components is a list of numbers."])
    kept = Shelf.of(call)
    try:
        return {kept.component(str(one)).id: State.MAINTENANCE for one in named}
    except Missing:
        raise Unread(["components: one of them is no component of this page."]) from None


def _story(call: Call, number: str) -> Story:
    story = published.story(call.page.audience_id, key_of(number))
    if story is None or story.window is None:
        raise Missing
    return story


def _message(call: Call, story: Story) -> str:
    return story.in_force.layer(call.page.language)[1].body


def _told(call: Call, story: Story) -> Values:
    assert story.window is not None
    status = numbers.SCHEDULE_STATUS_OF.get(story.phase, 1)
    number = numbers.number_of(story.incident_id)
    return {
        "id": number,
        "name": story.name(call.page.language)[1],
        "message": _message(call, story),
        "status": status,
        "human_status": numbers.SCHEDULE_NAMES[status],
        "scheduled_at": call.written(story.window.starts_at),
        "completed_at": call.written(story.window.ends_at),
        "created_at": call.written(story.opened_at),
        "updated_at": call.written(story.updated_at(call.page.language)),
        "deleted_at": None,
        "is_completed": status == 2,
        "components": [
            {"component_id": numbers.number_of(key), "schedule_id": number}
            for key in story.window.effects
        ],
    }

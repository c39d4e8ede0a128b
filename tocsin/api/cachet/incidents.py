"""Incidents and what is said of them, with Cachet's numbers.

What was said stays on the record: an incident is resolved and said more of, never deleted.
"""

from tocsin.api.cachet import numbers
from tocsin.api.cachet.calls import Call, Told, Values, key_of, listed, portion
from tocsin.api.cachet.components import Shelf, state_in
from tocsin.api.v1.failures import Missing, Refused, Unread
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.severity import INDICATOR_OF, SEVERITY_OF, Indicator
from tocsin.page.address import incident_url
from tocsin.statements import published, word
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Publication, Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

STAYS = "What was said stays on the record. Resolve the incident, or say more of it."


def incidents(call: Call) -> Told:
    """The incidents, newest first."""
    asked = portion(call.query)
    stories = published.recent_stories(call.page.audience_id, limit=asked.size, offset=asked.start)
    total = published.incident_count(call.page.audience_id)
    return listed(call, [_told(call, story) for story in stories], total)


def incident(call: Call, number: str) -> Told:
    return Told(_told(call, _story(call, number)))


def declare(call: Call) -> Told:
    """Open an incident and say the first word of it."""
    phase, name = _phase_in(call), call.text("name")
    if not name:
        raise Unread(["name: say what the incident is called."])
    _check_visible(call)
    components = _components_in(call)
    state = next(iter(components.values()), State.OPERATIONAL)
    spoken = word.declare(
        call.page.id,
        title=name,
        components=components,
        severity=SEVERITY_OF[state],
        impact=INDICATOR_OF[state],
        layers=_layers(call, name, call.text("message")) or None,
        phase=phase,
        started_at=call.moment("occurred_at") or call.moment("created_at"),
        announces=call.flag("notify", usually=False),
        by=call.by,
        at=call.at,
    )
    number = numbers.number_of(spoken.incident_id)
    if spoken.pending is not None:  # it is found once something was said of it
        return Told({"id": number, "name": name, "pending": spoken.pending.sentence})
    return incident(call, str(number))


def change(call: Call, number: str) -> Told:
    """Say more: what is sent again as it stands is not said twice."""
    story = _story(call, number)
    _check_visible(call)
    now = _told(call, story)
    name, message = call.text("name") or now["name"], call.text("message") or now["message"]
    phase = _phase_in(call) if call.number("status") is not None else story.phase
    components = _components_in(call)
    moved = {
        key: state for key, state in components.items() if story.words.impacts.get(key) != state
    }
    is_same_phase = numbers.INCIDENT_STATUS_OF[phase] == now["status"]
    if (name, message) == (now["name"], now["message"]) and is_same_phase and not moved:
        return Told(now)
    is_new = message != now["message"]
    _say(
        call,
        story,
        phase=story.phase if is_same_phase else phase,
        name=name,
        message=message if is_new else "",
        components=moved,
        announces=call.flag("notify", usually=True),
    )
    return incident(call, number)


def drop(call: Call, number: str) -> Told:
    _story(call, number)
    raise Refused(STAYS, status=409)


# What is said of it after the first word


def updates(call: Call, number: str) -> Told:
    return listed(call, _updates(call, _story(call, number)))


def update(call: Call, number: str, update_number: str) -> Told:
    wanted = int(update_number)
    for row in _updates(call, _story(call, number)):
        if row["id"] == wanted:
            return Told(row)
    raise Missing


def add_update(call: Call, number: str) -> Told:
    """Say more of an incident, with its new status."""
    story, message = _story(call, number), call.text("message")
    if not message:
        raise Unread(["message: say what there is to say."])
    phase = _phase_in(call) if call.number("status") is not None else story.phase
    _say(call, story, phase=phase, name=_name(call, story), message=message, announces=True)
    return Told(_updates(call, _story(call, number))[0])


def keep_update(call: Call, number: str, update_number: str) -> Told:
    """Neither taken back nor put in other words from here."""
    update(call, number, update_number)
    raise Refused(STAYS, status=409)


def _say(
    call: Call,
    story: Story,
    *,
    phase: Phase,
    name: str,
    message: str,
    announces: bool,
    components: dict[str, State] | None = None,
) -> None:
    if phase in FINAL and any(state != State.OPERATIONAL for state in (components or {}).values()):
        raise Unread(
            ["component_status: what is fixed leaves its component operational; set it by itself."]
        )
    if phase == Phase.HOLDING and message:
        phase = Phase.INVESTIGATING  # said already, and now in words of one's own
    saying = Saying(
        phase=phase,
        layers=_layers(call, name, message),
        components=None if phase in FINAL else components or None,
        names={call.page.language: name} if name != _name(call, story) else None,
        impact=_impact(story, components or {}),
    )
    word.say(story.incident_id, saying, announces=announces, by=call.by, at=call.at)


def _impact(story: Story, components: dict[str, State]) -> Indicator:
    """What the worst of its components comes to; what was told of it before where none is named."""
    if not components:
        return story.impact
    return max((INDICATOR_OF[state] for state in components.values()), key=list(Indicator).index)


# Reading what was sent


def _phase_in(call: Call) -> Phase:
    status = call.number("status")
    if status == 0:
        raise Unread(["status 0 is planned work: send it to /schedules."])
    if status not in numbers.PHASE_OF:
        raise Unread(["status is 1 (investigating), 2, 3 or 4 (fixed)."])
    return numbers.PHASE_OF[status]


def _check_visible(call: Call) -> None:
    if not call.flag("visible", usually=True):
        raise Unread(["visible: what is sent here is told in public. Send 1, or nothing at all."])


def _components_in(call: Call) -> dict[str, State]:
    """The component that is named, in the state that is sent, or in which it stands."""
    number, state = call.number("component_id"), state_in(call, "component_status")
    if not number:
        return {}
    kept = Shelf.of(call)
    try:
        node = kept.component(number)
    except Missing:
        raise Unread([f"component_id: there is no component {number}."]) from None
    return {node.id: state or kept.state_of(node)}


def _layers(call: Call, name: str, message: str) -> dict[str, Layer]:
    """The words in the page's own language; none where nothing was sent."""
    if not message:
        return {}
    return {call.page.language: Layer(headline=short(name), body=message)}


def short(name: str) -> str:
    """A name in the length of a headline, cut between words."""
    name = " ".join(name.split())
    if len(name) <= HEADLINE_LENGTH:
        return name
    return name[: HEADLINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


# Writing answers


def _story(call: Call, number: str) -> Story:
    """An incident as everyone was told of it. Raises Missing."""
    story = published.story(call.page.audience_id, key_of(number))
    if story is None or not story.is_incident:
        raise Missing
    return story


def _name(call: Call, story: Story) -> str:
    return story.name(call.page.language)[1]


def _said(story: Story) -> list[Publication]:
    """Every word, oldest first."""
    return [said for said in story.as_incident().publications if said.words]


def _told(call: Call, story: Story) -> Values:
    said = _said(story)
    component = next(iter(story.words.impacts), "")
    status = numbers.INCIDENT_STATUS_OF[story.phase]
    rows = _updates(call, story)
    return {
        "id": numbers.number_of(story.incident_id),
        "component_id": numbers.number_of(component) if component else 0,
        "name": _name(call, story),
        "status": status,
        "visible": 1,
        "stickied": False,
        "message": said[-1].layer(call.page.language)[1].body,
        "occurred_at": call.written(story.started_at),
        "scheduled_at": None,
        "created_at": call.written(said[0].published_at),
        "updated_at": call.written(story.updated_at(call.page.language)),
        "deleted_at": None,
        "is_resolved": not story.is_open,
        "updates": rows,
        "human_status": numbers.INCIDENT_NAMES[status],
        "latest_update_id": rows[0]["id"] if rows else None,
        "latest_status": status,
        "latest_human_status": numbers.INCIDENT_NAMES[status],
        "permalink": incident_url(call.page, story.incident_id),
        "meta": {},
    }


def _updates(call: Call, story: Story) -> list[Values]:
    """Every word after the first, newest first."""
    return [_update(call, said) for said in reversed(_said(story)[1:])]


def _update(call: Call, said: Publication) -> Values:
    assert said.words is not None
    assert said.incident_id is not None
    status = numbers.INCIDENT_STATUS_OF[said.words.phase]
    at = call.written(said.published_at)
    url = incident_url(call.page, said.incident_id)
    return {
        "id": numbers.number_of(said.id),
        "incident_id": numbers.number_of(said.incident_id),
        "status": status,
        "message": said.layer(call.page.language)[1].body,
        "user_id": None,
        "created_at": at,
        "updated_at": at,
        "human_status": numbers.INCIDENT_NAMES[status],
        "permalink": url,
    }

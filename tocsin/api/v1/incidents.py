"""Incidents and planned work: declared, listed, told more of, put right, withdrawn."""

from collections.abc import Callable, Sequence
from itertools import islice

from django.http import HttpResponse
from ninja import Query, Router, Schema

from tocsin.api.v1 import coached, planned, realtime, remarks, shapes, telling
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import MOST, Asked, Call, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing, Unread
from tocsin.api.v1.incident_fields import IncidentBody, IncidentFields, UpdateBody
from tocsin.api.v1.remarks import Kept
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.severity import Indicator
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.statements import answers, published, word, wordless
from tocsin.statements.asking import Pending
from tocsin.statements.published import Publication, Story
from tocsin.statements.word import Saying

router = Router()
LOOKED_AT = 50  # stories at once, when a text is looked for
HERE = "/pages/{page_id}/incidents"


class Listed(Schema):
    """Pages count from 1."""

    page: int = 1
    limit: int = 100
    q: str = ""


@router.get(HERE, response=reads(list[shapes.Incident]), operation_id="incidents")
def incidents(request: Asked, page_id: str, paged: Query[Listed]) -> HttpResponse:
    """All that was told of, planned work too, the newest first; with ``q``, what holds a text."""
    call, limit = request.call, min(max(paged.limit, 1), MOST)
    offset = (max(paged.page, 1) - 1) * limit
    if offset > 10**9:
        return written([])
    look = _holding if paged.q.strip() else _newest
    stories = look(call, paged.q.strip(), offset, limit)
    return written(telling.incidents(Scene(call), stories))


def _newest(call: Call, text: str, offset: int, limit: int) -> tuple[Story, ...]:
    gone = remarks.withdrawn(call.page.id)
    return published.stories_from(call.page.audience_id, offset=offset, limit=limit, without=gone)


def _holding(call: Call, text: str, offset: int, limit: int) -> tuple[Story, ...]:
    gone = remarks.withdrawn(call.page.id)
    audience = call.page.audience_id
    ids = [key for key in published.stories_holding(audience, text) if key not in gone]
    some = (ids[start : start + LOOKED_AT] for start in range(0, len(ids), LOOKED_AT))
    stories = (story for part in some for story in published.stories_of(audience, part))
    return tuple(islice(telling.matching(stories, text), offset, offset + limit))


@router.get(
    f"{HERE}/unresolved",
    response=reads(list[shapes.Incident]),
    operation_id="unresolved_incidents",
)
def unresolved(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Trouble that is not over, the newest first."""
    call, audience = request.call, request.call.page.audience_id
    gone = remarks.withdrawn(call.page.id)
    ids = [key for key in published.open_ids(audience) if key not in gone]
    shown = portion(ids, page=paged.page, per_page=paged.per_page)
    return written(telling.incidents(Scene(call), published.stories_of(audience, shown)))


def _scheduled(call: Call) -> list[Story]:
    audience = call.page.audience_id
    outlasted = (story for story in published.open_stories(audience) if story.window)
    both = (*published.planned_stories(audience), *outlasted)
    return sorted(both, key=lambda story: story.placed_at)


def _upcoming(call: Call) -> list[Story]:
    return [story for story in _scheduled(call) if story.phase == Phase.ANNOUNCED]


def _active(call: Call) -> list[Story]:
    return [story for story in _scheduled(call) if story.phase != Phase.ANNOUNCED]


def _list(name: str, told_of: Callable[[Call], list[Story]], line: str) -> None:
    @router.get(
        f"{HERE}/{name}", response=reads(list[shapes.Incident]), operation_id=f"{name}_incidents"
    )
    def listed(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
        call = request.call
        gone = remarks.withdrawn(call.page.id)
        told = [story for story in told_of(call) if story.incident_id not in gone]
        shown = portion(told, page=paged.page, per_page=paged.per_page)
        return written(telling.incidents(Scene(call), shown))

    listed.__doc__ = line


_list("scheduled", _scheduled, "Planned work that is not over, by its window.")
_list("upcoming", _upcoming, "Planned work that has not begun.")
_list("active_maintenance", _active, "Planned work that is under way.")


@router.post(HERE, response=writes(shapes.Incident, status=201), operation_id="declare_incident")
def declare(request: Asked, page_id: str, body: IncidentBody) -> HttpResponse:
    """Declare trouble, announce planned work, or tell of what is over (``backfilled``)."""
    call, told = request.call, body.incident
    if not (told.name or "").strip():
        raise Unread(["incident.name: give the incident a name."])
    if told.backfilled:
        incident_id = realtime.tell_afterwards(call, told)
    elif planned.is_planned(told):
        incident_id = planned.announce(call, told)
    else:
        incident_id = realtime.declare(call, told)
    remarks.keep(call, incident_id, told.kept())
    return _answered(call, incident_id, told, status=201)


@router.get(f"{HERE}/{{incident_id}}", response=reads(shapes.Incident), operation_id="incident")
def incident(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """One of them."""
    call = request.call
    first = _unsaid(call, incident_id)
    if first is not None:
        return written(telling.unsaid(Scene(call), first))
    return written(telling.incident(Scene(call), find(call, incident_id)))


@router.api_operation(
    ["PATCH", "PUT"],
    f"{HERE}/{{incident_id}}",
    response=writes(shapes.Incident),
    operation_id="update_incident",
)
def update(request: Asked, page_id: str, incident_id: str, body: IncidentBody) -> HttpResponse:
    """Say more of it: a status, words or states make a new update; what is left out stays."""
    call, told = request.call, body.incident
    try:
        story, kept = _found(call, incident_id)
    except Missing:
        first = _unsaid(call, incident_id)
        if first is None:
            raise
        realtime.word_anew(call, first, told)
    else:
        _update(call, story, kept, told)
    remarks.keep(call, incident_id, told.kept())
    return _answered(call, incident_id, told)


def _update(call: Call, story: Story, kept: Kept, told: IncidentFields) -> None:
    known = declaration.known_of(story.incident_id)
    if known.is_planned:
        planned.update(call, story, told)
        return
    override = kept.told.get("impact_override")
    realtime.update(call, story, known, told, override=Indicator(override) if override else None)


@router.delete(
    f"{HERE}/{{incident_id}}", response=writes(shapes.Incident), operation_id="delete_incident"
)
def delete(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """Withdraw it: said in public, where it stays to be read; no client finds it any more."""
    call = request.call
    story = find(call, incident_id)
    notice = wordless.notice(call.page, "withdrawn")
    known = declaration.known_of(incident_id)
    if known.is_planned and known.is_open:
        planned.withdraw(call, story, {code: layer.body for code, layer in notice.items()})
    else:
        phase = story.phase if story.phase in FINAL else Phase.RESOLVED
        saying = Saying(
            phase=phase,
            layers=notice,
            impact=None if known.is_planned else story.impact,
            opens_late=False,
            is_made=True,
        )
        word.say(incident_id, saying, announces=story.latest.announces, by=call.by, at=call.at)
    told = _read(call, incident_id)
    remarks.withdraw(call, incident_id)
    subject = ("incident", incident_id)
    chain.note("api:incident:withdrawn", by=call.by, at=call.at, subject=subject, page=call.page.id)
    return written(told)


@router.api_operation(
    ["PATCH", "PUT"],
    f"{HERE}/{{incident_id}}/incident_updates/{{update_id}}",
    response=writes(shapes.IncidentUpdate),
    operation_id="correct_incident_update",
)
def correct(
    request: Asked, page_id: str, incident_id: str, update_id: str, body: UpdateBody
) -> HttpResponse:
    """Let an update read otherwise: a correction, which readers see as one."""
    call, told = request.call, body.incident_update
    story = find(call, incident_id)
    said = _named(call, story, update_id)[1]
    words = told.body if told.body is not None else told.message
    if words is not None:
        if not words.strip():
            raise Unread(["incident_update.body: say what it should read."])
        realtime.put_right(call, story, said, words)
    return written(_named(call, find(call, incident_id), update_id)[0])


def _named(call: Call, story: Story, update_id: str) -> tuple[Values, Publication]:
    """An update as told, and what it tells. Raises Missing."""
    row = telling.incident(Scene(call), story)
    for update, said in telling.updates(row, story):
        if update["id"] == update_id:
            return update, said
    raise Missing


def find(call: Call, incident_id: str) -> Story:
    """An incident that clients can find. Raises Missing."""
    return _found(call, incident_id)[0]


def _found(call: Call, incident_id: str) -> tuple[Story, Kept]:
    story = published.story(call.page.audience_id, incident_id)
    kept = remarks.of([incident_id]).get(incident_id, remarks.NONE)
    if story is None or kept.withdrawn_at:
        raise Missing
    return story, kept


def _unsaid(call: Call, incident_id: str) -> Pending | None:
    """The first word about an incident, while it waits for consent and nothing was said of it."""
    if published.story(call.page.audience_id, incident_id) is not None:
        return None
    first = next(iter(answers.waiting_of(incident_id)), None)
    if first is None or declaration.known_of(incident_id).audience_id != call.page.audience_id:
        return None
    return first


def _answered(
    call: Call, incident_id: str, told: IncidentFields, *, status: int = 200
) -> HttpResponse:
    """The incident as it is now; where the call brought words, with what the coach says of them."""
    waiting = answers.waiting_of(incident_id)
    answer = written(_read(call, incident_id, waiting), status=status)
    if told.words:
        story = published.story(call.page.audience_id, incident_id)
        words = waiting[0].words if waiting or story is None else story.words
        coached.report(answer, call, words, incident_id=incident_id)
    return answer


def _read(call: Call, incident_id: str, waiting: Sequence[Pending] = ()) -> Values:
    """The incident as it is in public, and whether a word about it waits for consent."""
    scene = Scene(call, as_it_was=True)
    if waiting and published.story(call.page.audience_id, incident_id) is None:
        return telling.unsaid(scene, waiting[0])
    told = telling.incident(scene, scene.story(incident_id))
    return telling.with_pending(told, waiting[0]) if waiting else told

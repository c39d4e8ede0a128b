"""Promises: what was taken on after incidents, and what becomes of it. Statuspage has none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.api.v1 import remarks, shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing
from tocsin.api.v1.fields import Claim, Day, Name, Sent, Texts
from tocsin.api.v1.incidents import HERE, find
from tocsin.api.v1.shapes import Values
from tocsin.followup import pledges, promises
from tocsin.followup.pledges import Pledge, Proof
from tocsin.followup.promises import Kept, Turn, Turned
from tocsin.page.statuspage import stamp
from tocsin.statements import published
from tocsin.statements.promised import Fate, Promised
from tocsin.statements.spoken import Spoken

router = Router()
OF_INCIDENT = f"{HERE}/{{incident_id}}/promises"
ALL = "/pages/{page_id}/promises"
ONE = f"{ALL}/{{promise_id}}"


class Listed(Paged):
    """Which promises; all of them unless ``state`` names one fate."""

    state: Fate | None = None


class InWords(Sent):
    """A promise in one language; ``owner`` is a role, never a person."""

    action: Name = ""
    done_when: Name = ""
    owner: Name = ""


class PledgeFields(Sent):
    """A promise; ``texts`` by language, in each of the page's where it is ``public``.

    ``keeper`` is the address of whoever is reminded, else those who lead the incident are.
    """

    texts: dict[str, InWords]
    due_on: Day
    public: Claim = None
    link: str = ""
    keeper: Name | None = None


class PledgeBody(Sent):
    promise: PledgeFields


class RewordFields(Sent):
    """What is said otherwise; what is left out stays as it is."""

    texts: dict[str, InWords] | None = None
    public: Claim = None
    link: str | None = None


class RewordBody(Sent):
    promise: RewordFields


class SlipFields(Sent):
    """Another day, and why, by language; readers of a public one are told by mail, too."""

    due_on: Day
    reason: Texts
    notify_subscribers: Claim = None


class SlipBody(Sent):
    promise: SlipFields


class ProofFields(Sent):
    """What shows that it was kept: in words by language, as a link, or both."""

    proof: Texts = {}
    proof_link: str = ""
    notify_subscribers: Claim = None


class ProofBody(Sent):
    promise: ProofFields


class DropFields(Sent):
    """Why it is given up, by language."""

    reason: Texts
    notify_subscribers: Claim = None


class DropBody(Sent):
    promise: DropFields


class TellFields(Sent):
    """Whether whoever follows the incident is written to; the page tells it in any case."""

    notify_subscribers: Claim = None


class TellBody(Sent):
    promises: TellFields = TellFields()


NOTHING_SAID = TellBody()


@router.get(ALL, response=reads(list[shapes.Promise]), operation_id="promises")
def every(request: Asked, page_id: str, told: Query[Listed]) -> HttpResponse:
    """The page's promises: what is due first leads, what is settled comes last."""
    found = _findable(request.call, promises.of_page(request.call.page.id))
    asked = [kept for kept in found if told.state in (None, kept.fate)]
    shown = portion(asked, page=told.page, per_page=told.per_page)
    return written([_read(request.call, kept) for kept in shown])


@router.get(OF_INCIDENT, response=reads(list[shapes.Promise]), operation_id="incident_promises")
def of_incident(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """What was taken on after one incident, in the order in which it was."""
    find(request.call, incident_id)
    return written([_read(request.call, kept) for kept in promises.of_incident(incident_id)])


@router.post(
    OF_INCIDENT, response=writes(shapes.TurnedPromise, status=201), operation_id="add_promise"
)
def add(request: Asked, page_id: str, incident_id: str, body: PledgeBody) -> HttpResponse:
    """Take an action on; the register refuses what nobody could tell to be done."""
    call, told = request.call, body.promise
    find(call, incident_id)
    pledge = Pledge(
        texts=_texts(told.texts),
        due_on=told.due_on,
        is_public=bool(told.public),
        link=told.link,
        keeper_id=pledges.keeper_at(told.keeper, call.page.id).id if told.keeper else "",
    )
    turned = promises.promise(incident_id, pledge, by=call.by, at=call.at)
    return written(_turned(call, turned), status=201)


@router.put(
    f"{OF_INCIDENT}/tell", response=writes(shapes.PromisesTold), operation_id="tell_promises"
)
def tell(
    request: Asked, page_id: str, incident_id: str, body: TellBody = NOTHING_SAID
) -> HttpResponse:
    """Tell readers now how an incident's public promises stand, once it is over."""
    call = request.call
    find(call, incident_id)
    spoken = promises.tell(
        incident_id,
        announces=body.promises.notify_subscribers is not False,
        by=call.by,
        at=call.at,
    )
    return written(_told(spoken))


@router.get(ONE, response=reads(shapes.Promise), operation_id="promise")
def one(request: Asked, page_id: str, promise_id: str) -> HttpResponse:
    """One promise with its whole history."""
    return written(_read(request.call, _found(request.call, promise_id)))


@router.api_operation(
    ["PATCH", "PUT"], ONE, response=writes(shapes.TurnedPromise), operation_id="reword_promise"
)
def reword(request: Asked, page_id: str, promise_id: str, body: RewordBody) -> HttpResponse:
    """Say a promise better, or make it public; its day stays (see ``slip``)."""
    call, told = request.call, body.promise
    kept = _found(call, promise_id)
    now = kept.now
    pledge = Pledge(
        texts=_texts(told.texts) if told.texts else now.texts,
        due_on=now.due_on,
        is_public=now.is_public if told.public is None else told.public,
        link=now.link if told.link is None else told.link,
    )
    return written(_turned(call, promises.reword(kept.id, pledge, by=call.by, at=call.at)))


@router.put(f"{ONE}/slip", response=writes(shapes.TurnedPromise), operation_id="slip_promise")
def slip(request: Asked, page_id: str, promise_id: str, body: SlipBody) -> HttpResponse:
    """Give it another day, and say why; the days before stay to be read."""
    call, told = request.call, body.promise
    turned = promises.slip(
        _found(call, promise_id).id,
        due_on=told.due_on,
        reason=told.reason,
        announces=told.notify_subscribers is not False,
        by=call.by,
        at=call.at,
    )
    return written(_turned(call, turned))


@router.put(f"{ONE}/prove", response=writes(shapes.TurnedPromise), operation_id="prove_promise")
def prove(request: Asked, page_id: str, promise_id: str, body: ProofBody) -> HttpResponse:
    """Say that it was kept, and what shows it."""
    call, told = request.call, body.promise
    turned = promises.prove(
        _found(call, promise_id).id,
        Proof(told.proof, told.proof_link),
        announces=told.notify_subscribers is not False,
        by=call.by,
        at=call.at,
    )
    return written(_turned(call, turned))


@router.put(f"{ONE}/drop", response=writes(shapes.TurnedPromise), operation_id="drop_promise")
def drop(request: Asked, page_id: str, promise_id: str, body: DropBody) -> HttpResponse:
    """Give it up, and say why; it stays to be read."""
    call, told = request.call, body.promise
    turned = promises.drop(
        _found(call, promise_id).id,
        reason=told.reason,
        announces=told.notify_subscribers is not False,
        by=call.by,
        at=call.at,
    )
    return written(_turned(call, turned))


def _texts(told: Mapping[str, InWords]) -> dict[str, Promised]:
    return {
        language: Promised(text.action, text.done_when, text.owner)
        for language, text in told.items()
    }


def _found(call: Call, promise_id: str) -> Kept:
    """A promise made after an incident of this page that clients can find. Raises Missing."""
    kept = promises.kept(promise_id)
    if not _findable(call, [kept]):
        raise Missing
    return kept


def _findable(call: Call, found: Iterable[Kept]) -> list[Kept]:
    """Those of incidents that everyone was told of, and that were not withdrawn."""
    every = list(found)
    ids = list(dict.fromkeys(kept.incident_id for kept in every))
    said = {story.incident_id for story in published.stories_of(call.page.audience_id, ids)}
    withdrawn = {key for key, kept in remarks.of(ids).items() if kept.withdrawn_at}
    return [kept for kept in every if kept.incident_id in said - withdrawn]


def _turned(call: Call, turned: Turned) -> Values:
    told = _told(turned.spoken) if turned.spoken else None
    return _read(call, turned.promise) | {"told": told}


def _told(spoken: Spoken) -> Values:
    waits = spoken.pending
    return {
        "publication": spoken.said.number if spoken.said else None,
        "pending": waits
        and {
            "clearance": waits.clearance_id,
            "role": waits.role,
            "due_at": stamp(waits.due_at),
        },
    }


def _keeper(call: Call, kept: Kept) -> str | None:
    """Who is reminded, as long as they see the page; our people are no reading key's business."""
    if not kept.keeper_id or not call.key.writes:
        return None
    keeper = pledges.keeper_of(kept.keeper_id, call.page.id)
    return keeper.email if keeper else None


def _read(call: Call, kept: Kept) -> Values:
    first, now = kept.turns[0], kept.now
    return {
        "id": kept.id,
        "incident_id": kept.incident_id,
        "state": kept.fate.value,
        "public": kept.is_public,
        "keeper": _keeper(call, kept),
        "created_at": stamp(first.at),
        "updated_at": stamp(now.at),
        "due_on": kept.due_on.isoformat(),
        "due_before": [day.isoformat() for day in kept.due_before],
        "settled_at": stamp(now.at) if kept.fate != Fate.OPEN else None,
        "link": kept.link or None,
        "proof_link": now.proof_link or None,
        "texts": _said(now.texts),
        "history": [_turn(turn) for turn in kept.turns],
    }


def _turn(turn: Turn) -> Values:
    return {
        "act": turn.act.value,
        "at": stamp(turn.at),
        "by": turn.by,
        "due_on": turn.due_on.isoformat(),
        "texts": _said(turn.texts),
    }


def _said(texts: Mapping[str, Promised]) -> dict[str, Any]:
    return {
        language: {
            "action": text.action,
            "done_when": text.done_when,
            "owner": text.owner,
            "reason": text.reason or None,
            "proof": text.proof or None,
        }
        for language, text in texts.items()
    }

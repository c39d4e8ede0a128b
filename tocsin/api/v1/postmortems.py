"""Postmortems: an incident's account, drafted, published, taken back."""

from collections.abc import Mapping

from django.http import HttpResponse
from ninja import Router

from tocsin.api.v1 import shapes, telling
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, nothing, written
from tocsin.api.v1.failures import Missing, Unread
from tocsin.api.v1.fields import Body, Claim, Sent
from tocsin.api.v1.incidents import HERE, find
from tocsin.api.v1.realtime import short
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.page.statuspage import stamp
from tocsin.statements import account
from tocsin.statements.published import Publication, Story
from tocsin.statements.values import Layer

router = Router()
PLACE = f"{HERE}/{{incident_id}}/postmortem"


class DraftFields(Sent):
    body_draft: Body | None = None
    body: Body | None = None


class DraftBody(Sent):
    postmortem: DraftFields


class PublishFields(Sent):
    notify_subscribers: Claim = None
    notify_twitter: Claim = None
    custom_tweet: str | None = None


class PublishBody(Sent):
    postmortem: PublishFields = PublishFields()


@router.get(PLACE, response=reads(shapes.Postmortem), operation_id="postmortem")
def postmortem(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """The account: its draft, and what is published of it."""
    return written(_read(request.call, incident_id))


@router.put(PLACE, response=writes(shapes.Postmortem), operation_id="draft_postmortem")
def draft(request: Asked, page_id: str, incident_id: str, body: DraftBody) -> HttpResponse:
    """Write the draft down; nothing is said yet."""
    call, told = request.call, body.postmortem
    story = find(call, incident_id)
    words = (told.body_draft or told.body or "").strip()
    if not words:
        raise Unread(["postmortem.body_draft: say what happened."])
    language = call.page.language
    layers = {language: Layer(headline=short(story.name(language)[1]), body=words)}
    account.draft(incident_id, layers, by=call.by, at=call.at)
    return written(_read(call, incident_id))


@router.delete(PLACE, response=writes(None, status=204), operation_id="delete_postmortem")
def delete(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """Drop the draft; an account that is published is said to be taken back."""
    call = request.call
    story = find(call, incident_id)
    _read(call, incident_id)
    account.drop(incident_id, by=call.by, at=call.at)
    if telling.account_of(story):
        account.take_back(incident_id, by=call.by, at=call.at)
    return nothing()


@router.put(
    f"{PLACE}/publish", response=writes(shapes.Postmortem), operation_id="publish_postmortem"
)
def publish(
    request: Asked, page_id: str, incident_id: str, body: PublishBody | None = None
) -> HttpResponse:
    """Publish what was drafted; readers are told unless ``notify_subscribers`` is false."""
    call = request.call
    find(call, incident_id)
    told = body.postmortem if body else PublishFields()
    announces = told.notify_subscribers is not False
    account.publish(incident_id, announces=announces, by=call.by, at=call.at)
    return written(_read(call, incident_id))


@router.put(f"{PLACE}/revert", response=writes(shapes.Postmortem), operation_id="revert_postmortem")
def revert(request: Asked, page_id: str, incident_id: str) -> HttpResponse:
    """Take a published account back, which is said; what it told is its draft again."""
    call = request.call
    story = find(call, incident_id)
    said = telling.account_of(story)
    if said is None:
        raise Unread(["postmortem: no account is published."])
    assert said.words is not None
    account.take_back(incident_id, by=call.by, at=call.at)
    if account.written(incident_id) is None:
        account.draft(incident_id, story.as_corrected(said), by=call.by, at=call.at)
    return written(_read(call, incident_id))


def _read(call: Call, incident_id: str) -> Values:
    """The account as it stands. Raises Missing."""
    story = find(call, incident_id)
    kept, said = account.written(incident_id), telling.account_of(story)
    if kept is None and said is None:
        raise Missing
    body = telling.body_of(Scene(call), story, said) if said else None
    updated_at = _updated_at(story, said) if said else None
    return {
        "created_at": stamp(kept.begun_at) if kept else updated_at,
        "preview_key": None,
        "body": body,
        "body_updated_at": updated_at,
        "body_draft": _text(kept.layers, call.page.language) if kept else None,
        "body_draft_updated_at": stamp(kept.at) if kept else None,
        "published_at": stamp(said.published_at) if said else None,
        "notify_subscribers": bool(said and said.announces),
        "notify_twitter": False,
        "custom_tweet": None,
    }


def _updated_at(story: Story, said: Publication) -> str | None:
    corrected = [later.published_at for later in story.corrections_of(said)]
    return stamp(max([said.published_at, *corrected]))


def _text(layers: Mapping[str, Layer], language: str) -> str:
    layer = layers.get(language) or next(iter(layers.values()))
    return layer.body

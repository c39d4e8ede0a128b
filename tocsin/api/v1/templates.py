"""Incident templates: words that clients keep, to tell incidents by; handed back as they came."""

import json
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import BeforeValidator

from tocsin.api.models import Template
from tocsin.api.v1 import shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Unread
from tocsin.api.v1.fields import Body, Claim, Ids, Name, Sent, none_if_empty
from tocsin.api.v1.incident_fields import IncidentStatus
from tocsin.api.v1.repeats import told_as_text
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.journal import chain
from tocsin.people import access

router = Router()
HERE = "/pages/{page_id}/incident_templates"
MOST = 500


class TemplateFields(Sent):
    """``name`` is the template's own, ``title`` the incident's; ``update_status`` what it sets."""

    name: Name
    title: Name
    body: Body
    group_id: Name | None = None
    update_status: Annotated[IncidentStatus | None, BeforeValidator(none_if_empty)] = None
    should_tweet: Claim = None
    should_send_notifications: Claim = None
    component_ids: Ids = None


class TemplateBody(Sent):
    template: TemplateFields


class IncidentTemplate(Schema):
    """A template, with the components that it is about as they are now."""

    id: str
    components: list[shapes.Component]
    name: str
    title: str
    body: str
    group_id: str | None
    update_status: str | None
    should_tweet: bool
    should_send_notifications: bool


@router.get(HERE, response=reads(list[IncidentTemplate]), operation_id="incident_templates")
def templates(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Every template, the oldest first."""
    rows = list(Template.objects.filter(page_id=page_id).order_by("at", "id"))
    some = portion(rows, page=paged.page, per_page=paged.per_page)
    components = _components(request.call)
    return written([_told(row, components) for row in some])


@router.post(
    HERE, response=writes(IncidentTemplate, status=201), operation_id="add_incident_template"
)
def add(request: Asked, page_id: str, body: TemplateBody) -> HttpResponse:
    """Keep a template."""
    call, told = request.call, body.template
    access.check(call.by, "draft", page_id)
    components = _components(call)
    _check(call, told, components)
    kept = told.dict() | {"name": told.name.strip(), "component_ids": told.component_ids or []}
    text = told_as_text(json.dumps(kept, ensure_ascii=False).encode())
    row = Template.objects.create(page_id=page_id, told=text, at=call.at)
    subject = ("template", row.id)
    chain.note("api:template:kept", by=call.by, at=call.at, subject=subject, page=page_id)
    return written(_told(row, components), status=201)


def _check(call: Call, told: TemplateFields, components: dict[str, Values]) -> None:
    """Refuse what could tell no incident. Raises Unread."""
    empty = [
        f"template.{name}: say it."
        for name in ("name", "title", "body")
        if not getattr(told, name).strip()
    ]
    unknown = [key for key in told.component_ids or () if key not in components]
    if unknown:
        empty.append(f"template.component_ids: no component {unknown[0][:40]!r}.")
    if told.group_id and not components.get(told.group_id, {}).get("group"):
        empty.append(f"template.group_id: no group goes by {told.group_id[:40]!r}.")
    if empty:
        raise Unread(empty)
    if Template.objects.filter(page_id=call.page.id).count() >= MOST:
        raise Unread([f"A page keeps at most {MOST} templates."])


def _components(call: Call) -> dict[str, Values]:
    return {row["id"]: row for row in Scene(call).components()}


def _told(row: Template, components: dict[str, Values]) -> Values:
    kept = json.loads(row.told, strict=False)
    named = (components.get(key) for key in kept["component_ids"])
    return {
        "id": row.id,
        "components": [one for one in named if one],
        "name": kept["name"],
        "title": kept["title"],
        "body": kept["body"],
        "group_id": kept["group_id"] or None,
        "update_status": kept["update_status"],
        "should_tweet": bool(kept["should_tweet"]),
        "should_send_notifications": bool(kept["should_send_notifications"]),
    }

"""The notice for other people's pages: its corner and its colours."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import BeforeValidator, StringConstraints

from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, written
from tocsin.api.v1.fields import Sent, none_if_empty
from tocsin.api.v1.shapes import Values
from tocsin.catalogue import dressing
from tocsin.catalogue.shelf import Brand

router = Router()
HERE = "/pages/{page_id}/status_embed_config"
COLOURS = ("incident_background", "incident_text", "maintenance_background", "maintenance_text")
Told = Annotated[
    Annotated[str, StringConstraints(max_length=40)] | None, BeforeValidator(none_if_empty)
]


class EmbedFields(Sent):
    """What is left out stays. Text has to be readable on its background."""

    position: Told = None
    incident_background_color: Told = None
    incident_text_color: Told = None
    maintenance_background_color: Told = None
    maintenance_text_color: Told = None


class EmbedBody(Sent):
    status_embed_config: EmbedFields


class EmbedConfig(Schema):
    page_id: str
    position: str
    incident_background_color: str
    incident_text_color: str
    maintenance_background_color: str
    maintenance_text_color: str


@router.get(HERE, response=reads(EmbedConfig), operation_id="status_embed_config")
def embed(request: Asked, page_id: str) -> HttpResponse:
    """How the embedded notice looks."""
    return written(_told(request.call.page))


@router.api_operation(
    ["PATCH", "PUT"], HERE, response=writes(EmbedConfig), operation_id="change_status_embed_config"
)
def change(request: Asked, page_id: str, body: EmbedBody) -> HttpResponse:
    """Choose its corner and colours."""
    call, told = request.call, body.status_embed_config
    chosen = {
        name.removesuffix("_color"): value for name, value in told.dict(exclude_none=True).items()
    }
    if not chosen:
        return written(_told(call.page))
    return written(_told(dressing.place_embed(page_id, chosen, by=call.by, at=call.at)))


def _told(page: Brand) -> Values:
    worn = page.look.embed
    colours = {f"{name}_color": getattr(worn, name) for name in COLOURS}
    return {"page_id": page.id, "position": worn.position, **colours}

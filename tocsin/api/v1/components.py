"""Components: what they are called, where they stand, their states and uptime."""

from django.db import transaction
from django.http import HttpResponse
from ninja import Query, Router, Schema

from tocsin.api.v1 import recall, shapes, uptime
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, nothing, portion, written
from tocsin.api.v1.failures import Unread
from tocsin.api.v1.fields import Claim, Name, OnDay, Sent, Short, Status
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.uptime import Range
from tocsin.catalogue import arranging, shelf
from tocsin.catalogue.arranging import Shown
from tocsin.catalogue.tree import Node, State
from tocsin.statements import publication, states

router = Router()


class Paged(Schema):
    """Pages count from 1."""

    page: int = 1
    per_page: int = 100


class ComponentFields(Sent):
    """What a component is made of; ``status`` empty leaves it as it is."""

    name: Name | None = None
    description: Short | None = None
    status: Status = None
    group_id: str | None = None
    showcase: Claim = None
    only_show_if_degraded: Claim = None
    start_date: OnDay = None


class ComponentBody(Sent):
    component: ComponentFields


@router.get(
    "/pages/{page_id}/components",
    response=reads(list[shapes.Component]),
    operation_id="components",
)
def components(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Every component and group, in the order of the page."""
    rows = Scene(request.call).components()
    return written(portion(rows, page=paged.page, per_page=paged.per_page))


@router.post(
    "/pages/{page_id}/components",
    response=writes(shapes.Component, status=201),
    operation_id="add_component",
)
def add(request: Asked, page_id: str, body: ComponentBody) -> HttpResponse:
    """Put a component on the page."""
    call, told = request.call, body.component
    arranging.check_name(told.name or "")
    node = shelf.add_component(
        call.page.id,
        name=told.name or "",
        slug=arranging.free_slug(call.page.id, told.name or ""),
        parent=_group_of(call, told.group_id) if told.group_id else "",
        description=told.description or "",
        by=call.by,
        at=call.at,
    )
    _show(call, node.id, told)
    _set_state(call, node, told.status)
    return written(Scene(call).component(node.id), status=201)


@router.get(
    "/pages/{page_id}/components/{component_id}",
    response=reads(shapes.Component),
    operation_id="component",
)
def component(request: Asked, page_id: str, component_id: str) -> HttpResponse:
    """One component."""
    return written(Scene(request.call).component(component_id))


@router.api_operation(
    ["PATCH", "PUT"],
    "/pages/{page_id}/components/{component_id}",
    response=writes(shapes.Component),
    operation_id="change_component",
)
def change(request: Asked, page_id: str, component_id: str, body: ComponentBody) -> HttpResponse:
    """Change what is told; the state that readers see is the worst that anybody says of it."""
    call, told = request.call, body.component
    scene = Scene(call, as_it_was=True)
    node = scene.node(component_id)
    if told.model_fields_set - {"status"}:
        with transaction.atomic():
            _rearrange(call, node, told)
            _set_state(call, node, told.status)
        scene = Scene(call)
    else:
        _set_state(call, node, told.status)
    return written(scene.component(node.id))


def _rearrange(call: Call, node: Node, told: ComponentFields) -> None:
    if told.name is not None:
        arranging.check_name(told.name)
    if told.name is not None or told.description is not None:
        shelf.reword_component(
            node.id, name=told.name, description=told.description, by=call.by, at=call.at
        )
    if "group_id" in told.model_fields_set:
        _regroup(call, node, told.group_id or "")
    _show(call, node.id, told)


@router.delete(
    "/pages/{page_id}/components/{component_id}",
    response=writes(None, status=204),
    operation_id="delete_component",
)
def delete(request: Asked, page_id: str, component_id: str) -> HttpResponse:
    """Take a component off the page; its history stays. A group goes with its last component."""
    call = request.call
    node = Scene(call).node(component_id)
    shelf.retire_component(node.id, by=call.by, at=call.at)
    drop_if_empty(call, node.parent_id)
    return nothing()


@router.get(
    "/pages/{page_id}/components/{component_id}/uptime",
    response=reads(shapes.Uptime),
    operation_id="component_uptime",
)
def component_uptime(
    request: Asked, page_id: str, component_id: str, told: Query[Range]
) -> HttpResponse:
    """How long it was up; half a year at most, ninety days unless told."""
    scene = Scene(request.call)
    return written(uptime.of(scene, scene.node(component_id), told))


def _group_of(call: Call, group_id: str) -> str:
    """A group's id. Raises Unread."""
    node = shelf.components_of(call.page.id).by_id().get(group_id)
    if node is None or not node.is_group or node.parent_id:
        raise Unread([f"component.group_id: no group goes by {group_id[:40]!r}."])
    return group_id


def _regroup(call: Call, node: Node, group_id: str) -> None:
    top = shelf.components_of(call.page.id).path_to(node.id)[0].id
    if group_id == (top if top != node.id else ""):
        return
    under = _group_of(call, group_id) if group_id else ""
    arranging.move(node.id, under=under, by=call.by, at=call.at)
    drop_if_empty(call, node.parent_id)


def drop_if_empty(call: Call, group_id: str | None) -> None:
    """A group that holds nothing any more goes too: clients know no empty ones."""
    while group_id:
        node = shelf.components_of(call.page.id).by_id().get(group_id)
        if node is None or node.children:
            return
        shelf.retire_component(node.id, by=call.by, at=call.at)
        group_id = node.parent_id


def _show(call: Call, component_id: str, told: ComponentFields) -> None:
    how = Shown(
        showcase=told.showcase,
        only_show_if_degraded=told.only_show_if_degraded,
        start_date=(told.start_date,) if "start_date" in told.model_fields_set else None,
    )
    if how != Shown():
        arranging.show(component_id, how, by=call.by, at=call.at)


def _set_state(call: Call, node: Node, state: State | None) -> None:
    """Say the state, unless that is what was said of it without words already."""
    if state is None:
        return
    said = states.overrides(call.page.audience_id)
    if all(said.get(leaf.id, State.OPERATIONAL) == state for leaf in _leaves(node)):
        return
    publication.publish_state(
        call.page.id,
        {node.id: state},
        by=call.by,
        at=call.at,
        reading=lambda: recall.catalogue(call.page.id).tree(),
    )


def _leaves(node: Node) -> list[Node]:
    return [below for below in node.walk() if not below.is_group]

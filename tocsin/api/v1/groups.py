"""Groups: a top component with others below it."""

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.api.v1 import components, shapes, uptime
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Unread
from tocsin.api.v1.fields import Ids, Name, Sent, Short
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.uptime import Range
from tocsin.catalogue import arranging, shelf

router = Router()


class GroupFields(Sent):
    name: Name | None = None
    description: Short | None = None
    components: Ids = None


class GroupBody(Sent):
    """The description may stand outside, as Statuspage has it."""

    description: Short | None = None
    component_group: GroupFields


@router.get(
    "/pages/{page_id}/component-groups",
    response=reads(list[shapes.Group]),
    operation_id="component_groups",
)
def groups(request: Asked, page_id: str, paged: Query[Paged]) -> HttpResponse:
    """Every group."""
    rows = Scene(request.call).groups()
    return written(portion(rows, page=paged.page, per_page=paged.per_page))


@router.post(
    "/pages/{page_id}/component-groups",
    response=writes(shapes.Group, status=201),
    operation_id="add_component_group",
)
def add(request: Asked, page_id: str, body: GroupBody) -> HttpResponse:
    """Put components that are there already into a new group."""
    call, told = request.call, body.component_group
    below = _known(call, told.components or [])
    former = _parents(call, below)
    group = arranging.gather(
        call.page.id, name=told.name or "", below=below, by=call.by, at=call.at
    )
    _describe(call, group.id, body)
    for parent in former:
        components.drop_if_empty(call, parent)
    return written(Scene(call).group(group.id), status=201)


@router.get(
    "/pages/{page_id}/component-groups/{group_id}",
    response=reads(shapes.Group),
    operation_id="component_group",
)
def group(request: Asked, page_id: str, group_id: str) -> HttpResponse:
    """One group."""
    return written(Scene(request.call).group(group_id))


@router.api_operation(
    ["PATCH", "PUT"],
    "/pages/{page_id}/component-groups/{group_id}",
    response=writes(shapes.Group),
    operation_id="change_component_group",
)
def change(request: Asked, page_id: str, group_id: str, body: GroupBody) -> HttpResponse:
    """Change its name, its description, or what it holds."""
    call, told = request.call, body.component_group
    Scene(call).group(group_id)
    if told.name is not None:
        arranging.check_name(told.name)
        shelf.reword_component(group_id, name=told.name, by=call.by, at=call.at)
    _describe(call, group_id, body)
    if told.components is not None:
        below = _known(call, told.components)
        former = _parents(call, below) - {group_id}
        arranging.regroup(group_id, below=below, by=call.by, at=call.at)
        for parent in former:
            components.drop_if_empty(call, parent)
    return written(Scene(call).group(group_id))


@router.delete(
    "/pages/{page_id}/component-groups/{group_id}",
    response=writes(shapes.Group),
    operation_id="delete_component_group",
)
def delete(request: Asked, page_id: str, group_id: str) -> HttpResponse:
    """Take the group off the page; what it held goes to the top."""
    call = request.call
    gone = Scene(call).group(group_id)
    arranging.dissolve(group_id, by=call.by, at=call.at)
    return written(gone)


@router.get(
    "/pages/{page_id}/component-groups/{group_id}/uptime",
    response=reads(shapes.Uptime),
    operation_id="component_group_uptime",
)
def group_uptime(request: Asked, page_id: str, group_id: str, told: Query[Range]) -> HttpResponse:
    """How long what it holds was up, on average."""
    scene = Scene(request.call)
    scene.group(group_id)
    return written(uptime.of(scene, scene.node(group_id), told))


def _known(call: Call, ids: list[str]) -> list[str]:
    """Components of the page. Raises Unread."""
    there = shelf.components_of(call.page.id).by_id()
    unknown = [key for key in ids if key not in there]
    if unknown:
        raise Unread([f"component_group.components: no component {unknown[0][:40]!r}."])
    return ids


def _parents(call: Call, ids: list[str]) -> set[str]:
    there = shelf.components_of(call.page.id).by_id()
    return {parent for key in ids if (parent := there[key].parent_id)}


def _describe(call: Call, group_id: str, body: GroupBody) -> None:
    told = body.component_group.description
    told = body.description if told is None else told
    if told is not None:
        shelf.reword_component(group_id, description=told, by=call.by, at=call.at)

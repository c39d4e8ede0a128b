"""What those who are let in by name may read: every component, and every metric that is shown.

A circle reads of all of its page. So whatever a call would add is granted already, and what would
take something away is refused rather than kept and not heeded.
"""

from collections.abc import Collection
from typing import NoReturn

from django.http import HttpResponse
from ninja import Query, Router

from tocsin.api.v1 import metric_shapes, shapes
from tocsin.api.v1.answers import reads, writes
from tocsin.api.v1.calls import Asked, Call, portion, written
from tocsin.api.v1.components import Paged
from tocsin.api.v1.failures import Missing, Refused, Unread
from tocsin.api.v1.fields import Ids, Sent
from tocsin.api.v1.metrics import shown_to_readers
from tocsin.api.v1.scene import Scene
from tocsin.api.v1.shapes import Values
from tocsin.api.v1.visitors import (
    GROUPS,
    USERS,
    AccessGroup,
    AccessUser,
    Circles,
    group_of,
    user_of,
)

router = Router()
USER, GROUP = f"{USERS}/{{user_id}}", f"{GROUPS}/{{circle_id}}"
COMPONENT = "/pages/{page_id}/components/{component_id}"
ALL = (
    "Who is let in reads of every component, and sees every metric that readers see. "
    "What only some may know belongs on a page of its own."
)

NOTHING, NOBODY = "nothing that readers see", "nobody who is let in"


class ComponentsBody(Sent):
    component_ids: Ids = None


class MetricsBody(Sent):
    metric_ids: Ids = None


class UsersBody(Sent):
    page_access_user_ids: Ids = None


class GroupsBody(Sent):
    page_access_group_ids: Ids = None


@router.get(
    f"{USER}/components", response=reads(list[shapes.Component]), operation_id="components_of_user"
)
def components_of_user(
    request: Asked, page_id: str, user_id: str, paged: Query[Paged]
) -> HttpResponse:
    """The components that a user reads of: all of them."""
    Circles(request.call).visitor(user_id)
    return _portion(Scene(request.call).components(), paged)


@router.api_operation(
    ["PATCH", "PUT"],
    f"{USER}/components",
    response=writes(AccessUser),
    operation_id="add_components_of_user",
)
def add_components_of_user(
    request: Asked, page_id: str, user_id: str, body: ComponentsBody
) -> HttpResponse:
    """Let a user read of these components too; they do so already."""
    told = user_of(request.call, user_id)
    _check_known(_components(request.call), "component_ids", body.component_ids)
    return written(told)


@router.post(
    f"{USER}/components",
    response=writes(AccessUser, status=201),
    operation_id="replace_components_of_user",
)
def replace_components_of_user(
    request: Asked, page_id: str, user_id: str, body: ComponentsBody
) -> HttpResponse:
    """Let a user read of these components alone; fewer than all are refused."""
    told = user_of(request.call, user_id)
    _check_all(_components(request.call), "component_ids", body.component_ids)
    return written(told, status=201)


@router.delete(
    f"{USER}/components",
    response=writes(AccessUser),
    operation_id="remove_components_of_user",
)
def remove_components_of_user(request: Asked, page_id: str, user_id: str) -> HttpResponse:
    """Always refused: whoever is let in reads of every component."""
    user_of(request.call, user_id)
    _refuse()


@router.delete(
    f"{USER}/components/{{component_id}}",
    response=writes(AccessUser),
    operation_id="remove_component_of_user",
)
def remove_component_of_user(
    request: Asked, page_id: str, user_id: str, component_id: str
) -> HttpResponse:
    """Always refused: whoever is let in reads of every component."""
    user_of(request.call, user_id)
    _refuse_one(_components(request.call), component_id)


@router.get(
    f"{USER}/metrics", response=reads(list[metric_shapes.Metric]), operation_id="metrics_of_user"
)
def metrics_of_user(
    request: Asked, page_id: str, user_id: str, paged: Query[Paged]
) -> HttpResponse:
    """The metrics that a user sees: all that readers see."""
    Circles(request.call).visitor(user_id)
    return _portion(shown_to_readers(request.call), paged)


@router.api_operation(
    ["PATCH", "PUT"],
    f"{USER}/metrics",
    response=writes(AccessUser),
    operation_id="add_metrics_of_user",
)
def add_metrics_of_user(
    request: Asked, page_id: str, user_id: str, body: MetricsBody
) -> HttpResponse:
    """Let a user see these metrics too; those that readers see they do already."""
    told = user_of(request.call, user_id)
    _check_known(_metrics(request.call), "metric_ids", body.metric_ids)
    return written(told)


@router.post(
    f"{USER}/metrics",
    response=writes(AccessUser, status=201),
    operation_id="replace_metrics_of_user",
)
def replace_metrics_of_user(
    request: Asked, page_id: str, user_id: str, body: MetricsBody
) -> HttpResponse:
    """Let a user see these metrics alone; fewer than all that readers see are refused."""
    told = user_of(request.call, user_id)
    _check_all(_metrics(request.call), "metric_ids", body.metric_ids)
    return written(told, status=201)


@router.delete(
    f"{USER}/metrics", response=writes(AccessUser), operation_id="remove_metrics_of_user"
)
def remove_metrics_of_user(request: Asked, page_id: str, user_id: str) -> HttpResponse:
    """Always refused: whoever is let in sees every metric that readers see."""
    user_of(request.call, user_id)
    _refuse()


@router.delete(
    f"{USER}/metrics/{{metric_id}}",
    response=writes(AccessUser),
    operation_id="remove_metric_of_user",
)
def remove_metric_of_user(
    request: Asked, page_id: str, user_id: str, metric_id: str
) -> HttpResponse:
    """Always refused: whoever is let in sees every metric that readers see."""
    user_of(request.call, user_id)
    _refuse_one(_metrics(request.call), metric_id)


@router.get(
    f"{GROUP}/components",
    response=reads(list[shapes.Component]),
    operation_id="components_of_access_group",
)
def components_of_group(
    request: Asked, page_id: str, circle_id: str, paged: Query[Paged]
) -> HttpResponse:
    """The components that a circle reads of: all of them."""
    Circles(request.call).circle(circle_id)
    return _portion(Scene(request.call).components(), paged)


@router.api_operation(
    ["PATCH", "PUT"],
    f"{GROUP}/components",
    response=writes(AccessGroup),
    operation_id="add_components_of_access_group",
)
def add_components_of_group(
    request: Asked, page_id: str, circle_id: str, body: ComponentsBody
) -> HttpResponse:
    """Let a circle read of these components too; it does so already."""
    told = group_of(request.call, circle_id)
    _check_known(_components(request.call), "component_ids", body.component_ids)
    return written(told)


@router.post(
    f"{GROUP}/components",
    response=writes(AccessGroup, status=201),
    operation_id="replace_components_of_access_group",
)
def replace_components_of_group(
    request: Asked, page_id: str, circle_id: str, body: ComponentsBody
) -> HttpResponse:
    """Let a circle read of these components alone; fewer than all are refused."""
    told = group_of(request.call, circle_id)
    _check_all(_components(request.call), "component_ids", body.component_ids)
    return written(told, status=201)


@router.delete(
    f"{GROUP}/components",
    response=writes(AccessGroup),
    operation_id="remove_components_of_access_group",
)
def remove_components_of_group(request: Asked, page_id: str, circle_id: str) -> HttpResponse:
    """Always refused: a circle reads of every component."""
    group_of(request.call, circle_id)
    _refuse()


@router.delete(
    f"{GROUP}/components/{{component_id}}",
    response=writes(AccessGroup),
    operation_id="remove_component_of_access_group",
)
def remove_component_of_group(
    request: Asked, page_id: str, circle_id: str, component_id: str
) -> HttpResponse:
    """Always refused: a circle reads of every component."""
    group_of(request.call, circle_id)
    _refuse_one(_components(request.call), component_id)


@router.post(
    f"{COMPONENT}/page_access_users",
    response=writes(shapes.Component, status=201),
    operation_id="add_users_of_component",
)
def add_users_of_component(
    request: Asked, page_id: str, component_id: str, body: UsersBody
) -> HttpResponse:
    """Let these users read of a component; whoever is let in does so already."""
    call = request.call
    row, there = Scene(call).component(component_id), Circles(call)
    known = {guest.id for visitor in there.visitors for guest in visitor.guests}
    _check_known(known, "page_access_user_ids", body.page_access_user_ids, NOBODY)
    return written(row, status=201)


@router.delete(
    f"{COMPONENT}/page_access_users",
    response=writes(shapes.Component),
    operation_id="remove_users_of_component",
)
def remove_users_of_component(request: Asked, page_id: str, component_id: str) -> HttpResponse:
    """Always refused: whoever is let in reads of every component."""
    _refuse_one(_components(request.call), component_id)


@router.post(
    f"{COMPONENT}/page_access_groups",
    response=writes(shapes.Component, status=201),
    operation_id="add_groups_of_component",
)
def add_groups_of_component(
    request: Asked, page_id: str, component_id: str, body: GroupsBody
) -> HttpResponse:
    """Let these circles read of a component; each does so already."""
    call = request.call
    row, there = Scene(call).component(component_id), Circles(call)
    _check_known(there.named, "page_access_group_ids", body.page_access_group_ids, NOBODY)
    return written(row, status=201)


@router.delete(
    f"{COMPONENT}/page_access_groups",
    response=writes(shapes.Component),
    operation_id="remove_groups_of_component",
)
def remove_groups_of_component(request: Asked, page_id: str, component_id: str) -> HttpResponse:
    """Always refused: a circle reads of every component."""
    _refuse_one(_components(request.call), component_id)


def _portion(rows: list[Values], paged: Paged) -> HttpResponse:
    return written(portion(rows, page=paged.page, per_page=paged.per_page))


def _components(call: Call) -> set[str]:
    return {row["id"] for row in Scene(call).components()}


def _metrics(call: Call) -> set[str]:
    return {row["id"] for row in shown_to_readers(call)}


def _check_known(
    there: Collection[str], name: str, ids: list[str] | None, otherwise: str = NOTHING
) -> None:
    """Refuse what is not there. Raises Unread."""
    if ids is None:
        raise Unread([f"{name}: say which."])
    unknown = next((key for key in ids if key not in there), None)
    if unknown is not None:
        raise Unread([f"{name}: {otherwise} goes by {unknown[:40]!r}."])


def _check_all(there: Collection[str], name: str, ids: list[str] | None) -> None:
    """Refuse to keep anybody to a part. Raises Unread."""
    _check_known(there, name, ids)
    if not set(there) <= set(ids or ()):
        raise Unread([f"{name}: {ALL}"])


def _refuse() -> NoReturn:
    raise Refused(ALL, status=409)


def _refuse_one(there: Collection[str], key: str) -> NoReturn:
    if key not in there:
        raise Missing
    _refuse()

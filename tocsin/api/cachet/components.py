"""Components and their groups, with Cachet's numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.api.cachet import numbers
from tocsin.api.cachet.calls import Call, Told, Values, key_of, listed
from tocsin.api.v1.failures import Missing, Unread
from tocsin.catalogue import arranging, shelf
from tocsin.catalogue.arranging import Shown
from tocsin.catalogue.tree import Node, State, Tree, worst
from tocsin.statements import publication, published, states

# Cachet opens groups before there is anything in them. Until there is, such a group is kept as a
# component that readers do not see.
EMPTY_GROUP = Shown(showcase=False, only_show_if_degraded=True)
FILLED_GROUP = Shown(showcase=True, only_show_if_degraded=False)


@dataclass(frozen=True)
class Shelf:
    """The page's components as published, read once for an answer."""

    call: Call
    tree: Tree
    states: Mapping[str, State]
    touched: Mapping[str, datetime]

    @classmethod
    def of(cls, call: Call) -> "Shelf":
        return cls(
            call,
            shelf.components_of(call.page.id),
            published.states_now(call.page.audience_id),
            published.touched(call.page.audience_id),
        )

    def components(self) -> list[Node]:
        return [node for node in self.tree if not node.is_group and not is_empty_group(node)]

    def groups(self) -> list[Node]:
        return [node for node in self.tree.roots if node.is_group or is_empty_group(node)]

    def component(self, number: str | int) -> Node:
        """Raises Missing."""
        return _found(self.components(), number)

    def group(self, number: str | int) -> Node:
        """Raises Missing."""
        return _found(self.groups(), number)

    def state_of(self, node: Node) -> State:
        return node.rolled_up(self.states)

    def told(self, node: Node) -> Values:
        """A component as Cachet tells it."""
        top = self.tree.path_to(node.id)[0]
        status = numbers.STATUS_OF[self.state_of(node)]
        return {
            "id": numbers.number_of(node.id),
            "name": node.named(self.call.page.language),
            "description": node.description,
            "link": "",
            "status": status,
            "order": node.position,
            "group_id": 0 if top.id == node.id else numbers.number_of(top.id),
            "created_at": self.call.written(node.created_at),
            "updated_at": self.call.written(
                max(node.changed_at, self.touched.get(node.id, node.changed_at))
            ),
            "deleted_at": None,
            "enabled": True,
            "status_name": numbers.STATUS_NAMES[status],
            "tags": {},
        }

    def told_group(self, group: Node) -> Values:
        """A group as Cachet tells it, with all that is below it."""
        below = [node for node in group.walk() if node.id != group.id and not node.is_group]
        lowest = worst([self.state_of(node) for node in below])
        lowest_first = sorted(below, key=lambda node: numbers.STATUS_OF[self.state_of(node)])
        return {
            "id": numbers.number_of(group.id),
            "name": group.named(self.call.page.language),
            "created_at": self.call.written(group.created_at),
            "updated_at": self.call.written(group.changed_at),
            "order": group.position,
            "collapsed": 0,
            "visible": 1,
            "enabled_components": [self.told(node) for node in below],
            "enabled_components_lowest": self.told(lowest_first[-1]) if below else None,
            "lowest_human_status": numbers.STATUS_NAMES[numbers.STATUS_OF[lowest]],
        }


def is_empty_group(node: Node) -> bool:
    kept = (node.showcase, node.only_show_if_degraded, node.parent_id)
    return not node.children and kept == (False, True, None)


def _found(nodes: list[Node], number: str | int) -> Node:
    wanted = key_of(number)
    for node in nodes:
        if node.id == wanted:
            return node
    raise Missing


def components(call: Call) -> Told:
    """Every component; ``name``, ``status`` and ``group_id`` choose among them."""
    rows = [Shelf.of(call).told(node) for node in Shelf.of(call).components()]
    for name in ("name", "status", "group_id"):
        wanted = call.query.get(name)
        rows = [row for row in rows if not wanted or str(row[name]) == wanted]
    return listed(call, rows)


def component(call: Call, number: str) -> Told:
    kept = Shelf.of(call)
    return Told(kept.told(kept.component(number)))


def add_component(call: Call) -> Told:
    """Put a component on the page, in the state that is told."""
    name, state = call.text("name"), state_in(call, "status")
    _check_enabled(call)
    arranging.check_name(name)
    group = _group_in(call)
    node = shelf.add_component(
        call.page.id,
        name=name,
        slug=arranging.free_slug(call.page.id, name),
        parent=group.id if group else "",
        description=call.text("description"),
        by=call.by,
        at=call.at,
    )
    _fill(call, group)
    _place(call, node.id)
    set_state(call, node, state)
    return component(call, str(numbers.number_of(node.id)))


def change_component(call: Call, number: str) -> Told:
    """Change what is told; the state that readers see is the worst that anybody says of it."""
    node, state = Shelf.of(call).component(number), state_in(call, "status")
    _check_enabled(call)
    name, described = call.text("name"), "description" in call.told
    if name and name != node.named(call.page.language):
        arranging.check_name(name)
        shelf.reword_component(node.id, name=name, by=call.by, at=call.at)
    if described and call.text("description") != node.description:
        shelf.reword_component(
            node.id, description=call.text("description"), by=call.by, at=call.at
        )
    if "group_id" in call.told:
        _regroup(call, node)
    _place(call, node.id, before=node.position)
    set_state(call, node, state)
    return component(call, number)


def drop_component(call: Call, number: str) -> Told:
    """Take a component off the page; its history stays."""
    node = Shelf.of(call).component(number)
    shelf.retire_component(node.id, by=call.by, at=call.at)
    _empty(call, node.parent_id)
    return Told(None)


def state_in(call: Call, name: str) -> State | None:
    """The state that a number means; None where nothing was sent. Raises Unread."""
    status = call.number(name)
    if status is None:
        return None
    if status not in numbers.STATE_OF:
        raise Unread([f"{name} is 1 (operational), 2, 3 or 4 (major outage)."])
    return numbers.STATE_OF[status]


def set_state(call: Call, node: Node, state: State | None) -> None:
    """Say the state, unless that is what was said of it without words already."""
    if state is None:
        return
    said = states.overrides(call.page.audience_id).get(node.id, State.OPERATIONAL)
    if said != state:
        publication.publish_state(call.page.id, {node.id: state}, by=call.by, at=call.at)


def _check_enabled(call: Call) -> None:
    if not call.flag("enabled", usually=True):
        raise Unread(["enabled: a page shows all that it runs. Delete the component instead."])


def _group_in(call: Call) -> Node | None:
    """The group that is named, if any. Raises Unread."""
    number = call.number("group_id")
    if not number:
        return None
    try:
        return Shelf.of(call).group(number)
    except Missing:
        raise Unread([f"group_id: there is no group {number}."]) from None


def _fill(call: Call, group: Node | None) -> None:
    if group and is_empty_group(group):
        arranging.show(group.id, FILLED_GROUP, by=call.by, at=call.at)


def _empty(call: Call, former: str | None) -> None:
    """A group whose last component left waits for the next one, out of sight."""
    node = shelf.components_of(call.page.id).by_id().get(former or "")
    if node and not node.children and node.parent_id is None:
        arranging.show(node.id, EMPTY_GROUP, by=call.by, at=call.at)


def _regroup(call: Call, node: Node) -> None:
    group = _group_in(call)
    top = shelf.components_of(call.page.id).path_to(node.id)[0]
    if (group.id if group else "") == (top.id if top.id != node.id else ""):
        return
    arranging.move(node.id, under=group.id if group else "", by=call.by, at=call.at)
    _empty(call, node.parent_id)
    _fill(call, group)


def _place(call: Call, key: str, before: int = 0) -> None:
    order = call.number("order")
    if order and order != before:
        shelf.reword_component(key, position=order, by=call.by, at=call.at)


# Groups


def groups(call: Call) -> Told:
    kept = Shelf.of(call)
    return listed(call, [kept.told_group(group) for group in kept.groups()])


def group(call: Call, number: str) -> Told:
    kept = Shelf.of(call)
    return Told(kept.told_group(kept.group(number)))


def add_group(call: Call) -> Told:
    """Open a group; readers see it once there is something in it."""
    name = call.text("name")
    arranging.check_name(name)
    slug = arranging.free_slug(call.page.id, name)
    node = shelf.add_component(call.page.id, name=name, slug=slug, by=call.by, at=call.at)
    arranging.show(node.id, EMPTY_GROUP, by=call.by, at=call.at)
    _place(call, node.id)
    return group(call, str(numbers.number_of(node.id)))


def change_group(call: Call, number: str) -> Told:
    node, name = Shelf.of(call).group(number), call.text("name")
    if name and name != node.named(call.page.language):
        arranging.check_name(name)
        shelf.reword_component(node.id, name=name, by=call.by, at=call.at)
    _place(call, node.id, before=node.position)
    return group(call, number)


def drop_group(call: Call, number: str) -> Told:
    """Take a group off the page; what it held goes to the top."""
    arranging.dissolve(Shelf.of(call).group(number).id, by=call.by, at=call.at)
    return Told(None)

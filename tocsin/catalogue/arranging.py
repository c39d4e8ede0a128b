"""Arranging what a page shows: under which group a component stands, and how it is shown.

CannotKeep          see shelf.py
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from tocsin.catalogue import shelf
from tocsin.catalogue.models import Component, Page
from tocsin.catalogue.shelf import SLUG_LENGTH, CannotKeep, NotFound
from tocsin.catalogue.tree import DEEPEST, Node
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """How a component is shown; None leaves it as it is.

    ``start_date`` is (date,) or (None,): the day from which its bars count.
    """

    showcase: bool | None = None
    only_show_if_degraded: bool | None = None
    start_date: tuple[date | None] | None = None


def check_name(name: str) -> None:
    """Refuse a name that cannot be kept. Raises CannotKeep."""
    if not name.strip():
        raise CannotKeep("A component needs a name.")
    if len(name.strip()) > NAME_LENGTH:
        raise CannotKeep(f"The name has {len(name)} characters; {NAME_LENGTH} is the most.")


def free_slug(page_id: str, name: str) -> str:
    """A slug made of a name that no component of the page has yet."""
    wanted = slugify(name)[:SLUG_LENGTH].strip("-") or "component"
    rows = Component.objects.filter(page_id=page_id, retired_at=None)
    taken = set(
        rows.filter(slug__startswith=wanted[: SLUG_LENGTH - 8]).values_list("slug", flat=True)
    )
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted[: SLUG_LENGTH - len(str(number)) - 1]}-{number}"
    return slug


@transaction.atomic
def show(component_id: str, how: Shown, *, by: Actor, at: datetime) -> None:
    """Change how a component is shown. Raises NotFound."""
    row = _component(component_id, by)
    row.showcase = row.showcase if how.showcase is None else how.showcase
    if how.only_show_if_degraded is not None:
        row.only_show_if_degraded = how.only_show_if_degraded
    row.start_date = how.start_date[0] if how.start_date else row.start_date
    _kept(row, "shown", by=by, at=at)


@transaction.atomic
def move(component_id: str, *, under: str, by: Actor, at: datetime) -> None:
    """Put a component under another one, or with ``under`` empty at the top; last there.

    What was below it comes along. Raises CannotKeep, NotFound.
    """
    row = _component(component_id, by)
    tree = shelf.components_of(row.page_id)
    above = tree.find(under) if under else None
    if under and above is None:
        raise NotFound(f"No component {under!r} to put it under.")
    node = tree.by_id()[row.id]
    if above and any(below.id == above.id for below in node.walk()):
        raise CannotKeep(f"{above.name} is {row.name} itself, or below it.")
    depth = len(tree.path_to(above.id)) if above else 0
    if depth + _height(node) > DEEPEST:
        raise CannotKeep(f"A tree is at most {DEEPEST} deep. Put it higher up.")
    if row.parent_id == (above.id if above else None):
        return
    siblings = above.children if above else tree.roots
    row.parent_id = above.id if above else None
    row.position = max((sibling.position for sibling in siblings), default=0) + 1
    _kept(row, "moved", by=by, at=at)


@transaction.atomic
def gather(page_id: str, *, name: str, below: Iterable[str], by: Actor, at: datetime) -> Node:
    """Open a group of components that are there already. Raises CannotKeep, NotFound."""
    wanted = list(dict.fromkeys(below))
    check_name(name)
    if not wanted:
        raise CannotKeep("A group holds at least one component. Say which.")
    slug = free_slug(page_id, name)
    group = shelf.add_component(page_id, name=name, slug=slug, by=by, at=at)
    for component_id in wanted:
        move(component_id, under=group.id, by=by, at=at)
    return shelf.components_of(page_id).by_id()[group.id]


@transaction.atomic
def regroup(group_id: str, *, below: Iterable[str], by: Actor, at: datetime) -> None:
    """Let a group hold exactly these; what it held else goes to the top. Raises CannotKeep."""
    wanted = list(dict.fromkeys(below))
    if not wanted:
        raise CannotKeep("A group holds at least one component. Delete it instead.")
    row = _component(group_id, by)
    for component_id in wanted:
        move(component_id, under=row.id, by=by, at=at)
    node = shelf.components_of(row.page_id).by_id()[row.id]
    for child in node.children:
        if child.id not in wanted:
            move(child.id, under="", by=by, at=at)
    for position, component_id in enumerate(wanted, start=1):
        Component.objects.filter(pk=component_id).update(position=position)


@transaction.atomic
def dissolve(group_id: str, *, by: Actor, at: datetime) -> None:
    """Take a group off the page; what it held goes to the top. Raises NotFound."""
    row = _component(group_id, by)
    for child in shelf.components_of(row.page_id).by_id()[row.id].children:
        move(child.id, under="", by=by, at=at)
    shelf.retire_component(row.id, by=by, at=at)


def _height(node: Node) -> int:
    return 1 + max((_height(child) for child in node.children), default=0)


def _component(component_id: str, by: Actor) -> Component:
    row = Component.objects.filter(pk=component_id, retired_at=None).first()
    if row is None:
        raise NotFound(f"No component {component_id!r}.")
    access.check(by, "components:write", row.page_id)
    Page.objects.select_for_update().get(pk=row.page_id)  # of two who move at once, one waits
    return row


def _kept(row: Component, done: str, *, by: Actor, at: datetime) -> None:
    row.changed_at = at
    row.save()
    shelf.touch(row.page_id, at)
    subject = ("component", row.id)
    chain.note(f"catalogue:component:{done}", by=by, at=at, subject=subject, page=row.page_id)

"""Pages and components that come from elsewhere and keep the ids that their clients know."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from tocsin.catalogue import shelf, zones
from tocsin.catalogue.models import Component, Page
from tocsin.catalogue.shelf import SLUG_LENGTH, Brand, CannotKeep
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

ID = re.compile(r"[a-z0-9]{12}")
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """A component as another place knew it; ``parent`` is the id of its group.

    One that ``is_gone`` is named by the past alone.
    """

    id: str
    name: str
    created_at: datetime
    changed_at: datetime
    description: str = ""
    parent: str = ""
    position: int = 1
    showcase: bool = True
    only_show_if_degraded: bool = False
    start_date: date | None = None
    is_gone: bool = False


@transaction.atomic
def open_page(page_id: str, *, name: str, time_zone: str, by: Actor, at: datetime) -> Brand:
    """Open a page under the id that its clients know. Raises CannotKeep."""
    if not ID.fullmatch(page_id):
        raise CannotKeep(f"{page_id[:40]!r} is no id of a page; one has 12 of a-z and 0-9.")
    if Page.objects.filter(pk=page_id).exists():
        raise CannotKeep(f"There is a page {page_id} already.")
    zone = time_zone if time_zone in zones.every() else "Etc/UTC"
    slug = _free(slugify(name)[:SLUG_LENGTH] or page_id, _page_slugs())
    return shelf.open_page(id=page_id, name=name, slug=slug, time_zone=zone, by=by, at=at)


def _page_slugs() -> set[str]:
    return set(Page.objects.values_list("slug", flat=True))


def known(page_id: str) -> set[str]:
    """The ids of all components that a page has or had."""
    return set(Component.objects.filter(page_id=page_id).values_list("pk", flat=True))


def taken_elsewhere(page_id: str, ids: Iterable[str]) -> set[str]:
    """Which of these ids are another page's components."""
    wanted, found = list(ids), set[str]()
    for start in range(0, len(wanted), 500):
        rows = Component.objects.filter(pk__in=wanted[start : start + 500])
        found |= set(rows.exclude(page_id=page_id).values_list("pk", flat=True))
    return found


@transaction.atomic
def bring(page_id: str, brought: Sequence[Brought], *, by: Actor, at: datetime) -> int:
    """Put components on a page that it does not have yet; returns how many.

    Those it has stay as they are here. Raises CannotKeep.
    """
    access.check(by, "components:write", page_id)
    there = known(page_id)
    fresh = {one.id: one for one in brought if one.id not in there}
    if taken := taken_elsewhere(page_id, fresh):
        raise CannotKeep(f"Component {min(taken)} is on another page of this installation.")
    slugs = set(Component.objects.filter(page_id=page_id).values_list("slug", flat=True))
    rows = [_row(page_id, one, slugs, there) for one in _groups_first(fresh)]
    Component.objects.bulk_create(rows, batch_size=200)
    acts = [(("component", row.pk), {"from": "elsewhere"}) for row in rows]
    if rows:
        chain.note_all("catalogue:component:added", acts, by=by, at=at, page=page_id)
        shelf.touch(page_id, at)
    return len(rows)


def _groups_first(fresh: dict[str, Brought]) -> list[Brought]:
    """A row is written after the one above it; whatever goes round in a circle stands on top."""
    placed: dict[str, Brought] = {}
    waiting = dict(fresh)
    while waiting:
        ready = [one for one in waiting.values() if one.parent not in waiting]
        if not ready:
            ready = [replace(one, parent="") for one in waiting.values()]
        for one in ready:
            placed[one.id] = one
            del waiting[one.id]
    return list(placed.values())


def _row(page_id: str, one: Brought, slugs: set[str], there: set[str]) -> Component:
    slug = _free(slugify(one.name)[:SLUG_LENGTH] or one.id, slugs)
    slugs.add(slug)
    parent = one.parent if one.parent in there else None
    there.add(one.id)
    return Component(
        id=one.id,
        page_id=page_id,
        parent_id=parent,
        slug=slug,
        name=one.name.strip()[:NAME_LENGTH] or one.id,
        description=one.description,
        position=max(one.position, 1),
        showcase=one.showcase,
        only_show_if_degraded=one.only_show_if_degraded,
        start_date=one.start_date,
        created_at=one.created_at,
        changed_at=one.changed_at,
        retired_at=one.changed_at if one.is_gone else None,
    )


def _free(slug: str, taken: set[str]) -> str:
    """The slug, or the next one that is free."""
    if slug not in taken:
        return slug
    stem = slug[: SLUG_LENGTH - 5]
    return next(made for n in range(2, 100_000) if (made := f"{stem}-{n}") not in taken)

"""What this process remembers of a page's catalogue, for as long as nothing of it changes.

Reading a tree anew costs more than all else in a call that reads. The page says when it changed;
that is looked at first, so what is remembered under it is never older.
"""

from dataclasses import dataclass, field

from django.db import connection

from tocsin.catalogue import shelf
from tocsin.catalogue.models import EVERYONE
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree

CHANGED = """
    SELECT page.changed_at, audience.changed_at FROM catalogue_page page
    JOIN catalogue_audience audience ON audience.page_id = page.id AND audience.slug = %s
    WHERE page.id = %s
"""
Stamp = tuple[object, ...]


@dataclass(slots=True)
class Catalogue:
    """A page as everyone sees it, and its trees once they were asked for."""

    page: Brand
    _trees: dict[bool, Tree] = field(default_factory=dict)

    def tree(self, *, retired: bool = False) -> Tree:
        """What the page shows; with ``retired``, what was taken off too."""
        if retired not in self._trees:
            self._trees[retired] = shelf.components_of(self.page.id, retired=retired)
        return self._trees[retired]


_remembered: dict[str, tuple[Stamp, Catalogue]] = {}


def catalogue(page_id: str) -> Catalogue:
    """A page's catalogue as it stands. Raises NotFound."""
    stamp = _stamp(page_id)
    before = _remembered.get(page_id)
    if before is not None and before[0] == stamp:
        return before[1]
    fresh = Catalogue(shelf.audience(page_id, EVERYONE))
    _remembered[page_id] = (stamp, fresh)
    return fresh


def _stamp(page_id: str) -> Stamp:
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [EVERYONE, page_id])
        return cursor.fetchone() or ()


def anew(page: Brand) -> Catalogue:
    """A page's catalogue as this call has changed it; what was remembered of it is forgotten."""
    _remembered.pop(page.id, None)
    return Catalogue(page)

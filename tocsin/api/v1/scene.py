"""What is read for an answer: the page as the public sees it, in the shapes of the public API."""

from functools import cached_property
from typing import Any

from tocsin.api.v1 import recall
from tocsin.api.v1.calls import Call
from tocsin.api.v1.failures import Missing
from tocsin.catalogue.tree import Node, Tree
from tocsin.page import statuspage
from tocsin.page.address import url_of
from tocsin.page.snapshot import Snapshot
from tocsin.statements import published
from tocsin.statements.published import Story

Values = dict[str, Any]


class Scene:
    """One page at the time of a call, as everyone sees it; each thing is read when it is asked.

    What a call changes of the catalogue is read anew, unless it is ``as_it_was``.
    """

    def __init__(self, call: Call, *, as_it_was: bool = False) -> None:
        self.page, self.at = call.page, call.at
        is_as_it_was = call.reads or as_it_was
        self._kept = call.catalogue if is_as_it_was else recall.anew(call.page)

    @cached_property
    def tree(self) -> Tree:
        """What the page shows."""
        return self._kept.tree()

    @cached_property
    def snapshot(self) -> Snapshot:
        """What incidents are told by: every component that the page has or had, and its state."""
        return self._snapshot(self._kept.tree(retired=True))

    def _snapshot(self, tree: Tree) -> Snapshot:
        audience = self.page.audience_id
        return Snapshot(
            page=self.page,
            url=url_of(self.page),
            tree=tree,
            everything=tree,
            open=(),
            recent=(),
            spans=(),
            states=published.states_now(audience),
            touched=published.touched(audience),
            number=0,
            revision=0,
            said_at=None,
            at=self.at,
        )

    def components(self) -> list[Values]:
        """Every component and group as they are now, groups before what they hold."""
        rows = statuspage.components(self._snapshot(self.tree))
        return [row | {"automation_email": None} for row in rows]

    def component(self, component_id: str) -> Values:
        """One of them. Raises Missing."""
        for position, root in enumerate(self.tree.roots, start=1):
            if any(node.id == component_id for node in root.walk()):
                return self._row_below(root, position, component_id)
        raise Missing

    def _row_below(self, root: Node, position: int, component_id: str) -> Values:
        """A row as all of them have it; of the rest of the page it tells only the root's place."""
        below = statuspage.components(self._snapshot(Tree((root,))))
        row = next(row for row in below if row["id"] == component_id)
        own = {"position": position} if root.id == component_id else {}
        return row | {"automation_email": None} | own

    def groups(self) -> list[Values]:
        return [self._group(row) for row in self.components() if row["group"]]

    def group(self, group_id: str) -> Values:
        """One group. Raises Missing."""
        for row in self.groups():
            if row["id"] == group_id:
                return row
        raise Missing

    def node(self, component_id: str) -> Node:
        """A component that the page shows. Raises Missing."""
        node = self.tree.by_id().get(component_id)
        if node is None:
            raise Missing
        return node

    def story(self, incident_id: str) -> Story:
        """An incident as everyone was told of it. Raises Missing."""
        story = published.story(self.page.audience_id, incident_id)
        if story is None:
            raise Missing
        return story

    def _group(self, row: Values) -> Values:
        kept = ("id", "page_id", "name", "description", "components", "position")
        return {name: row[name] for name in (*kept, "created_at", "updated_at")}

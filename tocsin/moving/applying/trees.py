"""The component tree of a page, by a file: each under its group, in the file's order."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

from tocsin.catalogue import arranging, shelf
from tocsin.catalogue.arranging import Shown
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node
from tocsin.moving.applying.reading import Given
from tocsin.moving.applying.work import CannotApply, Making, at_line, reworded


class Placing:
    """One page's tree on its way to what the file says."""

    def __init__(self, making: Making, page: Brand, given: Sequence[Given]) -> None:
        self.making, self.page, self.given = making, page, given

    def place(self) -> None:
        """Add, change, move and order; take off what the file does not name, if that was asked."""
        named: dict[str, int] = {}
        for one in walk(self.given):
            slug = one["slug"]
            if slug in named:
                raise CannotApply(
                    f"Line {one.line_of('slug')}: {slug} stands in line {named[slug]} already."
                )
            named[slug] = one.line_of("slug")
        self._place_all(self.given, above=None)
        self._retire(set(named))

    def _place_all(self, given: Sequence[Given], above: str | None) -> None:
        for one in given:
            node = self._placed(one, above)
            self._place_all(one.all_of("components"), node.id)
        self._order([one["slug"] for one in given], given)

    def _placed(self, given: Given, above: str | None) -> Node:
        node = self._node(given["slug"])
        if node is None:
            return self._added(given, above)
        self._reword(node, given)
        self._show(node, given)
        if node.parent_id != above:
            self._move(node, given, above)
        return node

    def _nodes(self) -> dict[str, Node]:
        return {node.slug: node for node in shelf.components_of(self.page.id)}

    def _node(self, slug: str) -> Node | None:
        return self._nodes().get(slug)

    def _where(self, slug: str) -> str:
        return f"component {self.page.slug}/{slug}"

    def _added(self, given: Given, above: str | None) -> Node:
        slug = given["slug"]
        name = given["name"] if "name" in given else slug.replace("-", " ").capitalize()
        words = {code: dict(said.parts) for code, said in _words(given).items()}
        with at_line(given.line):
            arranging.check_name(name)
            node = shelf.add_component(
                self.page.id,
                name=name,
                slug=slug,
                parent=above or "",
                description=given.get("description", ""),
                words=words,
                showcase=given.get("showcase", True),
                **self.making.act,
            )
            how = _shown(given, node)
            if how != Shown():
                arranging.show(node.id, how, **self.making.act)
        self.making.report.note("+", self._where(slug))
        return node

    def _reword(self, node: Node, given: Given) -> None:
        where, report = self._where(node.slug), self.making.report
        fresh = {
            name: given[name].strip()
            for name in ("name", "description")
            if name in given and given[name].strip() != getattr(node, name)
        }
        every = {
            code: {"name": said.name, "function": said.function, "can_do": said.can_do}
            for code, said in node.words.items()
        }
        for name, told in fresh.items():
            report.note_value(f"{where}: {name}", getattr(node, name), told)
        is_new = "words" in given and reworded(self.making, where, given["words"], every)
        if not fresh and not is_new:
            return
        with at_line(given.line_of(next(iter(fresh), "words"))):
            arranging.check_name(fresh.get("name", node.name))
            shelf.reword_component(
                node.id, words=every if is_new else None, **fresh, **self.making.act
            )

    def _show(self, node: Node, given: Given) -> None:
        with at_line(given.line_of("start_date")):
            how = _shown(given, node)
        if how == Shown():
            return
        with at_line(given.line):
            arranging.show(node.id, how, **self.making.act)
        for name in ("showcase", "only_show_if_degraded", "start_date"):
            if getattr(how, name) is not None:
                self.making.report.note_value(
                    f"{self._where(node.slug)}: {name}", getattr(node, name), given[name]
                )

    def _move(self, node: Node, given: Given, above: str | None) -> None:
        with at_line(given.line):
            arranging.move(node.id, under=above or "", **self.making.act)
        names = {one.id: one.slug for one in self._nodes().values()}
        self.making.report.note_value(
            f"{self._where(node.slug)}: under",
            names.get(node.parent_id or "", "the page"),
            names.get(above or "", "the page"),
        )

    def _order(self, slugs: Sequence[str], given: Sequence[Given]) -> None:
        """Let those that the file names stand in its order among themselves."""
        nodes = self._nodes()
        places = [nodes[slug].position for slug in slugs]
        if all(one < other for one, other in itertools.pairwise(places)):
            return
        for position, (slug, one) in enumerate(zip(slugs, given, strict=True), start=1):
            if nodes[slug].position != position:
                with at_line(one.line):
                    shelf.reword_component(nodes[slug].id, position=position, **self.making.act)
        self.making.report.note("~", f"page {self.page.slug}: order {', '.join(slugs)}")

    def _retire(self, named: set[str]) -> None:
        """Whatever is below goes first; with --prune alone."""
        for root in shelf.components_of(self.page.id).roots:
            for node in _from_below(root):
                if node.slug in named:
                    continue
                if not self.making.prunes:
                    self.making.report.kept.append(self._where(node.slug))
                    continue
                with at_line(1):
                    shelf.retire_component(node.id, **self.making.act)
                self.making.report.note("-", self._where(node.slug))


def walk(given: Sequence[Given]) -> Iterator[Given]:
    """Every component of the file, each before those below it."""
    for one in given:
        yield one
        yield from walk(one.all_of("components"))


def _from_below(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield from _from_below(child)
    yield node


def _words(given: Given) -> dict[str, Given]:
    return dict(given["words"].parts) if "words" in given else {}


def _shown(given: Given, node: Node) -> Shown:
    """How the file would have it shown, as far as that is new."""
    flags = {
        name: given[name]
        for name in ("showcase", "only_show_if_degraded")
        if name in given and given[name] != getattr(node, name)
    }
    if "start_date" not in given:
        return Shown(**flags)
    try:
        day = date.fromisoformat(given["start_date"])
    except ValueError:
        told = f"“{given['start_date']}” is no day."
        raise CannotApply(f"Line {given.line_of('start_date')}: {told}") from None
    return Shown(**flags, start_date=None if day == node.start_date else (day,))

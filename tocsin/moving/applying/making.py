"""Making so what a file says: compare with what is there, call the verb, write down the difference.

All of it is one transaction. A dry run goes all the way and undoes it, so it meets every refusal
that the real one would. What the file says already is left alone, and leaves no note.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction

from tocsin.catalogue import audiences, shelf, showing, weighing
from tocsin.catalogue.adopting import File
from tocsin.catalogue.models import EVERYONE, Access
from tocsin.catalogue.shelf import Brand, NotFound
from tocsin.journal.actors import Actor
from tocsin.moving.applying.machines import Machines
from tocsin.moving.applying.reading import Given, read
from tocsin.moving.applying.schema import schema
from tocsin.moving.applying.trees import Placing
from tocsin.moving.applying.wardrobe import dress
from tocsin.moving.applying.work import CannotApply, Making, Report, at_line, reworded
from tocsin.statements import circles, manners, policies

PLAIN = ("name", "time_zone", "domain", "contact", "country")


class Adopting(Protocol):
    """What keeps each text that a page was ever held to."""

    def adopted(self, page_id: str) -> File: ...
    def adopt(self, page_id: str, text: str, *, by: Actor, at: datetime) -> File: ...


ADOPTED: Mapping[str, Adopting] = {"policy": policies, "coach": manners}


class _OnlyLooked(Exception):
    pass


def apply(
    text: str, *, folder: Path, by: Actor, at: datetime, is_dry: bool = False, prunes: bool = False
) -> Report:
    """Make so what a file says. Raises BadFile, CannotApply; then nothing was changed."""
    told = read(text, schema())
    making = Making(by, at, folder, prunes, Report(is_dry))
    try:
        with transaction.atomic():
            for given in _once_each(told.all_of("pages")):
                _Page(making, given).make()
            if is_dry:
                raise _OnlyLooked
    except _OnlyLooked:
        making.report.shown.clear()
    return making.report


def _once_each(given: list[Given]) -> list[Given]:
    named: dict[str, int] = {}
    for one in given:
        line = one.line_of("slug")
        if one["slug"] in named:
            first = named[one["slug"]]
            raise CannotApply(f"Line {line}: {one['slug']} stands in line {first} already.")
        named[one["slug"]] = line
    return given


class _Page:
    """One page of the file, and the one that is there."""

    def __init__(self, making: Making, given: Given) -> None:
        self.making, self.given = making, given
        self.slug = str(given["slug"])

    def make(self) -> None:
        given, making = self.given, self.making
        page = self._opened()
        self._change(page)
        self._reword(page)
        self._choose_access(page)
        if "look" in given:
            dress(making, page, given["look"])
        self._weigh(page)
        self._show_score(page)
        for name, adopting in ADOPTED.items():
            self._adopt(page, name, adopting)
        for circle in given.all_of("audiences"):
            self._open_circle(page, circle)
        if "components" in given:
            Placing(making, page, given.all_of("components")).place()
        Machines(making, page).make(given)

    def _opened(self) -> Brand:
        try:
            return shelf.brand(self.slug)
        except NotFound:
            pass
        given = self.given
        name = given["name"] if "name" in given else self.slug.replace("-", " ").capitalize()
        with at_line(given.line):
            opened = shelf.open_page(
                name=name,
                slug=self.slug,
                languages=tuple(given["languages"]) if "languages" in given else ("en",),
                time_zone=given.get("time_zone", "Etc/UTC"),
                **self.making.act,
            )
        self.making.report.note("+", f"page {self.slug}")
        return opened

    def _change(self, page: Brand) -> None:
        wanted = {name: self.given[name].strip() for name in PLAIN if name in self.given}
        if "domain" in wanted:
            wanted["domain"] = wanted["domain"].lower()
        if "country" in wanted:
            wanted["country"] = wanted["country"].upper()
        changed: dict[str, Any] = {
            name: told for name, told in wanted.items() if told != getattr(page, name)
        }
        if "languages" in self.given and tuple(self.given["languages"]) != page.languages:
            changed["languages"] = tuple(self.given["languages"])
        for name, told in changed.items():  # one by one, so that a refusal knows its line
            with at_line(self.given.line_of(name)):
                shelf.change_page(page.id, **{name: told}, **self.making.act)
            self.making.report.note_value(f"page {self.slug}: {name}", getattr(page, name), told)

    def _reword(self, page: Brand) -> None:
        if "words" not in self.given:
            return
        page = shelf.brand(page.id)
        every = {
            code: {"function": said.function, "can_do": said.can_do}
            for code, said in page.words.items()
        }
        if not reworded(self.making, f"page {self.slug}", self.given["words"], every):
            return
        with at_line(self.given.line_of("words")):
            shelf.change_page(page.id, words=every, **self.making.act)

    def _weigh(self, page: Brand) -> None:
        if "weights" not in self.given:
            return
        told: Given = self.given["weights"]
        with at_line(self.given.line_of("weights")):
            after = weighing.weigh(page.id, told.parts, **self.making.act).weights.spelled
        for name, before in page.weights.spelled.items():
            if before != after[name]:
                where = f"page {self.slug}: weights {name}"
                self.making.report.note_value(where, before, after[name])

    def _show_score(self, page: Brand) -> None:
        shown = self.given.parts.get("shows_score", page.shows_score)
        if shown == page.shows_score:
            return
        with at_line(self.given.line_of("shows_score")):
            showing.show_score(page.id, shown=shown, **self.making.act)
        self.making.report.note_value(
            f"page {self.slug}: shows_score", str(page.shows_score).lower(), str(shown).lower()
        )

    def _choose_access(self, page: Brand) -> None:
        if "access" not in self.given or self.given["access"] == page.access:
            return
        with at_line(self.given.line_of("access")):
            audiences.change_access(
                page.audience_id, Access(self.given["access"]), **self.making.act
            )
        self.making.report.note_value(
            f"page {self.slug}: access", page.access.value, self.given["access"]
        )

    def _adopt(self, page: Brand, name: str, adopting: Adopting) -> None:
        """Adopt a file that a page is held to, told here or lying beside this one."""
        told_as = name if name in self.given else f"{name}_file"
        if told_as not in self.given:
            return
        with at_line(self.given.line_of(told_as)):
            told = self.given[told_as]
            text = told if told_as == name else self.making.file(told).decode("utf-8-sig")
            before = adopting.adopted(page.id)
            kept = adopting.adopt(page.id, text.strip() + "\n", **self.making.act)
        if kept != before:
            self.making.report.note("~", f"page {self.slug}: {name} no. {kept.number}")

    def _open_circle(self, page: Brand, given: Given) -> None:
        where = f"audience {self.slug}/{given['slug']}"
        there = {seen.audience: seen for seen in shelf.audiences_of(page.id)}
        found = there.get(given["slug"])
        access = Access(given["access"]) if "access" in given else None
        if found is None:
            with at_line(given.line):
                circles.open_circle(
                    page.id,
                    name=given["name"],
                    slug=given["slug"],
                    access=access or Access.NAMED,
                    **self.making.act,
                )
            self.making.report.note("+", where)
        elif found.audience == EVERYONE or found.audience_name != given["name"].strip():
            raise CannotApply(
                f"Line {given.line_of('name')}: {given['slug']} is called {found.audience_name!r}, "
                "and a circle keeps its name. Say that, or choose another slug."
            )
        elif access and access != found.access:
            with at_line(given.line_of("access")):
                audiences.change_access(found.audience_id, access, **self.making.act)
            self.making.report.note_value(f"{where}: access", found.access.value, access.value)

"""What stands in the form for trouble that is over, read into what is told afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree
from tocsin.console import clocks, declaring_form
from tocsin.console.declaring_form import Declared
from tocsin.console.refusals import Unread
from tocsin.statements.published import Layer


@dataclass(frozen=True, slots=True)
class Over:
    """What the form says, whole or not: a declaration, and when what it declares had ended."""

    declared: Declared
    until: datetime | None
    problems: tuple[str, ...]

    @property
    def since(self) -> datetime | None:
        return self.declared.started_at

    @property
    def layers(self) -> Mapping[str, Layer]:
        return self.declared.layers


def read(
    told: Mapping[str, str], chosen: Sequence[str], *, page: Brand, tree: Tree, at: datetime
) -> Over:
    """Read the form; what cannot be read is left out and named in ``problems``."""
    declared = declaring_form.read(told, chosen, page=page, tree=tree, at=at, is_over=True)
    problems = list(declared.problems)
    until = _until(told.get("ended", ""), declared.zone, at, problems)
    if not told.get("started", "").strip() or not told.get("ended", "").strip():
        problems.append(_("Say when it began and when it ended."))
    elif declared.started_at and until and until <= declared.started_at:
        problems.append(_("It ended before it began. Look at both times, and at their days."))
    if not declared.layers:
        problems.append(_("Say what readers are to know, in at least one language."))
    return Over(declared, until, tuple(problems))


def suggestion(page: Brand, tree: Tree, declared: Declared) -> str:
    """A name for it, in the page's own language; empty before anything was chosen."""
    return declaring_form.suggestion(page, tree, declared.components, declared.state, is_over=True)


def _until(said: str, zone: str, at: datetime, problems: list[str]) -> datetime | None:
    try:
        return clocks.past(said, zone=zone, now=at)
    except Unread as error:
        problems += [told for told in error.sentences if told not in problems]
        return None

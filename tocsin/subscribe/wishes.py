"""What a reader may choose, as the form shows it and as it comes back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.catalogue import languages as spoken
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node
from tocsin.disclosure.severity import Severity


@dataclass(frozen=True, slots=True)
class Branch:
    """A component on the form, and what is below it."""

    id: str
    name: str
    is_chosen: bool
    children: tuple["Branch", ...]

    @property
    def is_open(self) -> bool:
        """Whether something below it is chosen."""
        return any(child.is_chosen or child.is_open for child in self.children)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


def branches(page: Brand, language: str, chosen: Collection[str]) -> tuple[Branch, ...]:
    """The page's tree, with what is followed marked."""

    def branch(node: Node) -> Branch:
        below = tuple(branch(child) for child in node.children)
        return Branch(node.id, node.named(language), node.id in chosen, below)

    return tuple(branch(root) for root in shelf.components_of(page.id).roots)


def severities(chosen: str) -> list[Option]:
    """From how grave on to be told, in words."""
    labels = {
        Severity.SEV4: _("Everything, planned work too"),
        Severity.SEV3: _("Whatever customers can notice"),
        Severity.SEV2: _("Partial and major outages"),
        Severity.SEV1: _("Major outages only"),
    }
    return [Option(value, label, value == chosen) for value, label in labels.items()]


def languages(page: Brand, chosen: str) -> list[Option]:
    """The languages of a page, in their own names."""
    return [Option(code, spoken.of(code).name, code == chosen) for code in page.languages]


def asked_for(page: Brand, query: QueryDict) -> Choice:
    """What a link to the form asks for: one component by its slug, else everything."""
    slug = query.get("component", "")
    found = shelf.components_of(page.id).find(slug) if slug else None
    return Choice(components=(found.id,)) if found else Choice()


def choice_of(posted: QueryDict, *, language: str) -> Choice:
    """The choice that a form carries. Raises CannotSubscribe."""
    components = tuple(posted.getlist("component")) if posted.get("follow") == "some" else ()
    if posted.get("follow") == "some" and not components:
        raise CannotSubscribe(_("Choose at least one part, or everything."))
    return Choice(
        components=components,
        minimum_severity=posted.get("severity") or Severity.SEV4,
        language=posted.get("language") or language,
    )


def names_of(page: Brand, language: str, ids: Collection[str]) -> Iterator[str]:
    """What is followed, in the order of the page."""
    return (node.named(language) for node in shelf.components_of(page.id) if node.id in ids)

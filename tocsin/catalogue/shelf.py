"""Putting things on the shelf and taking them down: pages, audiences, components.

CannotKeep          the name, parent, zone or language cannot be used; says what to do
└── NotFound        no page or component goes by that id or slug
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from tocsin.catalogue import countries, look, weights, zones
from tocsin.catalogue import languages as spoken
from tocsin.catalogue.look import PLAIN, Look, Mark
from tocsin.catalogue.models import EVERYONE, Access, Audience, Component, Logo, Page
from tocsin.catalogue.tree import DEEPEST, Node, Tree, Words
from tocsin.catalogue.weights import USUAL, Weights
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.journal.ids import new_id
from tocsin.people import access

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})+")
SLUG_LENGTH = 50
INSTANT = timedelta(microseconds=1)  # the shortest time that both databases tell apart
LOCAL = ".localhost"  # names that a page has anyway, by its slug
MARK = ("file", "width", "height")
WORDS_KEPT = ("name", "function", "can_do")


class CannotKeep(Exception):
    """The catalogue refuses; the message says why and what to do."""


class NotFound(CannotKeep):
    pass


@dataclass(frozen=True, slots=True)
class Brand:
    """A page as one of its audiences sees it. ``languages``' first entry is the page's own.

    ``root`` is what the paths of a further audience begin with; empty for everyone's own.
    """

    id: str
    slug: str
    name: str
    domain: str
    time_zone: str
    languages: tuple[str, ...]
    words: Mapping[str, Words]
    contact: str
    is_default: bool
    audience_id: str
    created_at: datetime
    changed_at: datetime
    audience: str = EVERYONE
    audience_name: str = ""
    access: Access = Access.PUBLIC
    look: Look = PLAIN
    weights: Weights = USUAL
    shows_score: bool = False
    country: str = ""

    @property
    def language(self) -> str:
        return self.languages[0]

    @property
    def is_public(self) -> bool:
        return self.access == Access.PUBLIC

    @property
    def is_for_everyone(self) -> bool:
        """Whether these are the page's own readers, and not a circle among them."""
        return self.audience == EVERYONE

    @property
    def root(self) -> str:
        return "" if self.is_for_everyone else f"/for/{self.audience}"


@transaction.atomic
def open_page(
    *,
    name: str,
    by: Actor,
    at: datetime,
    slug: str = "",
    languages: tuple[str, ...] = ("en",),
    time_zone: str = "Etc/UTC",
    domain: str = "",
    contact: str = "",
    country: str = "",
    words: Mapping[str, Mapping[str, str]] | None = None,
    id: str = "",
) -> Brand:
    """Open a page for everyone; the first becomes the default. Raises CannotKeep.

    With ``id``, 12 characters of a-z and 0-9, it goes by that.
    """
    access.check(by, "pages:write")
    page = Page(
        id=id or new_id(),
        slug=slug or slugify(name),
        name=name.strip(),
        domain=domain.strip().lower(),
        time_zone=time_zone,
        languages=list(languages),
        words=_kept(words or {}),
        contact=contact,
        country=country.strip().upper(),
        is_default=not Page.objects.filter(is_default=True).exists(),
        created_at=at,
        changed_at=at,
    )
    _check_page(page)
    page.save(force_insert=True)
    Audience.objects.create(page=page, slug=EVERYONE, name="Everyone", created_at=at, changed_at=at)
    chain.note("catalogue:page:opened", by=by, at=at, subject=("page", page.id), page=page.id)
    return brand(page.id)


def _check_page(page: Page) -> None:
    others = Page.objects.exclude(pk=page.pk)
    if not page.name or not page.slug:
        raise CannotKeep("A page needs a name of letters or digits.")
    check_slug(page.slug)
    if others.filter(slug=page.slug).exists():
        raise CannotKeep(f"There is a page {page.slug!r} already. Choose another slug.")
    if page.domain and (not DOMAIN.fullmatch(page.domain) or page.domain.endswith(LOCAL)):
        raise CannotKeep(f"{page.domain[:60]!r} is no domain. Say one such as status.example.com.")
    if page.domain and others.filter(domain=page.domain).exists():
        raise CannotKeep(f"Another page answers {page.domain!r} already.")
    if page.time_zone not in zones.every():
        raise CannotKeep(f"{page.time_zone!r} is no time zone. Name one such as Europe/Paris.")
    if page.country and not countries.is_known(page.country):
        raise CannotKeep(f"No holidays are known of {page.country[:60]!r}. Say FR or US-NY.")
    unknown = [code for code in page.languages if code not in spoken.every()]
    if unknown or not page.languages or len(set(page.languages)) < len(page.languages):
        raise CannotKeep(f"Say the page's languages, each once, from: {', '.join(spoken.every())}.")


def check_slug(slug: str) -> None:
    """A slug becomes a directory and a part of addresses."""
    if slugify(slug) != slug or len(slug) > SLUG_LENGTH:
        raise CannotKeep(
            f"{slug[:60]!r} is no slug. Use lower-case letters, digits and hyphens, "
            f"at most {SLUG_LENGTH}."
        )


@transaction.atomic
def change_page(
    page_id: str,
    *,
    by: Actor,
    at: datetime,
    name: str | None = None,
    languages: tuple[str, ...] | None = None,
    time_zone: str | None = None,
    domain: str | None = None,
    contact: str | None = None,
    country: str | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Brand:
    """Change what a page is called, speaks or keeps time by; what is left out stays.

    Raises :class:`CannotKeep`, :class:`NotFound`.
    """
    access.check(by, "pages:write", page_id)
    page = Page.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise NotFound(f"No page {page_id!r}. See `tocsin page list`.")
    page.name = page.name if name is None else name.strip()
    page.languages = page.languages if languages is None else list(languages)
    page.time_zone = time_zone or page.time_zone
    if domain is not None and domain.strip().lower() != page.domain:
        # Which page answers which host concerns them all: one page's owner could take another's.
        access.check(by, "pages:write")
        page.domain = domain.strip().lower()
    page.contact = page.contact if contact is None else contact.strip()
    page.country = page.country if country is None else country.strip().upper()
    page.words = page.words if words is None else _kept(words)
    _check_page(page)
    page.changed_at = after(page, at)
    page.save()
    chain.note("catalogue:page:changed", by=by, at=at, subject=("page", page.id), page=page.id)
    return brand(page.id)


@transaction.atomic
def add_component(
    page_id: str,
    *,
    name: str,
    by: Actor,
    at: datetime,
    slug: str = "",
    parent: str = "",
    description: str = "",
    words: Mapping[str, Mapping[str, str]] | None = None,
    showcase: bool = True,
) -> Node:
    """Put a component on a page, last among its siblings. ``parent`` is an id or slug.

    Raises :class:`CannotKeep`, :class:`NotFound`.
    """
    access.check(by, "components:write", page_id)
    tree = components_of(page_id)
    above = _parent(tree, parent)
    slug = _free_slug(tree, slug or slugify(name), name)
    siblings = above.children if above else tree.roots
    component = Component.objects.create(
        page_id=page_id,
        parent_id=above.id if above else None,
        slug=slug,
        name=name.strip(),
        description=description.strip(),
        words=_kept(words or {}),
        position=max((node.position for node in siblings), default=0) + 1,
        showcase=showcase,
        start_date=at.date(),
        created_at=at,
        changed_at=at,
    )
    touch(page_id, at)
    _noted("added", component.id, page_id=page_id, by=by, at=at)
    return components_of(page_id).by_id()[component.id]


def _free_slug(tree: Tree, slug: str, name: str) -> str:
    """The slug, if a component of that name may have it. Raises CannotKeep."""
    if not name.strip() or not slug:
        raise CannotKeep("A component needs a name of letters or digits.")
    check_slug(slug)
    if tree.find(slug):
        raise CannotKeep(f"There is a component {slug!r} already. Choose another slug.")
    return slug


def _parent(tree: Tree, ref: str) -> Node | None:
    if not ref:
        return None
    node = tree.find(ref)
    if node is None:
        raise NotFound(f"No component {ref!r} to put it under.")
    if len(tree.path_to(node.id)) >= DEEPEST:
        raise CannotKeep(f"A tree is at most {DEEPEST} deep. Put it higher up.")
    return node


@transaction.atomic
def reword_component(
    component_id: str,
    *,
    by: Actor,
    at: datetime,
    name: str | None = None,
    description: str | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
    position: int | None = None,
) -> None:
    """Change what a component is called, says, or where it stands. Raises CannotKeep, NotFound."""
    component = _component(component_id)
    access.check(by, "components:write", component.page_id)
    if name is not None and not name.strip():
        raise CannotKeep("A component needs a name.")
    if position is not None and not 1 <= position <= 10_000:
        raise CannotKeep("A position is a number from 1 on.")
    component.name = component.name if name is None else name.strip()
    component.description = component.description if description is None else description.strip()
    component.words = component.words if words is None else _kept(words)
    component.position = component.position if position is None else position
    component.changed_at = at
    component.save()
    touch(component.page_id, at)
    _noted("reworded", component.id, page_id=component.page_id, by=by, at=at)


@transaction.atomic
def retire_component(component_id: str, *, by: Actor, at: datetime) -> None:
    """Take a component off the page; its history stays. Raises CannotKeep, NotFound."""
    component = _component(component_id)
    access.check(by, "components:write", component.page_id)
    # Whoever says a state holds them too: of what is taken off, nothing is said any more.
    list(Audience.objects.filter(page_id=component.page_id).select_for_update().order_by("pk"))
    if Component.objects.filter(parent=component, retired_at=None).exists():
        raise CannotKeep(f"{component.name} holds others. Take those off first.")
    component.retired_at = component.changed_at = at
    component.save()
    touch(component.page_id, at)
    _noted("retired", component.id, page_id=component.page_id, by=by, at=at)


def _component(component_id: str) -> Component:
    component = Component.objects.filter(pk=component_id, retired_at=None).first()
    if component is None:
        raise NotFound(f"No component {component_id!r}.")
    return component


def _noted(done: str, component_id: str, *, page_id: str, by: Actor, at: datetime) -> None:
    subject = ("component", component_id)
    chain.note(f"catalogue:component:{done}", by=by, at=at, subject=subject, page=page_id)


def touch(page_id: str, at: datetime) -> None:
    """Let the compiled page follow what changed."""
    row = Page.objects.select_for_update().only("changed_at").get(pk=page_id)
    Page.objects.filter(pk=page_id).update(changed_at=after(row, at))


def after(page: Page, at: datetime) -> datetime:
    """When a page changes: later than ever before, so that the moment alone tells each state."""
    return max(at, page.changed_at + INSTANT)


def _kept(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {
        language: {key: said[key].strip() for key in WORDS_KEPT if said.get(key, "").strip()}
        for language, said in words.items()
        if language in spoken.every()
    }


def pages() -> list[Brand]:
    """Every page as everyone sees it, the default first."""
    return _brands(Audience.objects.filter(slug=EVERYONE))


def views() -> list[Brand]:
    """Every page as each of its audiences sees it: the default first, everyone before others."""
    return _brands(Audience.objects.filter(is_joining=False))


def audiences_of(page_id: str) -> list[Brand]:
    """A page as each of its audiences sees it, everyone first."""
    return _brands(Audience.objects.filter(page_id=page_id, is_joining=False))


def seen_by(audience_id: str) -> Brand:
    """A page as this audience sees it. Raises :class:`NotFound`."""
    row = _AUDIENCE.first(audience_id)
    page = _BY_ID.first(row.page_id) if row else None
    if row is None or page is None:
        raise NotFound(f"No audience {audience_id!r}.")
    return _seen(page, row, _marks(page))


def audience(page_id: str, ref: str) -> Brand:
    """A page as one of its audiences sees it, by the audience's id or slug. Raises NotFound."""
    for seen in audiences_of(page_id):
        if ref in (seen.audience, seen.audience_id):
            return seen
    raise NotFound(f"This page has no audience {ref!r}. See `tocsin audience list`.")


def brand(ref: str) -> Brand:
    """A page by id or slug, as everyone sees it. Raises :class:`NotFound`."""
    page = _BY_SLUG.first(ref) or _BY_ID.first(ref)
    if page is None:
        raise NotFound(f"No page {ref!r}. See `tocsin page list`.")
    return _brand(page)


def brand_for_host(host: str) -> Brand | None:
    """The page that answers a Host header: its domain, ``<slug>.localhost``, or the default."""
    name = host.split(":")[0].strip(".").lower()
    by_domain = Page.objects.filter(domain=name).first() if name else None
    by_slug = Page.objects.filter(slug=name.removesuffix(LOCAL)).first()
    found = by_domain or (by_slug if name.endswith(LOCAL) else None)
    found = found or Page.objects.filter(is_default=True).first()
    return _brand(found) if found else None


def _brand(page: Page) -> Brand:
    (row,) = _OF_EVERYONE.rows(page.id)
    return _seen(page, row, _marks(page))


def _marks(page: Page) -> dict[str, Mark]:
    return {scheme: Mark(*drawn) for scheme, *drawn in _LOGOS.tuples(page.id)}


def _brands(rows: QuerySet[Audience]) -> list[Brand]:
    found = list(rows.select_related("page"))
    marks: dict[str, dict[str, Mark]] = {}
    logos = Logo.objects.filter(page_id__in={row.page_id for row in found})
    for page_id, scheme, *drawn in logos.values_list("page_id", "scheme", *MARK):
        marks.setdefault(page_id, {})[scheme] = Mark(*drawn)
    found.sort(key=_order)
    return [_seen(row.page, row, marks.get(row.page_id, {})) for row in found]


def _order(row: Audience) -> tuple[bool, str, str, bool, str]:
    page = row.page
    return not page.is_default, page.name, page.id, row.slug != EVERYONE, row.slug


def _seen(page: Page, row: Audience, marks: Mapping[str, Mark]) -> Brand:
    return Brand(
        id=page.id,
        slug=page.slug,
        name=page.name,
        domain=page.domain,
        time_zone=page.time_zone,
        languages=tuple(page.languages),
        words={code: _page_words(page, code) for code in page.languages},
        contact=page.contact,
        is_default=page.is_default,
        audience_id=row.id,
        created_at=page.created_at,
        changed_at=max(page.changed_at, row.changed_at),
        audience=row.slug,
        audience_name=row.name,
        access=Access(row.access),
        look=look.read(page.look, marks),
        weights=weights.read(page.weights),
        shows_score=page.shows_score,
        country=page.country,
    )


def _page_words(page: Page, language: str) -> Words:
    # What stands in where neither component nor page has words of its own.
    said = {**spoken.of(language).stand_in, **page.words.get(language, {})}
    return Words(page.name, said["function"], said["can_do"])


# Asked with each word and change of state: the SQL is written once.
_BY_SLUG = Compiled(lambda slug: Page.objects.filter(slug=slug))
_BY_ID = Compiled(lambda key: Page.objects.filter(pk=key))
_AUDIENCE = Compiled(lambda key: Audience.objects.filter(pk=key))
_OF_EVERYONE = Compiled(lambda page: Audience.objects.filter(page_id=page, slug=EVERYONE))
_LOGOS = Compiled(lambda page: Logo.objects.filter(page_id=page).values_list("scheme", *MARK))
_EVER = Compiled(
    lambda page: Component.objects.filter(page_id=page).order_by("position", "created_at", "id")
)
_SHOWN = Compiled(
    lambda page: Component.objects.filter(page_id=page, retired_at=None).order_by(
        "position", "created_at", "id"
    )
)


def components_of(page_id: str, *, retired: bool = False) -> Tree:
    """A page's tree. With ``retired``, those taken off too (the history names them)."""
    return _tree(tuple((_EVER if retired else _SHOWN).raw(page_id)), retired=retired)


@lru_cache(maxsize=64)  # trees at hand
def _tree(raw: tuple[tuple[Any, ...], ...], *, retired: bool) -> Tree:
    """The tree of some rows, made once: to read them costs a tenth of what this does."""
    children: dict[str | None, list[Component]] = {}
    for row in (_EVER if retired else _SHOWN).made(raw):
        children.setdefault(row.parent_id, []).append(row)
    return Tree(tuple(_node(row, children) for row in children.get(None, [])))


def _node(row: Component, children: Mapping[str | None, list[Component]]) -> Node:
    return Node(
        id=row.id,
        slug=row.slug,
        name=row.name,
        description=row.description,
        words={
            code: Words(
                said.get("name", row.name), said.get("function", ""), said.get("can_do", "")
            )
            for code, said in row.words.items()
        },
        position=row.position,
        showcase=row.showcase,
        only_show_if_degraded=row.only_show_if_degraded,
        start_date=row.start_date,
        created_at=row.created_at,
        changed_at=row.changed_at,
        parent_id=row.parent_id,
        children=tuple(_node(child, children) for child in children.get(row.id, [])),
    )


def lacking_words(page: Brand) -> list[tuple[Node, str]]:
    """Each component and language without customers' words, for ``tocsin doctor``."""
    return [
        (node, language)
        for node in components_of(page.id)
        for language in page.languages
        if language not in node.words or not node.words[language].are_complete
    ]

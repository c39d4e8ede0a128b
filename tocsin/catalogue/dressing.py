"""Giving a page its look: colours that can be read, styles and logos that can do no harm.

CannotKeep          see shelf.py; the message says what to mend
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import colours, logos, shelf, styles
from tocsin.catalogue.look import CORNERS, EMBED, SCHEMES, Embed
from tocsin.catalogue.models import Logo, Page
from tocsin.catalogue.shelf import Brand, CannotKeep, NotFound
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access


@transaction.atomic
def dress(
    page_id: str,
    *,
    by: Actor,
    at: datetime,
    chosen: Mapping[str, Mapping[str, str]] | None = None,
    css: str | None = None,
) -> Brand:
    """Change a page's colours or styles; what is left out stays. Raises CannotKeep.

    ``chosen`` is {light or dark: {name: "#rrggbb"}}; an empty value takes the house's again.
    """
    page = _page(page_id, by)
    try:
        told = dict(page.look)
        if chosen is not None:
            told |= colours.checked(_merged(told, chosen))
        if css is not None:
            told["css"] = styles.checked(css)
    except (colours.Unreadable, styles.Harmful) as error:
        raise CannotKeep(str(error)) from error
    page.look = told
    return _kept(page, by=by, at=at)


@transaction.atomic
def place_embed(page_id: str, chosen: Mapping[str, str], *, by: Actor, at: datetime) -> Brand:
    """Choose the corner and colours of the notice for other people's pages. Raises CannotKeep.

    ``chosen`` holds fields of Embed; what is left out stays.
    """
    page = _page(page_id, by)
    told = asdict(Embed()) | page.look.get(EMBED, {})
    unknown = ", ".join(repr(name[:30]) for name in chosen if name not in told)
    if unknown:
        raise CannotKeep(f"The embedded notice has no {unknown}. It has: {', '.join(told)}.")
    page.look = page.look | {EMBED: _readable(told | dict(chosen))}
    return _kept(page, by=by, at=at)


def _readable(told: Mapping[str, str]) -> dict[str, str]:
    """The corner and colours in their one spelling. Raises CannotKeep."""
    position = told["position"]
    if position not in CORNERS:
        raise CannotKeep(f"{position[:30]!r} is no corner. Say one of: {', '.join(CORNERS)}.")
    try:
        worn = {n: colours.spelled(value) for n, value in told.items() if n != "position"}
    except colours.Unreadable as error:
        raise CannotKeep(str(error)) from error
    for kind in ("incident", "maintenance"):
        if colours.contrast(worn[f"{kind}_background"], worn[f"{kind}_text"]) < colours.TEXT:
            raise CannotKeep(
                f"{worn[f'{kind}_text']} cannot be read on {worn[f'{kind}_background']}. "
                "Choose colours further apart."
            )
    return {"position": position, **worn}


def _merged(
    before: Mapping[str, Mapping[str, str]], chosen: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    both = {scheme: {**before.get(scheme, {}), **chosen.get(scheme, {})} for scheme in SCHEMES}
    return {
        scheme: {n: told for n, told in pairs.items() if told} for scheme, pairs in both.items()
    }


@transaction.atomic
def put_up_logo(
    page_id: str, scheme: str, content: bytes, *, by: Actor, at: datetime
) -> tuple[Brand, tuple[str, ...]]:
    """Put up a logo for light or dark paper; also answers what was left out of it.

    Raises CannotKeep.
    """
    page = _page(page_id, by)
    if scheme not in SCHEMES:
        raise CannotKeep(f"A logo is for light or for dark paper, not for {scheme!r}.")
    try:
        drawn = logos.made_harmless(content)
    except logos.NoLogo as error:
        raise CannotKeep(str(error)) from error
    mark = hashlib.sha256(drawn.content).hexdigest()[:12]
    Logo.objects.update_or_create(
        page=page,
        scheme=scheme,
        defaults={
            "file": f"assets/logo.{mark}.{drawn.kind}",
            "width": drawn.width,
            "height": drawn.height,
            "content": drawn.content,
        },
    )
    return _kept(page, by=by, at=at), drawn.left_out


@transaction.atomic
def take_down_logo(page_id: str, scheme: str, *, by: Actor, at: datetime) -> Brand:
    """Show the page's name again instead."""
    page = _page(page_id, by)
    Logo.objects.filter(page=page, scheme=scheme).delete()
    return _kept(page, by=by, at=at)


def logos_of(page_id: str) -> dict[str, bytes]:
    """The bytes of a page's logos, by the relative file that each stands in."""
    rows = Logo.objects.filter(page_id=page_id)
    return {file: bytes(content) for file, content in rows.values_list("file", "content")}


def _page(page_id: str, by: Actor) -> Page:
    access.check(by, "pages:write", page_id)
    page = Page.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise NotFound(f"No page {page_id!r}. See `tocsin page list`.")
    return page


def _kept(page: Page, *, by: Actor, at: datetime) -> Brand:
    page.changed_at = shelf.after(page, at)
    page.save()
    chain.note("catalogue:page:dressed", by=by, at=at, subject=("page", page.id), page=page.id)
    return shelf.brand(page.id)

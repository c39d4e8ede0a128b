"""How a page looks, by a file: colours, styles, logos, the embedded notice."""

import hashlib
from dataclasses import asdict

from tocsin.catalogue import colours, dressing, logos, shelf, styles
from tocsin.catalogue.look import DARK, LIGHT, SCHEMES, Look
from tocsin.catalogue.shelf import Brand
from tocsin.moving.applying.reading import Given
from tocsin.moving.applying.work import Making, at_line

LOGOS = {"logo": LIGHT, "dark_logo": DARK}


def dress(making: Making, page: Brand, given: Given) -> None:
    """Let the page look as the file says. Raises CannotApply."""
    where = f"page {page.slug}"
    with at_line(given.line_of(LIGHT if LIGHT in given else DARK)):
        _colour(making, page, given, where)
    with at_line(given.line_of("css" if "css" in given else "css_file")):
        _style(making, page, given, where)
    for name, scheme in LOGOS.items():
        if name in given:
            with at_line(given.line_of(name)):
                _put_up(making, page, name, scheme, given[name], where)
    if "embed" in given:
        with at_line(given.line_of("embed")):
            _place(making, page, given["embed"], where)


def _colour(making: Making, page: Brand, given: Given, where: str) -> None:
    chosen: dict[str, dict[str, str]] = {}
    for scheme in SCHEMES:
        worn = page.look.colours(scheme)
        told = given[scheme].parts if scheme in given else {}
        fresh = {
            name: value for name, value in told.items() if _spelled(value) != worn.get(name, "")
        }
        if fresh:
            chosen[scheme] = fresh
    if not chosen:
        return
    dressing.dress(page.id, chosen=chosen, **making.act)
    for scheme, fresh in chosen.items():
        for name, value in fresh.items():
            before = page.look.colours(scheme).get(name, "")
            making.report.note_value(f"{where}: {scheme} {name}", before, value)


def _spelled(value: str) -> str:
    """A colour in its one spelling; what is none stays, and the verb refuses it."""
    try:
        return colours.spelled(value) if value.strip() else ""
    except colours.Unreadable:
        return value


def _style(making: Making, page: Brand, given: Given, where: str) -> None:
    if "css" in given:
        told = given["css"]
    elif "css_file" in given:
        told = making.file(given["css_file"]).decode("utf-8-sig")
    else:
        return
    try:
        is_same = styles.checked(told) == page.look.css
    except styles.Harmful:
        is_same = False
    if not is_same:
        dressing.dress(page.id, css=told, **making.act)
        making.report.note_value(f"{where}: css", page.look.css, told)


def _put_up(making: Making, page: Brand, name: str, scheme: str, file: str, where: str) -> None:
    mark = page.look.logo if scheme == LIGHT else page.look.dark_logo
    if not file:
        if mark:
            dressing.take_down_logo(page.id, scheme, **making.act)
            making.report.note("-", f"{where}: {name}")
        return
    content = making.file(file)
    if mark is None or mark.file != _name_of(content):
        dressing.put_up_logo(page.id, scheme, content, **making.act)
        making.report.note("~" if mark else "+", f"{where}: {name} {file}")


def _name_of(content: bytes) -> str:
    """Under which name a logo would stand; empty for what is none, which the verb refuses."""
    try:
        drawn = logos.made_harmless(content)
    except logos.NoLogo:
        return ""
    return f"assets/logo.{hashlib.sha256(drawn.content).hexdigest()[:12]}.{drawn.kind}"


def _place(making: Making, page: Brand, given: Given, where: str) -> None:
    look: Look = shelf.brand(page.id).look
    before = asdict(look.embed)
    fresh = {
        name: value
        for name, value in given.parts.items()
        if (value if name == "position" else _spelled(value)) != before[name]
    }
    if fresh:
        dressing.place_embed(page.id, fresh, **making.act)
        for name, value in fresh.items():
            making.report.note_value(f"{where}: embed {name}", before[name], value)

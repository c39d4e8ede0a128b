"""The stylesheet, the script and the policy that let only these two work."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import quote

from tocsin.catalogue import colours
from tocsin.catalogue.look import DARK, LIGHT, PLAIN, Look
from tocsin.disclosure.severity import Indicator

COLOURS = {
    Indicator.NONE: "#2e7d5b",
    Indicator.MAINTENANCE: "#3f5f9e",
    Indicator.MINOR: "#a87400",
    Indicator.MAJOR: "#c2571a",
    Indicator.CRITICAL: "#b3202c",
}
# How much of the icon's circle is filled: readable without its colour.
FILLS = {
    Indicator.NONE: "",
    Indicator.MAINTENANCE: "M8 4l4 4-4 4-4-4z",
    Indicator.MINOR: "M8 8V2a6 6 0 0 1 6 6z",
    Indicator.MAJOR: "M8 2a6 6 0 0 1 0 12z",
    Indicator.CRITICAL: "M8 2a6 6 0 0 1 0 12A6 6 0 0 1 8 2z",
}


# A reader who asked for more contrast gets it on any brand's paper.
MORE_CONTRAST = "@media(prefers-contrast:more){:root{--soft:var(--ink);--line:var(--ink)}}"


@lru_cache(maxsize=256)
def style(look: Look = PLAIN) -> str:
    """The stylesheet as it stands in every page: the house's, the brand's colours, its own css."""
    return "".join([_house_style(), *_coloured(look), look.css])


def _coloured(look: Look) -> Iterator[str]:
    # Each for its own paper: a light colour must not shine through where nothing dark was chosen.
    if look.light:
        yield f"@media not all and (prefers-color-scheme:dark){{:root{{{_declared(look, LIGHT)}}}}}"
    if look.dark:
        yield f"@media(prefers-color-scheme:dark){{:root{{{_declared(look, DARK)}}}}}"
    if look.light or look.dark:
        yield MORE_CONTRAST


def _declared(look: Look, scheme: str) -> str:
    told = look.colours(scheme)
    if "accent" in told:
        told["on"] = colours.on(told["accent"])
    return ";".join(f"--{name}:{value}" for name, value in told.items())


def look_sheet(look: Look) -> tuple[str, bytes] | None:
    """(relative path, bytes) of a brand's colours for the pages that Django shows; None: plain."""
    text = "".join(_coloured(look)).encode()
    return (f"assets/look.{hashlib.sha256(text).hexdigest()[:12]}.css", text) if text else None


def styles_in(policy: str) -> tuple[str, ...]:
    """The digests of the styles that a policy allows."""
    return tuple(re.findall(r"'sha256-([A-Za-z0-9+/=]+)'", policy))


@cache
def _house_style() -> str:
    """Our own, without comments and needless space."""
    text = re.sub(r"/\*.*?\*/", "", asset("page.css"), flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?", r"\1", text).replace(": ", ":").replace(";}", "}").strip()


@cache
def script() -> tuple[str, bytes]:
    """(relative path, bytes) of the page's script; its name changes with its bytes."""
    text = asset("live.js").encode()
    return f"assets/live.{hashlib.sha256(text).hexdigest()[:12]}.js", text


@lru_cache(maxsize=256)
def policy(look: Look = PLAIN, *, in_markup: bool = False, also: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy; in markup without what only a header may say.

    ``also`` holds the digests of styles that stand in older files still.
    """
    styles = " ".join(f"'sha256-{digest}'" for digest in dict.fromkeys((digest_of(look), *also)))
    directives = [
        "default-src 'none'",
        f"style-src {styles}",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
    ]
    return "; ".join([*directives, *([] if in_markup else ["frame-ancestors 'none'"])])


def digest_of(look: Look) -> str:
    """What the policy knows a page's stylesheet by."""
    return b64encode(hashlib.sha256(style(look).encode()).digest()).decode()


@cache
def icon(indicator: Indicator) -> str:
    """A data URI: a circle that fills as things get worse."""
    colour, fill = COLOURS[indicator], FILLS[indicator]
    drawn = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
        f"<circle cx='8' cy='8' r='6' fill='none' stroke='{colour}' stroke-width='2.5'/>"
        f"<path d='{fill}' fill='{colour}'/></svg>"
    )
    return "data:image/svg+xml," + quote(drawn, safe=" ='/:")


def asset(name: str) -> str:
    """The text of one of our own files."""
    return files("tocsin.page").joinpath("assets", name).read_text("utf-8")

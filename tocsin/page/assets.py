"""The stylesheets, the script and the policy that lets only these work."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext as _

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
    Indicator.MAINTENANCE: "M0-4l4 4-4 4-4-4z",
    Indicator.MINOR: "M0 0v-6a6 6 0 0 1 6 6z",
    Indicator.MAJOR: "M0-6a6 6 0 0 1 0 12z",
    Indicator.CRITICAL: "M0-6a6 6 0 0 1 0 12a6 6 0 0 1 0-12z",
}


# Where seldom.css says something of a page: any of these in its markup (test_assets.py holds them
# together). What most pages have none of, most readers need not wait for.
SELDOM = re.compile(
    r"<(?:blockquote|del|h4|ins|pre|table)\b"
    r'|class="(?:[^"]* )?(?:amended|beside|big|charts|corrected|correction|months|prints|promises'
    r'|review|said|turn|watermark)[ "]'
)

LOGO = ".brand img{display:block;height:auto;max-width:min(15rem,60vw)}"

# A brand's own colour, where it has one: along the top, and on what is to be pressed.
ACCENTED = (
    "body{border-block-start:.25rem solid var(--accent,transparent)}"
    ".do:not(.quiet,:hover){border-color:var(--accent,var(--ink));"
    "background:var(--accent,var(--ink));color:var(--on,var(--paper))}"
)

# A reader who asked for more contrast gets it on any brand's paper.
MORE_CONTRAST = "@media(prefers-contrast:more){:root{--soft:var(--ink);--line:var(--ink)}}"


@lru_cache(maxsize=256)
def style(look: Look = PLAIN) -> str:
    """The stylesheet as it stands in every page: the house's, the brand's colours, its own css."""
    logo = LOGO if look.logo else ""
    told = "".join([*_coloured(look), look.css])
    accented = ACCENTED if "--accent" in told else ""
    return "".join([_sheet("page.css"), logo, accented, told])


def seldom_style() -> str:
    """What stands before it in a page that needs it."""
    return _sheet("seldom.css")


def worn(markup: str, look: Look = PLAIN) -> tuple[str, ...]:
    """The stylesheets of a page with this markup: of our own only those that it needs."""
    return (seldom_style(), style(look)) if SELDOM.search(markup) else (style(look),)


def elements(sheets: tuple[str, ...]) -> str:
    """Stylesheets as they stand in a page; the script tells them apart by their names."""
    names = ("" if sheet != seldom_style() else ' id="seldom"' for sheet in sheets)
    return "\n".join(
        f"<style{name}>{sheet}</style>" for name, sheet in zip(names, sheets, strict=True)
    )


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
def _sheet(name: str) -> str:
    """One of our own, without comments and needless space."""
    text = re.sub(r"/\*.*?\*/", "", asset(name), flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?", r"\1", text).replace(": ", ":").replace(";}", "}").strip()


@cache
def script(language: str) -> tuple[str, bytes]:
    """(relative path, bytes) of the script of pages in a language; named by its bytes."""
    with translation.override(language):
        words = {
            "yours": _("your time"),
            "soon": _("any moment now"),
            "minute": _("in 1 minute"),
            "minutes": _("in {minutes} minutes"),
            "hours": _("in {hours} hours"),
            "news": _("This page was just updated."),
            "old": _("This copy was last confirmed on {time}. Things may have changed since."),
        }
    return _spoken("live", words)


def _spoken(name: str, words: Mapping[str, str]) -> tuple[str, bytes]:
    """(relative path, bytes) of one of our scripts with its words filled in."""
    told = json.dumps(words, ensure_ascii=False)
    text = asset(f"{name}.js").replace("__WORDS__", told, 1).encode()
    return f"assets/{name}.{hashlib.sha256(text).hexdigest()[:8]}.js", text


@cache
def log_script(language: str) -> tuple[str, bytes]:
    """(relative path, bytes) of what checks the public log in a reader's browser."""
    with translation.override(language):
        words = {
            "check": _("Check it here"),
            "insecure": _("Over https this page could check the log itself."),
            "unread": _("The log could not be read just now. Try again in a minute."),
            "progress": _("{number} of {of} …"),
            "whole": _(
                "The log is whole: each of its {number} entries is what it was when published."
            ),
            "since": _("Nothing up to no. {number}, where you left it, was changed."),
            "unable": _("This browser cannot check the signature."),
            "shorter": _("You saw entry no. {number} here, and the log now ends before it."),
            "otherwise": _("Up to no. {number} the log is not what you saw: the past was changed."),
            "key": _("The log is signed with another key than when you checked it before."),
            "unsigned": _("The log is not signed with the key that it names."),
            "left": _("What was taken out is not what the log vouches for."),
            "missing": _("Entry no. {number} is missing."),
            "changed": _("Entry no. {number} was changed after it was published."),
            "breaks": _("The chain breaks at entry no. {number}."),
            "ends": _("The log ends at no. {number}, before it should. Try again in a minute."),
        }
    return _spoken("log", words)


@lru_cache(maxsize=256)
def policy(look: Look = PLAIN, *, also: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of all pages with a look, as a header.

    ``also`` holds the digests of styles that stand in older files still.
    """
    ours = digest_of(style(look)), digest_of(seldom_style())
    return _with_frames(_allowing((*ours, *also)))


def policy_for(pages: Iterable[str], look: Look = PLAIN) -> str:
    """The same for these pages alone, which need not all wear the same sheets."""
    most = max((worn(page, look) for page in pages), key=len, default=(style(look),))
    return _with_frames(policy_in_markup(most))


@lru_cache(maxsize=256)
def policy_in_markup(sheets: tuple[str, ...]) -> str:
    """The policy of one page that wears these sheets, without what only a header may say."""
    return _allowing(tuple(map(digest_of, sheets)))


def _with_frames(policy: str) -> str:
    return f"{policy};frame-ancestors 'none'"


def _allowing(digests: tuple[str, ...]) -> str:
    styles = " ".join(f"'sha256-{digest}'" for digest in dict.fromkeys(digests))
    return ";".join(
        [
            "default-src 'none'",
            f"style-src {styles}",
            "script-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "form-action 'self'",
            "base-uri 'none'",
        ]
    )


def digest_of(sheet: str) -> str:
    """What the policy knows a stylesheet by."""
    return b64encode(hashlib.sha256(sheet.encode()).digest()).decode()


@cache
def icon(indicator: Indicator) -> str:
    """The icon as a data URI, for a page that may have no files beside it."""
    return "data:image/svg+xml," + quote(_drawn(indicator), safe=" ='/:")


def _drawn(indicator: Indicator) -> str:
    """A circle that fills as things get worse."""
    colour, fill = COLOURS[indicator], FILLS[indicator]
    inside = f"<path d='{fill}' fill='{colour}'/>" if fill else ""
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='-8 -8 16 16'>"
        f"<circle r='6' fill='none' stroke='{colour}' stroke-width='2.5'/>{inside}</svg>"
    )


@cache
def icon_file(indicator: Indicator) -> tuple[str, bytes]:
    """(relative path, bytes) of the icon as a file, which no reader waits for."""
    drawn = _drawn(indicator).encode()
    return f"assets/icon.{hashlib.sha256(drawn).hexdigest()[:8]}.svg", drawn


def asset(name: str) -> str:
    """The text of one of our own files."""
    return files("tocsin.page").joinpath("assets", name).read_text("utf-8")

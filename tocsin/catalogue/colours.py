"""Which colours a page may wear: every word on it must be readable (WCAG 2.2, AA). Pure."""

import re
from collections.abc import Iterator, Mapping

from tocsin.catalogue.look import DARK, LIGHT, SCHEMES

# What may be chosen, and what the house wears where nothing is, as the page's stylesheet has it.
HOUSE: Mapping[str, Mapping[str, str]] = {
    LIGHT: {
        "paper": "#fbfaf6",
        "card": "#ffffff",
        "ink": "#1c1b19",
        "soft": "#625e56",
        "line": "#e2ded3",
        "accent": "#1c1b19",
    },
    DARK: {
        "paper": "#161513",
        "card": "#1e1c19",
        "ink": "#efece4",
        "soft": "#a8a296",
        "line": "#36332d",
        "accent": "#efece4",
    },
}
# What tells of trouble keeps its meaning on every page, so the paper has to suit it.
STATES: Mapping[str, tuple[str, ...]] = {
    LIGHT: ("#27704f", "#8a5f00", "#b04a10", "#b3202c", "#3f5f9e"),
    DARK: ("#79c5a1", "#e0b04a", "#f0935a", "#ff858a", "#93b0ee"),
}
FOCUS: Mapping[str, str] = {LIGHT: "#1d4ed8", DARK: "#93b0ee"}
TEXT, SHAPE = 4.5, 3.0  # the least contrast of words, and of what is not words
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)

Colours = Mapping[str, Mapping[str, str]]  # scheme → name → "#rrggbb"


class Unreadable(ValueError):
    """Colours that cannot be worn; ``sentences`` say why, one for each ill."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def spelled(told: str) -> str:
    """A colour in its one spelling. Raises Unreadable."""
    if not _HEX.fullmatch(told.strip()):
        raise Unreadable([f"{told.strip()[:30]!r} is no colour. Write it as #1c1b19."])
    digits = told.strip().lower().lstrip("#")
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def checked(told: Colours) -> dict[str, dict[str, str]]:
    """Every colour in its one spelling, if all that is written in them can be read.

    Raises Unreadable.
    """
    unknown = [
        name for scheme in SCHEMES for name in told.get(scheme, {}) if name not in HOUSE[LIGHT]
    ]
    if unknown:
        raise Unreadable(
            [f"{unknown[0]!r} is no colour of a page; choose from {', '.join(HOUSE[LIGHT])}."]
        )
    kept = {
        scheme: {
            name: spelled(value) for name, value in told.get(scheme, {}).items() if value.strip()
        }
        for scheme in SCHEMES
    }
    ills = [
        ill
        for scheme in SCHEMES
        if kept[scheme]
        for ill in _ills(scheme, worn(scheme, kept[scheme]))
    ]
    if ills:
        raise Unreadable(ills)
    return kept


def worn(scheme: str, chosen: Mapping[str, str]) -> dict[str, str]:
    """All colours of a scheme: those chosen, and the house's for the rest."""
    plain = dict(HOUSE[scheme])
    if "accent" not in chosen and "ink" in chosen:
        plain["accent"] = chosen["ink"]
    return plain | dict(chosen)


def _ills(scheme: str, worn: Mapping[str, str]) -> Iterator[str]:
    for name in ("ink", "soft"):
        for ground in ("paper", "card"):
            yield from _ill(scheme, name, worn[name], ground, worn[ground], TEXT)
    yield from _ill(scheme, "accent", worn["accent"], "paper", worn["paper"], SHAPE)
    if contrast(on(worn["accent"]), worn["accent"]) < TEXT:
        yield f"No word can be read on the {scheme} accent {worn['accent']}. Make it stronger."
    for ground in ("paper", "card"):
        hardest = min(STATES[scheme], key=lambda state: contrast(state, worn[ground]))
        yield from _ill(scheme, "state", hardest, ground, worn[ground], TEXT)
    yield from _ill(scheme, "focus", FOCUS[scheme], "paper", worn["paper"], SHAPE)


def _ill(
    scheme: str, name: str, colour: str, ground: str, behind: str, least: float
) -> Iterator[str]:
    found = contrast(colour, behind)
    if found < least:
        what = {
            "state": "the colours that tell of trouble cannot be read",
            "focus": "the ring around what is chosen cannot be seen",
        }.get(name, f"{name} {colour} cannot be {'seen' if least == SHAPE else 'read'}")
        # Cut, not rounded: 4.49 is not 4.5.
        shown = int(found * 100) / 100
        way = "darker" if scheme == DARK else "lighter"
        yield (
            f"In the {scheme} colours {what} on {ground} {behind}: the contrast is {shown:.2f}, "
            f"and at least {least} is needed. Make the {ground} {way}"
            + (f", or {name} stronger." if name not in ("state", "focus") else ".")
        )


def on(colour: str) -> str:
    """What words are written in upon a colour: black or white, whichever reads better."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

"""How a page looks, as frozen values: colours by scheme, the page's own styles, its logos."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIGHT, DARK = "light", "dark"
SCHEMES = (LIGHT, DARK)
EMBED = "embed"  # where the page keeps what it chose for its embedded notice


@dataclass(frozen=True, slots=True)
class Mark:
    """A logo: where it stands below the page, and how large it is drawn, in pixels."""

    file: str
    width: int
    height: int


CORNERS = ("bottom-left", "bottom-right", "top-left", "top-right")


@dataclass(frozen=True, slots=True)
class Embed:
    """The notice that opens on other people's pages: in which corner, and in what colours."""

    position: str = CORNERS[0]
    incident_background: str = "#fbfaf6"
    incident_text: str = "#1c1b19"
    maintenance_background: str = "#fbfaf6"
    maintenance_text: str = "#1c1b19"


@dataclass(frozen=True, slots=True)
class Look:
    """``light`` and ``dark`` are (name, "#rrggbb"); what is not among them stays as the house has
    it. ``css`` was checked when it was kept (styles.py)."""

    light: tuple[tuple[str, str], ...] = ()
    dark: tuple[tuple[str, str], ...] = ()
    css: str = ""
    logo: Mark | None = None
    dark_logo: Mark | None = None
    embed: Embed = Embed()

    def colours(self, scheme: str) -> dict[str, str]:
        return dict(self.dark if scheme == DARK else self.light)


PLAIN = Look()


def read(told: Mapping[str, Any], marks: Mapping[str, Mark]) -> Look:
    """A look from what the page keeps, and its logos by scheme."""
    return Look(
        light=tuple(sorted(told.get(LIGHT, {}).items())),
        dark=tuple(sorted(told.get(DARK, {}).items())),
        css=told.get("css", ""),
        logo=marks.get(LIGHT),
        dark_logo=marks.get(DARK),
        embed=Embed(**told.get(EMBED, {})),
    )

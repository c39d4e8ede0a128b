"""Every other page that a reader may open, in light, in the dark, in French and on a phone."""

from base64 import b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.screenshots import Studio

SCREEN, PHONE = {"width": 760, "height": 900}, {"width": 390, "height": 900}
FRENCH = "/fr"
# How it is worn: before the path, and what goes to the tab.
WORN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("", {"viewport": SCREEN, "color_scheme": "light"}),
    ("", {"viewport": SCREEN, "color_scheme": "dark"}),
    (FRENCH, {"viewport": SCREEN, "color_scheme": "light"}),
    ("", {"viewport": PHONE, "color_scheme": "light", "is_mobile": True}),
)
SHEET = """<!doctype html><style>
body{{margin:0;padding:16px;display:flex;gap:16px;background:#8a8780}}
img{{height:364px;width:auto;display:block}}
</style>{images}"""


def shoot(studio: "Studio", incident: str, month: str) -> None:
    """Draw a sheet of each page; what is closed by now is told of in full."""
    pages = {
        "incident": f"/incidents/{incident}",
        "history": "/history",
        "month": f"/history/{month}",
        "component": "/c/sign-in",
        "log": "/log",
        "nothing": "/incidents/nothing",
    }
    for name, path in pages.items():
        _sheet(studio, name, [f"{before}{path}" for before, _ in WORN])
    _sheet(studio, "sign-up", [_in_form(before) for before, _ in WORN])


def _in_form(before: str) -> str:
    return f"/subscribe?lang={'fr' if before == FRENCH else 'en'}&component=sign-in"


def _sheet(studio: "Studio", name: str, paths: list[str]) -> None:
    looks = (told for _, told in WORN)
    taken = (studio.taken(path, **told) for path, told in zip(paths, looks, strict=True))
    drawn = (f'<img src="data:image/png;base64,{b64encode(one).decode()}">' for one in taken)
    studio.draw(f"sheet-{name}", SHEET.format(images="".join(drawn)), height=396)

"""What the picture of an incident says, for whoever shows a link to it. Pure: it draws nothing.

Its file is named by what it says: a page can name it before it is drawn, and for other words there
is another file.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import timedelta
from unicodedata import normalize

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue.colours import HOUSE
from tocsin.catalogue.look import LIGHT
from tocsin.disclosure import times
from tocsin.disclosure.severity import Indicator
from tocsin.page import labels
from tocsin.page.address import path_of, prefix_of
from tocsin.page.markup import without_unseen
from tocsin.page.snapshot import Snapshot
from tocsin.page.views import Telling
from tocsin.page.voice import LONG_AGO
from tocsin.statements.published import Story

WIDE, HIGH = 1200, 630
EDITION = 1  # of the drawing, fonts included: another look is another file
TALKED_OF_FOR = timedelta(days=90)
LONGEST = 400  # signs of a text: more are never seen

# As page.css has them in the light: the bar (--xb …), and words (--x …).
BARS = {"o": "#27704f", "m": "#3f5f9e", "d": "#d39a1c", "p": "#d2641f", "x": "#b3202c"}
WORDS = {"o": "#27704f", "m": "#3f5f9e", "d": "#8a5f00", "p": "#b04a10", "x": "#b3202c"}


@dataclass(frozen=True, slots=True)
class Picture:
    """Words, and colours as "#rrggbb"; ``accent`` is empty where the brand has none.

    ``letter`` is the weight that the mark shows.
    """

    brand: str
    host: str
    letter: str
    state: str
    phase: str
    title: str
    when: str
    paper: str
    ink: str
    soft: str
    accent: str
    bar: str
    colour: str

    @property
    def name(self) -> str:
        told = hashlib.sha256(repr((EDITION, *astuple(self))).encode()).hexdigest()
        return f"picture.{told[:12]}.png"


def is_drawn(snapshot: Snapshot, story: Story) -> bool:
    """Whether a story has a picture: while it is open, and for ninety days after its last word.

    Where only some may read, nobody has: who shows a link has no password.
    """
    since = snapshot.at - TALKED_OF_FOR
    return snapshot.page.is_public and (story.is_open or story.latest.published_at >= since)


def path(snapshot: Snapshot, language: str, story: Story, picture: Picture) -> str:
    return f"{prefix_of(snapshot.page, language)}{path_of(story)}/{picture.name}"


def of(snapshot: Snapshot, language: str, story: Story, telling: Telling) -> Picture:
    """The picture of a story as it is told; call under that language's translation."""
    page = snapshot.page
    told = {**HOUSE[LIGHT], "accent": "", **page.look.colours(LIGHT)}
    letter = telling.letter if story.is_incident else labels.LETTERS[Indicator.MAINTENANCE]
    return Picture(
        brand=_plain(page.name),
        host=snapshot.url.partition("://")[2],
        letter=letter,
        state=telling.impact,
        phase=telling.phase,
        title=_plain(telling.headline if story.is_open else telling.name.text),
        when=_when(story, telling, language, page.time_zone),
        paper=told["paper"],
        ink=told["ink"],
        soft=told["soft"],
        accent=told["accent"],
        # As on its page: what is over is over, however bad it was.
        bar=BARS[letter if story.is_open else "o"],
        colour=WORDS[letter],
    )


def elements(snapshot: Snapshot, url: str, picture: Picture, at: str) -> SafeString:
    """What a page says of its picture, as elements of its head; ``at`` is the picture's path."""
    told = (
        ("og:type", "article"),
        ("og:site_name", picture.brand),
        ("og:title", picture.title),
        ("og:url", url),
        ("og:image", f"{snapshot.url}/{at}"),
        ("og:image:type", "image/png"),
        ("og:image:width", str(WIDE)),
        ("og:image:height", str(HIGH)),
        ("og:image:alt", _alt(picture)),
    )
    lines = format_html_join("", '\n<meta property="{}" content="{}">', told)
    return format_html('{}\n<meta name="twitter:card" content="summary_large_image">', lines)


def _alt(picture: Picture) -> str:
    """All that is drawn, in words."""
    state = f"{picture.state}, {picture.phase}, {picture.when}. {picture.title}"
    return _("%(name)s: %(state)s") % {"name": picture.brand, "state": state}


def _when(story: Story, telling: Telling, language: str, zone: str) -> str:
    """Always with its day: a picture is looked at on any."""
    if story.window and not story.is_incident:
        start, end = times.window(
            story.window.starts_at, story.window.ends_at, zone, language, now=LONG_AGO
        )
        return pgettext("window", "{start} to {end}").format(start=start, end=end)
    told = {
        "since": times.spoken(story.started_at, zone, language, now=LONG_AGO),
        "lasted": telling.lasted,
    }
    if story.is_open:
        return _("since %(since)s") % told
    return (
        _("began %(since)s, lasted %(lasted)s") if telling.lasted else _("began %(since)s")
    ) % told


def _plain(text: str) -> str:
    # Composed, for an accent of its own would stand beside its letter.
    return " ".join(normalize("NFC", without_unseen(text[:LONGEST])).split())

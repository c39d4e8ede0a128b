"""A picture as PNG: paper, ink, a bar of alarm and the headline. Pure, and the same everywhere.

Each sign is set by itself, from the left: neither what joins letters nor what turns lines is asked
of the machine, which may have it or not. A sign that our fonts lack has no width there either
(docs/decisions/0023-pictures.md), so it is left out, and a word of such signs is no word.
"""

import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from tocsin.page.picture import HIGH, WIDE, Picture

EDGE = 76
INSIDE = WIDE - 2 * EDGE
STRIP = 12  # of the brand's colour, along the top
BRAND_AT, BAR_AT, BAR, KICK_AT = 88, 130, 18, 205
HEAD_FROM, HEAD_TO, FOOT_AT = 232, 500, 562
SIZES = (84, 76, 68, 62, 56)  # of the headline: the largest that it fits in
LEADING = 1.14
SMALL, LEAST = 34, 26
GAP = 26  # between two things on a line
LEVEL = 6  # of packing: 9 takes twice as long for a tenth less
SHADES = 8  # between a colour and the paper

SERIF, SANS = "literata", "inter"
# The share of the mark's circle that is filled, in degrees from the top (assets.FILLS).
FILLED = {"d": 90, "p": 180, "x": 360}

Font = ImageFont.FreeTypeFont


def drawn(picture: Picture) -> bytes:
    """The picture's file."""
    sheet = _Sheet(picture.paper)
    if picture.accent:
        sheet.block((0, 0, WIDE, STRIP), picture.accent)
    _head(sheet, picture)
    sheet.block((EDGE, BAR_AT, WIDE - EDGE, BAR_AT + BAR), picture.bar)
    _kick(sheet, picture)
    _headline(sheet, picture)
    _line(sheet, picture.when, picture.soft, at=(EDGE, FOOT_AT), within=INSIDE)
    return sheet.png()


def _head(sheet: "_Sheet", picture: Picture) -> None:
    """Whose page it is, and where it stands if there is room for it."""
    end = _line(sheet, picture.brand, picture.ink, at=(EDGE, BRAND_AT), within=INSIDE)
    font = _font(SANS, LEAST)
    start = WIDE - EDGE - font.getlength(picture.host)
    if end + 2 * GAP <= start:
        sheet.write(picture.host, font, picture.soft, at=(start, BRAND_AT))


def _kick(sheet: "_Sheet", picture: Picture) -> None:
    """How bad it is, as mark and in words, and how far it has come."""
    sheet.mark((EDGE + 14, KICK_AT - 12), picture.letter, picture.colour)
    at = EDGE + 28 + GAP / 2
    end = _line(sheet, picture.state, picture.colour, at=(at, KICK_AT), within=INSIDE - at)
    _line(
        sheet, picture.phase, picture.ink, at=(end + GAP, KICK_AT), within=WIDE - EDGE - end - GAP
    )


def _headline(sheet: "_Sheet", picture: Picture) -> None:
    size, lines = _set(picture.title)
    if not lines:  # in letters that we have no font for
        size, lines = _set(picture.state)
    step = size * LEADING
    # On the middle of its room, where short words would leave a hole below them.
    top = HEAD_FROM + (HEAD_TO - HEAD_FROM - step * len(lines)) / 2
    for n, line in enumerate(lines):
        at = (EDGE, top + step * n + size)
        sheet.write(line, _font(SERIF, size), picture.ink, at=at)


def _line(
    sheet: "_Sheet", text: str, colour: str, *, at: tuple[float, float], within: float
) -> float:
    """One line, smaller or cut where it has to be; returns where it ends."""
    for size in range(SMALL, LEAST - 1, -2):
        font = _font(SANS, size)
        words = _words(text, font)
        if font.getlength(" ".join(words)) <= within:
            break
    line = _cut(words, font, within)
    sheet.write(line, font, colour, at=at)
    return at[0] + font.getlength(line)


def _set(text: str) -> tuple[int, list[str]]:
    """The headline's size and lines: as large as fits, and no line much shorter than another."""
    lines: list[str] = []
    for size in SIZES:
        font, most = _font(SERIF, size), int((HEAD_TO - HEAD_FROM) // (size * LEADING))
        words = _words(text, font)
        lines = list(_broken(words, font, INSIDE))
        if len(lines) <= most and all(font.getlength(line) <= INSIDE for line in lines):
            return size, _balanced(words, font, lines)
    kept, rest = lines[: most - 1], " ".join(lines[most - 1 :]).split()
    return size, [_cut(line.split(), font, INSIDE) for line in kept] + [_cut(rest, font, INSIDE)]


def _words(text: str, font: Font) -> list[str]:
    """What of a text can be drawn."""
    return [word for word in text.split() if font.getlength(word) > 0]


def _broken(words: Sequence[str], font: Font, within: float) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and font.getlength(longer) > within:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _balanced(words: Sequence[str], font: Font, lines: list[str]) -> list[str]:
    """The same number of lines, in the narrowest column that holds them."""
    low, high = 0, INSIDE
    while high - low > 8:
        middle = (low + high) // 2
        told = list(_broken(words, font, middle))
        if len(told) <= len(lines) and all(font.getlength(line) <= middle for line in told):
            high, lines = middle, told
        else:
            low = middle
    return lines


def _cut(words: Sequence[str], font: Font, within: float) -> str:
    """As many words as have room, with an ellipsis where some had not; of a lone one, its signs."""
    line = " ".join(words)
    if font.getlength(line) <= within:
        return line
    for end in range(len(words) - 1, 0, -1):
        line = " ".join(words[:end]).rstrip(",;:–—-. ") + "…"
        if font.getlength(line) <= within:
            return line
    word = words[0]
    while word and font.getlength(f"{word}…") > within:
        word = word[:-1]
    return f"{word}…"


@cache
def _font(name: str, size: int) -> Font:
    data = files("tocsin.page").joinpath("assets", "fonts", f"{name}.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


class _Sheet:
    """Few colours on paper, each in shades: a palette holds them all, and the file stays small."""

    def __init__(self, paper: str) -> None:
        self._paper = _rgb(paper)
        self._image = Image.new("P", (WIDE, HIGH), 0)
        self._palette = [self._paper]
        self._shades: dict[str, list[int]] = {}

    def block(self, box: tuple[int, int, int, int], colour: str) -> None:
        self._image.paste(self._shades_of(colour)[-1], box)

    def write(self, text: str, font: Font, colour: str, *, at: tuple[float, float]) -> None:
        """One line; ``at`` is where its foot begins."""
        layer = Image.new("L", self._image.size, 0)
        ImageDraw.Draw(layer).text(at, text, fill=255, font=font, anchor="ls")
        self._lay(layer, colour)

    def mark(self, middle: tuple[int, int], letter: str, colour: str) -> None:
        """The circle that fills as things get worse, smooth for having been drawn larger."""
        size, fine = 32, 8
        whole = size * fine
        layer = Image.new("L", (whole, whole), 0)
        pen, line = ImageDraw.Draw(layer), 4 * fine
        box = (fine, fine, whole - fine, whole - fine)
        pen.ellipse(box, outline=255, width=line)
        if degrees := FILLED.get(letter, 0):
            pen.pieslice(box, -90, degrees - 90, fill=255)
        if letter == "m":
            half, aside = whole / 2, whole / 4.4
            far = whole - aside
            pen.polygon([(half, aside), (far, half), (half, far), (aside, half)], fill=255)
        placed = Image.new("L", self._image.size, 0)
        corner = middle[0] - size // 2, middle[1] - size // 2
        placed.paste(layer.resize((size, size), Image.Resampling.BOX), corner)
        self._lay(placed, colour)

    def png(self) -> bytes:
        self._image.putpalette([part for colour in self._palette for part in colour])
        file = io.BytesIO()
        self._image.save(file, "PNG", compress_level=LEVEL)
        return file.getvalue()

    def _lay(self, layer: Image.Image, colour: str) -> None:
        shades = self._shades_of(colour)
        table = [shades[weight * SHADES // 256] for weight in range(256)]
        box = layer.getbbox()
        if box is None:
            return
        layer = layer.crop(box)
        self._image.paste(
            layer.point(table), box, layer.point(lambda weight: 255 * (weight >= 256 // SHADES))
        )

    def _shades_of(self, colour: str) -> list[int]:
        """Where in the palette the colour stands, from paper to full."""
        if colour not in self._shades:
            ink, first = _rgb(colour), len(self._palette)
            steps = [n / (SHADES - 1) for n in range(1, SHADES)]
            self._palette += [
                tuple(round(p + (i - p) * step) for p, i in zip(self._paper, ink, strict=True))
                for step in steps
            ]
            self._shades[colour] = [0, *range(first, first + len(steps))]
        return self._shades[colour]


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.lstrip("#")))

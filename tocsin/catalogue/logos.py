"""A logo that can do no harm: a PNG or an SVG, written anew from what a picture needs. Pure.

What is not known to be harmless is left out: texts hidden in a PNG, and whatever in an SVG could
run, fetch, link or animate.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import tinycss2

LARGEST = 200 * 1024  # bytes
WIDEST = 2000  # pixels, either way
DRAWN_HIGH, DRAWN_WIDE = 40, 240  # pixels on the page, at most

PNG = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"}
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
MOST_ELEMENTS, DEEPEST = 2000, 30
ELEMENTS = frozenset(
    """svg g path rect circle ellipse line polyline polygon text tspan defs linearGradient
    radialGradient stop clipPath mask use symbol title desc""".split()
)
ATTRIBUTES = frozenset(
    """id d x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy width height viewBox preserveAspectRatio
    points transform fill fill-opacity fill-rule stroke stroke-width stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity opacity
    color stop-color stop-opacity offset gradientUnits gradientTransform spreadMethod clip-path
    clip-rule clipPathUnits mask maskUnits maskContentUnits font-family font-size font-weight
    font-style letter-spacing text-anchor visibility display""".split()
)
_OWN = re.compile(
    r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)|(?:(?!url|expression)[^<>\\&])*", re.IGNORECASE
)
_CLASS = re.compile(r"\.([\w-]+)")


class NoLogo(ValueError):
    """A file that cannot be a logo; the message says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A logo made harmless: ``kind`` is png or svg, the size is how it is drawn on the page.

    ``left_out`` names what was taken from the file.
    """

    kind: str
    content: bytes
    width: int
    height: int
    left_out: tuple[str, ...]


def made_harmless(content: bytes) -> Drawn:
    """Read a file by what it holds, whatever it is called. Raises NoLogo."""
    if len(content) > LARGEST:
        raise NoLogo(f"The file has {len(content) // 1024} KiB; {LARGEST // 1024} is the most.")
    if content.startswith(PNG):
        return _png(content)
    if b"<svg" in content[:4096].lower():
        return _svg(content)
    raise NoLogo("This is neither a PNG nor an SVG. Save the logo as one of them.")


def _scaled(width: float, height: float) -> tuple[int, int]:
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise NoLogo("The logo has no size. Save it with a width and a height.")
    scale = min(DRAWN_HIGH / height, DRAWN_WIDE / width, 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale))


# PNG: chunks, each with its length and check sum


def _png(content: bytes) -> Drawn:
    chunks = list(_chunks(content))
    if [kind for kind, _ in chunks[:1]] != [b"IHDR"] or chunks[-1][0] != b"IEND":
        raise NoLogo("The PNG is broken. Save it anew.")
    width, height = _pixels_fit(chunks)
    kept = b"".join(_chunk(kind, data) for kind, data in chunks if kind in PNG_KEPT)
    dropped = sorted({kind.decode("latin-1") for kind, _ in chunks if kind not in PNG_KEPT})
    drawn = _scaled(width, height)
    return Drawn("png", PNG + kept, *drawn, tuple(dropped))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG)
    while at + 12 <= len(content):
        (length,), kind = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        data, end = content[at + 8 : at + 8 + length], at + 12 + length
        if end > len(content) or content[end - 4 : end] != _sum_of(kind, data):
            raise NoLogo("The PNG is broken. Save it anew.")
        yield kind, data
        at = end
        if kind == b"IEND":  # whatever is hidden behind the picture is left out
            return
    raise NoLogo("The PNG ends too soon. Save it anew.")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + _sum_of(kind, data)


def _sum_of(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + data))


def _pixels_fit(chunks: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """Width and height, if what is packed is just as large: a small file may unpack to a sea."""
    header = chunks[0][1]
    if len(header) != 13:
        raise NoLogo("The PNG is broken. Save it anew.")
    width, height, depth, colour, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    if not (0 < width <= WIDEST and 0 < height <= WIDEST):
        raise NoLogo(f"The logo is {width} by {height} pixels; {WIDEST} is the most either way.")
    if colour not in CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise NoLogo("The PNG is broken. Save it anew.")
    row = 1 + (width * depth * CHANNELS[colour] + 7) // 8
    most = height * row * 2 if interlaced else height * row
    unpack = zlib.decompressobj()
    try:
        pixels = unpack.decompress(
            b"".join(data for kind, data in chunks if kind == b"IDAT"), most + 1
        )
    except zlib.error as error:
        raise NoLogo("The PNG's picture cannot be unpacked. Save it anew.") from error
    if len(pixels) > most or (not interlaced and len(pixels) != most):
        raise NoLogo("The PNG's picture is of another size than it says. Save it anew.")
    return width, height


# SVG: read without entities, and written out anew from a list of what is harmless


def _svg(content: bytes) -> Drawn:
    root = _parsed(content)
    if root.tag != f"{{{SVG}}}svg":
        raise NoLogo("This is no SVG: its outermost element is another one.")
    left_out: dict[str, None] = {}
    rules = dict(_rules(root, left_out))
    size = _size(root)
    # Where it says none, browsers draw it at a size of their choosing, or at none.
    root.set("width", str(size[0]))
    root.set("height", str(size[1]))
    if "viewBox" not in root.attrib:
        raise NoLogo("The SVG says no viewBox. Save it with one.")
    written = "".join(_written(root, rules, left_out, depth=0))
    told = f'<svg xmlns="{SVG}"{written.removeprefix("<svg")}'
    if len(told) > LARGEST:
        raise NoLogo("The SVG is too large. Simplify its paths.")
    return Drawn("svg", told.encode(), *size, tuple(left_out))


def _parsed(content: bytes) -> ElementTree.Element:
    """The tree, read by a parser that knows no document type, so no entity and no bomb."""
    builder, open_now, count = ElementTree.TreeBuilder(), 0, 0
    parser = expat.ParserCreate(namespace_separator="}")

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal open_now, count
        open_now, count = open_now + 1, count + 1
        if open_now > DEEPEST or count > MOST_ELEMENTS:
            raise NoLogo("The SVG has too many parts. Simplify it.")
        named = {_full(name): value for name, value in attributes.items()}
        builder.start(_full(tag), named)

    def end(tag: str) -> None:
        nonlocal open_now
        open_now -= 1
        builder.end(_full(tag))

    def refuse(*_told: object) -> None:
        raise NoLogo("The SVG declares a document type or entities. Save it as plain SVG.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, LookupError, ValueError) as error:
        if isinstance(error, NoLogo):
            raise
        raise NoLogo(f"The SVG cannot be read: {error}.") from error


def _full(name: str) -> str:
    return "{" + name if "}" in name else name


def _local(name: str, space: str = SVG) -> str:
    return name.removeprefix(f"{{{space}}}")


def _size(root: ElementTree.Element) -> tuple[int, int]:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    told = [root.get("width", ""), root.get("height", "")] if len(box) != 4 else box[2:]
    try:
        width, height = (float(re.sub(r"(?:px)?\s*$", "", number)) for number in told)
    except ValueError:
        raise NoLogo("The SVG says no size. Save it with a viewBox.") from None
    return _scaled(width, height)


def _rules(
    root: ElementTree.Element, left_out: dict[str, None]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What drawing programs write in style elements: plain classes, told as attributes instead."""
    for sheet in root.iter(f"{{{SVG}}}style"):
        parsed = tinycss2.parse_stylesheet(
            sheet.text or "", skip_comments=True, skip_whitespace=True
        )
        for rule in parsed:
            names = (
                tinycss2.serialize(rule.prelude).split(",") if rule.type == "qualified-rule" else []
            )
            for name in map(str.strip, names):
                if found := _CLASS.fullmatch(name):
                    yield found[1], dict(_declared(tinycss2.serialize(rule.content)))
                else:
                    left_out["style rules other than plain classes"] = None


def _declared(css: str) -> Iterator[tuple[str, str]]:
    parsed = tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True)
    for one in parsed:
        if one.type == "declaration" and one.lower_name in ATTRIBUTES:
            yield one.lower_name, tinycss2.serialize(one.value).strip()


def _written(
    element: ElementTree.Element,
    rules: dict[str, dict[str, str]],
    left_out: dict[str, None],
    *,
    depth: int,
) -> Iterator[str]:
    tag = _local(element.tag)
    if tag not in ELEMENTS or (tag == "svg" and depth):
        if tag not in ("style", "metadata") and not tag.startswith("{"):
            left_out[f"<{tag}>"] = None
        return
    attributes = _attributes(element, rules, left_out)
    yield (
        f"<{tag}" + "".join(f" {name}={quoteattr(text)}" for name, text in attributes.items()) + ">"
    )
    yield escape(element.text or "") if tag in ("text", "tspan", "title", "desc") else ""
    for child in element:
        yield from _written(child, rules, left_out, depth=depth + 1)
        yield escape(child.tail or "") if tag in ("text", "tspan") else ""
    yield f"</{tag}>"


def _attributes(
    element: ElementTree.Element, rules: dict[str, dict[str, str]], left_out: dict[str, None]
) -> dict[str, str]:
    told: dict[str, str] = {}
    for name in element.get("class", "").split():
        told |= rules.get(name, {})
    for name, text in element.attrib.items():
        local = _local(name, XLINK)
        if local == "href" and _local(element.tag) in ("use", "linearGradient", "radialGradient"):
            if re.fullmatch(r"#[\w.-]+", text):
                told["href"] = text
            else:
                left_out["links"] = None
        elif local in ATTRIBUTES:
            told[local] = text
        elif local.lower().startswith("on") or local == "href":
            left_out[local] = None
    told |= dict(_declared(element.get("style", "")))  # a style beats an attribute
    harmless = {name: text for name, text in told.items() if name == "href" or _OWN.fullmatch(text)}
    for name in told.keys() - harmless.keys():
        left_out[f"{name}, which leads elsewhere"] = None
    return harmless

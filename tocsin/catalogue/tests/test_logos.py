import contextlib
import struct
import zlib
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.logos import PNG, NoLogo, made_harmless

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 50">'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(*more: bytes, width: int = 4, height: int = 2, pixels: bytes | None = None) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = pixels if pixels is not None else (b"\0" + b"\x20\x40\x80" * width) * height
    body = chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", zlib.compress(rows))
    return PNG + body + chunk(b"IEND", b"")


def svg(inside: str, head: str = HEAD) -> str:
    return made_harmless(f"{head}{inside}</svg>".encode()).content.decode()


def test_a_png_keeps_its_picture_and_nothing_else() -> None:
    told = (
        a_png(chunk(b"tEXt", b"Author\0Eve"), chunk(b"eXIf", b"GPS")) + b"<script>alert(1)</script>"
    )

    made = made_harmless(told)

    assert made.content == a_png()
    assert (made.kind, made.width, made.height) == ("png", 4, 2)
    assert made.left_out == ("eXIf", "tEXt")


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"GIF89a",
        PNG,
        a_png()[:-1],
        a_png()[:40] + b"\x00" + a_png()[41:],
        a_png(width=2001, pixels=b""),
        a_png(pixels=b"\0" * 50_000_000),
        a_png(pixels=b"\0"),
        PNG + chunk(b"IEND", b""),
        PNG + chunk(b"IHDR", b"short") + chunk(b"IEND", b""),
        b"<svg" + b" " * 300_000,
    ],
)
def test_what_is_broken_or_a_bomb_is_refused_in_words(told: bytes) -> None:
    with pytest.raises(NoLogo, match=r"\.$"):
        made_harmless(told)


def test_an_svg_keeps_its_shapes_and_is_drawn_small() -> None:
    told = svg(
        '<title>Oak</title><g fill="#0a5"><path d="M0 0h9v9z"/></g><text x="1">Oak &amp; Co</text>'
    )

    assert told == (
        HEAD.replace(">", ' width="160" height="40">')
        + '<title>Oak</title><g fill="#0a5"><path d="M0 0h9v9z"></path></g>'
        '<text x="1">Oak &amp; Co</text></svg>'
    )
    made = made_harmless(f"{HEAD}</svg>".encode())
    assert (made.kind, made.width, made.height) == ("svg", 160, 40)


def test_what_drawing_programs_write_as_styles_stays_visible() -> None:
    told = svg(
        "<style>.a,.b{fill:#0a5;filter:url(x)}.b{stroke:red}</style>"
        '<rect class="a b" style="opacity:.5;behavior:url(x)" width="9" height="9"/>'
    )

    assert 'fill="#0a5" stroke="red" width="9" height="9" opacity=".5"' in told
    assert "url" not in told


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<script href='https://evil.example'/>",
        "<path d='M0 0' onclick='alert(1)' onload='x'/>",
        "<a href='javascript:alert(1)'><path d='M0 0'/></a>",
        "<image href='https://evil.example/x.png'/>",
        "<use href='https://evil.example/x.svg#a'/>",
        "<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='data:image/svg+xml,x'/>",
        "<foreignObject><iframe src='https://evil.example'/></foreignObject>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script/></body></foreignObject>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='onload' to='alert(1)'/>",
        "<rect fill='url(https://evil.example/#x)'/>",
        "<rect fill='u\\72l(https://evil.example)'/>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>rect{fill:url(https://evil.example)}</style>",
        "<filter><feImage href='https://evil.example'/></filter>",
        "<svg><script>alert(1)</script></svg>",
        "<desc>&lt;script&gt;alert(1)&lt;/script&gt;</desc>",
        "<?xml-stylesheet href='https://evil.example/x.xsl'?>",
    ],
)
def test_nothing_in_it_runs_fetches_or_leads_away(inside: str) -> None:
    told = svg(inside)

    for poison in (
        "<script",
        "evil.example",
        "javascript",
        "onclick",
        "onload",
        "<iframe",
        "<?xml",
    ):
        assert poison not in told
    ElementTree.fromstring(told)


@pytest.mark.parametrize(
    "told",
    [
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + HEAD + "<text>&b;</text></svg>",
        '<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + HEAD + "</svg>",
        HEAD + "<g>" * 40 + "</g>" * 40 + "</svg>",
        HEAD + "<g/>" * 2001 + "</svg>",
        HEAD + "<g>",
        "<svg viewBox='0 0 9 9'/>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 NaN 9"/>',
        '<html xmlns="http://www.w3.org/1999/xhtml"><svg/></html>',
    ],
)
def test_bombs_and_riddles_are_refused_in_words(told: str) -> None:
    with pytest.raises(NoLogo, match=r"\.$"):
        made_harmless(told.encode())


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(told: bytes) -> None:
    for content in (told, PNG + told, b"<svg" + told, HEAD.encode() + told):
        with contextlib.suppress(NoLogo):
            made_harmless(content)

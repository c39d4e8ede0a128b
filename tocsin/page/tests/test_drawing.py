"""Pictures as they are drawn: whatever a title holds, they come out whole, small and the same."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from tocsin.page import drawing
from tocsin.page.picture import HIGH, WIDE, Picture

CARDS = Picture(
    brand="Linden",
    host="status.linden.example",
    letter="x",
    state="Major outage",
    phase="Investigating",
    title="Card payments are failing",
    when="since 14:02 CET on 26 November 2026",
    paper="#fbfaf6",
    ink="#1c1b19",
    soft="#625e56",
    accent="",
    bar="#b3202c",
    colour="#b3202c",
)
LONG = "Payments by card, by transfer and by voucher are failing for some of our customers in " * 4


def image(picture: Picture) -> Image.Image:
    return Image.open(io.BytesIO(drawing.drawn(picture)))


def inked(told: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Where something stands within a box; None where it is all paper."""
    return told.crop(box).point(lambda colour: 255 * (colour > 0)).getbbox()


@pytest.mark.parametrize(
    "title",
    [
        CARDS.title,
        LONG,
        "Réessayer ne débite pas deux fois ; l’œuvre échoue à Þórshöfn, Łódź, Αθήνα, Москва",
        "Donaudampfschifffahrtsgesellschaftskapitänskajütenschlüsseldienst" * 6,
        "\N{FIRE}" * 12,
        "السداد متوقف",
        "",
        "\u202e\u0000\ufeff\u0301",
    ],
)
def test_any_title_makes_a_picture_for_a_link(title: str) -> None:
    data = drawing.drawn(replace(CARDS, title=title, brand=title[:60]))
    told = Image.open(io.BytesIO(data))

    assert (told.format, told.size, told.mode) == ("PNG", (WIDE, HIGH), "P")
    assert len(data) < 25_000
    # The margins stay free.
    assert inked(told, (0, 0, drawing.EDGE - 4, HIGH)) is None
    assert inked(told, (WIDE - drawing.EDGE + 4, 0, WIDE, HIGH)) is None


def test_a_sign_that_the_font_lacks_is_left_out() -> None:
    assert drawing.drawn(replace(CARDS, title="\N{FIRE} Card payments 决 are failing")) == (
        drawing.drawn(CARDS)
    )


def test_where_no_sign_can_be_drawn_the_state_is_the_headline() -> None:
    assert drawing.drawn(replace(CARDS, title="السداد متوقف")) == (
        drawing.drawn(replace(CARDS, title=CARDS.state))
    )


def test_a_long_title_is_cut_at_a_word() -> None:
    size, lines = drawing._set(LONG)

    assert size == drawing.SIZES[-1]
    assert lines[-1].endswith("…")
    assert " ".join(lines).removesuffix("…") in LONG


def test_no_line_of_a_title_is_much_shorter_than_another() -> None:
    title = "Les paiements par carte échouent en Europe et en Asie"

    size, lines = drawing._set(title)

    widths = [drawing._font(drawing.SERIF, size).getlength(line) for line in lines]
    assert " ".join(lines) == title
    assert min(widths) > 0.6 * max(widths)


def test_the_brand_s_colour_runs_along_the_top_and_the_bar_says_how_bad_it_is() -> None:
    told = image(replace(CARDS, accent="#0b5fff")).convert("RGB")

    assert told.getpixel((WIDE // 2, 2)) == (0x0B, 0x5F, 0xFF)
    assert told.getpixel((WIDE // 2, drawing.BAR_AT + 4)) == (0xB3, 0x20, 0x2C)
    assert told.getpixel((4, HIGH - 4)) == (0xFB, 0xFA, 0xF6)


def test_the_mark_fills_as_things_get_worse() -> None:
    box = (drawing.EDGE, drawing.KICK_AT - 30, drawing.EDGE + 30, drawing.KICK_AT + 6)
    filled = [
        sum(image(replace(CARDS, letter=letter)).crop(box).point(bool).tobytes())
        for letter in "odpx"
    ]

    assert filled == sorted(set(filled))


def test_the_same_words_are_the_same_bytes() -> None:
    assert drawing.drawn(CARDS) == drawing.drawn(replace(CARDS))

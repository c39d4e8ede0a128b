from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.utils import translation

from tocsin.catalogue.tree import Tree
from tocsin.page import archive, badge, head
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import a_brand, a_node, a_past, a_snapshot, a_story, a_tree

SVG = "{http://www.w3.org/2000/svg}"


def drawn(snapshot: Snapshot, language: str = "en") -> ElementTree.Element:
    with translation.override(language):
        return ElementTree.fromstring(badge.of_page(snapshot))


def of_component(key: str, snapshot: Snapshot, language: str = "en") -> ElementTree.Element:
    node = snapshot.tree.by_id()[key]
    with translation.override(language):
        return ElementTree.fromstring(badge.of_component(snapshot, language, node))


def title(svg: ElementTree.Element) -> str:
    return (svg.findtext(f"{SVG}title") or "").replace("\N{NO-BREAK SPACE}", " ")


def test_a_page_s_badge_says_its_name_and_its_state() -> None:
    assert title(drawn(a_snapshot())) == "Linden: Working"
    assert title(drawn(a_snapshot(a_story()))) == "Linden: Major outage"
    assert title(drawn(a_snapshot(a_story()), "fr")) == "Linden : Panne majeure"


def test_a_component_s_badge_says_the_worst_of_all_below_it() -> None:
    snapshot = a_snapshot(
        a_story(), tree=a_tree(a_node("Shop", a_node("Checkout", french="Caisse")))
    )

    assert title(of_component("shop", snapshot)) == "Shop: Failing"
    assert title(of_component("checkout", snapshot, "fr")) == "Caisse : En panne"


def test_a_page_without_components_claims_nothing() -> None:
    assert title(drawn(replace(a_snapshot(), tree=Tree(()), everything=Tree(())))) == (
        "Linden: No data yet"
    )


def test_screen_readers_are_told_what_is_drawn() -> None:
    svg = drawn(a_snapshot())

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == svg.find(f"{SVG}title").get("id")  # type: ignore[union-attr]
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["Linden", "Working"]


@pytest.mark.parametrize("colour", [badge.BEHIND, *badge.COLOURS.values()])
def test_every_colour_can_be_read(colour: str) -> None:
    assert contrast(badge.INK, colour) >= 4.5


def contrast(one: str, other: str) -> float:
    """As WCAG reckons it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_it_is_drawn_without_a_style_for_no_policy_of_ours_would_let_it_have_one() -> None:
    text = badge.of_page(a_snapshot())

    assert b"style" not in text
    assert b"href" not in text


@pytest.mark.parametrize(
    "hostile",
    [
        '"/><script>alert(1)</script>',
        "]]>",
        "a\x00b\u202ec",
        "\N{ROCKET}" * 90,
        "x" * 10_000,
        "\u0301",
    ],
)
def test_no_name_breaks_a_badge(hostile: str) -> None:
    svg = drawn(a_snapshot(page=replace(a_brand(), name=hostile)))

    assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {
        *("svg", "title", "path", "g", "text")
    }
    assert 0 < int(svg.get("width", "0")) < 620
    assert len(title(svg)) < 80


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    svg = drawn(a_snapshot(a_story()))

    wide = int(svg.get("width", "0"))
    for text in svg.iter(f"{SVG}text"):
        assert int(text.get("x", "0")) + int(text.get("textLength", "0")) <= wide - badge.ASIDE


def test_badges_stand_where_readers_of_each_language_look() -> None:
    snapshot = a_snapshot(a_story())

    files = head.files(snapshot)
    node = snapshot.tree.by_id()["checkout"]
    component = archive.component(snapshot, node, a_past(snapshot, node))

    assert {"badge.svg", "fr/badge.svg", "status.txt", "fr/status.txt"} <= set(files)
    assert {"c/checkout/badge.svg", "fr/c/checkout/badge.svg"} <= set(component)

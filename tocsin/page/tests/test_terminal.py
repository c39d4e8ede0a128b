from dataclasses import replace

import pytest
from django.utils import translation

from tocsin.catalogue.tree import State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.page import terminal
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import (
    NOON,
    a_brand,
    a_closed_story,
    a_snapshot,
    a_story,
    a_word,
    later,
)
from tocsin.statements.published import Layer, Story, Window


def status(snapshot: Snapshot, language: str = "en") -> str:
    with translation.override(language):
        return terminal.status(snapshot, language).decode()


def planned_work(snapshot: Snapshot) -> Snapshot:
    word = a_word(incident="work00000000", names={"en": "Moving the database"})
    assert word.words
    window = Window(starts_at=later(600), ends_at=later(690), effects={"cart": State.MAINTENANCE})
    words = replace(word.words, phase=Phase.ANNOUNCED, window=window)
    return replace(snapshot, planned=(Story("work00000000", (replace(word, words=words),)),))


def test_all_is_well_in_one_line_and_when_that_was_so() -> None:
    assert status(a_snapshot(a_closed_story(at=later(-600)))) == (
        "Linden status: Everything is working.\n\nConfirmed at 12:00 UTC on 23 November 2026.\n"
    )


def test_an_incident_is_told_by_its_newest_words_and_when_the_next_come() -> None:
    first = a_word(headline="We are looking", body="More soon.", next_word_at=later(10))
    second = a_word(number=2, at=later(5), next_word_at=later(35))

    told = status(a_snapshot(a_story(first, second), at=later(6)))

    assert told.startswith(
        "Linden status: Checkout is failing for one in three\n"
        "\n"
        "Open now\n"
        "  Checkout is failing for one in three\n"
        "  Major outage · Investigating · since 12:00 UTC\n"
        "  Card payments are refused.\n"
    )
    assert "  Next word by 12:35 UTC\n" in told
    assert "  https://status.linden.example/incidents/incident0000\n" in told
    assert "Not working as they should\n  Shop / Checkout: failing\n" in told
    assert "More soon" not in told


def test_a_late_word_says_that_it_is_late() -> None:
    told = status(a_snapshot(a_story(a_word(next_word_at=later(10))), at=later(60)))

    assert "Next word overdue since 12:10 UTC\n" in told


def test_planned_work_says_when_and_what_of_it_is_touched() -> None:
    told = status(planned_work(a_snapshot()))

    assert "Planned work\n  Moving the database\n  22:00 to 23:30 UTC · Planned\n" in told
    assert "  Cart: not available\n" in told
    assert "  https://status.linden.example/maintenance/work00000000\n" in told


def test_french_readers_read_french() -> None:
    told = status(a_snapshot(a_story(a_word(next_word_at=later(30)))), "fr")

    assert told.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "État de Linden : Checkout is failing for one in three\n"
    )
    assert "En cours\n" in told
    assert "Prochain point au plus tard à" in told
    assert "Services perturbés\n" in told
    assert "https://status.linden.example/fr/incidents/incident0000\n" in told


def test_trouble_without_words_is_told_too() -> None:
    told = status(a_snapshot(states={"cart": State.PARTIAL}))

    assert told.startswith("Linden status: Partial outage\n")
    assert "  Shop / Cart: failing for some\n" in told
    assert "Open now" not in told


def test_a_page_without_components_claims_nothing() -> None:
    told = status(replace(a_snapshot(), tree=Tree(()), everything=Tree(())))

    assert told.startswith("Linden status: Nothing is listed here yet.\n")


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[2J\x1b[31mAll is well", "\x9b31mred", "a\rb", "a\u202eb", "a\x00\x07b", "a\u2028b\x85c"],
)
def test_no_words_command_the_terminal(hostile: str) -> None:
    layer = Layer(headline=hostile, body=hostile)
    page = replace(a_brand(), name=f"Linden {hostile}")
    story = a_story(a_word(layers={"en": layer}, names={"en": hostile}))

    told = status(a_snapshot(story, page=page))

    assert not [sign for sign in told if ord(sign) < 32 and sign != "\n"]
    assert not set(told) & {"\x7f", *map(chr, range(0x80, 0xA0)), "\u202e", "\u2028"}


def test_no_line_of_anybody_s_words_can_pass_for_one_of_ours() -> None:
    forged = "Fine.\n\nOpen now\nNothing\n\nConfirmed at 12:00 UTC"
    layer = Layer(headline="Down\nOpen now", body=forged)

    told = status(a_snapshot(a_story(a_word(layers={"en": layer}))))

    assert told.count("\nOpen now\n") == 1
    assert told.count("\nConfirmed at") == 1


def test_words_are_wrapped_and_addresses_are_not() -> None:
    address = "https://status.linden.example/" + "x" * 90
    layer = Layer(headline="Down", body="word " * 60 + address)

    lines = status(a_snapshot(a_story(a_word(layers={"en": layer})))).splitlines()

    assert [line for line in lines if len(line) > terminal.WIDE] == [f"  {address}"]


def test_what_looks_like_a_tag_in_our_own_words_stays() -> None:
    layer = Layer(headline="Down", body="The header <X-Trace> & more", still_works="<b>carts</b>")

    told = status(a_snapshot(a_story(a_word(layers={"en": layer}))))

    assert "The header <X-Trace> & more" in told
    assert "Still works: <b>carts</b>" in told


def test_the_same_moment_makes_the_same_bytes() -> None:
    assert status(a_snapshot(a_story(), at=NOON)) == status(a_snapshot(a_story(), at=NOON))

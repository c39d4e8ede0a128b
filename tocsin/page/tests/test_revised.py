"""A later version of an account: its readers see what it says otherwise."""

import re
from datetime import timedelta

from tocsin.disclosure.phases import Phase
from tocsin.page import html
from tocsin.page.tests.telling import a_closed_story, a_snapshot, a_story, a_word, later
from tocsin.statements.published import Layer, Publication, Story

ONE = (
    "It began at **13:20**. The repair failed.\n\n| When | What |\n|---|---|\n| 13:20 | It began. |"
)
TWO = (
    "It began at **12:45**. The repair failed.\n\n| When | What |\n|---|---|\n| 12:45 | It began. |"
)


def an_account(number: int, body: str, french: str = "") -> Publication:
    layers = {"en": Layer("What happened", body)}
    layers |= {"fr": Layer("Les faits", french)} if french else {}
    return a_word(
        number=number,
        incident="closed000000",
        phase=Phase.ACCOUNT,
        impacts={},
        layers=layers,
        at=later(60) + timedelta(days=number),
    )


def a_tale(*accounts: Publication) -> Story:
    return a_story(*a_closed_story().publications, *accounts)


def shown(story: Story, language: str = "en") -> str:
    return html.incident(a_snapshot(story, at=later(20_000)), language, story)


def differences(page: str) -> list[str]:
    found = re.findall(r'<ul class="amended">(.*?)</ul>', page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)) for one in found]


def test_a_first_account_and_one_that_says_the_same_show_no_difference() -> None:
    for tale in (a_tale(an_account(3, ONE)), a_tale(an_account(3, ONE), an_account(4, ONE))):
        assert "What changed since" not in shown(tale)
        assert "This account was revised" not in shown(tale)


def test_a_later_one_marks_what_it_says_otherwise_and_leads_to_the_earlier() -> None:
    page = shown(a_tale(an_account(3, ONE), an_account(4, TWO)))

    assert 'This account was revised. <a href="#n4-changed">What changed</a>' in page
    assert 'id="n4-changed"' in page
    assert 'What changed since the account before: <a href="#n3">' in page
    assert page.count("<b>Account, revised</b>") == 1
    assert re.search(r"<del><span class=\"unseen\">It said: </span>13:20", page)
    assert re.search(r"<ins><span class=\"unseen\">Now: </span>12:45", page)
    (told,) = differences(page)
    assert "|" not in told, "cells are set apart by dots"
    assert "· It began." in told
    assert page.count('<ul class="amended">') == 1, "beside the later one alone"


def test_it_is_told_in_each_language_from_that_language_s_own_words() -> None:
    tale = a_tale(an_account(3, ONE, "À 13:20."), an_account(4, ONE, "À 12:45."))

    assert "What changed since" not in shown(tale), "the English did not change"
    page = shown(tale, "fr")
    assert "Ce compte rendu a été revu." in page
    assert "Ce qui a changé depuis le compte rendu précédent" in page


def test_what_is_withheld_by_now_is_not_held_up_once_more() -> None:
    before = "Harbour Bank called us first. We looked."
    now = "[not shown: a customer's name] called us first. We looked."

    (told,) = differences(shown(a_tale(an_account(3, before), an_account(4, now))))

    assert "not shown" in told
    assert "Harbour" not in told


def test_what_is_withheld_by_now_in_another_place_is_not_held_up_either() -> None:
    before = "Harbour Bank called us first.\n\nWe looked.\n\nIt was our fault."
    now = "We looked.\n\n[not shown: a customer's name] called us first.\n\nIt was our fault."
    first, second = an_account(3, before), an_account(4, now)
    without = an_account(4, "We looked.\n\nIt was our fault.")

    told = differences(shown(a_tale(first, second)))

    assert "not shown" in "".join(told)
    assert "Harbour" not in "".join(told)
    (plain,) = differences(shown(a_tale(first, without)))
    assert "Harbour" in plain, "where nothing is withheld, what is gone is shown"


def test_what_was_taken_out_of_the_earlier_one_is_in_no_difference() -> None:
    """A redaction takes it out of the words themselves: there is nothing to compare with."""
    page = shown(a_tale(an_account(3, "By (removed) at noon."), an_account(4, "By us at noon.")))

    assert "(removed)" in differences(page)[0]


def test_one_that_was_taken_back_in_between_is_compared_all_the_same() -> None:
    back = a_word(
        number=4, incident="closed000000", phase=Phase.RESOLVED, impacts={}, at=later(4_000)
    )
    tale = a_tale(an_account(3, ONE), back, an_account(5, TWO))

    assert 'What changed since the account before: <a href="#n3">' in shown(tale)

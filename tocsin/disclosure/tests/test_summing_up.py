"""What the template's own paragraphs tell of a last word, in each language."""

from typing import Any

import pytest

from tocsin.disclosure import summing_up, wording
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.library import LANGUAGES
from tocsin.disclosure.summing_up import TEMPLATE

ANSWERS = {
    "since": "12:00 UTC",
    "until": "13:10 UTC",
    "duration": "70 min",
    "effect": "card payments were refused.",
    "who": "one customer in three",
    "total": "4,120 orders failed",
    "lingering": "Refunds take a day longer",
    "customer_action": "order **again**",
    "cause_plain": "A certificate ran out",
    "account_due": "8 December 2026",
}
REST = {
    "function": "checkout",
    "certainty": "verified",
    "what_was_done": "renewed it",
    "concrete_harm": "you lost an hour",
    "contact": "help@linden.example",
    "status_url": "https://status.linden.example",
    "how": "every order",
    "data_words": "Three drafts are gone",
    "date": "9 December 2026",
}


def body(language: str, **more: Any) -> str:
    return wording.fill(TEMPLATE, language, {**ANSWERS, **REST, **more}).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_stands_in_its_own_paragraph_and_in_no_other(language: str) -> None:
    told = body(language, data_statement="none_lost")

    for name, answer in ANSWERS.items():
        assert summing_up.tells(told, language, name, answer), name
    assert not summing_up.tells(told, language, "lingering", ANSWERS["total"])
    assert not summing_up.tells(told, language, "total", "4,120 orders failed, and more")
    assert not summing_up.tells(told, language, "total", "")
    assert not summing_up.tells(told, language, "still_works", "checkout")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", DataStatement)
def test_it_tells_of_data_what_was_chosen_and_nothing_else(
    language: str, said: DataStatement
) -> None:
    told = body(language, data_statement=said)

    of_words = {DataStatement.SOME_LOST, DataStatement.IN_WORDS}
    found = {one for one in DataStatement if summing_up.tells_of_data(told, language, one)}
    assert found == (of_words if said in of_words else {said})


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_ones_own_are_not_taken_for_it(language: str) -> None:
    free = "We lost nothing. Refunds take a day longer; order again by 8 December 2026."

    assert not any(summing_up.tells(free, language, *pair) for pair in ANSWERS.items())
    assert not any(summing_up.tells_of_data(free, language, one) for one in DataStatement)

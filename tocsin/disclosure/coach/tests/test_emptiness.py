"""Whether a post tells anything: what is skipped for speed changes no answer."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.coach import emptiness
from tocsin.disclosure.coach.reading import WORD, plainly, words_of

PIECES = (
    *("We are investigating this issue", "we are currently looking into the incident"),
    *("A fix has been implemented and we are monitoring", "Update:", "Hello", "“the problem”"),
    *("the issue has been identified and a fix is being implemented", "We", "orders", "12:30"),
    *("Nous analysons actuellement ce problème", "analyse en cours", "Bonjour", "{name}"),
    *("sous surveillance", "nos équipes poursuivent", "le problème", "`code`"),
    "www.linden.example",
)
BETWEEN = st.sampled_from((" ", ". ", "\n", "… "))
POSTS = st.builds(str.join, BETWEEN, st.lists(st.sampled_from(PIECES), max_size=5))


@given(POSTS, st.sampled_from(("en", "fr")))
def test_a_default_is_told_from_its_first_words_as_from_the_whole(post: str, language: str) -> None:
    """Reading the opening alone first may only spare work."""
    is_short = len(WORD.findall(plainly(post))) <= emptiness.LONGEST_DEFAULT
    whole = emptiness._is_default(post, language)  # the long way
    assert emptiness.is_default(post, language) == (is_short and whole)


@given(st.text() | st.text(st.characters(max_codepoint=127)) | POSTS)
def test_words_are_the_same_however_they_are_found(post: str) -> None:
    """ASCII goes a shorter way to them."""
    assert words_of(post) == WORD.findall(plainly(post))


@given(POSTS, POSTS)
def test_a_repetition_is_four_fifths_of_the_longer_post(now: str, before: str) -> None:
    """As the definition has it: words shared, each as often as both have it (coach 3.4)."""
    one, other = (Counter(WORD.findall(plainly(post))) for post in (now, before))
    longest = max(one.total(), other.total())
    shared = (one & other).total()
    assert emptiness.repeats(now, [before]) == (longest > 0 and shared > 0.8 * longest)


@pytest.mark.parametrize(
    ("post", "language", "is_empty"),
    [
        ("We are currently investigating this issue.", "en", True),
        ("Update: we are continuing to investigate", "en", True),
        ("Incident en cours d'analyse.", "fr", True),
        ("We are investigating this issue: sign-in fails for one in five.", "en", False),
        ("Sign-in fails. We are investigating this issue.", "en", False),
        ("We are investigating this issue.", "de", False),
    ],
)
def test_a_default_sentence_and_what_is_more(post: str, language: str, is_empty: bool) -> None:
    """A sentence that vendors ship, with one word beside it at most."""
    assert emptiness.is_default(post, language) is is_empty

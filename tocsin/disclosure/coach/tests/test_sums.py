"""Many words together come to what each of them comes to, added up in another way."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.coach import editions, sums
from tocsin.disclosure.coach.substance import Impossible, Plainness, Substance
from tocsin.disclosure.coach.sums import Sums
from tocsin.disclosure.coach.values import Apology
from tocsin.disclosure.phases import Phase

POINTS = {"responsibility": 3, "repair": 2, "explanation": 1, "regret": 1, "forbearance": 1}
POINTS |= {"harm": 1}
CHECKS = ("effect", "since", "who", "regret", "contact")

apologies = st.sets(st.sampled_from(sorted(POINTS))).map(
    lambda gone: Apology(9 - sum(POINTS[name] for name in gone), 9, tuple(sorted(gone)))
)


@st.composite
def plain(draw: st.DrawFn, *, is_french: bool) -> Plainness:
    words = draw(st.integers(0, 40))
    some = st.integers(0, words)
    english = draw(some) if is_french else None
    return Plainness(words, draw(st.integers(min(words, 1), words)), draw(some), english)


@st.composite
def substances(draw: st.DrawFn) -> Substance:
    passed = draw(st.sets(st.sampled_from(CHECKS)))
    lacking = draw(st.sets(st.sampled_from(CHECKS))) - passed
    apology = draw(st.none() | apologies)
    return Substance(tuple(passed), tuple(lacking), apology, draw(plain(is_french=True)))


words = st.lists(st.tuples(st.sampled_from(Phase), st.none() | substances()), max_size=8)


def summed(told: list[tuple[Phase, Substance | None]]) -> Sums:
    found = Sums()
    for phase, one in told:
        found = found.with_word(phase, one)
        found = found.with_text("fr", one.plainness) if one else found
    return found


@given(words)
def test_sums_are_what_lists_of_everything_come_to(
    told: list[tuple[Phase, Substance | None]],
) -> None:
    found = summed(told)

    for phase in Phase:
        read = [one for of, one in told if of == phase and one]
        if phase not in found.phases:
            assert phase not in [of for of, _ in told]
            continue
        phased = found.phases[phase]
        assert phased.words == len(read)
        assert phased.unread == [of for of, _ in told].count(phase) - len(read)
        assert phased.passed == len([name for one in read for name in one.passed])
        lacking = [name for one in read for name in one.lacking]
        assert Counter(found.lacking[phase]) == Counter(lacking)
        assert phased.asked == phased.passed + len(lacking)
        apologies = [one.apology for one in read if one.apology]
        assert list(phased.points) == [one.score for one in apologies]
        assert Counter(phased.without) == Counter(gone for one in apologies for gone in one.missing)
    texts = [one.plainness for _, one in told if one]
    for name in ("words", "sentences", "jargon", "anglicisms"):
        come_to = getattr(found.plain.get("fr", Plainness(anglicisms=0)), name)
        assert come_to == sum(getattr(text, name) for text in texts)


@given(words)
def test_what_is_written_is_read_again(told: list[tuple[Phase, Substance | None]]) -> None:
    found = summed(told)
    numbers, lacking = sums.written(found), sums.written_lacking(found)

    again = sums.read(json.loads(json.dumps(numbers)), json.loads(json.dumps(lacking)))

    assert sums.written(again) == numbers
    assert sums.written_lacking(again) == lacking
    assert again == found


PHASED = [2, 0, 3, 5, [7], {"repair": 1}]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, -1),
        (0, 0),  # apologies of no words
        (1, -1),
        (2, 6),  # more passed than were asked
        (2, -1),
        (4, [7, 9, 9]),  # more apologies than words
        (4, [8]),  # eight points, and what lacks weighs two
        (4, []),
        (5, {}),
        (5, {"charm": 1}),
        (5, {"repair": 2}),
    ],
)
def test_sums_that_no_words_come_to_are_refused(place: int, value: object) -> None:
    assert sums.read({"phases": {"resolved": PHASED}, "plain": {}}, {"resolved": {"who": 2}})
    bent = [*PHASED[:place], value, *PHASED[place + 1 :]]

    with pytest.raises(Impossible):
        sums.read({"phases": {"resolved": bent}, "plain": {}})


def test_what_is_lacking_is_what_did_not_pass() -> None:
    with pytest.raises(Impossible, match="not what did not pass"):
        sums.read({"phases": {"resolved": PHASED}, "plain": {}}, {"resolved": {"who": 1}})


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"phases": {}},
        {"phases": {"over": PHASED}, "plain": {}},
        {"phases": {"resolved": [*PHASED[:3], "x"]}, "plain": {}},
        {"phases": {}, "plain": {"en": [3, 1, 4, None]}},
    ],
)
def test_what_are_no_sums_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(Impossible):
        sums.read(told)


def test_french_is_not_added_to_english() -> None:
    with pytest.raises(Impossible, match="two languages"):
        sums.added(Plainness(3, 1, 0, 1), Plainness(3, 1, 0))


def test_an_edition_follows_the_coach_and_what_the_page_adopted_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lexicon, tests, notes = tmp_path / "en.yaml", tmp_path / "tests", tmp_path / "notes.md"
    lexicon.write_text("rules: []\n")
    tests.mkdir()
    monkeypatch.setattr(editions, "files", lambda _package: tmp_path)
    monkeypatch.setattr(editions, "_ours", editions._ours.__wrapped__)
    edition = editions.edition.__wrapped__  # each asked of the files as they are
    before = edition()

    notes.write_text("None of the coach's.\n")
    (tests / "test_rules.py").write_text("assert True\n")
    assert edition() == before
    lexicon.write_text("rules: [one]\n")
    assert edition() != before
    assert edition("readers: internal\n") != edition("readers: developers\n")
    assert len(before) == 16

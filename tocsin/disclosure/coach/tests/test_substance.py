"""What a text is worth in numbers, counted a second time in another way."""

import re
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure.coach import reviewing, substance
from tocsin.disclosure.coach.substance import Impossible, Plainness
from tocsin.disclosure.coach.values import Context, Kind
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity

SENTENCES = {
    "en": (
        "Sign-in has failed for about 40 % of customers since 09:12 UTC.",
        "Orders fail.",
        "Next update by 09:50 UTC.",
        "We are moving traffic.",
        "We made a mistake, and putting it right is on us.",
        "A full disk caused it.",
        "We are sorry.",
        "We restored the orders.",
        "We will add a second check by 12 December.",
        "The cluster failed over, and latency rose.",
        "It will be back up in 10 minutes.",
        "It lasted until 10:00.",
        "No data was lost.",
        "You can pay by card – meanwhile.",
    ),
    "fr": (
        "Les commandes échouent depuis 9 h 12.",
        "Prochain point au plus tard à 9 h 50 (heure de Paris).",
        "Nous déplaçons le trafic.",
        "C'est à nous de réparer.",
        "Un disque plein a provoqué cela.",
        "Nous sommes désolés.",
        "Nous avons rétabli les commandes.",
        "Le cluster est down, nous préparons un rollback.",
        "L'envoi reprend.",
        "Nous avons implémenté un workaround.",
    ),
}
# R-32, as the rule has it.
POINTS = {
    "responsibility": 3,
    "repair": 2,
    "explanation": 1,
    "regret": 1,
    "forbearance": 1,
    "harm": 1,
}
PHASES = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED, Phase.ACCOUNT)
TABLE = yaml.safe_load((files("tocsin.disclosure.coach") / "checks" / "when.yaml").read_text())


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, Context]:
    language = draw(st.sampled_from(["en", "fr"]))
    told = draw(st.lists(st.sampled_from(SENTENCES[language]), max_size=7))
    context = Context(
        language=language,
        phase=draw(st.sampled_from(PHASES)),
        kind=draw(st.sampled_from(Kind)),
        severity=draw(st.none() | st.sampled_from(Severity)),
        posture=draw(st.none() | st.sampled_from(Posture)),
        title=draw(st.none() | st.just("Orders fail")),
        filled=draw(st.frozensets(st.sampled_from(["since", "effect", "next_update", "who"]))),
        previous=draw(st.just(()) | st.just(("Nothing of the kind.",))),
    )
    return " ".join(told), context


def asked_by_table(context: Context) -> set[str]:
    """Table 3.4 read row by row, as it lies there."""
    found = set()
    for name, row in TABLE.items():
        if "at" in row and context.severity not in row["at"]:
            continue
        moments = {str(context.phase)}
        moments |= {str(context.kind)} - {"incident"}
        if moments & set(row["when"]) if "when" in row else not moments & set(row.get("but", ())):
            found.add(name)
    return found


def in_vain(text: str, context: Context) -> set[str]:
    """The checks that pass for want of anything to hold against them."""
    found = set()
    if not re.search(r"\d\d:\d\d|\d h \d\d", text):
        found.add("time_zone")
    if "10 minutes" not in text:
        found.add("estimate_basis")
    if context.title is None:
        found.add("title_effect")
    if not context.previous:
        found.add("near_duplicate")
    return found


@given(texts())
def test_a_texts_checks_are_those_that_were_asked_and_had_something_to_hold(
    told: tuple[str, Context],
) -> None:
    text, context = told

    measured = reviewing.measure(text, context)

    assert measured is not None
    missing = {one.check for one in reviewing.review(text, context).missing} - {"no_cause_yet"}
    assert set(measured.lacking) == missing
    table = asked_by_table(context)
    beside = set(measured.passed) - table  # what the cause's side asks for
    assert beside <= {"forbearance", "fallback", "customer_action_first", "action"}
    assert set(measured.passed) - beside == table - missing - in_vain(text, context)


@given(texts())
def test_an_apology_is_the_sum_of_what_is_there_and_due_only_once_it_is_over(
    told: tuple[str, Context],
) -> None:
    text, context = told

    measured = reviewing.measure(text, context)

    assert measured is not None
    if context.phase not in (Phase.RESOLVED, Phase.ACCOUNT):
        assert measured.apology is None
        return
    assert measured.apology is not None
    gone = sum(POINTS[name] for name in measured.apology.missing)
    assert measured.apology.score == 9 - gone
    assert measured.apology.of == 9


@given(texts())
def test_words_and_sentences_are_counted_as_people_count_them(told: tuple[str, Context]) -> None:
    text, context = told

    measured = reviewing.measure(text, context)

    assert measured is not None
    plain = measured.plainness
    assert plain.words == len(re.findall(r"\S*\w\S*", text))
    assert plain.sentences == len(re.findall(r"\.(?=\s|$)", text))
    marked = [one for one in reviewing.review(text, context).findings if one.group == "JAR"]
    letters = {place for one in marked for place in range(one.start, one.end)}
    touched = [
        word
        for word in re.finditer(r"\S*\w\S*", text)
        if letters & set(range(word.start(), word.end()))
    ]
    assert plain.jargon == len(touched)
    if context.language == "fr":
        english = ("cluster", "down", "rollback", "implémenté", "workaround")
        assert plain.anglicisms == sum(text.count(word) for word in english)
    else:
        assert plain.anglicisms is None


def test_a_word_that_says_nothing_is_complete_in_nothing() -> None:
    """No zone of no time, no basis of no estimate: what cannot fail there counts for nothing."""
    context = Context(language="en", phase=Phase.RESOLVED, title="Orders fail")

    measured = reviewing.measure("This incident has been resolved.", context)

    assert measured is not None
    assert measured.passed == ("title_effect",)
    assert len(measured.lacking) == 11
    assert measured.apology is not None
    assert measured.apology.score == 0


def test_every_anglicism_is_found_in_french_and_none_in_what_everyone_says() -> None:
    text = "Le feature flag a fait un time-out ; l'issue reste ouverte, le transit ralentit."

    measured = reviewing.measure(text, Context(language="fr", phase=Phase.INVESTIGATING))

    assert measured is not None
    assert measured.plainness.anglicisms == 2


def test_a_language_without_a_lexicon_has_no_numbers() -> None:
    assert reviewing.measure("Die Anmeldung geht nicht.", Context(language="de")) is None


def test_nothing_written_is_no_words_in_no_sentences() -> None:
    measured = reviewing.measure("", Context(language="en", phase=Phase.INVESTIGATING))

    assert measured is not None
    assert measured.plainness == Plainness()


@pytest.mark.parametrize(
    "numbers", [(-1, 0, 0), (5, 1, 6), (5, 0, 0), (2, 3, 0), (5, 1, -1), (0, 1, 0), (5, 1, 0, 6)]
)
def test_numbers_that_no_text_comes_to_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(Impossible):
        substance.checked(Plainness(*numbers))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_cells_set_without_blanks_are_words_each(language: str) -> None:
    table = "|When|What|\n|---|---|\n|10:24|Failed|"

    found = reviewing.measure(table, Context(language=language, phase=Phase.ACCOUNT))

    assert found is not None
    assert found.plainness[:2] == (4, 4)


@given(st.text(alphabet="ab1é.!?…-*_`|[](){}:\n\t \u00a0\u2028—“”'", max_size=60))
def test_whatever_is_written_comes_to_numbers_that_a_text_can_come_to(text: str) -> None:
    for language in ("en", "fr"):
        assert reviewing.measure(text, Context(language=language, phase=Phase.ACCOUNT))

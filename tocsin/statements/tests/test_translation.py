"""A translation belongs to its word: wherever that went, whatever it says, and nowhere else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import cast
from tests.cast import later
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.journal.actors import TERMINAL
from tocsin.page import memory
from tocsin.people.access import NotAllowed
from tocsin.statements import (
    circles,
    corrections,
    policies,
    publication,
    published,
    translation,
    word,
)
from tocsin.statements.corrections import Amending
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.published import Kind, Publication, Story
from tocsin.statements.translation import CannotTranslate
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

ENGLISH = Layer("Cards are refused", "The bank refuses cards.", details="Code 59.")
FRENCH = Layer("Les cartes sont refusées", "La banque refuse les cartes.")


@pytest.fixture
def page() -> Brand:
    return cast.a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    """Declared at noon in English alone."""
    return cast.an_incident(page, layers={"en": ENGLISH}).incident_id


def story(page: Brand, incident: str) -> Story:
    told = published.story(page.audience_id, incident)
    assert told is not None
    return told


def said(incident: str, minutes: float, **told: object) -> Publication:
    saying = replace(Saying(phase=Phase.IDENTIFIED, layers={"en": ENGLISH}), **told)  # type: ignore[arg-type]
    return word.say(incident, saying, by=TERMINAL, at=later(minutes)).publication


def translated(incident: str, minutes: float = 10, **told: object) -> Publication:
    given = {"language": "fr", "layer": FRENCH, "by": TERMINAL, **told}
    spoken = translation.translate(incident, at=later(minutes), **given)  # type: ignore[arg-type]
    return spoken.publication


def test_a_word_owes_the_languages_it_lacks_and_a_whole_one_owes_none(page: Brand) -> None:
    whole = cast.an_incident(page).publication.words
    lacking = cast.an_incident(page, component="cart", layers={"en": ENGLISH}).publication.words

    assert whole is not None
    assert lacking is not None
    assert whole.translations_due == {}
    assert lacking.translations_due == {"fr": later(15)}
    assert lacking.primary == "en"


def test_the_limit_is_the_policys_and_stays_as_it_was_stated(page: Brand, incident: str) -> None:
    policies.adopt(page.id, "languages:\n  sev1: 7m\n", by=TERMINAL, at=later(1))
    other = cast.an_incident(page, component="cart", layers={"en": ENGLISH}, at=later(2))

    assert story(page, incident).translation_due("fr") == later(15)
    assert story(page, other.incident_id).translation_due("fr") == later(9)


def test_a_second_word_puts_off_no_translation_until_the_first_was_missed(
    page: Brand, incident: str
) -> None:
    said(incident, 10)
    carried = story(page, incident).translation_due("fr")

    said(incident, 20)

    assert carried == later(15)
    assert story(page, incident).translation_due("fr") == later(35)


def test_what_was_not_typed_by_the_translator_stays_as_it_was(page: Brand, incident: str) -> None:
    came = translated(incident)

    folded = story(page, incident).last_word
    assert folded.words is not None
    assert folded.words.layers == {"en": ENGLISH, "fr": FRENCH}
    assert [told.number for told in folded.translations] == [came.number]
    assert folded.language_lag("fr") == timedelta(minutes=10)
    assert folded.language_lag("en") == timedelta(0)
    alone = published.publication(folded.id)
    assert alone is not None
    assert alone.words is not None
    assert alone.words.layers == {"en": ENGLISH}, "what was published never changes"


def test_a_circle_is_told_the_translation_of_its_own_word(page: Brand, incident: str) -> None:
    circle = circles.open_circle(
        page.id, name="Key accounts", access=Access.NAMED, by=TERMINAL, at=later(1)
    )
    own = cast.an_incident(page, component="cart", layers={"en": ENGLISH}, at=later(2))
    publication.publish_state(page.id, {"cart": State.PARTIAL}, by=TERMINAL, at=later(3))

    translated(own.incident_id)

    theirs = published.story(circle.audience_id, own.incident_id)
    assert theirs is not None
    assert theirs.words.layers["fr"] == FRENCH
    assert publication.faults() == []


def test_a_translation_moves_no_state_and_closes_nothing(page: Brand, incident: str) -> None:
    first = story(page, incident).latest
    said(incident, 5, components={"checkout": State.DEGRADED})
    before = published.states_now(page.audience_id)

    came = translated(incident, number=first.number)

    assert came.changes == ()
    assert came.kind == Kind.TRANSLATION
    assert published.states_now(page.audience_id) == before
    named = published.speaking_of(page.audience_id, list(before))
    assert came.id not in [told.id for told in named]
    assert story(page, incident).latest.number == 2


def test_a_process_that_remembers_reads_the_same_as_one_that_does_not(
    page: Brand, incident: str
) -> None:
    window, until = later(-60), later(60)
    remembering = memory.Memory(page.audience_id)
    remembering.catch_up(1, window=window, until=until)

    said(incident, 5)
    translated(incident, 8)
    translated(incident, 9, number=1)
    remembering.catch_up(published.last_number(page.audience_id), window=window, until=until)

    assert remembering.recent == published.recent_stories(page.audience_id)
    assert remembering.recent[0].newest == 4


def test_words_that_are_not_fit_are_refused_and_nothing_is_said(page: Brand, incident: str) -> None:
    with pytest.raises(NotFitToSay, match=r"headline \(French\) has 91 characters"):
        translated(incident, layer=Layer("x" * 91, "Trop long."))
    with pytest.raises(CannotTranslate, match=r"No\. 7 is no word"):
        translated(incident, number=7)
    with pytest.raises(NotAllowed):
        translated(incident, by=cast.eve().actor)

    assert published.last_number(page.audience_id) == 1


def test_the_times_of_a_word_may_have_passed_before_it_is_translated(
    page: Brand, incident: str
) -> None:
    came = translated(incident, minutes=90)

    assert came.words is not None
    assert came.words.next_word_at is not None
    assert came.words.next_word_at < later(90)


def test_a_word_that_was_put_right_is_translated_as_it_is_right(page: Brand, incident: str) -> None:
    said(incident, 4)
    right = replace(ENGLISH, body="The bank refuses one card in ten.")
    for minutes, amending in (
        (6, Amending(severity=Severity.SEV2, since=later(-9))),
        (7, Amending(layers={"en": right})),
    ):
        corrections.correct(incident, amending, by=TERMINAL, at=later(minutes))

    reads = story(page, incident).as_it_reads(story(page, incident).last_word)
    came = translated(incident).words

    assert came is not None
    assert reads.words is not None
    assert reads.words.layers == {"en": right}
    assert reads.translation_due("fr") == later(15)
    assert (came.severity, came.since, came.phase) == (Severity.SEV2, later(-9), Phase.IDENTIFIED)
    assert came.layers == {"fr": FRENCH}
    assert came.correction is None


def test_an_older_word_has_the_facts_that_were_put_right_in_itself(
    page: Brand, incident: str
) -> None:
    corrections.correct(incident, Amending(since=later(-9)), by=TERMINAL, at=later(2))
    said(incident, 4)
    corrections.correct(incident, Amending(severity=Severity.SEV3), by=TERMINAL, at=later(6))

    came = translated(incident, number=1).words

    assert came is not None
    assert came.since == later(-9)
    assert came.severity != Severity.SEV3

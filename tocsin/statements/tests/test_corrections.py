"""Putting right what was said: the word stays, the correction says what was wrong."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed
from tocsin.statements import corrections, publication, published, word
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.drafting import Overtaken
from tocsin.statements.published import Story
from tocsin.statements.values import Kind, Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

TOLD = {
    "en": Layer("Cards are refused", "About one customer in ten is affected. Pay by transfer."),
    "fr": Layer("Les cartes sont refusées", "Un client sur dix est touché. Payez par virement."),
}


@pytest.fixture
def page() -> Brand:
    return cast.a_page()


def told(page: Brand, *, since: datetime | None = None, severity: Severity | None = None) -> str:
    """An incident whose first word was said in both languages at noon."""
    return word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        severity=severity,
        layers=TOLD,
        started_at=since,
        by=TERMINAL,
        at=NOON,
    ).incident_id


def resolved(incident: str, *, at: datetime, until: datetime, body: str = "It is over.") -> None:
    layers = {code: Layer("Working again", body) for code in ("en", "fr")}
    said = Saying(phase=Phase.RESOLVED, layers=layers, until=until)
    word.say(incident, said, by=TERMINAL, at=at)


def in_three() -> dict[str, Layer]:
    en, fr = TOLD["en"], TOLD["fr"]
    return {
        "en": replace(en, body=en.body.replace("in ten", "in three")),
        "fr": replace(fr, body=fr.body.replace("sur dix", "sur trois")),
    }


def story(page: Brand, incident: str) -> Story:
    found = published.story(page.audience_id, incident)
    assert found
    return found


def correct(
    incident: str, amending: Amending, *, at: datetime | None = None
) -> published.Publication:
    at = at or later(10)
    return corrections.correct(incident, amending, by=TERMINAL, at=at).publication


def test_a_correction_is_a_publication_of_its_own_and_the_word_stays(page: Brand) -> None:
    incident = told(page)

    said = correct(incident, Amending(layers=in_three()))

    assert (said.number, said.kind) == (2, Kind.CORRECTION)
    first, second = story(page, incident).publications
    assert first.words
    assert second.words
    assert first.words.layers == TOLD
    assert second.words.layers["en"] == Layer(
        "Correction to our update of 12:00 UTC",
        "We wrote that “About one customer in ten is affected”. That was not right: “About one "
        "customer in three is affected”. We learned this at 12:10 UTC.",
    )
    assert second.words.layers["fr"].headline == "Rectificatif à notre point de 12:00 UTC"
    assert "« Un client sur dix est touché »" in second.words.layers["fr"].body.replace("\xa0", " ")
    assert publication.faults() == []


def test_the_words_in_force_read_as_corrected(page: Brand) -> None:
    incident = told(page)
    correct(incident, Amending(layers=in_three()))

    now = story(page, incident)

    assert now.words.layers == in_three()
    assert now.in_force.number == 1
    assert now.words.next_word_at == now.first.words.next_word_at  # type: ignore[union-attr]


def test_a_slip_of_the_pen_tells_nobody_and_a_severity_everybody(page: Brand) -> None:
    incident = told(page)

    slip = correct(incident, Amending(layers=in_three()))
    grave = correct(incident, Amending(severity=Severity.SEV2), at=later(11))

    assert not slip.announces
    assert grave.announces
    assert grave.words
    assert grave.words.severity == Severity.SEV2
    assert grave.words.layers["en"].body.startswith(
        "We wrote that this was a major outage. That was not right: it is a partial outage."
    )
    assert declaration.known_of(incident).severity == Severity.SEV2


def test_what_was_said_of_data_is_always_heard_of(page: Brand) -> None:
    incident = told(page)
    resolved(incident, at=later(60), until=later(50), body="No data was lost. Order as usual.")
    now = {
        "en": Layer("Working again", "Twelve orders were lost. Order as usual."),
        "fr": Layer("Working again", "Douze commandes ont été perdues. Order as usual."),
    }

    assert correct(incident, Amending(layers=now), at=later(90)).announces


def test_what_readers_are_mailed_about_is_corrected_in_every_language(page: Brand) -> None:
    incident = told(page)
    resolved(incident, at=later(60), until=later(50), body="No data was lost.")
    english = {"en": Layer("Working again", "Twelve orders were lost.")}

    with pytest.raises(CannotCorrect, match="in 'fr' were told the same"):
        correct(incident, Amending(layers=english), at=later(90))


def test_a_told_data_statement_can_be_corrected_as_a_fact(page: Brand) -> None:
    incident = told(page)
    layers = {"en": Layer("Working again", "It is over.")}
    said = Saying(phase=Phase.RESOLVED, layers=layers, data=DataStatement.NONE_LOST)
    word.say(incident, said, by=TERMINAL, at=later(60))

    correction = correct(incident, Amending(data=DataStatement.SOME_LOST), at=later(90))

    assert correction.announces
    assert correction.words
    assert correction.words.data == DataStatement.SOME_LOST
    assert "no data was lost or changed" in correction.words.layers["en"].body
    assert "some data was lost or changed" in correction.words.layers["en"].body


def test_an_earlier_word_is_corrected_without_touching_the_newest(page: Brand) -> None:
    incident = told(page)
    known = {"en": Layer("We know why", "A change of ours.")}
    word.say(incident, Saying(phase=Phase.IDENTIFIED, layers=known), by=TERMINAL, at=later(5))

    correct(incident, Amending(number=1, layers=in_three()))

    now = story(page, incident)
    assert now.words.layers == known
    assert now.phase == Phase.IDENTIFIED
    assert now.as_corrected(now.first) == in_three()
    assert [said.number for said in now.corrections_of(now.first)] == [3]


def test_a_correction_is_corrected_by_correcting_the_word_once_more(page: Brand) -> None:
    incident = told(page)
    correct(incident, Amending(layers=in_three()))

    with pytest.raises(CannotCorrect, match=r"Correct no\. 1 once more"):
        correct(incident, Amending(number=2, layers=TOLD), at=later(11))
    correct(incident, Amending(number=1, layers=TOLD), at=later(11))

    assert story(page, incident).words.layers == TOLD


def test_what_would_change_nothing_is_refused(page: Brand) -> None:
    incident = told(page)

    with pytest.raises(CannotCorrect, match="Nothing would differ"):
        correct(incident, Amending(layers=TOLD))


def test_what_was_only_added_needs_words_of_its_own(page: Brand) -> None:
    incident = told(page)
    more = {"en": replace(TOLD["en"], workaround="Pay by transfer")}

    with pytest.raises(CannotCorrect, match="in your own words"):
        correct(incident, Amending(layers=more))
    said = correct(
        incident,
        Amending(
            layers=more,
            wrong={"en": "there was nothing you could do"},
            correct={"en": "transfers work"},
        ),
    )

    assert said.words
    assert "We wrote that there was nothing you could do." in said.words.layers["en"].body


def test_olu_may_not_correct_and_lea_may(page: Brand) -> None:
    incident = told(page)

    with pytest.raises(NotAllowed):
        corrections.correct(
            incident, Amending(layers=in_three()), by=cast.olu().actor, at=later(10)
        )
    corrections.correct(incident, Amending(layers=in_three()), by=cast.lea().actor, at=later(10))


def test_two_who_correct_at_once_are_told_of_each_other(page: Brand) -> None:
    incident = told(page)
    correct(incident, Amending(layers=in_three()))

    with pytest.raises(Overtaken):
        corrections.correct(
            incident, Amending(severity=Severity.SEV2), by=TERMINAL, at=later(11), based_on=1
        )


def test_a_correction_neither_keeps_nor_moves_the_word_that_is_owed(page: Brand) -> None:
    incident = told(page)
    due = story(page, incident).words.next_word_at
    assert due

    correct(incident, Amending(layers=in_three()), at=due + timedelta(minutes=30))

    assert story(page, incident).words.next_word_at == due


def test_a_corrected_beginning_keeps_both_values_and_moves_the_stretch(page: Brand) -> None:
    incident = told(page, since=later(-10))
    resolved(incident, at=later(60), until=later(50))

    said = correct(incident, Amending(since=later(-30)), at=later(90))

    now = story(page, incident)
    assert not said.announces
    assert said.retells
    assert [told.moment for told in now.begun] == [later(-10), later(-30)]
    assert now.begun[-1].said_at == later(90)
    (span,) = published.spans_between(page.audience_id, later(-600), later(600))
    assert (span.since, span.until) == (later(-30), later(50))
    assert [row[1] for row in declaration.moment_history(incident) if row[0] == "started"] == [
        later(-10),
        later(-30),
    ]


def test_a_corrected_end_moves_the_stretch(page: Brand) -> None:
    incident = told(page, since=later(-10))
    resolved(incident, at=later(60), until=later(50))

    correct(incident, Amending(until=later(20)), at=later(90))

    now = story(page, incident)
    assert [told.moment for told in now.ended] == [later(50), later(20)]
    (span,) = published.spans_between(page.audience_id, later(-600), later(600))
    assert (span.since, span.until) == (later(-10), later(20))


def test_both_ends_may_move_past_each_other(page: Brand) -> None:
    incident = told(page, since=later(-10))
    resolved(incident, at=later(60), until=later(10))

    correct(incident, Amending(since=later(30), until=later(50)), at=later(90))
    correct(incident, Amending(since=later(-20), until=later(-5)), at=later(91))

    (span,) = published.spans_between(page.audience_id, later(-600), later(600))
    assert (span.since, span.until) == (later(-20), later(-5))


def test_an_update_that_tells_another_beginning_moves_it_as_well(page: Brand) -> None:
    incident = told(page, since=later(-10))
    layers = {"en": Layer("We know why", "A change of ours.")}
    said = Saying(phase=Phase.IDENTIFIED, layers=layers, since=later(-25))

    word.say(incident, said, by=TERMINAL, at=later(5))

    (span,) = published.spans_between(page.audience_id, later(-600), later(600))
    assert span.since == later(-25)
    assert len(story(page, incident).begun) == 2


def test_no_end_can_be_corrected_before_one_was_told(page: Brand) -> None:
    with pytest.raises(CannotCorrect, match="No end was told yet"):
        correct(told(page), Amending(until=later(5)))

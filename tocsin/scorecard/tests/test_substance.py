"""What words hold, over many incidents: summed a second time in lists, and read from the record."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from tests.cast import NOON, later
from tests.story.telling import both
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.coach.substance import Plainness
from tocsin.disclosure.coach.sums import Phased, Sums
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.journal.actors import TERMINAL
from tocsin.scorecard import facts, figures, gathering, measures, recent, substance, telling, totals
from tocsin.scorecard.figures import Mean, Points, Share, Why
from tocsin.scorecard.history import Account, History, Incident, Word
from tocsin.scorecard.tests.nights import MINUTE
from tocsin.scorecard.totals import Measure
from tocsin.statements import appraisals, word
from tocsin.statements.models import Appraisal
from tocsin.statements.word import Saying

DAY = 24 * 60 * MINUTE
WEIGHTS = {"responsibility": 3, "repair": 2, "explanation": 1, "regret": 1}
WEIGHTS |= {"forbearance": 1, "harm": 1}
few = st.integers(0, 3)


@st.composite
def phased(draw: st.DrawFn, phase: Phase) -> Phased:
    words, unread = draw(few), draw(few)
    passed, lacking = (draw(st.integers(0, 12)) if words else 0 for _ in range(2))
    points, without = [], dict[str, int]()
    if phase in (Phase.RESOLVED, Phase.ACCOUNT):
        for _ in range(words):
            gone = draw(st.sets(st.sampled_from(sorted(WEIGHTS))))
            points.append(9 - sum(WEIGHTS[name] for name in gone))
            without |= {name: without.get(name, 0) + 1 for name in gone}
    return Phased(words, unread, passed, passed + lacking, points, without)


@st.composite
def plain(draw: st.DrawFn, language: str) -> Plainness:
    words = draw(st.integers(0, 50))
    some = st.integers(0, words)
    english = draw(some) if language == "fr" else None
    return Plainness(words, draw(st.integers(min(words, 1), words)), draw(some), english)


@st.composite
def sums(draw: st.DrawFn) -> Sums:
    phases = draw(st.sets(st.sampled_from([Phase.IDENTIFIED, Phase.RESOLVED, Phase.ACCOUNT])))
    languages = draw(st.sets(st.sampled_from(["en", "fr"])))
    return Sums(
        {phase: draw(phased(phase)) for phase in phases},
        {language: draw(plain(language)) for language in languages},
    )


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    finals = draw(st.lists(st.booleans(), max_size=4))
    return Incident(
        id=draw(st.uuids()).hex[:12],
        severity=Severity.SEV1,
        declared_at=NOON,
        words=tuple(
            Word(later(minute), is_final=is_final, is_authored=draw(st.booleans()))
            for minute, is_final in enumerate(finals)
        ),
        owes_account=draw(st.booleans()),
        account=draw(st.none() | st.builds(Account, st.none(), st.just(NOON))),
        sums=draw(st.none() | sums()),
    )


histories = st.lists(incidents(), max_size=8)


def behind(one: Incident) -> int:
    """A second count of what the coach has not come to: word for word, each struck out once."""
    left = [word for word in one.words if word.is_authored]
    for row in one.sums.phases.values() if one.sums else ():
        for _ in range(row.words + row.unread):
            del left[:1]
    return len(left)


def tidy(counts: dict[Why, int]) -> dict[Why, int]:
    return {why: count for why, count in counts.items() if count}


def rows(said: list[Incident], phase: Phase) -> list[Phased]:
    return [told for one in said if one.sums for of, told in one.sums.phases.items() if of == phase]


@given(histories)
def test_completeness_is_every_check_of_a_phase_counted_one_by_one(said: list[Incident]) -> None:
    found = dict(substance.completeness(substance.gathered(said)))

    for phase in Phase:
        told = rows(said, phase)
        assert (phase.value in found) == bool(told)
        if told:
            answers = [True for one in told for _ in range(one.passed)]
            answers += [False for one in told for _ in range(one.asked - one.passed)]
            unread = sum(one.unread for one in told)
            left_out = tidy({Why.NO_LEXICON: unread})
            assert found[phase.value] == Share(answers.count(True), len(answers), left_out)
    rest = tidy(
        {
            Why.NOTHING_SAID: len([one for one in said if one.words == ()]),
            Why.NOT_READ: sum(behind(one) for one in said),
        }
    )
    assert found.get("", Share(0, 0)).left_out == rest


@given(histories)
def test_apologies_are_graded_of_nine_and_say_what_they_lack(said: list[Incident]) -> None:
    found = dict(substance.apologies(substance.gathered(said)))

    assert list(found) == ["resolved", "account"]
    for phase in (Phase.RESOLVED, Phase.ACCOUNT):
        told, figure = rows(said, phase), found[phase.value]
        grades = sorted(grade for one in told for grade in one.points)
        assert (figure.n, figure.of) == (len(grades), 9)
        is_few = len(grades) < 5
        assert list(figure.values) == (grades if is_few else [])
        assert figure.median == (None if is_few else median(grades))
        for name in WEIGHTS:
            assert figure.lacking.get(name, 0) == sum(one.without.get(name, 0) for one in told)
        gone = sum(WEIGHTS[name] * count for name, count in figure.lacking.items())
        assert 9 * len(grades) - sum(grades) == gone
    unfinished = [one for one in said if one.words and not one.words[-1].is_final]
    assert found["resolved"].left_out.get(Why.STILL_OPEN, 0) == len(unfinished)
    silent = [
        one
        for one in said
        if one.owes_account and one.words and one.words[-1].is_final and one.account is None
    ]
    assert found["account"].left_out.get(Why.NO_ACCOUNT, 0) == len(silent)


@given(histories)
def test_plain_words_are_counted_by_language(said: list[Incident]) -> None:
    marked, english = (
        dict(substance.jargon(substance.gathered(said))),
        dict(substance.anglicisms(substance.gathered(said))),
    )
    lengths = dict(substance.sentences(substance.gathered(said)))

    for language in ("en", "fr"):
        told = [one.sums.plain[language] for one in said if one.sums and language in one.sums.plain]
        assert (language in marked) == (language in lengths) == bool(told)
        assert (language in english) == (bool(told) and language == "fr")
        if told:
            words = sum(one.words for one in told)
            assert marked[language] == Share(sum(one.jargon for one in told), words)
            assert lengths[language] == Mean(words, sum(one.sentences for one in told))
        if language in english:
            assert english[language] == Share(sum(one.anglicisms or 0 for one in told), words)
    unread = sum(one.unread for phase in Phase for one in rows(said, phase))
    rest = marked.get("", Share(0, 0)).left_out
    assert rest.get(Why.NO_LEXICON, 0) == unread
    assert rest.get(Why.NOT_READ, 0) == sum(map(behind, said))


def test_of_nothing_nothing_is_complete_whole_or_plain() -> None:
    assert dict(substance.completeness(substance.gathered([]))) == {"": Share(0, 0)}
    assert [one.n for _, one in substance.apologies(substance.gathered([]))] == [0, 0]
    assert dict(substance.sentences(substance.gathered([])))[""].mean is None
    assert Share(0, 0).share is None


@pytest.mark.parametrize("grades", [[10], [-1], [3, 12]])
def test_grades_that_there_are_not_are_refused(grades: list[int]) -> None:
    with pytest.raises(ValueError, match="no such points"):
        figures.points(grades, 9, {}, {})


def a_night() -> tuple[Brand, str]:
    page = cast.a_page()
    spoken = cast.an_incident(page, layers=both("Cards fail", "Les cartes échouent"))
    saying = Saying(phase=Phase.RESOLVED, layers=both("It works. We are sorry.", "C'est réglé."))
    word.say(spoken.incident_id, saying, by=TERMINAL, at=later(50))
    return page, spoken.incident_id


def history(page: Brand, *, incident: str = "") -> History:
    return gathering.history(page, at=NOON + DAY, incident_id=incident)


@pytest.mark.django_db
def test_words_that_were_not_read_yet_are_told_so_and_then_counted() -> None:
    page, incident = a_night()
    unread = totals.score(history(page))
    assert unread.figure(Measure.COMPLETENESS).left_out == {Why.NOT_READ: 2}
    assert unread.figure(Measure.APOLOGY, "resolved").left_out == {Why.NOT_READ: 1}

    appraisals.read_due(later(60))

    scored = totals.score(history(page))
    told = scored.figure(Measure.COMPLETENESS, "resolved")
    row = Appraisal.objects.get(thread__incident=incident)
    _, _, passed, asked, grades, _ = row.told["phases"]["resolved"]
    assert (told.n, told.left_out) == (asked, {})
    assert isinstance(told, Share)
    assert (told.hits, sum(row.lacking["resolved"].values())) == (passed, asked - passed)
    apology = scored.figure(Measure.APOLOGY, "resolved")
    assert isinstance(apology, Points)
    assert (apology.values, grades) == ((1,), [1])
    assert apology.lacking["responsibility"] == 1
    with pytest.raises(KeyError):
        scored.figure(Measure.COMPLETENESS)


@pytest.mark.django_db
def test_a_word_said_since_is_counted_as_not_read() -> None:
    page, incident = a_night()
    appraisals.read_due(later(60))
    again = Saying(
        phase=Phase.INVESTIGATING,
        layers=both("Again", "Encore"),
        components={"checkout": State.MAJOR},
        turn_reason={"en": "It came back", "fr": "Revenu"},
    )
    word.say(incident, again, by=TERMINAL, at=later(70))

    assert totals.score(history(page)).figure(Measure.COMPLETENESS).left_out == {Why.NOT_READ: 1}


@pytest.mark.django_db
def test_a_row_that_no_words_come_to_counts_as_not_read_until_it_is_read_anew() -> None:
    page, incident = a_night()
    appraisals.read_due(later(60))
    row = Appraisal.objects.get(thread__incident=incident)
    good = row.told
    flattered = {**good["phases"], "resolved": [1, 0, 99, 12, [9], {}]}
    Appraisal.objects.update(told={**good, "phases": flattered})

    assert totals.score(history(page)).figure(Measure.COMPLETENESS).left_out == {Why.NOT_READ: 2}

    appraisals.reread(page, at=later(61), progress=lambda *_: None)
    assert Appraisal.objects.get(thread__incident=incident).told == good


@pytest.mark.django_db
def test_one_incident_tells_what_each_phase_lacked() -> None:
    page, incident = a_night()
    (before,) = history(page, incident=incident).incidents
    card = measures.card(before, at=NOON + DAY)
    assert facts.of_incident(card, at=NOON + DAY)["words"] == {"not_measured": "not_read"}

    appraisals.read_due(later(60))

    (told,) = history(page, incident=incident).incidents
    found = facts.of_words(told)
    assert found["phases"]["resolved"]["lacking"]["contact"] == 1
    assert found["phases"]["resolved"]["apologies"] == [1]
    assert found["plain_language"]["fr"]["anglicisms"] == 0
    lines = dict(telling.words_of(measures.card(told, at=NOON + DAY), "en"))
    assert lines["How whole the apology is (Resolved)"].startswith("1 of 9 points; missing: ")
    assert "responsibility (1)" in lines["How whole the apology is (Resolved)"]


@pytest.mark.django_db
def test_what_is_read_is_shown_at_once() -> None:
    page, _ = a_night()
    before = recent.mark_of(page, at=later(60))

    appraisals.read_due(later(61))

    assert recent.mark_of(page, at=later(60)) != before


def test_many_grades_come_to_a_median_and_few_stand_as_they_are() -> None:
    many = figures.points([9, 3, 6, 7, 1], 9, {"repair": 2, "regret": 4}, {})
    line = totals.Line(Measure.APOLOGY, many, "resolved")

    told = telling.said(line, "en")

    assert told.value == "half have 6 of 9 points or more; missing: regret (4), repair (2)"
    assert telling.value(Mean(71, 5), "fr") == "14,2"
    assert telling.value(figures.points([8, 4], 9, {}, {}), "en") == "4, 8 of 9 points"

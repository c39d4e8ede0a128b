"""What was said is read by the coach once, to the numbers that its author was shown."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.cast import NOON, a_page, an_incident, later
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.coach import sums
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.substance import Impossible, Substance
from tocsin.disclosure.coach.sums import Sums
from tocsin.disclosure.coach.values import Kind
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import (
    appraisals,
    circles,
    coaching,
    manners,
    published,
    redaction,
    translation,
    word,
)
from tocsin.statements.models import Appraisal, CoachText
from tocsin.statements.values import Layer, Words
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

FIRST = {
    "en": Layer(headline="Cards are refused", body="Since 11:50 UTC cards fail for 40 % of you."),
    "fr": Layer(headline="Cartes refusées", body="Un rollback est en cours."),
}


def layers(english: str, french: str = "") -> dict[str, Layer]:
    told = {"en": Layer(headline="Cards are refused", body=english)}
    return told | ({"fr": Layer(headline="Cartes refusées", body=french)} if french else {})


def say(incident: str, phase: Phase, english: str, french: str = "", *, minute: float) -> None:
    is_over = phase == Phase.RESOLVED
    saying = Saying(
        phase=phase,
        layers=layers(english, french),
        components={"checkout": State.OPERATIONAL} if is_over else {},
    )
    word.say(incident, saying, by=TERMINAL, at=later(minute))


def a_night(page: Brand) -> str:
    incident = an_incident(page, layers=FIRST).incident_id
    say(incident, Phase.IDENTIFIED, "We know why: the cluster failed over.", minute=10)
    say(incident, Phase.RESOLVED, "It works. We are sorry.", "Cela fonctionne.", minute=50)
    return incident


def read(incident: str) -> Sums:
    row = Appraisal.objects.get(thread__incident=incident)
    return sums.read(row.told, row.lacking)


def quietly(_what: str, _done: int, _of: int) -> None:
    """For whoever waits for nothing."""


def as_shown(page: Brand, incident: str) -> dict[Phase, Counter[str]]:
    """What the composer says is missing, at each word, to whoever writes in the first language."""
    found: dict[Phase, Counter[str]] = {}
    whole = published.story(page.audience_id, incident)
    assert whole is not None
    for number, said in enumerate(whole.publications):
        assert said.words is not None
        before = replace(whole, publications=whole.publications[:number]) if number else None
        english, *_ = coaching.heard(
            said.words,
            kind=Kind.INCIDENT,
            tree=shelf.components_of(page.id),
            story=before,
            posture=declaration.known_of(incident).posture,
        )
        told = Counter(one.check for one in english.findings.missing)
        del told["no_cause_yet"]
        found[said.words.phase] = found.get(said.words.phase, Counter()) + told
    return found


def test_what_is_counted_as_missing_is_what_its_author_was_shown() -> None:
    page = a_page()
    incident = a_night(page)

    assert appraisals.read_due(later(60)) == 1

    found = read(incident)
    shown = as_shown(page, incident)
    assert {phase: Counter(counts) for phase, counts in found.lacking.items()} == shown
    assert [one.words for one in found.phases.values()] == [1, 1, 1]
    assert list(found.phases[Phase.RESOLVED].points) == [1]  # regret, and nothing else
    assert "repair" in found.phases[Phase.RESOLVED].without
    assert found.plain["en"].jargon == 3  # "cluster failed over"
    assert found.plain["fr"].anglicisms == 1


def test_what_was_read_is_not_read_again_until_something_more_is_said() -> None:
    incident = an_incident(a_page(), layers=FIRST).incident_id
    assert appraisals.read_due(later(1)) == 1
    first = read(incident)
    assert appraisals.read_due(later(2)) == 0

    say(incident, Phase.IDENTIFIED, "We know why: the cluster failed over.", minute=10)
    assert appraisals.read_due(later(11)) == 1
    assert appraisals.read_due(later(12)) == 0

    assert Appraisal.objects.count() == 1
    told = read(incident)
    assert told.phases[Phase.INVESTIGATING] == first.phases[Phase.INVESTIGATING]
    assert told.phases[Phase.IDENTIFIED].words == 1
    assert appraisals.last_read_at() == later(11)


def test_word_by_word_comes_to_the_same_as_all_at_once() -> None:
    page = a_page()
    incident = an_incident(page, layers=FIRST).incident_id
    for minute, phase in ((10, Phase.IDENTIFIED), (20, Phase.IDENTIFIED), (50, Phase.RESOLVED)):
        appraisals.read_due(later(minute - 1))
        say(incident, phase, "We know why, and why again.", "Nous savons pourquoi.", minute=minute)
    appraisals.read_due(later(60))
    step_by_step = read(incident)
    shown: list[tuple[int, int]] = []

    told = appraisals.reread(
        page, at=later(70), progress=lambda _, done, of: shown.append((done, of))
    )

    assert told == 1
    assert shown == [(1, 1)]
    assert read(incident) == step_by_step
    assert step_by_step.lacking[Phase.IDENTIFIED]["near_duplicate"] == 1


def test_another_coach_reads_all_anew() -> None:
    page = a_page()
    incident = a_night(page)
    appraisals.read_due(later(60))
    before = read(incident)
    own = "lexicons:\n  - lexicon: en\n    entries:\n"
    own += '      - {id: linden-jar-01, lvl: warn, m: ["cards"], fix: "Say it otherwise."}\n'

    manners.adopt(page.id, own, by=TERMINAL, at=later(61))

    assert appraisals.read_due(later(62)) == 1
    assert read(incident).plain["en"].jargon > before.plain["en"].jargon
    assert appraisals.read_due(later(63)) == 0


def test_ones_own_people_have_their_jargon_counted_all_the_same() -> None:
    page = a_page()
    manners.adopt(page.id, "readers: internal\n", by=TERMINAL, at=NOON)
    incident = a_night(page)

    appraisals.read_due(later(60))

    assert read(incident).plain["en"].jargon == 3


def test_a_translation_adds_its_language_and_no_word() -> None:
    incident = an_incident(a_page(), layers=layers("Cards fail.")).incident_id
    appraisals.read_due(later(1))
    before = read(incident)
    french = Layer(headline="Cartes refusées", body="Un rollback est en cours.")

    translation.translate(incident, language="fr", layer=french, by=TERMINAL, at=later(5))

    assert appraisals.read_due(later(6)) == 1
    told = read(incident)
    assert told.phases == before.phases
    assert told.plain["en"] == before.plain["en"]
    assert told.plain["fr"].anglicisms == 1
    assert appraisals.read_due(later(7)) == 0


def test_a_language_that_the_coach_does_not_read_is_counted_as_unread() -> None:
    page = a_page(languages=("de", "en"))
    told = {
        "de": Layer(headline="Karten gehen nicht", body="Wir sehen nach."),
        "en": Layer(headline="Cards are refused", body="We look into it."),
    }
    incident = an_incident(page, layers=told).incident_id

    appraisals.read_due(later(1))

    found = read(incident)
    (phased,) = found.phases.values()
    assert (phased.words, phased.unread, phased.asked) == (0, 1, 0)
    assert set(found.plain) == {"en"}


def test_a_circles_own_incident_is_read_as_its_readers_read_it_and_everyones_once() -> None:
    page = a_page()
    circle = circles.open_circle(page.id, name="Staff", access=Access.NAMED, by=TERMINAL, at=NOON)
    everyones = a_night(page)
    spoken = word.declare(
        page.id,
        title="Tills are slow",
        components={"checkout": State.DEGRADED},
        layers=layers("The cluster failed over."),
        audience=circle.audience,
        by=TERMINAL,
        at=later(70),
    )

    assert appraisals.read_due(later(80)) == 2

    assert Appraisal.objects.count() == 2
    assert Appraisal.objects.get(thread__incident=everyones).thread.audience_id == page.audience_id
    of_circle = Appraisal.objects.get(thread__incident=spoken.incident_id).thread
    assert of_circle.audience_id == circle.audience_id


def test_what_is_taken_out_of_a_word_leaves_its_numbers() -> None:
    page = a_page()
    incident = a_night(page)
    appraisals.read_due(later(60))
    before = read(incident)

    reason = dict.fromkeys(page.languages, "A name slipped out.")
    redaction.redact(page.id, "cluster failed", reason=reason, by=TERMINAL, at=later(61))

    assert appraisals.read_due(later(62)) == 0
    assert read(incident) == before


def test_many_incidents_take_several_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appraisals, "AT_ONCE", 2)
    page = a_page()
    for minute in range(5):
        an_incident(page, layers=FIRST, at=later(minute))

    assert [appraisals.read_due(later(10 + turn)) for turn in range(4)] == [2, 2, 1, 0]
    assert appraisals.reread(page, at=later(20), progress=quietly) == 5


def test_a_page_whose_file_nobody_can_read_any_more_keeps_no_other_from_being_read() -> None:
    broken, page = a_page(), a_page(name="Acme")
    an_incident(broken, layers=FIRST)
    incident = an_incident(page, layers=FIRST).incident_id
    CoachText.objects.create(
        page_id=broken.id, number=1, text="readers: nobody\n", adopted_at=NOON, adopted_by="Ada"
    )

    assert appraisals.read_due(later(1)) == 1

    assert Appraisal.objects.get().thread.incident_id == incident
    with pytest.raises(BadLexicon):
        appraisals.reread(broken, at=later(2), progress=quietly)


def test_a_word_that_the_coach_makes_nothing_of_keeps_no_other_from_being_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = a_page()
    odd, even = a_night(page), a_night(page)
    measured = coaching.measured

    def fails(words: Words, language: str, **told: Any) -> Substance | None:
        if "failed over" in words.layers[language].body and odd not in seen:
            seen.append(odd)
            raise Impossible("There is no such text.")
        return measured(words, language, **told)

    seen: list[str] = []
    monkeypatch.setattr(coaching, "measured", fails)

    assert appraisals.read_due(later(60)) == 2
    assert appraisals.read_due(later(61)) == 0
    told = sorted(read(one).phases[Phase.IDENTIFIED].unread for one in (odd, even))
    assert told == [0, 1], "it counts as one that was not read"

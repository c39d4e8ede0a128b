"""A page adopts how the coach reads it; each file stays, and the newest is in force."""

import pytest

from tests.cast import NOON, a_page, an_incident, later, olu
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.manner import USUAL, Manner
from tocsin.disclosure.coach.values import Kind, Level
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed
from tocsin.statements import coaching, manners, word
from tocsin.statements.models import CoachText
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

JARGON = "Requests to the control plane fail with elevated 5xx."


@pytest.fixture
def page() -> Brand:
    return a_page()


def levels(page: Brand, *, manner: Manner, circle: str = "") -> dict[str, Level]:
    """How heavily the coach takes some jargon."""
    known = declaration.known_of(an_incident(page).incident_id)
    layers = {"en": Layer(headline="Cards are refused", body=JARGON)}
    words = word.compose(known, Saying(phase=Phase.INVESTIGATING, layers=layers), at=later(1))
    tree = shelf.components_of(page.id)
    heard = coaching.heard(
        words, kind=Kind.INCIDENT, tree=tree, story=None, manner=manner, circle=circle
    )
    return {hit.rule: hit.level for one in heard for hit in one.findings.findings}


def test_what_is_adopted_is_in_force_and_in_the_journal(page: Brand) -> None:
    assert manners.manner_of(page.id) == USUAL

    first = manners.adopt(page.id, "readers: developers\n", by=TERMINAL, at=NOON)
    again = manners.adopt(page.id, "readers: developers\n", by=TERMINAL, at=NOON)
    second = manners.adopt(page.id, "readers: internal\n", by=TERMINAL, at=NOON)

    assert (first.number, again.number, second.number) == (1, 1, 2)
    assert manners.adopted(page.id) == second
    assert CoachText.objects.count() == 2
    notes = [note for note in chain.read(("page", page.id)) if "coach" in note.verb]
    assert [note.detail["number"] for note in notes] == [1, 2]


def test_what_cannot_be_read_is_not_adopted(page: Brand) -> None:
    with pytest.raises(BadLexicon, match=r"^Line 1: Readers are one of"):
        manners.adopt(page.id, "readers: nobody\n", by=TERMINAL, at=NOON)

    assert manners.manner_of(page.id) == USUAL


def test_only_who_runs_the_page_changes_how_it_is_read(page: Brand) -> None:
    with pytest.raises(NotAllowed):
        manners.adopt(page.id, "readers: internal\n", by=olu().actor, at=NOON)


def test_jargon_weighs_as_the_readers_of_the_page_or_of_the_circle_take_it(page: Brand) -> None:
    text = "readers: developers\ncircles: {staff: internal}\n"
    manners.adopt(page.id, text, by=TERMINAL, at=NOON)
    manner = manners.manner_of(page.id)

    public, developers = levels(page, manner=USUAL), levels(page, manner=manner)
    staff = levels(page, manner=manner, circle="staff")

    jargon = [rule for rule in public if "-jar-" in rule]
    assert jargon
    assert all(developers.get(rule) in (Level.HINT, None) for rule in jargon)
    assert not set(staff) & set(jargon)

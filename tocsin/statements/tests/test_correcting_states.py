"""What a word said of components, put right: how they stand now, and how they stood."""

import pytest

from tests.cast import NOON, a_page, an_incident, later
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, corrections, published, word
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.models import Span
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    """Checkout is said to be down, at noon."""
    said = an_incident(page, severity=Severity.SEV2, at=NOON)
    return said.incident_id


def key_of(page: Brand, slug: str) -> str:
    node = shelf.components_of(page.id).find(slug)
    assert node is not None
    return node.id


def corrected(
    incident: str, minute: int, number: int | None = None, **states: State
) -> Publication:
    amending = Amending(number=number, components=states)
    return corrections.correct(incident, amending, by=TERMINAL, at=later(minute)).publication


def said(incident: str, minute: int, phase: Phase, **states: State) -> None:
    saying = Saying(phase, {"en": Layer("More of it", "We know more.")}, components=states)
    word.say(incident, saying, by=TERMINAL, at=later(minute))


def bars(page: Brand, slug: str) -> list[tuple[str, int, int | None]]:
    """A component's stretches of trouble: state, and minutes after noon."""
    rows = Span.objects.filter(audience_id=page.audience_id, component_id=key_of(page, slug))

    def minutes(at: object) -> int | None:
        return None if at is None else round((at - NOON).total_seconds() / 60)  # type: ignore[operator]

    return [
        (row.state, minutes(row.since) or 0, minutes(row.until)) for row in rows.order_by("since")
    ]


def test_what_stands_now_and_what_stood_follow_the_correction(page: Brand, incident: str) -> None:
    made = corrected(incident, 20, checkout=State.PARTIAL)

    checkout = key_of(page, "checkout")
    assert made.words is not None
    assert made.words.correction is not None
    assert made.words.correction.states == {checkout: (State.MAJOR, State.PARTIAL)}
    assert published.states_now(page.audience_id)[checkout] == State.PARTIAL
    assert declaration.known_of(incident).impacts[checkout] == State.PARTIAL
    assert bars(page, "checkout") == [("partial_outage", 0, None)]


def test_it_is_told_in_words_and_mailed_to_nobody(page: Brand, incident: str) -> None:
    made = corrected(incident, 20, checkout=State.PARTIAL)

    assert made.words is not None
    english, french = made.words.layers["en"].body, made.words.layers["fr"].body
    assert "We wrote that Checkout was down." in english
    assert "That was not right: Checkout was failing for some customers." in english
    assert "ne fonctionnait que pour une partie des clients" in french
    assert not made.announces


def test_with_another_severity_readers_hear_of_it(page: Brand, incident: str) -> None:
    amending = Amending(severity=Severity.SEV3, components={"checkout": State.DEGRADED})

    made = corrections.correct(incident, amending, by=TERMINAL, at=later(20)).publication

    assert made.announces
    assert declaration.known_of(incident).severity == Severity.SEV3


def test_the_past_changes_up_to_where_something_else_was_said(page: Brand, incident: str) -> None:
    said(incident, 10, Phase.IDENTIFIED)
    said(incident, 30, Phase.MONITORING, checkout=State.DEGRADED)

    corrected(incident, 40, 1, checkout=State.PARTIAL)

    assert bars(page, "checkout") == [
        ("partial_outage", 0, 30),
        ("degraded_performance", 30, None),
    ]
    assert published.states_now(page.audience_id)[key_of(page, "checkout")] == State.DEGRADED


def test_once_it_is_over_what_stood_can_be_put_right(page: Brand, incident: str) -> None:
    said(incident, 30, Phase.RESOLVED)

    with pytest.raises(CannotCorrect, match="says that it is over"):
        corrected(incident, 40, checkout=State.PARTIAL)
    corrected(incident, 40, 1, checkout=State.PARTIAL, cart=State.DEGRADED)

    assert bars(page, "checkout") == [("partial_outage", 0, 30)]
    assert bars(page, "cart") == [("degraded_performance", 0, 30)]
    assert key_of(page, "checkout") not in published.states_now(page.audience_id) or (
        published.states_now(page.audience_id)[key_of(page, "checkout")] == State.OPERATIONAL
    )
    assert not declaration.known_of(incident).is_open


def test_the_word_itself_stays_and_a_second_correction_starts_from_the_first(
    page: Brand, incident: str
) -> None:
    corrected(incident, 20, 1, checkout=State.PARTIAL)
    again = corrected(incident, 25, 1, checkout=State.DEGRADED)

    story = published.story(page.audience_id, incident)
    assert story is not None
    assert story.first.words is not None
    checkout = key_of(page, "checkout")
    assert story.first.words.impacts[checkout] == State.MAJOR
    assert again.words is not None
    assert again.words.correction is not None
    assert again.words.correction.states == {checkout: (State.PARTIAL, State.DEGRADED)}
    assert bars(page, "checkout") == [("degraded_performance", 0, None)]


def test_what_would_contradict_itself_or_change_nothing_is_refused(
    page: Brand, incident: str
) -> None:
    with pytest.raises(CannotCorrect, match="Nothing would differ"):
        corrected(incident, 20, checkout=State.MAJOR)
    with pytest.raises(declaration.CannotDeclare, match="contradicts itself"):
        corrected(incident, 20, checkout=State.OPERATIONAL)
    with pytest.raises(declaration.CannotDeclare, match="No component"):
        corrected(incident, 20, nowhere=State.PARTIAL)

    story = published.story(page.audience_id, incident)
    assert story is not None
    assert story.latest.number == 1


def test_a_circle_reads_it_with_the_word_as_it_knows_it(page: Brand, incident: str) -> None:
    acme = circle_of(page)
    said(incident, 10, Phase.IDENTIFIED)

    corrected(incident, 20, 1, checkout=State.PARTIAL)

    rows = Span.objects.filter(audience_id=acme.audience_id)
    assert [(row.state, row.since) for row in rows] == [("partial_outage", NOON)]


def circle_of(page: Brand) -> Brand:
    return circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=later(5))

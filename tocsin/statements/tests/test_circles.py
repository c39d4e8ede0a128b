"""One word, several audiences: each its own number, and nothing of a closed one elsewhere."""

import pytest

from tests.cast import NOON, a_component, a_page, an_incident, later, olu
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand, CannotKeep
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed
from tocsin.statements import cadence, circles, corrections, publication, published, word
from tocsin.statements.corrections import Amending
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

PASSWORD = "nine lanterns at the quay"


@pytest.fixture
def page() -> Brand:
    return a_page()


def a_circle(page: Brand, name: str = "Partners", *, at: float = 0) -> Brand:
    return circles.open_circle(page.id, name=name, access=Access.NAMED, by=TERMINAL, at=later(at))


def resolved(incident_id: str, *, at: float) -> published.Publication:
    layers = {"en": Layer(headline="It works again", body="All is well.")}
    saying = Saying(phase=Phase.RESOLVED, layers=layers)
    return word.say(incident_id, saying, by=TERMINAL, at=later(at)).publication


def test_a_word_is_said_to_everyone_and_to_each_circle(page: Brand) -> None:
    partners, staff = a_circle(page), a_circle(page, "Staff")

    spoken = an_incident(page)

    told = [published.story(seen.audience_id, spoken.incident_id) for seen in (partners, staff)]
    assert spoken.publication.audience_id == page.audience_id
    assert [story.latest.words for story in told if story] == [spoken.publication.words] * 2
    assert len({spoken.publication.digest, *(s.latest.digest for s in told if s)}) == 3
    assert published.states_now(partners.audience_id) == published.states_now(page.audience_id)


def test_what_is_declared_for_a_circle_is_said_there_alone(page: Brand) -> None:
    partners, staff = a_circle(page), a_circle(page, "Staff")

    spoken = word.declare(
        page.id,
        title="The partner API is failing",
        components={"checkout": State.MAJOR},
        audience="partners",
        by=TERMINAL,
        at=NOON,
    )
    after = resolved(spoken.incident_id, at=20)

    assert (spoken.publication.audience_id, after.number) == (partners.audience_id, 2)
    for other in (page, staff):
        assert published.last_number(other.audience_id) == 0
        assert published.story(other.audience_id, spoken.incident_id) is None
        assert published.spans_between(other.audience_id, NOON, later(60)) == ()


def test_a_closed_word_leaves_no_gap_in_a_public_sequence(page: Brand) -> None:
    a_circle(page)
    first = an_incident(page)
    word.declare(
        page.id,
        title="For partners alone",
        components={"cart": State.MAJOR},
        audience="partners",
        by=TERMINAL,
        at=later(1),
    )

    second = an_incident(page, component="sign-in", at=later(2))

    assert (first.publication.number, second.publication.number) == (1, 2)
    assert publication.faults() == []


def test_a_circle_that_joins_knows_what_everyone_was_told(page: Brand) -> None:
    closed, still_open = an_incident(page), an_incident(page, component="cart", at=later(1))
    resolved(closed.incident_id, at=2)
    publication.publish_state(page.id, {"sign-in": State.DEGRADED}, by=TERMINAL, at=later(3))

    partners = a_circle(page, at=4)

    ours, theirs = page.audience_id, partners.audience_id
    assert published.last_number(theirs) == published.last_number(ours) == 4
    assert published.states_now(theirs) == published.states_now(ours)
    told = published.open_stories(theirs)
    assert [story.incident_id for story in told] == [still_open.incident_id]
    assert not any(said.announces for said in published.numbered(theirs, after=0))
    assert publication.faults() == []
    assert resolved(still_open.incident_id, at=5).number == 5


def test_a_circle_that_joins_reads_what_was_put_right(page: Brand) -> None:
    spoken = an_incident(page)
    right = {"en": Layer(headline="Sign-in fails", body="Nobody can sign in.")}
    corrections.correct(spoken.incident_id, Amending(layers=right), by=TERMINAL, at=later(2))

    partners = a_circle(page, at=4)

    (story,) = published.open_stories(partners.audience_id)
    (public,) = published.open_stories(page.audience_id)
    assert story.words.layers["en"].headline == "Sign-in fails"
    assert story.words.layers == public.words.layers
    assert publication.faults() == []


def test_opening_a_circle_does_not_show_on_the_page(page: Brand) -> None:
    before = shelf.brand(page.id)

    a_circle(page, at=5)

    assert shelf.brand(page.id) == before


def test_a_closed_word_is_owed_like_any_other(page: Brand) -> None:
    a_circle(page)
    spoken = word.declare(
        page.id,
        title="For partners alone",
        components={"cart": State.MAJOR},
        audience="partners",
        by=TERMINAL,
        at=NOON,
    )
    known = declaration.known_of(spoken.incident_id)

    (owed,) = cadence.owed_words(page.id)

    assert not known.is_for_everyone
    assert (owed.incident_id, owed.is_first) == (spoken.incident_id, False)


@pytest.mark.parametrize("name", ["", "!!!", "Everyone"])
def test_a_circle_needs_a_name_of_its_own(page: Brand, name: str) -> None:
    with pytest.raises(CannotKeep):
        a_circle(page, name)


def test_a_circle_is_never_public_and_a_password_never_short(page: Brand) -> None:
    for access, password in (
        (Access.PUBLIC, ""),
        (Access.PASSWORD, "short"),
        (Access.PASSWORD, ""),
    ):
        with pytest.raises(CannotKeep):
            circles.open_circle(
                page.id, name="Staff", access=access, password=password, by=TERMINAL, at=NOON
            )


def test_a_responder_opens_no_circle(page: Brand) -> None:
    with pytest.raises(NotAllowed):
        circles.open_circle(page.id, name="Staff", access=Access.NAMED, by=olu().actor, at=NOON)


def test_an_incident_is_declared_for_no_audience_of_another_page(page: Brand) -> None:
    oak = a_page(name="Oak")
    a_component(oak, "Boats")
    circle = a_circle(oak)

    with pytest.raises(CannotKeep):
        word.declare(
            page.id,
            title="For others",
            components={"cart": State.MAJOR},
            audience=circle.audience_id,
            by=TERMINAL,
            at=NOON,
        )

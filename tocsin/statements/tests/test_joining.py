"""A long past is brought along to a circle bit by bit; what is said meanwhile takes its turn."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.cast import a_page, an_incident, later
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access, Audience
from tocsin.catalogue.shelf import Brand, NotFound
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note
from tocsin.statements import circles, corrections, publication, published, redaction, word
from tocsin.statements.corrections import Amending
from tocsin.statements.models import Publication, Span, Standing, Thread
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

SAID = "The till at the quay is wet."


@pytest.fixture(autouse=True)
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circles, "AT_ONCE", 3)
    monkeypatch.setattr(circles, "WAITED_FOR", 1)


@pytest.fixture
def page() -> Brand:
    """Linden's page with a past of ten words: troubles over and open, put right, and overridden."""
    page = a_page()
    for n in range(3):
        spoken = an_incident(page, at=later(10 * n))
        said(spoken.incident_id, Phase.RESOLVED, at=10 * n + 5)
    still_open = an_incident(page, component="cart", at=later(40))
    said(still_open.incident_id, Phase.IDENTIFIED, at=41, text=SAID)
    right = {"en": Layer("The cart is failing", "Nobody can fill it.")}
    corrections.correct(still_open.incident_id, Amending(layers=right), by=TERMINAL, at=later(42))
    publication.publish_state(page.id, {"sign-in": State.DEGRADED}, by=TERMINAL, at=later(43))
    return page


def said(incident_id: str, phase: Phase, *, at: float, text: str = "All is well.") -> None:
    saying = Saying(phase=phase, layers={"en": Layer("How it stands", text)})
    word.say(incident_id, saying, by=TERMINAL, at=later(at))


def a_circle(page: Brand) -> Brand:
    return circles.open_circle(
        page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=later(60)
    )


def until_joined(page: Brand) -> int:
    """Let the worker go on; returns how many turns it took."""
    turns = 0
    while circles.join_due(later(70)):
        turns += 1
        assert turns < 100
    return turns


def as_it_stands(audience_id: str) -> dict[str, Any]:
    """All that an audience was told, without what is each audience's own."""
    of = {"audience_id": audience_id}
    numbers = dict(Publication.objects.filter(**of).values_list("pk", "number"))
    told = published.numbered(audience_id, after=0)
    return {
        "words": [(one.number, one.incident_id, one.published_at, one.kind) for one in told],
        "corrected": [
            numbers[one.words.correction.of]
            for one in told
            if one.words is not None and one.words.correction
        ],
        "threads": sorted(
            (row.incident_id, row.is_open, numbers[row.first_id], numbers[row.last_id])
            for row in Thread.objects.filter(**of)
        ),
        "spans": sorted(map(str, Span.objects.filter(**of).values_list(*circles.SAID_OF_A_SPAN))),
        "standing": sorted(
            map(str, Standing.objects.filter(**of).values_list("component", "incident", "state"))
        ),
    }


def check_joined(page: Brand, circle: Brand) -> None:
    assert as_it_stands(circle.audience_id) == as_it_stands(page.audience_id)
    assert publication.faults() == []
    assert [one.audience_id for one in shelf.audiences_of(page.id)] == [
        page.audience_id,
        circle.audience_id,
    ]
    assert Note.objects.filter(verb="statements:publication:brought_along").count() == 1


def test_a_long_past_takes_several_turns_and_arrives_whole(page: Brand) -> None:
    circle = a_circle(page)
    (so_far,) = circles.joining(page.id)

    turns = until_joined(page)

    assert (so_far.name, so_far.told, so_far.of) == ("Partners", 3, 10)
    assert turns >= 3
    assert circles.joining(page.id) == []
    check_joined(page, circle)


def test_until_it_has_all_of_it_nobody_finds_it(page: Brand) -> None:
    circle = a_circle(page)

    assert circle.audience_id not in {view.audience_id for view in shelf.views()}
    with pytest.raises(NotFound):
        shelf.audience(page.id, "partners")


ACTS: dict[str, Callable[[Brand], object]] = {
    "a new incident": lambda page: an_incident(page, component="sign-in", at=later(65)),
    "the end of one": lambda page: said(
        published.open_stories(page.audience_id)[0].incident_id, Phase.RESOLVED, at=65
    ),
    "a beginning that moves": lambda page: word.say(
        published.open_stories(page.audience_id)[0].incident_id,
        Saying(
            phase=Phase.IDENTIFIED,
            layers={"en": Layer("It began before", "An hour before.")},
            since=later(-60),
        ),
        by=TERMINAL,
        at=later(65),
    ),
    "a redaction": lambda page: redaction.redact(
        page.id, SAID, reason={"en": "It named a till."}, by=TERMINAL, at=later(65)
    ),
    "an override": lambda page: publication.publish_state(
        page.id, {"sign-in": State.OPERATIONAL}, by=TERMINAL, at=later(65)
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("turn", [0, 3])
def test_what_is_done_meanwhile_is_neither_lost_nor_doubled(
    page: Brand, act: str, turn: int
) -> None:
    circle = a_circle(page)
    for _turn in range(turn):
        circles.join_due(later(64))

    ACTS[act](page)
    until_joined(page)
    an_incident(page, at=later(80))

    check_joined(page, circle)
    held = Publication.objects.filter(content__icontains=SAID)
    assert held.exists() == (act != "a redaction")


@pytest.mark.parametrize("turn", [0, 2])
def test_a_turn_that_is_killed_is_taken_up_by_the_next(
    page: Brand, turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    circle = a_circle(page)
    for _turn in range(turn):
        circles.join_due(later(64))
    with monkeypatch.context() as patch:
        patch.setattr(circles, "_copy_standing", killed)
        with pytest.raises(KeyboardInterrupt):
            until_joined(page)
    assert Audience.objects.get(pk=circle.audience_id).is_joining

    until_joined(page)

    check_joined(page, circle)


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_it_along_at_once_do_nothing_twice(page: Brand) -> None:
    circle = a_circle(page)

    def goes_on(_turn: int) -> None:
        try:
            until_joined(page)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(goes_on, range(2)))

    check_joined(page, circle)


def test_what_is_brought_along_is_announced_to_nobody(page: Brand) -> None:
    circle = a_circle(page)
    an_incident(page, component="sign-in", at=later(65))
    until_joined(page)

    assert not any(one.announces for one in published.numbered(circle.audience_id, after=0))

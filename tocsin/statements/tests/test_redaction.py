"""Where a secret stands, whoever was told it."""

import pytest

from tests.cast import NOON, a_page, an_incident, later
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, publication, published, redaction, word
from tocsin.statements.values import Layer

pytestmark = pytest.mark.django_db

SECRET = "hunter2-9f3a"
REASON = {"en": "A password stood here."}


def told_partners(page: Brand) -> str:
    """Partners alone are told it, as their second word."""
    circles.open_circle(page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=NOON)
    an_incident(page)
    spoken = word.declare(
        page.id,
        title="The partner API is failing",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("The partner API is failing", f"The key is {SECRET}.")},
        audience="partners",
        by=TERMINAL,
        at=later(1),
    )
    return spoken.publication.id


def test_what_a_circle_alone_was_told_is_found(page: Brand) -> None:
    said = told_partners(page)

    stood = redaction.holding(page.id, SECRET)

    (circle,) = stood.circles
    assert (circle.slug, circle.name, circle.numbers) == ("partners", "Partners", (2,))
    assert (stood.numbers, stood.publications) == ((), (said,))


def test_what_everyone_was_told_counts_once(page: Brand) -> None:
    told_partners(page)
    word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("Checkout is failing", f"The key is {SECRET}.")},
        by=TERMINAL,
        at=later(2),
    )

    done = redaction.redact(page.id, SECRET, reason=REASON, by=TERMINAL, at=later(3))

    assert done.stood.numbers == (2,)
    assert [circle.numbers for circle in done.stood.circles] == [(2,)]
    assert len(done.stood.publications) == 3
    assert redaction.holding(page.id, SECRET).publications == ()
    assert publication.faults() == []


def test_what_was_read_before_is_read_as_it_stands_now(page: Brand) -> None:
    told_partners(page)
    kept = published.in_every_audience(redaction.holding(page.id, SECRET).publications[0])
    assert published.publication(kept[0].id) is published.publication(kept[0].id)

    redaction.redact(page.id, SECRET, reason=REASON, by=TERMINAL, at=later(3))

    now = published.publication(kept[0].id)
    assert SECRET in str(kept[0].words)
    assert now is not None
    assert SECRET not in str(now.words)
    assert now.redactions


@pytest.fixture
def page() -> Brand:
    return a_page()

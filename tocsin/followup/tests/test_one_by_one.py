"""A broken page, and what it must not keep from the others: letters to their own people."""

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests import cast
from tocsin.catalogue.models import Page
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.followup import account_nudges, one_by_one, promises, reminders
from tocsin.followup.pledges import Pledge
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import TERMINAL, Actor
from tocsin.post.models import Letter
from tocsin.statements import word
from tocsin.statements.promised import Promised
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

NO_ZONE = "Nowhere/Land"


@pytest.fixture
def two(db: None, own_directories: Path) -> tuple[Known, Known]:
    """The incidents of two pages, both over; the newer, which is looked at first, is broken."""
    olu = cast.olu().actor
    whole, broken = (an_end(cast.a_page(name=name), olu, n) for n, name in enumerate("LP"))
    return whole, broken


def an_end(page: Brand, by: Actor, minute: int) -> Known:
    said = word.declare(
        page.id,
        title=f"Checkout at {page.name} is failing",
        components={"checkout": State.MAJOR},
        by=by,
        at=cast.later(minute),
    )
    layers = {code: Layer("You can pay again", "It is over.") for code in page.languages}
    word.say(said.incident_id, Saying(Phase.RESOLVED, layers), by=by, at=cast.later(minute + 30))
    known = declaration.known_of(said.incident_id)
    texts = {
        "en": Promised("Renew certificates", "none is older than 60 days", "platform"),
    }
    due_on = cast.later(0).date() + timedelta(days=30)
    promises.promise(known.id, Pledge(texts, due_on), by=TERMINAL, at=cast.later(60))
    return known


def broken_zone(known: Known) -> None:
    Page.objects.filter(pk=known.page_id).update(time_zone=NO_ZONE)


def test_a_broken_page_keeps_no_other_from_hearing_that_an_account_is_due(
    two: tuple[Known, Known],
) -> None:
    whole, broken = two
    broken_zone(broken)

    with capture_logs() as told, pytest.raises(Exception, match=NO_ZONE):
        account_nudges.nudge(cast.later(0) + timedelta(hours=80))

    assert Letter.objects.filter(key__startswith=f"account:{whole.id}").count() == 1
    assert [line["of"] for line in told if line["event"] == "piece failed"] == [broken.id]


def test_a_broken_page_keeps_no_other_from_hearing_that_a_promise_is_due(
    two: tuple[Known, Known],
) -> None:
    whole, broken = two
    broken_zone(broken)
    (kept,) = promises.of_incident(whole.id)
    (other,) = promises.of_incident(broken.id)

    with capture_logs() as told, pytest.raises(Exception, match=NO_ZONE):
        reminders.remind(cast.later(0) + timedelta(days=30))

    assert Letter.objects.filter(key__startswith=f"promise:{kept.id}").count() == 1
    assert [line["of"] for line in told if line["event"] == "piece failed"] == [other.id]


def test_what_a_failed_piece_wrote_is_undone_and_the_others_stand(
    two: tuple[Known, Known],
) -> None:
    whole, broken = two

    def renamed(known: Known) -> int:
        Page.objects.filter(pk=known.page_id).update(time_zone="Europe/Paris")
        if known is broken:
            raise ValueError("half way")
        return 1

    with pytest.raises(ValueError, match="half way"):
        one_by_one.sum_of(renamed, [broken, whole])

    zones = dict(Page.objects.values_list("id", "time_zone"))
    assert (zones[whole.page_id], zones[broken.page_id]) == ("Europe/Paris", "Etc/UTC")

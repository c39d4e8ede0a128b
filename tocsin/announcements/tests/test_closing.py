"""A page that is closed is closed to the ear too: whoever may not read is told nothing more."""

import pytest

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.far_side import FarSide
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import (
    admissions,
    audience,
    delivering,
    importing,
    ledger,
    progress,
    reach,
    readers,
)
from tocsin.announcements.audience import ShutOut
from tocsin.announcements.delivering import SHUT
from tocsin.announcements.models import Subscription
from tocsin.announcements.tests.machines import a_machine
from tocsin.announcements.tests.readers import a_reader, a_word, go_live, tell
from tocsin.announcements.tests.readers import readers as some_readers
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access, Audience
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.post import claims
from tocsin.post.handover import CHUNK

pytestmark = pytest.mark.django_db

PASSWORD = "nine lanterns at the quay"
ANNA = "anna@reader.example"


def closed(page: Brand, access: Access, *, minute: float = 1, password: str = PASSWORD) -> None:
    told = password if access == Access.PASSWORD else ""
    audiences.change_access(page.audience_id, access, password=told, by=TERMINAL, at=later(minute))


def comes_in(page: Brand, address: str = SAM, *, minute: float) -> None:
    """Somebody who stands behind the door signs up, and confirms by mail."""
    told = audience.subscribe(page.id, address=address, at=later(minute))
    token = Subscription.objects.values_list("asking_token", flat=True).get(pk=told.id)
    audience.confirm(token or "", at=later(minute + 1))


@pytest.mark.parametrize("access", [Access.PASSWORD, Access.NAMED])
def test_readers_of_public_days_are_told_nothing_more(access: Access, server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    first = an_incident(page)
    tell(page, first.publication)
    closed(page, access)

    said = a_word(first, at=later(5))
    tell(page, said)

    assert server.recipients == [SAM]
    assert reach.count(reach.wanted(said)) == 0
    assert reach.shut_out(page.audience_id) == 1


@pytest.mark.parametrize("access", [Access.PASSWORD, Access.NAMED])
def test_a_pending_delivery_is_dropped_and_says_why(access: Access, server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    said = an_incident(page).publication
    go_live(page, said.number)
    ledger.announce(NOON)

    closed(page, access)
    ledger.deliver_due(later(2))

    (fate,) = progress.fates(said.id)
    assert (fate.fate, fate.reason) == ("skipped", SHUT)
    assert server.recipients == []


def test_who_is_shut_out_while_others_are_being_told_is_skipped() -> None:
    page = a_page()
    some_readers(page, 100)
    said = an_incident(page).publication
    go_live(page, said.number)
    ledger.announce(NOON)
    rows = claims.claim(delivering.MAILS, at=NOON, limit=500)
    turn = delivering.sorted_out(rows, NOON, ledger.limits())
    under_way = delivering.parcels(turn)

    next(under_way)  # the first chunk is being sent
    closed(page, Access.PASSWORD)
    sent = 1 + sum(1 for _ in under_way)

    assert (sent, len(turn.settled)) == (CHUNK, 100 - CHUNK)
    assert {ending.reason for ending in turn.settled} == {SHUT}


def test_a_machine_of_public_days_is_called_no_more(server: HostileSmtp, far: FarSide) -> None:
    page = a_page()
    a_machine(page, far.url())
    closed(page, Access.PASSWORD)

    said = an_incident(page, at=later(5)).publication

    assert tell(page, said) == 0
    assert reach.count(reach.wanted(said)) == 0


def test_named_readers_in_the_circle_go_on_hearing(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    a_reader(page, ANNA)
    closed(page, Access.NAMED)
    admissions.admit(page.audience_id, address=ANNA, by=TERMINAL, at=later(2))

    tell(page, an_incident(page, at=later(5)).publication)

    assert server.recipients == [ANNA]


def test_who_comes_in_by_the_password_and_confirms_hears_again(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    closed(page, Access.PASSWORD)
    comes_in(page, minute=2)

    tell(page, an_incident(page, at=later(5)).publication)

    assert server.recipients == [SAM]
    assert readers.count(page.id) == 1


def test_asking_for_somebody_behind_the_door_lets_nobody_in(server: HostileSmtp) -> None:
    page = a_page()
    sam = a_reader(page)
    closed(page, Access.PASSWORD)

    audience.subscribe(page.id, address=SAM, at=later(2))

    assert not reach.is_let_in(sam.id)


def test_a_link_of_public_days_does_not_let_in(server: HostileSmtp) -> None:
    page = a_page()
    told = audience.subscribe(page.id, address=SAM, at=NOON)
    asking_token = Subscription.objects.get(pk=told.id).asking_token
    closed(page, Access.PASSWORD)

    with pytest.raises(ShutOut):
        audience.confirm(asking_token or "", at=later(2))

    assert not reach.is_let_in(told.id)


def test_another_password_asks_everybody_again(server: HostileSmtp) -> None:
    page = a_page()
    closed(page, Access.PASSWORD)
    comes_in(page, minute=2)
    assert reach.shut_out(page.audience_id) == 0

    closed(page, Access.PASSWORD, minute=5, password="")
    assert reach.shut_out(page.audience_id) == 0

    closed(page, Access.PASSWORD, minute=6, password="another eleven lanterns")
    assert reach.shut_out(page.audience_id) == 1


def test_a_page_that_is_opened_again_tells_all_as_before(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    closed(page, Access.PASSWORD)
    closed(page, Access.PUBLIC, minute=2)

    tell(page, an_incident(page, at=later(5)).publication)

    assert server.recipients == [SAM]
    assert Audience.objects.get(pk=page.audience_id).locked_at is None


def test_an_operator_who_answers_for_them_lets_them_in() -> None:
    page = a_page()
    sam, anna = a_reader(page), a_reader(page, ANNA)
    closed(page, Access.PASSWORD)

    a_reader(page, at=later(2))
    rows = [{"email": ANNA, "consented_at": "2026-11-20"}]
    done = importing.import_rows(page.id, rows, by=TERMINAL, at=later(2))

    assert done.confirmed == 1
    assert reach.is_let_in(sam.id)
    assert reach.is_let_in(anna.id)

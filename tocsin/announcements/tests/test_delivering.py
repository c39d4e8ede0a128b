"""Each reader is told once, in order, and never too often; what fails keeps its reason."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import audience, calling, delivering, ledger, progress, readers
from tocsin.announcements.models import Delivery
from tocsin.announcements.progress import Counts
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import a_reader, a_word, go_live, mails, tell, text_of
from tocsin.announcements.tests.readers import readers as some_readers
from tocsin.catalogue.shelf import Brand
from tocsin.journal import chain
from tocsin.post import claims
from tocsin.statements.models import Publication as Rows
from tocsin.statements.published import Publication
from tocsin.statements.word import Spoken

pytestmark = pytest.mark.django_db


def counts() -> Counts:
    return progress.counts()


def test_everybody_is_told_once_and_the_receipt_is_kept(server: HostileSmtp) -> None:
    page = a_page()
    some_readers(page, 60)
    said = an_incident(page).publication

    assert tell(page, said) == 60

    assert counts() == Counts(delivered=60)
    assert len(set(server.recipients)) == len(server.recipients) == 60
    assert ledger.deliver_due(later(60)) == 0
    done = progress.progress_of(said.id)
    assert (done.state, done.counts.total) == ("told", 60)
    assert done.first_told_at is not None
    assert done.took is not None
    fates = progress.fates(said.id, limit=5)
    assert len(fates) == 5
    assert fates[0].fate == "delivered"
    assert "queued as 17" in fates[0].receipt


def test_without_a_relay_mail_lands_in_the_outbox(outbox: Path) -> None:
    page = a_page()
    a_reader(page)

    tell(page, an_incident(page).publication)

    (path,) = outbox.iterdir()
    assert "We are looking into a problem with checkout." in path.read_text("utf-8")
    assert SAM in path.name


def test_the_ledger_holds_no_address(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.replies[("RCPT", SAM)] = f"550 5.1.1 <{SAM}>: user unknown"

    tell(page, an_incident(page).publication)

    row = Delivery.objects.get()
    assert not any("sam" in str(value) for value in vars(row).values())
    assert "user unknown" in row.reason


def test_a_busy_relay_is_tried_again_later(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.on_body[SAM] = ["451 4.3.0 busy"]
    said = an_incident(page).publication

    tell(page, said)

    assert counts() == Counts(retrying=1)
    row = Delivery.objects.get()
    assert row.next_at is not None
    assert NOON < row.next_at <= NOON + claims.FIRST_WAIT + timedelta(seconds=5)
    assert "busy" in row.reason
    assert ledger.deliver_due(later(1)) == 1
    assert counts() == Counts(delivered=1)
    assert server.recipients == [SAM]


def test_a_relay_that_is_down_loses_nobody(settings: Settings) -> None:
    with HostileSmtp() as gone:
        url = f"smtp://127.0.0.1:{gone.port}?timeout=1"
    settings.TOCSIN = replace(settings.TOCSIN, smtp_url=url)
    page = a_page()
    some_readers(page, 3)

    tell(page, an_incident(page).publication)

    assert counts() == Counts(retrying=3)
    assert "cannot be used" in Delivery.objects.all()[0].reason


def test_a_dead_address_is_given_up_with_its_reason_and_written_to_no_more(
    server: HostileSmtp,
) -> None:
    page = a_page()
    sam = a_reader(page)
    server.replies[("RCPT", SAM)] = "550 5.1.1 no such user"
    spoken = an_incident(page)

    tell(page, spoken.publication)

    assert counts() == Counts(given_up=1)
    (fate,) = progress.fates(spoken.publication.id, fate="given_up")
    assert (fate.address, fate.fate) == (SAM, "given_up")
    assert "no such user" in fate.reason
    found = readers.subscriber(sam.id)
    assert found is not None
    assert found.standing == Standing.BOUNCED
    tell(page, a_word(spoken, at=later(1)))
    assert Delivery.objects.count() == 1
    verbs = [entry.verb for entry in chain.read(("subscription", sam.id))]
    assert verbs[-1] == "announcements:subscription:bounced"


def test_trying_ends_after_so_many_times_and_keeps_the_last_reason(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.replies[("RCPT", SAM)] = "451 4.3.0 busy"
    tell(page, an_incident(page).publication)

    for turn in range(1, claims.MOST_ATTEMPTS + 5):
        ledger.deliver_due(NOON + turn * timedelta(minutes=1))
        Delivery.objects.filter(outcome="").update(next_at=NOON)

    row = Delivery.objects.get()
    assert (row.outcome, row.attempts) == ("given_up", claims.MOST_ATTEMPTS)
    assert "busy" in row.reason


def test_what_would_come_too_late_is_given_up(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    go_live(page, 1)
    an_incident(page)
    ledger.announce(NOON)

    ledger.deliver_due(NOON + timedelta(hours=6, minutes=1))

    assert Delivery.objects.get().reason == delivering.LATE
    assert not server.bodies


def test_what_comes_too_late_keeps_why_it_did_not_come_before(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.replies[("RCPT", SAM)] = "451 4.3.0 busy"
    tell(page, an_incident(page).publication)

    ledger.deliver_due(NOON + timedelta(hours=6, minutes=1))

    assert Delivery.objects.get().reason == f"{delivering.LATE} The relay said 451 4.3.0 busy"


def test_a_word_that_no_mail_can_carry_keeps_nobody_else_waiting(server: HostileSmtp) -> None:
    page = a_page()
    some_readers(page, 3)
    broken = an_incident(page)
    row = Rows.objects.get(pk=broken.publication.id)
    row.content["words"]["name"]["en"] = "x" * 2000
    Rows.objects.filter(pk=row.pk).update(content=row.content)
    go_live(page, 1)
    ledger.announce(NOON)

    tell(page, an_incident(page, component="sign-in", title="No way in", at=later(1)).publication)

    assert counts() == Counts(delivered=3, given_up=3)
    (fate, *_) = progress.fates(broken.publication.id)
    assert fate.reason.startswith(delivering.UNFIT)


def test_who_leaves_while_others_are_being_told_is_skipped(outbox: Path) -> None:
    page = a_page()
    everyone = some_readers(page, 60)
    said = an_incident(page).publication
    go_live(page, said.number)
    ledger.announce(NOON)
    rows = claims.claim(delivering.MAILS, at=NOON, limit=500)
    turn = delivering.sorted_out(rows, NOON, ledger.limits())
    under_way = delivering.parcels(turn)
    next(under_way)  # the first chunk is being sent

    last = next(reader for reader in everyone if reader.id == str(rows[-1].values[1]))
    audience.unsubscribe(last.token, at=NOON)

    assert len(list(under_way)) == 58
    assert [row.reason for row in turn.settled] == [delivering.LEFT]


def test_who_leaves_before_their_turn_is_skipped(server: HostileSmtp) -> None:
    page = a_page()
    sam = a_reader(page)
    an_incident(page)
    go_live(page, 1)
    ledger.announce(NOON)
    audience.unsubscribe(sam.token, at=later(1))

    ledger.deliver_due(later(1))

    assert counts() == Counts(skipped=1)
    assert Delivery.objects.get().reason == delivering.LEFT
    assert not server.bodies


def test_updates_of_one_incident_come_in_order(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.on_body[SAM] = ["451 4.3.0 busy"]
    spoken = an_incident(page)
    tell(page, spoken.publication)

    second = a_word(spoken, "Second.", at=NOON + timedelta(milliseconds=1))
    go_live(page, second.number)
    ledger.announce(second.published_at)
    ledger.deliver_due(second.published_at)
    assert not server.bodies

    while counts().delivered < 2:
        assert ledger.deliver_due(later(1))

    subjects = [text_of(mail) for mail in mails(server)]
    assert "We are looking into" in subjects[0]
    assert "Second." in subjects[1]


def test_news_brings_a_waiting_retry_forward(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    spoken = an_incident(page)
    go_live(page, 1)
    ledger.announce(NOON)
    Delivery.objects.update(next_at=later(30), attempts=5, reason="busy")

    tell(page, a_word(spoken, "Second.", at=later(2)))

    assert counts() == Counts(delivered=2)


def test_another_incident_is_not_held_up(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    an_incident(page)
    go_live(page, 1)
    ledger.announce(NOON)
    Delivery.objects.update(next_at=later(30), attempts=5)

    tell(page, an_incident(page, component="sign-in", title="No way in", at=later(1)).publication)

    assert counts() == Counts(delivered=1, retrying=1)


def test_a_dead_worker_s_deliveries_are_sent_by_the_next(server: HostileSmtp) -> None:
    page = a_page()
    some_readers(page, 5)
    an_incident(page)
    go_live(page, 1)
    ledger.announce(NOON)
    claims.claim(delivering.MAILS, at=NOON, limit=3)

    assert ledger.deliver_due(NOON) == 2
    assert ledger.deliver_due(NOON + claims.LEASE) == 3
    assert counts() == Counts(delivered=5)


def test_the_message_id_is_the_same_each_time(server: HostileSmtp) -> None:
    page = a_page()
    a_reader(page)
    server.on_body[SAM] = [None]
    seen: list[str] = []

    tell(page, an_incident(page).publication)
    ledger.deliver_due(later(1))

    seen = [mail["Message-ID"] for mail in mails(server)]
    assert len(seen) == 1
    row = Delivery.objects.get()
    assert seen[0].startswith(f"<{row.publication_id}.{row.about}.{row.subscription_id}@")


def many_words(page: Brand, count: int) -> list[Publication]:
    """Words about so many incidents, a second apart, each told at once."""
    said = []
    for number in range(count):
        at = NOON + timedelta(seconds=number)
        spoken = an_incident(page, title=f"Incident {number}", at=at)
        said.append(spoken.publication)
        tell(page, spoken.publication)
    return said


def capped(settings: Settings, most: int) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, mails_an_hour=most, breaker_ratio=1000.0)


def test_past_the_hourly_cap_a_reader_gets_one_digest(
    server: HostileSmtp, settings: Settings
) -> None:
    capped(settings, 3)
    page = a_page()
    a_reader(page)

    many_words(page, 6)
    assert counts() == Counts(delivered=3, withheld=3)
    assert len(server.bodies) == 3
    ledger.deliver_due(later(30))
    assert counts() == Counts(delivered=3, withheld=3)
    ledger.deliver_due(later(61))

    assert counts() == Counts(delivered=6)
    assert len(server.bodies) == 4
    digest = mails(server)[-1]
    assert digest["Subject"] == "Linden: 3 updates in one mail"
    words = text_of(digest)
    assert words.count("We are looking into a problem with checkout.") == 3
    with_others = Delivery.objects.filter(told_with__isnull=False)
    assert with_others.count() == 2


def test_what_is_gathered_counts_as_one_mail(server: HostileSmtp, settings: Settings) -> None:
    capped(settings, 2)
    page = a_page()
    a_reader(page)
    many_words(page, 5)
    ledger.deliver_due(later(61))
    assert len(server.bodies) == 3

    tell(page, an_incident(page, title="One more", at=later(62)).publication)

    assert len(server.bodies) == 4
    assert counts() == Counts(delivered=6)


def test_the_cap_is_the_mailbox_s_whatever_it_follows(
    server: HostileSmtp, settings: Settings
) -> None:
    capped(settings, 2)
    linden, oak = a_page(), a_page(name="Oak")
    a_reader(linden)
    a_reader(oak)
    many_words(linden, 2)

    tell(oak, an_incident(oak, at=later(1)).publication)

    assert counts() == Counts(delivered=2, withheld=1)


def test_withholding_is_not_trying(server: HostileSmtp, settings: Settings) -> None:
    capped(settings, 1)
    page = a_page()
    a_reader(page)

    many_words(page, 2)

    withheld = Delivery.objects.get(outcome="")
    assert (withheld.attempts, withheld.reason) == (0, delivering.WITHHELD)
    assert withheld.withheld_at is not None


def test_two_updates_of_one_incident_in_a_digest_come_newest_first(
    server: HostileSmtp, settings: Settings
) -> None:
    capped(settings, 1)
    page = a_page()
    a_reader(page)
    spoken: Spoken = an_incident(page)
    tell(page, spoken.publication)
    for number, words in enumerate(["Second.", "Third."], start=1):
        tell(page, a_word(spoken, words, at=later(number)))

    ledger.deliver_due(later(61))

    words = text_of(mails(server)[-1])
    assert words.index("Third.") < words.index("Second.")


@pytest.mark.parametrize(
    ("only", "index"),
    [
        (delivering.MAILS.only, "announcements_delivery_due"),
        (calling.CALLED, "announcements_call_due"),
    ],
)
def test_claiming_uses_the_index_of_what_is_due(only: str, index: str) -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN QUERY PLAN SELECT d.id FROM announcements_delivery d"
            " WHERE d.next_at IS NOT NULL AND d.next_at <= '2026'"
            f" AND {only} ORDER BY d.next_at, d.id LIMIT 500"
        )
        plan = " ".join(str(row) for row in cursor.fetchall())

    assert index in plan
    assert "announcements_thread" in plan
    assert "TEMP B-TREE" not in plan

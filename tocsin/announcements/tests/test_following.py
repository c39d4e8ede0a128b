"""Readers who follow one incident: told of it alone, once, and under their own address."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOON, SAM, a_page, an_incident, later
from tests.hostile_smtp import HostileSmtp
from tocsin.announcements import audience, importing, progress, reach, readers
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.announcements.models import Delivery, Subscription
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.announcements.tests.readers import a_reader, a_word, mails, tell, text_of
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.post import letters
from tocsin.statements.published import Publication
from tocsin.statements.word import Spoken

pytestmark = pytest.mark.django_db


def a_follower(
    page: Brand, spoken: Spoken, address: str = SAM, *, language: str = "en"
) -> Subscriber:
    """Somebody who hears of one incident alone."""
    return audience.subscribe(
        page.id,
        address=address,
        about=spoken.incident_id,
        choice=Choice(language=language),
        confirmed=True,
        by=TERMINAL,
        at=NOON,
    )


def told(said: Publication) -> list[str]:
    rows = Delivery.objects.filter(publication_id=said.id)
    return list(rows.values_list("subscription_id", flat=True))


def test_whoever_hears_it_as_a_reader_of_the_page_is_not_told_twice() -> None:
    page = a_page()
    spoken = an_incident(page)
    everything, paths = a_reader(page), a_reader(page, "bao@reader.example", components=("cart",))
    a_follower(page, spoken)
    also = a_follower(page, spoken, "bao@reader.example")

    said = a_word(spoken, at=later(5))
    tell(page, said)

    assert sorted(told(said)) == sorted([everything.id, also.id])
    assert paths.id not in told(said)


def test_whoever_left_the_page_goes_on_hearing_of_the_incident() -> None:
    page = a_page()
    spoken = an_incident(page)
    reader, follower = a_reader(page), a_follower(page, spoken)
    audience.unsubscribe(reader.token, at=later(1))

    said = a_word(spoken, at=later(5))
    tell(page, said)

    assert told(said) == [follower.id]


def test_whoever_left_the_incident_hears_of_the_page() -> None:
    page = a_page()
    spoken = an_incident(page)
    reader, follower = a_reader(page), a_follower(page, spoken)
    audience.unsubscribe(follower.token, at=later(1))

    said = a_word(spoken, at=later(5))
    tell(page, said)

    assert told(said) == [reader.id]
    known = readers.subscriber(follower.id)
    assert known
    assert known.standing == Standing.UNSUBSCRIBED


def test_a_reader_of_graver_things_alone_hears_of_what_they_follow() -> None:
    page = a_page()
    spoken = an_incident(page, state=State.DEGRADED)
    a_reader(page, severity="sev1")
    follower = a_follower(page, spoken)

    said = a_word(spoken, at=later(5))
    tell(page, said)

    assert told(said) == [follower.id]


def test_the_preview_counts_them_for_their_incident_and_for_no_other() -> None:
    page = a_page()
    spoken = an_incident(page)
    a_follower(page, spoken)

    def reached(incident_id: str) -> int:
        return progress.reach_of(
            page.id,
            page.audience_id,
            at=later(5),
            components=["checkout"],
            incident_id=incident_id,
        )

    assert reached(spoken.incident_id) == 1
    assert reached("another") == 0
    assert reached("") == 0
    assert reach.active(page.audience_id) == 0
    assert reach.active(page.audience_id, about=spoken.incident_id) == 1


def test_a_mail_says_why_it_came(server: HostileSmtp) -> None:
    page = a_page()
    spoken = an_incident(page)
    a_follower(page, spoken)
    a_follower(page, spoken, "bao@reader.example", language="fr")
    a_reader(page, "ann@reader.example")

    tell(page, a_word(spoken, at=later(5)))

    by_address = {mail["To"]: " ".join(text_of(mail).split()) for mail in mails(server)}
    assert "to tell you of this incident, and of no other" in by_address[SAM]
    assert "de cet incident, et d’aucun autre" in by_address["bao@reader.example"]
    assert "to tell you when something changes" in by_address["ann@reader.example"]
    for text in by_address.values():
        assert "/subscribe/unsubscribe/" in text


def test_the_question_names_the_incident(outbox: Path) -> None:
    page = a_page()
    spoken = an_incident(page)
    audience.subscribe(page.id, address=SAM, about=spoken.incident_id, at=NOON)

    letters.deliver_due(NOON)

    (path,) = outbox.iterdir()
    words = " ".join(path.read_text("utf-8").replace("=\n", "").split())
    assert "It is about one incident alone, to its end: Checkout is failing" in words


def test_only_what_was_told_there_can_be_followed_and_all_of_it() -> None:
    page, other = a_page(), a_page(name="Other")
    spoken = an_incident(page)

    with pytest.raises(CannotSubscribe, match="No incident"):
        audience.subscribe(other.id, address=SAM, about=spoken.incident_id, at=NOON)
    with pytest.raises(CannotSubscribe, match="all of it"):
        audience.subscribe(
            page.id,
            address=SAM,
            about=spoken.incident_id,
            choice=Choice(components=("checkout",)),
            at=NOON,
        )
    assert not Subscription.objects.exists()


def test_a_follower_chooses_their_language_and_stays_a_follower() -> None:
    page = a_page()
    spoken = an_incident(page)
    follower = a_follower(page, spoken)

    changed = audience.prefer(follower.token, Choice(language="fr"), at=later(1))

    assert (changed.language, changed.about) == ("fr", spoken.incident_id)
    with pytest.raises(CannotSubscribe):
        audience.prefer(follower.token, Choice(components=("cart",)), at=later(2))
    said = an_incident(page, component="cart", title="Carts are empty", at=later(3)).publication
    tell(page, said)
    assert told(said) == []


def test_a_sign_up_or_a_list_brings_a_follower_to_the_page_beside() -> None:
    page = a_page()
    follower = a_follower(page, an_incident(page))
    listed = {"email": SAM, "consented_at": "2026-11-01"}

    found = importing.import_rows(page.id, [listed], by=TERMINAL, at=NOON)
    audience.subscribe(page.id, address=SAM, at=NOON)

    assert found.confirmed == 1
    assert [one.about for one in readers.all_at(page.id, SAM)] == ["", follower.about]


def test_nobody_follows_one_incident_and_everything_in_one() -> None:
    page = a_page()
    follower = a_follower(page, an_incident(page))

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=follower.id).update(follows_all=True)


def test_an_address_that_is_never_confirmed_is_forgotten() -> None:
    page = a_page()
    spoken = an_incident(page)
    audience.subscribe(page.id, address=SAM, about=spoken.incident_id, at=NOON)

    assert audience.purge_unconfirmed(NOON + 2 * audience.UNCONFIRMED_FOR) == 1
    assert not Subscription.objects.exists()

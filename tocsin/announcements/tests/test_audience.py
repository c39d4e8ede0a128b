from datetime import timedelta
from pathlib import Path

import pytest

from tests.cast import NOON, SAM, a_page, eve, later, lea
from tocsin.announcements import audience, readers
from tocsin.announcements.audience import CannotSubscribe, Choice, UnknownLink
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import a_reader
from tocsin.catalogue import shelf
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note
from tocsin.people.access import NotAllowed
from tocsin.post import letters
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db


def asking_token() -> str:
    return Subscription.objects.get().asking_token or ""


def test_nobody_is_told_before_they_confirm() -> None:
    page = a_page()

    asked = audience.subscribe(page.id, address=SAM, at=NOON)

    assert asked.standing == Standing.UNCONFIRMED
    confirmed = audience.confirm(asking_token(), at=later(1))
    assert confirmed.standing == Standing.ACTIVE
    assert confirmed.subscribed_at == confirmed.consented_at == later(1)


def test_the_question_lands_in_the_mailbox_in_the_reader_s_language(outbox: Path) -> None:
    page = a_page()
    audience.subscribe(page.id, address=SAM, choice=Choice(language="fr"), at=NOON)

    letters.deliver_due(NOON)

    (path,) = outbox.iterdir()
    words = path.read_text("utf-8")
    assert f"/subscribe/confirm/{asking_token()}" in words
    assert "Somebody, probably you" not in words
    assert 'lang="fr"' in words


def test_asking_twice_sends_one_letter_and_later_another() -> None:
    page = a_page()
    for minutes in (0, 1, 2, 30):
        audience.subscribe(page.id, address=SAM, at=later(minutes))

    assert Subscription.objects.count() == 1
    assert Letter.objects.count() == 2


def test_a_known_reader_who_is_asked_for_again_is_written_to_and_left_as_they_are() -> None:
    page = a_page()
    sam = a_reader(page, components=("checkout",))

    audience.subscribe(page.id, address=" SAM@Reader.example", at=NOON)

    assert readers.subscriber(sam.id) == sam
    assert Letter.objects.get().key.startswith("known:")


def test_confirming_twice_changes_nothing_and_is_noted_once() -> None:
    page = a_page()
    audience.subscribe(page.id, address=SAM, at=NOON)
    token = asking_token()

    first, second = audience.confirm(token, at=later(1)), audience.confirm(token, at=later(2))

    assert first == second
    done = [entry.verb for entry in chain.read(("subscription", first.id))]
    assert done == [
        "announcements:subscription:asked",
        "announcements:subscription:confirmed",
    ]


@pytest.mark.parametrize("token", ["", "nobody's"])
def test_a_link_of_nobody_is_refused_in_a_sentence(token: str) -> None:
    for act in (audience.confirm, audience.unsubscribe):
        with pytest.raises(UnknownLink):
            act(token, at=NOON)
    with pytest.raises(UnknownLink):
        audience.prefer(token, Choice(), at=NOON)


def test_leaving_is_at_once_and_twice_is_once() -> None:
    page = a_page()
    sam = a_reader(page)

    first = audience.unsubscribe(sam.token, at=NOON)
    second = audience.unsubscribe(sam.token, at=later(1))

    assert first.standing == Standing.UNSUBSCRIBED
    assert second.unsubscribed_at == NOON


def test_an_old_confirmation_does_not_bring_back_who_has_left() -> None:
    page = a_page()
    audience.subscribe(page.id, address=SAM, at=NOON)
    token = asking_token()
    sam = audience.confirm(token, at=NOON)
    audience.unsubscribe(sam.token, at=later(1))

    with pytest.raises(UnknownLink):
        audience.confirm(token, at=later(2))


def test_who_has_left_may_ask_again() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.unsubscribe(sam.token, at=NOON)

    audience.subscribe(page.id, address=SAM, at=later(1))

    back = audience.confirm(asking_token(), at=later(2))
    assert (back.id, back.standing) == (sam.id, Standing.ACTIVE)
    assert back.subscribed_at == later(2)


def test_preferences_are_components_severity_and_language() -> None:
    page = a_page()
    sam = a_reader(page)

    changed = audience.prefer(sam.token, Choice(("checkout", "cart"), "sev2", "fr"), at=NOON)

    slugs = {node.id: node.slug for node in shelf.components_of(page.id)}
    assert [slugs[key] for key in changed.components] == ["checkout", "cart"]
    assert (changed.minimum_severity, changed.language) == ("sev2", "fr")


@pytest.mark.parametrize(
    ("address", "choice"),
    [
        ("sam", Choice()),
        ("sam@reader.example\r\nBcc: eve@evil.example", Choice()),
        (SAM, Choice(components=("nothing-like-it",))),
        (SAM, Choice(minimum_severity="sev9")),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(address: str, choice: Choice) -> None:
    page = a_page()

    with pytest.raises(CannotSubscribe) as refused:
        audience.subscribe(page.id, address=address, choice=choice, at=NOON)

    assert str(refused.value).endswith(".")
    assert not Subscription.objects.exists()
    assert not Letter.objects.exists()


def test_a_language_that_the_page_lacks_becomes_the_page_s_own() -> None:
    page = a_page(languages=("fr",))

    asked = audience.subscribe(page.id, address=SAM, choice=Choice(language="en"), at=NOON)

    assert asked.language == "fr"


def test_the_journal_holds_ids_and_never_an_address() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.prefer(sam.token, Choice(("checkout",)), at=NOON)
    audience.unsubscribe(sam.token, at=NOON)

    notes = Note.objects.filter(subject_kind="subscription")

    assert notes.count() == 4
    assert not any(SAM in str(vars(note)) for note in notes)
    assert notes.latest("id").actor_id == sam.id


def test_an_operator_needs_the_role_to_remove_a_reader() -> None:
    page = a_page()
    sam = a_reader(page)

    with pytest.raises(NotAllowed):
        audience.remove(sam.id, by=eve().actor, at=NOON)
    assert audience.remove(sam.id, by=lea().actor, at=NOON).standing == Standing.UNSUBSCRIBED


def test_a_reader_can_be_forgotten_and_the_chain_still_verifies() -> None:
    page = a_page()
    sam = a_reader(page)
    chain.seal(NOON)

    audience.forget(sam.id, by=TERMINAL, at=NOON)
    chain.seal(NOON)

    assert not Subscription.objects.filter(address__contains="sam").exists()
    assert readers.by_token(sam.token) is None
    assert not chain.verify().faults


def test_a_link_from_before_brings_nobody_forgotten_back() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.unsubscribe(sam.token, at=NOON)
    audience.subscribe(page.id, address=SAM, at=later(1))
    asked = Subscription.objects.get(pk=sam.id).asking_token

    audience.forget(sam.id, by=TERMINAL, at=later(2))

    with pytest.raises(UnknownLink):
        audience.confirm(asked or "", at=later(3))


def test_addresses_that_were_never_confirmed_are_forgotten() -> None:
    page = a_page()
    kept = a_reader(page, "olu@reader.example")
    audience.subscribe(page.id, address=SAM, choice=Choice(("checkout",)), at=NOON)

    assert audience.purge_unconfirmed(NOON + timedelta(days=6)) == 0
    assert audience.purge_unconfirmed(NOON + timedelta(days=8)) == 1

    assert [row.id for row in Subscription.objects.all()] == [kept.id]


def test_readers_are_listed_by_standing_and_by_part_of_their_address() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.subscribe(page.id, address="olu@reader.example", at=NOON)

    assert readers.subscribers(page.id, standing=Standing.ACTIVE) == [sam]
    assert readers.count(page.id, standing=Standing.UNCONFIRMED) == 1
    assert [found.address for found in readers.subscribers(page.id, matching="olu")] == [
        "olu@reader.example"
    ]


def test_one_address_follows_two_pages_apart() -> None:
    linden, oak = a_page(), a_page(name="Oak")
    sam = a_reader(linden)
    a_reader(oak)

    audience.unsubscribe(sam.token, at=NOON)

    assert readers.count(oak.id, standing=Standing.ACTIVE) == 1

"""`tocsin promise`: taken on, listed, turned and told of at the terminal."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tests.cast import NOON, a_page, an_incident, an_operator
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.followup import promises
from tocsin.followup.pledges import Pledge
from tocsin.followup.promises import Kept
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.statements.promised import Promised

pytestmark = pytest.mark.django_db
ENGLISH = (
    *("--do", "Alarm on refused cards", "--done-when", "a card refused twice rings the phone"),
    *("--owner", "head of payments"),
)
FRENCH = (
    *("--do-in", "fr", "Alerter quand une carte est refusée"),
    *("--done-when-in", "fr", "une carte refusée deux fois fait sonner le téléphone"),
    *("--owner-in", "fr", "responsable des paiements"),
)
WORDS = {
    "en": Promised("Alarm on refused cards", "the phone rings", "payments"),
    "fr": Promised("Alerter quand une carte est refusée", "le téléphone sonne", "paiements"),
    "de": Promised("Alarm bei abgelehnten Karten auslösen", "das Telefon klingelt", "Zahlungen"),
}
BY = ("--by", "2030-01-02")


def test_a_promise_is_made_in_two_languages_and_turned_to_its_end() -> None:
    incident_id = an_incident(a_page()).incident_id

    made = facts("promise", "add", incident_id, *ENGLISH, *FRENCH, *BY, "--public")

    key = made["id"]
    assert made["texts"]["fr"]["owner"] == "responsable des paiements"
    because = ("--because", "The bank is late.", "--because-in", "fr", "La banque est en retard.")
    assert facts("promise", "slip", key, "--by", "2030-03-01", *because)["due_before"] == [BY[1]]
    reworded = facts("promise", "reword", key, "--do-in", "fr", "Faire sonner le téléphone")
    assert reworded["texts"]["fr"]["action"] == "Faire sonner le téléphone"
    assert reworded["texts"]["en"]["action"] == "Alarm on refused cards"
    proof = ("--proof", "It rang.", "--proof-in", "fr", "Il a sonné.")
    assert facts("promise", "prove", key, *proof)["fate"] == "done"
    assert "proved" in tocsin("promise", "show", key).output


def a_promise(page: Brand, *, due_on: date) -> Kept:
    """One in each of the page's languages, made long before it is due."""
    incident_id = an_incident(page, component="sign-in").incident_id
    texts = {code: WORDS[code] for code in page.languages}
    pledge = Pledge(texts, due_on)
    return promises.promise(incident_id, pledge, by=TERMINAL, at=NOON - timedelta(days=5)).promise


@pytest.mark.parametrize(
    ("languages", "terminal", "told", "shown"),
    [
        (("de",), "en_GB.UTF-8", (), "Alarm bei abgelehnten Karten"),
        (("de", "fr"), "C.UTF-8", (), "Alarm bei abgelehnten Karten"),
        (("de", "fr"), "fr_FR.UTF-8", (), "Alerter quand une carte est refusée"),
        (("de", "fr"), "fr_FR.UTF-8", ("--lang", "de"), "Alarm bei abgelehnten Karten"),
        (("fr", "en"), "", (), "Alerter quand une carte est refusée"),
        (("fr", "en"), "en_US.UTF-8", (), "Alarm on refused cards"),
    ],
)
def test_it_is_listed_in_the_terminals_language_or_the_pages_first(
    languages: tuple[str, ...],
    terminal: str,
    told: tuple[str, ...],
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = a_promise(a_page(languages=languages), due_on=date(2030, 1, 2))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", terminal)

    assert shown in tocsin("promise", "list", *told).output
    assert shown in tocsin("promise", "show", kept.id, *told).output


@pytest.mark.parametrize(
    ("zone", "now", "stands"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 9, tzinfo=UTC), "open"),
        ("Pacific/Kiritimati", datetime(2026, 11, 23, 11, tzinfo=UTC), "late"),  # the 24th there
        ("Pacific/Pago_Pago", datetime(2026, 11, 24, 10, tzinfo=UTC), "open"),  # the 23rd there
        ("Pacific/Pago_Pago", datetime(2026, 11, 24, 12, tzinfo=UTC), "late"),
    ],
)
def test_it_is_late_once_its_day_has_passed_where_the_page_is_read(
    zone: str, now: datetime, stands: str
) -> None:
    page = a_page()
    shelf.change_page(page.id, time_zone=zone, by=TERMINAL, at=NOON)
    a_promise(page, due_on=date(2026, 11, 23))

    with time_machine.travel(now, tick=False):
        assert f" {stands} " in tocsin("promise", "list").output
        (told,) = facts("promise", "list")

    assert told["is_late"] is (stands == "late")


def test_whoever_is_reminded_sees_the_page_and_is_shown() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    kim = an_operator("Kim", Role.RESPONDER, page_id=page.id)
    eve = an_operator("Eve", Role.RESPONDER, page_id="b" * 12)

    made = facts("promise", "add", incident_id, *ENGLISH, *BY, "--keeper", kim.email)

    assert made["keeper"] == kim.email
    assert f"{kim.email} is reminded" in tocsin("promise", "show", made["id"]).output
    told = tocsin("promise", "add", incident_id, *ENGLISH, *BY, "--keeper", eve.email)
    assert told.exit_code == 1
    assert "sees this page" in told.output
    assert len(promises.of_incident(incident_id)) == 1

"""Whoever is asked for consent: a signed link, two buttons, one answer."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import a_page, an_incident, an_operator, later
from tocsin.catalogue.shelf import Brand
from tocsin.console.tests.ground import FREELY, came_in, nothing_written, say, text_of
from tocsin.console.tests.test_second import asked_of_all
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.post.models import Letter
from tocsin.statements import answers, asking_letters, policies, published

ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    page = a_page()
    policies.adopt(page.id, ASKS_LEGAL, by=TERMINAL, at=later(0))
    return page


@pytest.fixture
def lea(page: Brand) -> Operator:
    return an_operator("Lea", Role.LEGAL)


@pytest.fixture
def link(page: Brand, lea: Operator) -> str:
    """The path in the mail that Lea got about Olu's word."""
    olu = came_in(an_operator("Olu", Role.RESPONDER))
    told = say(olu, an_incident(page).incident_id, FREELY)
    assert told.status_code == 302, text_of(told)
    return path_in_mail_to(lea)


def path_in_mail_to(operator: Operator) -> str:
    letter = Letter.objects.get(to=operator.email)
    found = re.search(r"/console/answer/[^\s)>]+", letter.text)
    assert found
    return found.group()


def numbers(page: Brand) -> int:
    return published.last_number(page.audience_id)


def test_opening_the_link_shows_the_words_and_changes_nothing(page: Brand, link: str) -> None:
    with nothing_written():
        shown = text_of(Client().get(link))

    assert "We are looking at the gateway." in shown
    assert 'value="grant"' in shown
    assert 'value="send_back"' in shown
    assert numbers(page) == 1


def test_the_first_button_publishes_and_answers_once(page: Brand, link: str) -> None:
    done = Client().post(link, {"do": "grant"})
    again = Client().post(link, {"do": "send_back", "reason": "No."})

    assert done.status_code == 200
    assert numbers(page) == 2
    assert again.status_code == 409
    assert numbers(page) == 2


def test_the_second_button_wants_a_reason(page: Brand, link: str) -> None:
    bare = Client().post(link, {"do": "send_back", "reason": " "})
    told = Client().post(link, {"do": "send_back", "reason": "Name no cause yet."})

    assert bare.status_code == 422
    assert told.status_code == 200
    assert numbers(page) == 1
    assert answers.waiting() == []


def test_whoever_lost_the_role_holds_a_dead_link(page: Brand, lea: Operator, link: str) -> None:
    access.revoke(lea, by=TERMINAL, at=later(3))

    assert Client().post(link, {"do": "grant"}).status_code in (403, 404)
    assert numbers(page) == 1


@pytest.mark.parametrize("token", ["nothing", "WzEsIjEiXQ:1:abc"])
def test_a_link_that_nobody_signed_opens_nothing(page: Brand, token: str) -> None:
    assert Client().get(f"/console/answer/{token}").status_code == 404


def test_what_waits_is_on_a_screen_with_a_way_to_answer(
    page: Brand, lea: Operator, link: str
) -> None:
    theirs = text_of(came_in(lea).get("/console/waiting"))

    assert "Checkout is failing" in theirs
    assert "/console/answer/" in theirs


def test_whoever_is_asked_sees_all_that_readers_would_and_what_is_risky(
    page: Brand, lea: Operator
) -> None:
    olu = came_in(an_operator("Olu", Role.RESPONDER))
    risky = {**FREELY, "body.en": "We are liable for your orders.", "who.en": "Card payers"}
    assert say(olu, an_incident(page).incident_id, risky).status_code == 302

    shown = text_of(Client().get(path_in_mail_to(lea)))

    assert "Card payers" in shown
    assert "<mark>We are liable</mark>" in shown
    assert "<ins>" in shown


def test_the_desk_shows_what_waits_and_the_policy_whom_it_asks(
    page: Brand, lea: Operator, link: str
) -> None:
    theirs = came_in(lea)

    assert "/console/answer/" in text_of(theirs.get("/console/"))
    policy = text_of(theirs.get("/console/policy"))
    assert "the holding statement goes out by itself" in policy


def test_only_whoever_may_publish_is_offered_to_take_it_back(page: Brand, link: str) -> None:
    looks_on = came_in(an_operator("Rita", Role.READER))
    other = came_in(an_operator("Kim", Role.RESPONDER))

    assert "/withdraw" not in text_of(looks_on.get("/console/waiting"))
    assert "/withdraw" in text_of(other.get("/console/waiting"))


@pytest.fixture
def rooms_link(page: Brand, lea: Operator, settings: Any) -> str:
    """The path in the operators' room about Olu's word."""
    room = ("slack", "https://hooks.slack.com/services/T0/B0/secret")
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=room)
    olu = came_in(an_operator("Olu", Role.RESPONDER))
    assert say(olu, an_incident(page).incident_id, FREELY).status_code == 302
    found = re.search(r"/console/answer/[\w:.-]+", Letter.objects.get(channel="slack").text)
    assert found
    return found.group()


def test_a_link_in_the_room_answers_for_nobody_who_has_not_signed_in(
    page: Brand, rooms_link: str
) -> None:
    with nothing_written():
        looked = Client().get(rooms_link)
        pressed = Client().post(rooms_link, {"do": "grant"})

    assert looked.status_code == pressed.status_code == 302
    assert looked["Location"].startswith("/console/sign-in?next=/console/answer/")
    assert numbers(page) == 1


def test_a_link_in_the_room_shows_whoever_holds_the_role_two_buttons(
    page: Brand, lea: Operator, rooms_link: str
) -> None:
    theirs = came_in(lea)

    with nothing_written():
        shown = text_of(theirs.get(rooms_link))
    done = theirs.post(rooms_link, {"do": "grant"})

    assert 'value="grant"' in shown
    assert 'value="send_back"' in shown
    assert done.status_code == 200
    assert numbers(page) == 2
    assert theirs.post(rooms_link, {"do": "grant"}).status_code == 409


@pytest.mark.parametrize("name", ["Olu", "Rita"])
def test_a_link_in_the_room_gives_neither_the_author_nor_others_a_say(
    page: Brand, rooms_link: str, name: str
) -> None:
    an_operator("Rita", Role.READER)
    theirs = came_in(Operator.objects.get(name=name))

    looked, pressed = theirs.get(rooms_link), theirs.post(rooms_link, {"do": "grant"})

    assert looked.status_code == pressed.status_code == 403
    assert "We are looking at the gateway." not in text_of(looked)
    assert numbers(page) == 1


def test_a_link_in_the_room_is_for_those_who_have_come_in_all_the_way(
    page: Brand, lea: Operator, rooms_link: str
) -> None:
    asked_of_all(lea)

    looked = came_in(lea).post(rooms_link, {"do": "grant"})

    assert (looked.status_code, looked["Location"]) == (302, reverse("console:factors"))
    assert numbers(page) == 1


def test_letters_spell_out_the_addresses_of_the_screens() -> None:
    assert asking_letters.ANSWER.format("a-token") == reverse("console:answer", args=["a-token"])
    assert asking_letters.SAY.format("inc1") == reverse("console:say", args=["inc1"])

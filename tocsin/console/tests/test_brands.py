"""The look of a page, who may read it, and whom an incident is for: at the operators' door."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import NOON, SAM, a_page, ada, an_incident, an_operator, lea, olu
from tocsin.announcements import admissions
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tests.test_logos import HEAD, a_png
from tocsin.console.tests.ground import came_in, text_of
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.statements import circles, published

pytestmark = pytest.mark.django_db

LOOK, AUDIENCES = "/console/page/look", "/console/audiences"


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def owner(page: Brand) -> Client:
    return came_in(ada())


def acme(page: Brand) -> Brand:
    return circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=NOON)


def test_a_look_is_put_on_and_shown_again(owner: Client) -> None:
    logo = SimpleUploadedFile("oak.svg", f"{HEAD}<script/></svg>".encode())
    told = {"light.accent": "#0a5cff", "css": "h1 { margin: 0 }", "logo.light": logo}

    answer = owner.post(LOOK, told, follow=True)

    look = shelf.brand("linden").look
    assert "Left out of the logo" in text_of(answer)
    assert look.colours("light") == {"accent": "#0a5cff"}
    assert look.logo is not None
    assert 'value="#0a5cff"' in text_of(owner.get(LOOK))
    owner.post(LOOK, {"bare.light": "on", "css": ""})
    assert shelf.brand("linden").look.logo is None


@pytest.mark.parametrize(
    "told",
    [
        {"light.ink": "#eeeeee"},
        {"light.ink": "black"},
        {"css": "@import 'https://evil.example';"},
        {"css": "</style>"},
        {"logo.light": SimpleUploadedFile("x.png", b"GIF89a")},
        {"logo.dark": SimpleUploadedFile("x.png", a_png() * 5000)},
    ],
)
def test_what_cannot_be_worn_is_a_form_to_mend(owner: Client, told: dict[str, Any]) -> None:
    answer = owner.post(LOOK, told)

    assert answer.status_code == 422
    assert shelf.brand("linden").look.logo is None
    assert shelf.brand("linden").look.css == ""


def test_a_circle_with_a_long_past_shows_how_far_it_is(
    page: Brand, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circles, "WAITED_FOR", 1)
    monkeypatch.setattr(circles, "AT_ONCE", 1)
    an_incident(page)
    an_incident(page, component="sign-in")

    opened = owner.post(f"{AUDIENCES}/open", {"name": "Acme", "access": "named"}, follow=True)
    while circles.join_due(NOON):
        pass

    assert "Acme is brought what everyone was told." in text_of(opened)
    assert "1 of 2 words that everyone was told are brought along" in text_of(opened)
    assert "It is being opened" not in text_of(owner.get(AUDIENCES))
    assert len(shelf.audiences_of(page.id)) == 2


def test_a_circle_is_opened_filled_and_emptied(page: Brand, owner: Client) -> None:
    opened = owner.post(f"{AUDIENCES}/open", {"name": "Acme", "access": "named"}, follow=True)
    circle = shelf.audience(page.id, "acme")
    owner.post(f"{AUDIENCES}/{circle.audience_id}/admit", {"email": SAM})
    (guest,) = admissions.guests_of(circle.audience_id)

    shown = text_of(owner.get(AUDIENCES))
    owner.post(f"/console/admissions/{guest.id}/expel")

    assert "Acme" in text_of(opened)
    assert SAM in shown
    assert admissions.guests_of(circle.audience_id) == []


def test_who_may_read_is_changed(page: Brand, owner: Client) -> None:
    path = f"{AUDIENCES}/{page.audience_id}/access"

    short = owner.post(path, {"access": "password", "password": "short"})
    owner.post(path, {"access": "password", "password": "nine lanterns at the quay"})

    assert short.status_code == 422
    assert shelf.brand(page.id).access == Access.PASSWORD


def test_an_incident_is_declared_for_a_circle(page: Brand, owner: Client) -> None:
    circle = acme(page)
    (checkout,) = (node.id for node in shelf.components_of(page.id) if node.slug == "checkout")
    form = {
        "components": checkout,
        "state": "major_outage",
        "title": "Orders are late",
        "audience": circle.audience_id,
        "do": "publish",
    }

    assert "Acme alone" in text_of(owner.get("/console/declare"))
    answer = owner.post("/console/declare", form, follow=True)

    (known,) = declaration.open_incidents(page.id)
    assert answer.status_code == 200
    assert known.audience_id == circle.audience_id
    assert published.last_number(page.audience_id) == 0
    assert "/for/acme/" in text_of(owner.get(f"/console/incidents/{known.id}"))


def test_a_role_on_one_page_reaches_nothing_of_another(page: Brand) -> None:
    oak = a_page(name="Oak")
    circle = acme(oak)
    guest = admissions.admit(circle.audience_id, address=SAM, by=TERMINAL, at=NOON)
    eve = came_in(an_operator("Owen", Role.OWNER, page_id=page.id))

    answers = [
        eve.get(f"{LOOK}?page=oak"),
        eve.post(LOOK, {"page": "oak", "css": "h1{}"}),
        eve.get(f"{AUDIENCES}?page=oak"),
        eve.post(f"{AUDIENCES}/open", {"page": "oak", "name": "Mine", "access": "named"}),
        eve.post(f"{AUDIENCES}/{oak.audience_id}/access", {"access": "named"}),
        eve.post(f"{AUDIENCES}/{circle.audience_id}/admit", {"email": "eve@evil.example"}),
        eve.post(f"/console/admissions/{guest.id}/expel"),
        eve.post("/console/declare", {"page": "linden", "audience": circle.audience_id}),
        eve.post("/console/page", {"page": "oak", "name": "Mine", "languages": "en"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert not any("Acme" in text_of(answer) or SAM in text_of(answer) for answer in answers)
    assert len(shelf.audiences_of(oak.id)) == 2
    assert shelf.brand(oak.id).name == "Oak"


def test_a_page_s_owner_takes_no_domain_from_another(page: Brand) -> None:
    owen = came_in(an_operator("Owen", Role.OWNER, page_id=page.id))

    answer = owen.post(
        "/console/page",
        {"name": "Linden", "languages": "en", "time_zone": "Etc/UTC", "domain": "oak.example"},
    )

    assert answer.status_code == 403
    assert shelf.brand(page.id).domain == ""


@pytest.mark.parametrize(("who", "statuses"), [(olu, {403}), (lea, {403})])
def test_looks_and_circles_are_an_owner_s(page: Brand, who: Any, statuses: set[int]) -> None:
    somebody = came_in(who())

    answers = [
        somebody.get(LOOK),
        somebody.post(LOOK, {"css": ""}),
        somebody.post(f"{AUDIENCES}/open", {"name": "Mine", "access": "named"}),
    ]

    assert {answer.status_code for answer in answers} == statuses

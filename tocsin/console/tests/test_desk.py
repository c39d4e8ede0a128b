import pytest
import time_machine
from django.test import Client

from tests.cast import NOON, SAM, a_page, ada, an_incident, an_operator, eve, later, olu
from tocsin.announcements import audience
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import DESK, HTMX, came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.statements import publication

pytestmark = pytest.mark.django_db


def test_everything_open_stands_on_one_screen_with_the_word_it_owes() -> None:
    page = a_page()
    an_incident(page)
    an_incident(page, component="sign-in", title="Sign-in is slow", state=State.DEGRADED)

    shown = text_of(came_in(olu()).get(DESK))

    assert "2 incidents are open" in shown
    assert "Checkout is failing" in shown
    assert "Sign-in is slow" in shown
    assert "in 17 minutes" in shown
    assert f'data-due="{int(later(20).timestamp())}"' in shown


def test_an_overdue_word_is_told_in_words() -> None:
    an_incident(a_page())
    client = came_in(olu())

    with time_machine.travel(later(33), tick=False):
        shown = text_of(client.get(DESK))

    assert "overdue by 13 minutes" in shown


def test_when_all_is_well_the_desk_says_so() -> None:
    a_page()

    shown = text_of(came_in(olu()).get(DESK))

    assert "All is well" in shown
    assert "no word is owed" in shown


def test_mail_that_reaches_nobody_is_said_plainly() -> None:
    a_page()

    assert "No mail server is configured" in text_of(came_in(olu()).get(DESK))


def test_a_state_changed_without_words_is_a_debt_on_the_desk() -> None:
    page = a_page()
    publication.publish_state(page.id, {"cart": State.DEGRADED}, by=TERMINAL, at=NOON)

    shown = text_of(came_in(olu()).get(DESK))

    assert "Changed without words" in shown
    assert "Cart" in shown


def test_the_desk_renews_itself_without_its_frame() -> None:
    an_incident(a_page())

    shown = text_of(came_in(olu()).get(DESK, headers=HTMX))

    assert "Checkout is failing" in shown
    assert "<html" not in shown


def test_eve_sees_nothing() -> None:
    page = a_page()
    spoken = an_incident(page)
    client = came_in(eve())

    for path in (DESK, f"/console/incidents/{spoken.incident_id}", "/console/subscribers"):
        response = client.get(path)
        assert response.status_code == 403
        assert "Checkout" not in text_of(response)


def test_a_role_on_one_page_shows_nothing_of_another() -> None:
    linden = a_page()
    other = shelf.open_page(name="Willow", by=TERMINAL, at=NOON)
    spoken = an_incident(linden)
    client = came_in(an_operator("Wim", Role.INCIDENT_LEAD, page_id=other.id))

    assert "Checkout is failing" not in text_of(client.get(DESK))
    assert client.get(f"/console/incidents/{spoken.incident_id}").status_code == 403
    assert (
        client.get(f"/console/publications/{spoken.publication.id}/deliveries").status_code == 404
    )
    assert client.get("/console/components?page=linden").status_code == 404


def test_looking_changes_nothing() -> None:
    page = a_page()
    spoken = an_incident(page)
    audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)
    node = shelf.components_of(page.id).find("cart")
    assert node is not None
    client = came_in(ada())
    incident = f"/console/incidents/{spoken.incident_id}"
    paths = (
        *(DESK, "/console/declare", incident, f"{incident}/say", "/console/components"),
        *(f"{incident}/say?phase={phase}" for phase in ("identified", "monitoring", "resolved")),
        f"/console/components/{node.id}",
        f"/console/publications/{spoken.publication.id}/deliveries",
        *("/console/subscribers?q=sam", "/console/people", "/console/journal", "/console/page"),
    )

    with nothing_written():
        answers = {path: client.get(path).status_code for path in paths}

    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize(
    "path",
    [
        "incidents/nosuchthing0",
        "incidents/nosuchthing0/say",
        "incidents/%00",
        "publications/nosuchthing0/deliveries",
        "components/nosuchthing0",
        "declare?page=nowhere",
        "no/such/place",
    ],
)
def test_what_is_not_there_is_said_in_words(path: str) -> None:
    a_page()

    response = came_in(ada()).get(f"/console/{path}")

    assert response.status_code == 404
    assert "Not here" in text_of(response)


@pytest.mark.parametrize(
    "path",
    [
        "incidents/nosuchthing0/moment",
        "incidents/nosuchthing0/fact",
        "announcements/nosuchthing0/release",
        "announcements/nosuchthing0/drop",
        "components/nosuchthing0/state",
        "components/nosuchthing0/retire",
        "subscribers/nosuchthing0/remove",
        "people/nosuchthing0/revoke",
        "people/nosuchthing0/link",
    ],
)
def test_acts_on_what_is_not_there_write_nothing(path: str) -> None:
    a_page()
    client = came_in(ada())

    with nothing_written():
        assert client.get(f"/console/{path}").status_code == 405
        assert client.post(f"/console/{path}").status_code == 404


def test_no_screen_needs_what_the_policy_forbids(client: Client) -> None:
    page = a_page()
    spoken = an_incident(page)
    signed_in = came_in(ada())

    for path in (DESK, "/console/declare", f"/console/incidents/{spoken.incident_id}/say"):
        response = signed_in.get(path)
        shown = text_of(response)
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert " style=" not in shown
        assert " onclick=" not in shown
        assert "<style" not in shown
        assert "no-store" in response["Cache-Control"]


def test_a_request_that_is_far_too_large_is_refused_in_words() -> None:
    a_page()
    client = came_in(ada())
    client.raise_request_exception = False

    with nothing_written():
        response = client.post("/console/declare", {"title": "x" * 2_000_000})

    assert response.status_code == 400
    assert "too large or malformed" in text_of(response)

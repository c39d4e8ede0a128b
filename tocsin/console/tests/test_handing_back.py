"""A session that ends, or a factor asked from now on, loses no word that somebody was writing."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOON, a_page, an_incident, olu
from tests.passkeys import Passkey
from tocsin.console import handing_back
from tocsin.console.tests.ground import FREELY, HTMX, PASSWORD, nothing_written, say, text_of
from tocsin.console.tests.test_second import HERE, OWN, asked_of_all, by_password, freshly_in
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.statements import published

# Drawn for whoever is still at the door, and for whoever sent it; a language is no word.
OUTSIDE = {
    *("join.html", "new_link.html", "sign_in.html", "second.html"),
    *("handed_back.html", "languages.html"),
}
pytestmark = pytest.mark.django_db
OLD = {"csrfmiddlewaretoken": "a" * 64}  # of before somebody came in
WORD = {**FREELY, "body.en": "We are looking\n<b>at the gateway</b> & what it says."}


class Fields(HTMLParser):
    """{name: value} of a form's texts and hidden fields, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self.open = named["name"]
            self.told[self.open] = ""
        elif tag == "input" and "name" in named:
            self.told[named["name"]] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.told[self.open] = self.told[self.open].removeprefix("\n")
            self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.told[self.open] += data


def given_back(response: Any) -> dict[str, str]:
    told = Fields(text_of(response)).told
    told.pop("csrfmiddlewaretoken", None)
    return told


def invited(name: str = "Olu") -> Operator:
    email = f"{name.lower()}@linden.example"
    token = access.invite(email=email, name=name, role=Role.RESPONDER, by=TERMINAL, at=NOON)
    return access.join(token, password=PASSWORD, at=NOON)


def with_a_passkey_added(client: Client) -> None:
    passkey = Passkey(HERE)
    options = client.post(f"{OWN}/passkey/begin").json()
    client.post(f"{OWN}/passkey", {"credential": json.dumps(passkey.made(options))})


def test_a_grace_that_ends_in_mid_sentence_hands_the_word_back_and_takes_it_later() -> None:
    page, operator = a_page(), olu()
    incident_id = an_incident(page).incident_id
    client = freshly_in(operator)
    asked_of_all(operator)

    with nothing_written():
        response = say(client, incident_id, WORD)
    with_a_passkey_added(client)
    done = client.post(f"/console/incidents/{incident_id}/say", given_back(response))

    assert response.status_code == 403
    assert "A second factor is asked of you from now on" in text_of(response)
    assert given_back(response) == {**WORD, "do": "publish"}
    assert done.status_code == 302
    story = published.story(page.audience_id, incident_id)
    assert story is not None
    assert story.words.layers["en"].body == WORD["body.en"]


def test_as_somebody_types_the_form_stays_and_a_notice_comes_beside_it() -> None:
    page, operator = a_page(), olu()
    incident_id = an_incident(page).incident_id
    client = freshly_in(operator)
    asked_of_all(operator)

    response = client.post(f"/console/incidents/{incident_id}/say", WORD, headers=HTMX)

    assert response["HX-Retarget"] == "#handed-back"
    assert "HX-Redirect" not in response
    assert "What you typed stays here" in text_of(response)
    assert "gateway" not in text_of(response)


def test_a_session_that_ended_hands_the_word_back_to_be_sent_after_signing_in() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    operator = invited()
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    path = f"/console/incidents/{incident_id}/say"
    client.get("/console/sign-in")
    before = {"csrfmiddlewaretoken": client.cookies["tocsin_csrf"].value}

    signed_out = client.post(path, {**WORD, **before, "whose": operator.id, "do": "publish"})
    by_password(client, **before)  # as in another window: it makes a new token
    stale = client.post(path, {**given_back(signed_out), **before})
    after = {"csrfmiddlewaretoken": client.cookies["tocsin_csrf"].value}
    done = client.post(path, {**given_back(stale), **after})

    assert "You are no longer signed in" in text_of(signed_out)
    assert "You came in anew" in text_of(stale)
    assert done.status_code == 302
    assert published.story(page.audience_id, incident_id) is not None


def test_whoever_signs_in_next_neither_reads_nor_sends_what_another_wrote() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client, path = a_browser(), f"/console/incidents/{incident_id}/say"
    signed_out = written_and_signed_out(client, path, by=invited("Olu"))
    comes_in(client, invited("Kim"))

    with nothing_written():
        stale = client.post(path, given_back(signed_out) | OLD)
        fresh = client.post(path, given_back(signed_out) | token_of(client))
        aside = client.post(path, given_back(signed_out) | token_of(client), headers=HTMX)

    assert given_back(signed_out)["body.en"] == WORD["body.en"], "it is in front of whoever typed"
    for response in (stale, fresh):
        assert response.status_code == 403
        assert "Somebody else wrote this" in text_of(response)
        assert "gateway" not in text_of(response)
    assert "Only they can send it" in text_of(aside)


def test_whoever_wrote_it_sends_it_though_somebody_else_was_signed_in_between() -> None:
    page = a_page()
    incident_id = an_incident(page).incident_id
    client, path, author = a_browser(), f"/console/incidents/{incident_id}/say", invited("Olu")
    signed_out = written_and_signed_out(client, path, by=author)
    comes_in(client, invited("Kim"))
    goes(client)
    comes_in(client, author)

    stale = client.post(path, given_back(signed_out) | OLD)
    done = client.post(path, given_back(stale) | token_of(client))

    assert "You came in anew" in text_of(stale)
    assert done.status_code == 302
    story = published.story(page.audience_id, incident_id)
    assert story is not None
    assert story.words.layers["en"].body == WORD["body.en"]


def test_what_does_not_say_whose_it_is_is_handed_to_nobody_who_is_signed_in() -> None:
    incident_id = an_incident(a_page()).incident_id
    client = a_browser()
    comes_in(client, invited())

    response = client.post(f"/console/incidents/{incident_id}/say", WORD | OLD)

    assert response.status_code == 403
    assert "gateway" not in text_of(response)
    assert "no longer valid" in text_of(response)


def test_every_form_of_a_screen_says_for_whom_it_is_drawn() -> None:
    """Django's own tag does not: where a form is drawn for somebody, ours takes its place."""
    folder = Path(handing_back.__file__).parent / "templates"
    forgotten = {
        one.name
        for one in folder.rglob("*.html")
        if "{% csrf_token %}" in (text := one.read_text())
        and not re.search(r"{% load [^%]*\bconsole\b", text)
    }

    assert forgotten == OUTSIDE


def a_browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})


def comes_in(client: Client, operator: Operator) -> None:
    client.get("/console/sign-in")
    told = {"email": operator.email, "password": PASSWORD, **token_of(client)}
    assert client.post("/console/sign-in", told).status_code == 302


def goes(client: Client) -> None:
    assert client.post("/console/sign-out", token_of(client)).status_code == 302


def written_and_signed_out(client: Client, path: str, *, by: Operator) -> Any:
    """What somebody is handed back who typed a word, and sent it after their session ended."""
    comes_in(client, by)
    whose = Fields(text_of(client.get(path))).told["whose"]
    goes(client)
    return client.post(path, {**WORD, **token_of(client), "whose": whose, "do": "publish"})


def token_of(client: Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.cookies["tocsin_csrf"].value}


@pytest.mark.parametrize("origin", ["https://eve.example", "null", ""])
def test_what_another_site_sent_is_not_handed_back_to_be_sent(origin: str) -> None:
    operator = olu()
    client = Client(enforce_csrf_checks=True, headers={"Origin": origin} if origin else {})
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post("/console/declare", {"title": "Eve was here"})

    assert response.status_code == 403
    assert "Eve was here" not in text_of(response)


def test_a_password_is_never_handed_back() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})

    response = client.post("/console/sign-in", {"email": "olu@linden.example", "password": "pw-1"})

    assert response.status_code == 403
    assert "pw-1" not in text_of(response)


@pytest.mark.parametrize("path", ["/console/hooks", "/console/incidents/none/redact"])
def test_what_a_hook_signs_with_or_is_taken_out_of_words_is_never_handed_back(path: str) -> None:
    response = Client().post(path, {"name": "Prometheus", "secret": "s3cret-of-ours"})

    assert response.status_code in (302, 404)
    assert "s3cret-of-ours" not in text_of(response)


def test_every_field_that_hides_what_is_typed_is_one_of_the_secrets() -> None:
    folder = Path(handing_back.__file__).parent / "templates"
    hidden = re.compile(r'<input (?=[^>]*type="password")[^>]*name="(\w+)"')
    names = {name for one in folder.rglob("*.html") for name in hidden.findall(one.read_text())}

    assert {"password", "again", "secret"} <= names <= handing_back.SECRETS

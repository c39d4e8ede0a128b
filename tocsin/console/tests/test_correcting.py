"""Correcting and redacting in the console: look first, then publish; a GET changes nothing."""

import re
from pathlib import Path

import pytest

from tests import cast
from tests.cast import NOON
from tocsin.catalogue.models import Access
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.people import sessions
from tocsin.statements import circles, published, word
from tocsin.statements.values import Layer

pytestmark = pytest.mark.django_db

SECRET = "hunter2-zurich"
TOLD = {
    "en": Layer("Cards are refused", f"One customer in ten is affected. {SECRET}"),
    "fr": Layer("Les cartes sont refusées", "Un client sur dix est touché."),
}


def told() -> str:
    return word.declare(
        cast.a_page().id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        layers=TOLD,
        by=TERMINAL,
        at=NOON,
    ).incident_id


def story(incident: str) -> published.Story:
    found = published.story(declaration.known_of(incident).audience_id, incident)
    assert found
    return found


def typed(incident: str, **more: str) -> dict[str, str]:
    said = {
        "based_on": "1",
        "severity": "sev1",
        "headline.en": "Cards are refused",
        "body.en": f"One customer in three is affected. {SECRET}",
        "headline.fr": "Les cartes sont refusées",
        "body.fr": "Un client sur dix est touché.",
    }
    return said | more


def test_a_lead_finds_the_way_from_the_word_and_a_responder_does_not() -> None:
    incident = told()

    lea = text_of(came_in(cast.lea()).get(f"/console/incidents/{incident}"))
    olu = text_of(came_in(cast.olu()).get(f"/console/incidents/{incident}"))

    assert f"/console/incidents/{incident}/correct/1" in lea
    assert f"/console/incidents/{incident}/redact" in lea
    assert "/correct/1" not in olu
    assert came_in(cast.eve()).get(f"/console/incidents/{incident}/correct/1").status_code == 403


def test_looking_first_shows_the_difference_and_that_no_mail_goes() -> None:
    incident, client = told(), came_in(cast.lea())
    path = f"/console/incidents/{incident}/correct/1"

    with nothing_written():
        assert client.get(path).status_code == 200
        shown = text_of(client.post(path, {**typed(incident), "do": "preview"}))

    assert "Correction to our update of" in shown
    assert "<del>ten</del>" in shown
    assert "<ins>three</ins>" in shown
    assert "No mail goes" in shown


def test_a_graver_correction_says_who_hears_of_it() -> None:
    incident, client = told(), came_in(cast.lea())

    shown = text_of(
        client.post(
            f"/console/incidents/{incident}/correct/1",
            {**typed(incident, severity="sev2"), "do": "preview"},
        )
    )

    assert "0 readers hear of it" in shown


def test_publishing_corrects_the_word() -> None:
    incident, client = told(), came_in(cast.lea())

    answer = client.post(
        f"/console/incidents/{incident}/correct/1", {**typed(incident), "do": "publish"}
    )

    assert answer.status_code == 302
    now = story(incident)
    assert now.latest.is_correction
    assert now.words.layers["en"].body == f"One customer in three is affected. {SECRET}"
    assert now.words.layers["fr"] == TOLD["fr"]


def test_what_changes_nothing_is_refused_in_words() -> None:
    incident, client = told(), came_in(cast.lea())
    same = typed(incident, **{"body.en": TOLD["en"].body})

    answer = client.post(f"/console/incidents/{incident}/correct/1", {**same, "do": "publish"})

    assert answer.status_code == 422
    assert "Nothing would differ from no. 1" in text_of(answer)


def test_a_secret_is_looked_for_first_and_then_taken_out() -> None:
    incident, client = told(), came_in(cast.lea())
    path = f"/console/incidents/{incident}/redact"
    form = {"secret": SECRET, "reason.en": "A password stood here.", "reason.fr": ""}

    with nothing_written():
        shown = text_of(client.post(path, {**form, "do": "look"}))
    assert "no. 1" in shown
    answer = client.post(path, {**form, "do": "redact"})

    assert answer.status_code == 302
    words = story(incident).words
    assert words.layers["en"].body == "One customer in ten is affected. (removed)"
    assert client.post(path, {**form, "do": "redact"}).status_code == 422


def test_what_a_circle_alone_was_told_is_found_and_taken_out() -> None:
    everyone = told()
    page = declaration.known_of(everyone).page_id
    circles.open_circle(page, name="Partners", access=Access.NAMED, by=TERMINAL, at=NOON)
    word.declare(
        page,
        title="The partner API is failing",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("The partner API is failing", "The key is 9f3a-orchid.")},
        audience="partners",
        by=TERMINAL,
        at=NOON,
    )
    path = f"/console/incidents/{everyone}/redact"
    form = {"secret": "9f3a-orchid", "reason.en": "A key stood here.", "reason.fr": ""}
    client = came_in(cast.lea())

    shown = text_of(client.post(path, {**form, "do": "look"}))

    assert "no. 2 for Partners" in shown
    assert "Take it out for good" in shown
    assert client.post(path, {**form, "do": "redact"}).status_code == 302


def test_files_that_hold_it_still_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    incident, client = told(), came_in(cast.lea())
    monkeypatch.setattr("tocsin.page.site.holding", lambda *_: [Path("/srv/linden/index.html")])
    form = {"secret": SECRET, "reason.en": "A password stood here.", "do": "redact"}

    answer = client.post(f"/console/incidents/{incident}/redact", form, follow=True)

    assert "file of the page holds that text still: /srv/linden/index.html" in text_of(answer)


def test_who_is_signed_in_stays_so_whatever_is_taken_out() -> None:
    lea = cast.lea()
    client = came_in(lea)

    sessions.take_out(re.compile(lea.id))

    assert client.get("/console/people").status_code != 302
    assert "_auth_user_id" in client.session


def test_a_responder_may_not_take_words_out() -> None:
    incident = told()

    answer = came_in(cast.olu()).post(
        f"/console/incidents/{incident}/redact", {"secret": SECRET, "do": "redact"}
    )

    assert answer.status_code == 403

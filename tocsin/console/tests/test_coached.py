"""The coach beside the composer: as it is typed, without a script, and let pass with a reason."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOON, a_page, an_incident, eve, olu
from tocsin.catalogue import shelf
from tocsin.console.tests.ground import FREELY, HTMX, WHOLE, came_in, nothing_written, say, text_of
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.statements import coaching, manners, policies

pytestmark = pytest.mark.django_db

GLITCH = {**FREELY, "body.en": "A glitch at the gateway, <b>since</b> noon. We look into it."}
WAVED = "en-min-09:glitch"


def a_night() -> tuple[str, Client]:
    return an_incident(a_page()).incident_id, came_in(olu())


def test_a_phrase_is_marked_as_it_is_typed_with_a_reason_and_a_way_out() -> None:
    incident_id, client = a_night()

    with nothing_written():
        shown = text_of(client.post(f"/console/incidents/{incident_id}/say", GLITCH, headers=HTMX))

    assert "A careful reader would say" in shown
    marked = "A <mark>glitch</mark> at the gateway, &lt;b&gt;since&lt;/b&gt;"
    assert f'<blockquote lang="en">{marked}' in shown  # without the headline, which is apart
    assert "It makes the harm smaller" in shown
    assert "&#x27;Problem&#x27;, &#x27;failure&#x27;, or what the customer saw." in shown
    assert "What can they do meanwhile?" in shown


def test_without_a_script_the_preview_says_it_too() -> None:
    incident_id, client = a_night()

    shown = text_of(say(client, incident_id, GLITCH, do="preview"))

    assert "<mark>glitch</mark>" in shown
    assert f'value="wave:{WAVED}"' in shown


def test_what_is_let_stand_is_kept_in_the_journal_and_not_said_again() -> None:
    incident_id, client = a_night()
    reason = "It is what the machine calls it"

    shown = text_of(
        say(client, incident_id, {**GLITCH, f"wave.{WAVED}": reason}, do=f"wave:{WAVED}")
    )

    assert "<mark>glitch</mark>" not in shown
    assert "A glitch at the gateway" in shown  # what was typed is still in the form
    note = chain.read(("incident", incident_id))[-1]
    assert (note.verb, note.by) == (coaching.WAVED, "Olu")
    assert note.detail == {"entry": "en-min-09", "phrase": "glitch", "reason": reason}
    other = an_incident(a_page(name="Other")).incident_id
    assert coaching.waved(other) == frozenset()


def test_nothing_is_let_stand_without_a_reason() -> None:
    incident_id, client = a_night()

    with nothing_written():
        response = say(client, incident_id, {**GLITCH, f"wave.{WAVED}": " "}, do=f"wave:{WAVED}")

    assert response.status_code == 422
    assert "Say in a sentence why the phrase may stand" in text_of(response)
    assert "<mark>glitch</mark>" in text_of(response)


def test_whoever_may_not_draft_lets_nothing_stand() -> None:
    incident_id, _client = a_night()
    hers = came_in(eve())

    with nothing_written():
        response = say(hers, incident_id, {**GLITCH, f"wave.{WAVED}": "why"}, do=f"wave:{WAVED}")

    assert response.status_code in (403, 404)


def test_the_coach_keeps_nobody_from_publishing() -> None:
    incident_id, client = a_night()

    response = say(client, incident_id, GLITCH)

    assert response.status_code == 302


def test_the_filled_template_has_nothing_that_should_not_go_out() -> None:
    incident_id, client = a_night()

    shown = text_of(client.post(f"/console/incidents/{incident_id}/say", WHOLE, headers=HTMX))

    assert "Should not go out so" not in shown
    assert "Have somebody else read this" not in shown
    assert '<li class="block">' not in shown  # nothing that must not be missing


def test_an_apology_is_counted_once_no_blank_stands_open_beside_whose_words_it_is() -> None:
    incident_id, client = a_night()
    told = {**FREELY, "phase": "resolved", "body.en": "We are sorry: [What we are sorry for]."}
    path = f"/console/incidents/{incident_id}/say"

    open_still = text_of(client.post(path, told, headers=HTMX))
    filled = text_of(
        client.post(path, {**told, "body.en": "We are sorry: you could not pay."}, headers=HTMX)
    )

    assert "Readers will ask" in open_still
    assert "<h3>English</h3>" in open_still, "the page speaks French too"
    assert "The apology has" not in open_still
    assert "The apology has" in filled


def test_it_speaks_the_operators_language_around_the_words() -> None:
    incident_id, client = a_night()
    client.post("/console/language", {"language": "fr", "next": "/console/"})
    french = {**FREELY, "speak.en": "", "speak.fr": "on", "headline.fr": "Paiement refusé"}

    shown = text_of(
        client.post(
            f"/console/incidents/{incident_id}/say",
            {**french, "body.fr": "La panne vient d’une erreur humaine."},
            headers=HTMX,
        )
    )

    assert "Ce qu’en dirait une lectrice attentive" in shown
    assert "<mark>erreur humaine</mark>" in shown
    assert "On vous demandera" in shown


def test_a_pages_own_entries_and_its_readers_are_heard_while_it_is_typed() -> None:
    own = (
        "readers: internal\nlexicons:\n  - lexicon: en\n    entries:\n"
        '      - {id: linden-emp-01, lvl: warn, m: ["the gateway"], fix: "Name what fails."}\n'
        "      - {id: en-min-09, lvl: off}\n"
    )
    incident_id, client = a_night()
    manners.adopt(shelf.pages()[0].id, own, by=TERMINAL, at=NOON)

    shown = text_of(client.post(f"/console/incidents/{incident_id}/say", GLITCH, headers=HTMX))

    assert "<mark>the gateway</mark>" in shown
    assert "Name what fails." in shown
    assert "<mark>glitch</mark>" not in shown


def test_how_far_words_may_go_is_the_policys() -> None:
    """Owning up is free as usual, and somebody else's to read where a page keeps to the facts."""
    owning = {**FREELY, "body.en": "We take responsibility for this."}
    incident_id, client = a_night()
    path = f"/console/incidents/{incident_id}/say"
    before = text_of(client.post(path, owning, headers=HTMX))

    text = "clearance:\n  sev1: {register: facts_only}\n"
    policies.adopt(shelf.pages()[0].id, text, by=TERMINAL, at=NOON)
    after = text_of(client.post(path, owning, headers=HTMX))

    assert "Have somebody else read this" not in before
    assert "Have somebody else read this" in after


def test_a_cause_that_is_only_suspected_may_not_stand_there_as_a_fact() -> None:
    incident_id, client = a_night()
    told = {**FREELY, "phase": "identified", "certainty": "suspected", "posture": "design"}
    told["body.en"] = "The gateway refuses cards. It was caused by a lost route."
    asked = "The cause is not verified"

    suspected = text_of(say(client, incident_id, told, do="preview"))
    verified = text_of(say(client, incident_id, {**told, "certainty": "verified"}, do="preview"))

    assert asked in suspected
    assert asked not in verified


def test_what_it_comes_from_says_what_else_readers_will_ask() -> None:
    incident_id, client = a_night()
    over = {**FREELY, "phase": "resolved", "until": "12:02", "certainty": "verified"}
    fallback = "What do you fall back on?"

    theirs = text_of(say(client, incident_id, {**over, "posture": "supplier"}, do="preview"))
    ours = text_of(say(client, incident_id, {**over, "posture": "change"}, do="preview"))

    assert fallback in theirs
    assert fallback not in ours


def test_what_is_nobodys_wording_is_not_marked(settings: Any) -> None:
    inside = replace(settings.TOCSIN, base_url="https://status.corp.internal")
    settings.TOCSIN = inside
    incident_id, client = a_night()
    over = {**WHOLE, "phase": "resolved", "way": "T-07", "until": "12:02"}

    shown = text_of(say(client, incident_id, over, do="preview"))

    assert "[Ce dont nous nous excusons]" in shown
    assert "https://status.corp.internal/incidents/" in shown
    assert "<mark>nous nous excusons</mark>" not in shown
    assert "<mark>https://status.corp.internal" not in shown
    assert "<mark>status.corp.internal" not in shown

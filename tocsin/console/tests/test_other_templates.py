"""The composer's less usual templates: each where it belongs, and none with a blank left empty."""

import html
import re

import pytest
from django.test import Client

from tests.cast import a_page, an_incident, olu
from tocsin.catalogue.shelf import Brand
from tocsin.console.tests.ground import HTMX, WHOLE, came_in, say, text_of
from tocsin.incidents import declaration
from tocsin.statements import published
from tocsin.statements.published import Layer

pytestmark = pytest.mark.django_db

NOTICE = {
    **WHOLE,
    "way": "T-10",
    "kind": "security",
    "one_line.en": "access to e-mail addresses by an outsider",
    "fact_verified.en": "somebody read the customer list with a stolen key",
    "noticed_on": "2026-11-23",
    "containment.en": "closed that access",
    "contained_at": "11:40",
    "data_types.en": "names and e-mail addresses",
    "not_affected.en": "passwords",
    "evidence.en": "they are kept in another system, whose log shows no access",
    "customer_action.en": "Be wary of mails that ask for your password",
    "action_sentence.en": "We are replacing every key.",
    "notified_bodies.en": "the data protection authority",
    "unknowns.en": "Whether the list was copied",
    "contact": "help@linden.example",
}
del NOTICE["speak.fr"]


def newest(page: Brand, incident_id: str) -> Layer:
    story = published.story(page.audience_id, incident_id)
    assert story is not None
    return story.words.layers["en"]


def a_night() -> tuple[Brand, str, Client]:
    page = a_page()
    return page, an_incident(page).incident_id, came_in(olu())


def test_a_security_notice_carries_its_day_and_is_offered_to_such_incidents_alone() -> None:
    page, incident_id, client = a_night()
    button = 'value="way:T-10"'

    before = text_of(say(client, incident_id, WHOLE, do="preview"))
    path = f"/console/incidents/{incident_id}/say"
    typed = text_of(client.post(path, {**WHOLE, "kind": "security"}, headers=HTMX))
    response = say(client, incident_id, NOTICE)

    assert button not in before
    assert button in typed, "it is offered as soon as the kind says so"
    assert response.status_code == 302, text_of(response)
    layer = newest(page, incident_id)
    assert layer.headline == (
        "Security notice of 23 November 2026: access to e-mail addresses by an outsider"
    )
    assert "On 23 November 2026, somebody read the customer list with a stolen key." in layer.body
    assert declaration.known_of(incident_id).is_security


def test_a_security_notice_is_not_published_while_a_blank_is_empty() -> None:
    page, incident_id, client = a_night()

    shown = text_of(say(client, incident_id, {**NOTICE, "unknowns.en": " "}))
    undated = text_of(say(client, incident_id, {**NOTICE, "since": ""}))

    assert "Still to be filled in English: “What you do not know yet”." in html.unescape(shown)
    assert "Still to be filled in English: “The day it began”." in html.unescape(undated)
    assert re.search(r'id="f-since"[^>]* aria-required="true"', undated)
    assert "Security notice" not in newest(page, incident_id).headline


@pytest.mark.parametrize(
    ("phase", "ways"),
    [
        ("investigating", ("T-02", "T-04", "T-13", "T-11", "free")),
        ("identified", ("T-03", "T-04", "T-13", "T-11", "free")),
        ("monitoring", ("T-05", "T-14", "T-11", "free")),
        ("resolved", ("T-07", "free")),
    ],
)
def test_each_phase_offers_the_templates_that_suit_it(phase: str, ways: tuple[str, ...]) -> None:
    _page, incident_id, client = a_night()

    shown = text_of(client.get(f"/console/incidents/{incident_id}/say?phase={phase}"))

    assert tuple(re.findall(r'value="way:([\w-]+)"', shown)) == ways


def test_lost_data_is_told_with_how_sure_we_are_of_its_cause_even_early() -> None:
    page, incident_id, client = a_night()
    lost = {
        **WHOLE,
        "way": "T-11",
        "certainty": "unknown",
        "data_fate": "lost",
        "data_types.en": "orders",
        "harmed_from": "11:00",
        "harmed_until": "11:30",
        "how_many.en": "about 1,200 orders",
        "list_url": "https://linden.example/orders",
        "recoverable.en": "Most of them",
        "restore_plan.en": "We restore them from the copy of 11:15 UTC by tonight",
        "harmful_action.en": "enter these orders again",
        "spare_until": "2026-11-24",
        "customer_action.en": "Keep your own receipts",
        "backup_fact.en": "are from 11:15 UTC and whole",
        "contact": "help@linden.example",
    }
    del lost["speak.fr"]

    response = say(client, incident_id, lost)

    assert response.status_code == 302, text_of(response)
    layer = newest(page, incident_id)
    assert layer.headline == "Some orders written between 11:00 UTC and 11:30 UTC were lost"
    assert "*Why.* We do not know yet, and are still looking. Our copies are from" in layer.body


def posture_of(shown: str) -> list[str]:
    choice = re.search(r'<select[^>]* name="posture".*?</select>', shown, re.DOTALL)
    assert choice is not None
    return re.findall(r'value="(\w+)" selected', choice[0])


def test_a_template_that_says_where_it_comes_from_is_not_contradicted_below() -> None:
    _page, incident_id, client = a_night()
    form = {**WHOLE, "posture": "unknown"}

    supplier = text_of(say(client, incident_id, form, do="way:T-13"))
    onward = {**form, "way": "T-13", "posture": "supplier"}
    back = text_of(say(client, incident_id, onward, do="way:T-02"))
    chosen = text_of(say(client, incident_id, {**form, "posture": "attack"}, do="way:T-13"))
    path = f"/console/incidents/{incident_id}/say?phase=monitoring&way=T-14"
    yours = text_of(client.get(path))

    assert posture_of(supplier) == ["supplier"]
    assert posture_of(back) == ["unknown"]
    assert posture_of(chosen) == ["attack"]
    assert posture_of(yours) == ["yours"]


def test_a_headline_whose_blanks_are_open_is_not_called_too_long() -> None:
    _page, incident_id, client = a_night()
    path = f"/console/incidents/{incident_id}/say"
    form = {**WHOLE, "way": "T-11"}

    opened = html.unescape(text_of(client.post(path, form, headers=HTMX)))
    long = {"data_fate": "lost", "harmed_from": "11:00", "harmed_until": "11:30"}
    long |= {"data_types.en": "orders " * 12, "data_types.fr": "commandes"}
    filled = html.unescape(text_of(client.post(path, {**form, **long}, headers=HTMX)))

    assert "Still to be filled in English: “Which data”" in opened
    assert "90 is the most" not in opened
    assert "The headline (English) was made by the template and has" in filled

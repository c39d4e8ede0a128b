from typing import Any

import pytest

from tests.cast import NOON, SAM, a_page, later, olu
from tocsin.announcements import audience
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import HTMX, came_in, nothing_written, text_of
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import published

pytestmark = pytest.mark.django_db
DECLARE = "/console/declare"


def form(page: Brand, *slugs: str, **more: str) -> dict[str, Any]:
    tree = shelf.components_of(page.id)
    nodes = [tree.find(slug) for slug in slugs]
    chosen = [node.id for node in nodes if node]
    return {"components": chosen, "state": "major_outage", "once": "abc", "do": "publish", **more}


def test_three_choices_publish_the_holding_statement_in_every_language() -> None:
    page, client = a_page(), came_in(olu())

    response = client.post(DECLARE, form(page, "checkout", title="Nobody can pay"))

    (known,) = declaration.open_incidents(page.id)
    story = published.story(page.audience_id, known.id)
    assert response["Location"] == f"/console/incidents/{known.id}"
    assert story is not None
    assert story.phase == Phase.HOLDING
    assert set(story.words.layers) == {"en", "fr"}
    assert story.words.name["en"] == "Nobody can pay"
    assert story.words.next_word_at == later(23)
    shown = text_of(client.get(response["Location"]))
    assert "Published as no. 1. The next word is owed by 12:23 UTC." in shown


def test_the_exact_words_are_shown_before_they_go_out() -> None:
    page, client = a_page(), came_in(olu())
    audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)

    with nothing_written():
        shown = text_of(client.post(DECLARE, form(page, "checkout", do="preview"), headers=HTMX))
        client.post(DECLARE, form(page, "checkout", do="publish"), headers=HTMX)

    assert "We are looking into a problem with checkout." in shown
    assert "Nous examinons un problème concernant le paiement." in shown
    assert "12:23 UTC" in shown
    assert "<b>1</b> subscriber will be told." in shown
    assert 'data-value="Checkout is failing"' in shown


def test_a_name_left_empty_is_the_suggested_one() -> None:
    page, client = a_page(), came_in(olu())

    client.post(DECLARE, form(page, "checkout", state="degraded_performance"))

    (known,) = declaration.open_incidents(page.id)
    assert known.title == "Checkout is slow"
    assert known.severity == "sev3"


def test_a_group_stands_for_all_below_it() -> None:
    page, client = a_page(), came_in(olu())

    client.post(DECLARE, form(page, "shop"))

    (known,) = declaration.open_incidents(page.id)
    assert list(known.impacts.values()) == [State.MAJOR, State.MAJOR]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"components": []}, "one component is enough"),
        ({"components": ["nosuchthing0"]}, "no longer on this page"),
        ({"state": "on fire"}, "slow, partly failing or down"),
        ({"severity": "sev9"}, "Choose a severity"),
        ({"started": "25:61"}, "cannot be read as a time"),
        ({"started": "yesterday"}, "cannot be read as a time"),
        ({"started": "12:00", "zone": "Mars/Olympus"}, "is no time zone"),
        ({"started": "2026-11-24 12:00"}, "still to come"),
        ({"next_at": "2026-11-23 09:00"}, "has passed already"),
        ({"title": "x" * 300}, "255 is the most"),
        ({"headline.en": "Only a headline"}, "The body (English) is empty"),
        ({"title": "a\x00b"}, "cannot be shown"),
    ],
)
def test_what_cannot_be_declared_is_refused_in_words_and_nothing_is_lost(
    more: dict[str, Any], sentence: str
) -> None:
    page, client = a_page(), came_in(olu())
    told = {**form(page, "checkout", title="Nobody can pay"), **more}

    with nothing_written():
        response = client.post(DECLARE, told)

    assert response.status_code == 422
    assert sentence in text_of(response)
    if "\x00" not in told["title"]:
        assert told["title"] in text_of(response)


def test_the_same_form_sent_twice_declares_once() -> None:
    page, client = a_page(), came_in(olu())

    first = client.post(DECLARE, form(page, "checkout"))
    second = client.post(DECLARE, form(page, "checkout"))

    assert first["Location"] == second["Location"]
    assert len(declaration.open_incidents(page.id)) == 1


def test_words_of_ones_own_replace_the_holding_statement() -> None:
    page, client = a_page(), came_in(olu())
    words = {"headline.en": "Nobody can pay", "body.en": "Cards are refused since noon."}

    client.post(DECLARE, form(page, "checkout", **words))

    (known,) = declaration.open_incidents(page.id)
    story = published.story(page.audience_id, known.id)
    assert story is not None
    assert story.phase == Phase.INVESTIGATING
    assert list(story.words.layers) == ["en"]


def test_an_incident_can_be_declared_backdated_and_without_telling_anybody() -> None:
    page, client = a_page(), came_in(olu())

    told = form(page, "checkout", started="12:40", zone="Europe/Paris", quietly="on")
    client.post(DECLARE, told)

    (known,) = declaration.open_incidents(page.id)
    story = published.story(page.audience_id, known.id)
    assert known.moments["started"] == later(-20)
    zones = {zone for _, _, zone, *_ in declaration.moment_history(known.id)}
    assert zones == {"Europe/Paris"}, "as they were told"
    assert story is not None
    assert not story.latest.announces


def test_an_incident_may_be_about_security_from_the_start() -> None:
    page, client = a_page(), came_in(olu())

    client.post(DECLARE, form(page, "checkout", kind="security"))

    (known,) = declaration.open_incidents(page.id)
    assert known.is_security
    assert "data or access" in text_of(client.get(f"/console/incidents/{known.id}"))


def test_markup_in_a_name_is_inert() -> None:
    page, client = a_page(), came_in(olu())
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'

    location = client.post(DECLARE, form(page, "checkout", title=hostile))["Location"]

    for path in ("/console/", location, f"{location}/say"):
        shown = text_of(client.get(path))
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert "&lt;script&gt;alert(1)" in shown


def test_nobody_is_counted_before_a_component_is_chosen() -> None:
    a_page()

    shown = text_of(came_in(olu()).get(DECLARE))

    assert "will be told" not in shown

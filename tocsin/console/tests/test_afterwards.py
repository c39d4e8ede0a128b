from typing import Any

import pytest

from tests.cast import NOON, SAM, a_page, eve, later, olu
from tocsin.announcements import audience
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import DESK, HTMX, came_in, nothing_written, text_of
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.statements import published

pytestmark = pytest.mark.django_db
AFTERWARDS = "/console/declare/afterwards"


def form(page: Brand, *slugs: str, **more: str) -> dict[str, Any]:
    tree = shelf.components_of(page.id)
    nodes = [tree.find(slug) for slug in slugs]
    return {
        "components": [node.id for node in nodes if node],
        "state": "partial_outage",
        "started": "11:00",
        "ended": "11:40",
        "body.en": "About one payment in five was refused.",
        "body.fr": "Environ un paiement sur cinq a été refusé.",
        "once": "abc",
        "do": "publish",
        **more,
    }


def test_one_form_tells_of_what_is_over_and_owns_up_to_its_coming_late() -> None:
    page, client = a_page(), came_in(olu())

    response = client.post(AFTERWARDS, form(page, "checkout"))

    (known,) = declaration.recent_incidents(page.id, limit=5)
    story = published.story(page.audience_id, known.id)
    assert response["Location"] == f"/console/incidents/{known.id}"
    assert story is not None
    assert story.is_retrospective
    assert not known.is_open
    assert known.title == "Checkout was partly failing"
    assert (story.words.since, story.words.until) == (later(-60), later(-20))
    assert story.words.retrospective is not None
    assert list(story.words.retrospective.impacts.values()) == [State.PARTIAL]
    assert "we did not tell you at the time" in story.words.layers["en"].body
    assert story.words.layers["en"].body.endswith("About one payment in five was refused.")
    shown = text_of(client.get(response["Location"]))
    assert "Told afterwards, as no. 1. No further word is owed." in shown
    assert "· told afterwards ·" in shown


def test_the_exact_words_are_shown_before_they_go_out() -> None:
    page, client = a_page(), came_in(olu())
    audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)

    with nothing_written():
        told = text_of(client.post(AFTERWARDS, form(page, "checkout"), headers=HTMX))
        bare = {"body.en": "", "body.fr": ""}
        begun = text_of(client.post(AFTERWARDS, form(page, "checkout", **bare), headers=HTMX))

    assert "<html" not in told
    assert "About one payment in five was refused." in told
    assert "<b>1</b> subscriber will be told." in told
    for shown in (told, begun):
        assert "checkout was affected and we did not tell you then" in shown
        assert "11:00 UTC" in shown
        assert "11:40 UTC" in shown


def test_the_same_form_sent_twice_tells_once() -> None:
    page, client = a_page(), came_in(olu())

    first = client.post(AFTERWARDS, form(page, "checkout"))
    second = client.post(AFTERWARDS, form(page, "checkout"))

    assert first["Location"] == second["Location"]
    assert published.last_number(page.audience_id) == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"components": []}, "one component is enough"),
        ({"started": ""}, "when it began and when it ended"),
        ({"ended": ""}, "when it began and when it ended"),
        ({"ended": "10:40"}, "ended before it began"),
        ({"ended": "25:61"}, "cannot be read as a time"),
        ({"ended": "2026-11-24 12:00"}, "not over yet"),
        ({"body.en": "", "body.fr": ""}, "what readers are to know"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words_and_nothing_is_lost(
    more: dict[str, Any], sentence: str
) -> None:
    page, client = a_page(), came_in(olu())
    told = {**form(page, "checkout", title="Payments were refused"), **more}

    with nothing_written():
        response = client.post(AFTERWARDS, told)

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "Payments were refused" in text_of(response)


def test_the_way_to_it_starts_on_the_desk_and_in_the_declaration() -> None:
    a_page()
    client = came_in(olu())

    for path in (DESK, "/console/declare"):
        assert f'href="{AFTERWARDS}"' in text_of(client.get(path))


def test_it_speaks_french() -> None:
    a_page()
    client = came_in(olu())
    client.post("/console/language", {"language": "fr"})

    assert "Le signaler après coup" in text_of(client.get(AFTERWARDS))


def test_whoever_may_not_declare_may_not_tell_afterwards() -> None:
    page, client = a_page(), came_in(eve())

    with nothing_written():
        assert client.post(AFTERWARDS, form(page, "checkout")).status_code == 403

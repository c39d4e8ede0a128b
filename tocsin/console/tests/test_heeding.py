"""What became of the coach's marks is kept once a word is let go: what was changed, what stood."""

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.cast import a_page, an_incident, olu
from tocsin.cli.main import main
from tocsin.console.tests.ground import FREELY, HTMX, came_in, nothing_written, say, text_of
from tocsin.journal import chain
from tocsin.statements import coaching

pytestmark = pytest.mark.django_db

GLITCH = {**FREELY, "body.en": "A glitch at the gateway, since noon. We look into it shortly."}
MENDED = {**FREELY, "body.en": "Cards fail at the gateway since noon. We look into it shortly."}


def a_night() -> tuple[str, str, Client]:
    page = a_page()
    return page.id, an_incident(page).incident_id, came_in(olu())


def typed(client: Client, incident: str, form: dict[str, str]) -> str:
    """What the form hands back after a preview: the marks that were shown so far."""
    shown = text_of(client.post(f"/console/incidents/{incident}/say", form, headers=HTMX))
    found = re.search(r'name="marked" value="([^"]*)"', shown)
    assert found
    return unescape(found[1])


def notes(incident: str) -> list[dict[str, object]]:
    return [one.detail for one in chain.acts(coaching.HEEDED, ("incident", incident))]


def test_what_was_mended_and_what_was_let_stand_is_kept_by_entry() -> None:
    page, incident, client = a_night()
    with nothing_written():
        first = typed(client, incident, GLITCH)
        both = typed(client, incident, {**MENDED, "marked": first})
    assert "en-min-09:glitch" in json.loads(both), "what was mended is not forgotten"
    assert notes(incident) == []

    assert say(client, incident, {**MENDED, "marked": both}).status_code == 302

    (told,) = notes(incident)
    assert told["acted_on"] == ["en-min-09"]
    assert "en-abs-07" in str(told["stood"])
    assert "glitch" not in str(told), "the journal keeps entries, and no phrase"
    heeded = {one.entry: one for one in coaching.heeded(page)}
    assert heeded["en-min-09"].precision == 1
    assert heeded["en-abs-07"].precision == 0


def test_what_was_waved_through_was_not_heeded() -> None:
    _page, incident, client = a_night()
    form = {**GLITCH, "marked": typed(client, incident, GLITCH)}
    key = "en-min-09:glitch"
    say(client, incident, {**form, f"wave.{key}": "The machine says so"}, do=f"wave:{key}")

    say(client, incident, form)

    (told,) = notes(incident)
    assert "en-min-09" in str(told["stood"])
    assert told["acted_on"] == []


def test_a_word_that_is_refused_heeded_nothing_yet() -> None:
    _page, incident, client = a_night()
    marked = typed(client, incident, GLITCH)

    assert say(client, incident, {**GLITCH, "headline.en": "", "marked": marked}).status_code == 422

    assert notes(incident) == []


@pytest.mark.parametrize(
    "marked",
    [
        *("", "[]", "{", "7", '[7, null, ["en-min-09:glitch"]]'),
        '["x:y", "en-zzz-01:y", "en-min-09"]',
        r'["a\u0000-jar-01:x", "a\ud800-jar-01:x", "a\u202e-jar-01:x"]',
        "[" * 5000 + "]" * 5000,
    ],
)
def test_what_no_form_of_ours_hands_back_is_kept_nowhere(marked: str) -> None:
    _page, incident, client = a_night()

    assert say(client, incident, {**GLITCH, "marked": marked}).status_code == 302

    assert notes(incident) == []


def test_a_form_hands_back_no_more_than_one_word_is_asked_about() -> None:
    _page, incident, client = a_night()
    many = json.dumps([f"en-min-09:glitch {number}" for number in range(500)])

    say(client, incident, {**GLITCH, "marked": many})

    (told,) = notes(incident)
    assert told == {"acted_on": ["en-min-09"] * coaching.MOST_HEEDED, "stood": []}


def test_the_terminal_tells_it_by_entry_and_what_is_to_go() -> None:
    page, incident, client = a_night()
    none = CliRunner().invoke(main, ["coach", "heeded", "--page", page])
    assert "Nothing that the coach marked" in none.output
    marks = json.dumps(["en-min-09:glitch", "en-jar-01:5xx"])
    for _turn in range(50):
        say(client, incident, {**GLITCH, "marked": marks})

    told = CliRunner().invoke(main, ["coach", "heeded", "--page", page])
    facts = CliRunner().invoke(main, ["coach", "heeded", "--page", page, "--json"])

    assert "en-min-09 is hardly ever heeded" in told.output
    assert "en-jar-01 is hardly" not in told.output
    by_entry = {one["entry"]: one for one in json.loads(facts.output)["entries"]}
    assert by_entry["en-jar-01"]["precision"] == 1.0
    assert by_entry["en-min-09"]["is_to_go"]

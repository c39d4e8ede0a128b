import html
import re

import pytest
import time_machine
from django.test import Client

from tests.cast import a_page, an_incident, later, lea, olu
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import FREELY, HTMX, WHOLE, came_in, nothing_written, say, text_of
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide
from tocsin.incidents import declaration
from tocsin.statements import drafting, published
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db


def told(page: Brand, incident_id: str) -> Story:
    story = published.story(page.audience_id, incident_id)
    assert story is not None
    return story


def a_night() -> tuple[Brand, str, Client]:
    page = a_page()
    return page, an_incident(page).incident_id, came_in(olu())


def test_the_filled_form_says_the_templates_words_in_both_languages() -> None:
    page, incident_id, client = a_night()

    response = say(client, incident_id, WHOLE)

    story = told(page, incident_id)
    english, french = story.words.layers["en"], story.words.layers["fr"]
    assert response["Location"] == f"/console/incidents/{incident_id}"
    assert story.latest.number == 2
    assert english.headline == "Checkout: card payments are refused since 12:00 UTC"
    assert "we are restarting the gateway" in english.body
    assert "nous sommes en train de redémarrer la passerelle" in french.body
    assert english.who == "about one customer in three"
    assert story.words.next_word_at == later(23)


def test_an_empty_blank_is_refused_by_name_and_nothing_typed_is_lost() -> None:
    _page, incident_id, client = a_night()
    left_empty = {**WHOLE, "workaround.en": "", "effect.fr": ""}

    with nothing_written():
        response = say(client, incident_id, left_empty)

    shown = text_of(response)
    assert response.status_code == 422
    assert "Still to be filled in English: “Meanwhile”." in shown
    assert "Still to be filled in French: “What happens instead”." in shown
    assert "about one customer in three" in shown


def test_the_preview_shows_page_mail_and_short_form_and_writes_nothing() -> None:
    _page, incident_id, client = a_night()
    path = f"/console/incidents/{incident_id}/say"

    with nothing_written():
        whole = text_of(client.post(path, WHOLE, headers=HTMX))
        left = text_of(client.post(path, {**WHOLE, "who.en": ""}, headers=HTMX))
        client.post(path, {**WHOLE, "do": "publish"}, headers=HTMX)

    assert "<em>What you may see.</em> Card payments are refused." in whole
    assert "Linden: Checkout is failing" in whole
    assert "Linden: problem with checkout since 12:00 UTC. Next news 12:23 UTC." in whole
    assert "disabled" not in whole
    assert "[Who is affected]" in left
    assert "disabled" in left


def test_writing_freely_needs_a_headline_and_words() -> None:
    page, incident_id, client = a_night()

    refused = say(client, incident_id, {**FREELY, "headline.en": "x" * 91})
    say(client, incident_id, FREELY)

    assert refused.status_code == 422
    assert "has 91 characters; 90 is the most" in text_of(refused)
    assert told(page, incident_id).words.layers["en"].headline == "Cards are refused"


def test_a_blank_carried_along_in_brackets_is_never_published() -> None:
    page, incident_id, client = a_night()

    response = say(client, incident_id, {**FREELY, "body.en": "It hits [Who is affected]."})

    assert response.status_code == 422
    assert "“[Who is affected]” still stands in the English words" in text_of(response)
    assert told(page, incident_id).latest.number == 1


def test_a_headline_with_an_open_blank_is_never_published_under_a_template() -> None:
    page, incident_id, client = a_night()
    made = "Card payment: [What happens instead] since 12:00 UTC"

    response = say(client, incident_id, {**WHOLE, "headline.en": made})

    assert response.status_code == 422
    assert "“[What happens instead]” still stands in the English words" in text_of(response)
    assert told(page, incident_id).latest.number == 1


def test_the_forms_of_two_incidents_are_both_found_as_they_were_left() -> None:
    page, first, client = a_night()
    second = an_incident(page).incident_id
    for incident_id in (first, second):
        say(client, incident_id, {**WHOLE, "action.en": f"looking at {incident_id}"}, do="save")

    for incident_id in (first, second):
        shown = text_of(client.get(f"/console/incidents/{incident_id}/say"))
        assert f'value="looking at {incident_id}"' in shown


def test_of_two_operators_at_once_the_second_sees_the_difference_and_loses_nothing() -> None:
    page, incident_id, olus = a_night()
    leas = came_in(lea())
    base = {"based_on": "1"}

    say(leas, incident_id, {**FREELY, **base, "body.en": "Lea was quicker."})
    late = say(olus, incident_id, {**FREELY, **base, "body.en": "Olu has more to tell."})

    shown = text_of(late)
    assert late.status_code == 409
    assert "No. 2 was published meanwhile." in shown
    assert "Lea was quicker." in shown
    assert shown.count("Olu has more to tell.") >= 2
    assert 'name="based_on" value="2"' in shown
    assert told(page, incident_id).latest.number == 2

    again = say(olus, incident_id, {**FREELY, "based_on": "2", "body.en": "Olu has more to tell."})
    assert again.status_code == 302
    assert told(page, incident_id).latest.number == 3


def test_a_draft_is_kept_with_its_blanks_and_nobody_outside_sees_it() -> None:
    page, incident_id, client = a_night()

    response = say(client, incident_id, {**WHOLE, "workaround.en": ""}, do="save")
    reopened = text_of(client.get(response["Location"]))

    assert told(page, incident_id).latest.number == 1
    assert "Nobody outside has seen it." in reopened
    assert 'value="restarting the gateway"' in reopened
    assert 'name="way" value="T-02"' in reopened


def test_a_colleague_finds_the_draft_in_words() -> None:
    _page, incident_id, client = a_night()
    say(client, incident_id, WHOLE, do="save")

    shown = text_of(came_in(lea()).get(f"/console/incidents/{incident_id}/say"))

    assert "we are restarting the gateway" in shown
    assert 'name="way" value="free"' in shown


def test_a_draft_that_somebody_else_revised_shows_the_difference() -> None:
    _page, incident_id, olus = a_night()
    leas = came_in(lea())
    say(olus, incident_id, FREELY, do="save")
    draft = drafting.live_draft_of(incident_id)
    assert draft is not None
    keys = {"draft": draft.id, "follows": "1", "based_on": "1"}

    say(leas, incident_id, {**FREELY, **keys, "body.en": "Lea's."}, do="save")
    late = say(olus, incident_id, {**FREELY, **keys, "body.en": "Olu's."}, do="save")

    assert late.status_code == 409
    assert "Lea revised this draft meanwhile" in text_of(late)
    assert 'name="follows" value="2"' in text_of(late)


def test_keeping_in_passing_answers_with_what_the_next_keeping_follows() -> None:
    _page, incident_id, client = a_night()
    path = f"/console/incidents/{incident_id}/say"

    kept = text_of(client.post(path, {**FREELY, "keep": "on"}, headers=HTMX))

    draft = drafting.live_draft_of(incident_id)
    assert draft is not None
    assert f'name="draft" value="{draft.id}"' in kept
    assert 'name="follows" value="1"' in kept


def test_turning_to_another_phase_keeps_what_was_typed() -> None:
    _page, incident_id, client = a_night()

    with nothing_written():
        shown = text_of(say(client, incident_id, WHOLE, do="phase:identified"))

    assert 'name="phase" value="identified"' in shown
    assert 'value="about one customer in three"' in shown
    assert "Why, in plain words" in shown


def test_writing_freely_takes_the_templates_words_along() -> None:
    _page, incident_id, client = a_night()

    shown = text_of(say(client, incident_id, WHOLE, do="way:free"))

    assert 'value="Checkout: card payments are refused since 12:00 UTC"' in shown
    assert "*What you may see.* Card payments are refused." in shown


def test_the_last_word_closes_the_incident() -> None:
    page, incident_id, client = a_night()
    over = {
        "phase": "resolved",
        "way": "free",
        "speak.en": "on",
        "since": "12:00",
        "headline.en": "You can pay again",
        "body.en": "It is repaired.",
        "until": "12:02",
        "total.en": "40 orders failed",
        "lingering.en": "Nothing",
        "customer_action.en": "Nothing",
        "data_statement": "some_lost",
        "account_due": "2026-12-08",
    }

    say(client, incident_id, over)

    known = declaration.known_of(incident_id)
    assert not known.is_open
    assert known.moments["ended"] == later(2)
    words = told(page, incident_id).words
    assert words.next_word_at is None
    assert words.layers["en"].total == "40 orders failed"
    assert (words.data, str(words.account_due)) == (DataStatement.SOME_LOST, "2026-12-08")


def test_going_back_needs_a_reason_that_readers_see() -> None:
    page, incident_id, client = a_night()
    say(client, incident_id, {**FREELY, "phase": "monitoring"})

    refused = say(client, incident_id, {**FREELY, "phase": "investigating"})
    reason = {"turn_reason.en": "It failed again at noon."}
    say(client, incident_id, {**FREELY, "phase": "investigating", **reason})

    assert refused.status_code == 422
    assert "say why" in text_of(refused)
    assert told(page, incident_id).words.turn_reason == {"en": "It failed again at noon."}


def test_the_public_side_follows_from_where_the_cause_lies() -> None:
    page, incident_id, client = a_night()

    cause = {"posture": "supplier", "certainty": "verified", "cause_plain.en": "A carrier failed"}
    say(client, incident_id, {**FREELY, "phase": "identified", **cause})

    assert told(page, incident_id).cause_side == CauseSide.UPSTREAM


def test_states_and_severity_follow_the_word() -> None:
    page, incident_id, client = a_night()
    cart = next(part for part in _ids(page) if part[0] == "cart")[1]

    say(client, incident_id, {**FREELY, f"state.{cart}": "degraded_performance"})

    assert declaration.known_of(incident_id).impacts[cart] == State.DEGRADED


def _ids(page: Brand) -> list[tuple[str, str]]:
    from tocsin.catalogue import shelf

    return [(node.slug, node.id) for node in shelf.components_of(page.id)]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"next": "at", "next_at": "25:00"}, "cannot be read as a time"),
        ({"next": "at", "next_at": ""}, "Say when they will hear from you again."),
        ({"since": "soonish"}, "cannot be read as a time"),
        ({"forecast_from": "13:00"}, "from when and until when"),
        ({"forecast_from": "13:00", "forecast_to": "14:00", "basis.en": "x"}, "No repair forecast"),
        ({"severity": "sev0"}, "Choose one of those offered"),
        ({"state.nosuch": "major_outage"}, "Choose a component and a state"),
        ({"speak.en": ""}, "Say it in at least one language."),
        ({"body.en": ""}, "The body (English) is empty"),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(more: dict[str, str], sentence: str) -> None:
    page, incident_id, client = a_night()

    with nothing_written():
        response = say(client, incident_id, {**FREELY, **more})

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert told(page, incident_id).latest.number == 1


def test_a_late_word_owns_up_to_it_unless_ticked_off() -> None:
    page, incident_id, client = a_night()

    with time_machine.travel(later(40), tick=False):
        offered = text_of(client.get(f"/console/incidents/{incident_id}/say"))
        say(client, incident_id, {**FREELY, "late": "on"})

    assert "Say first that this word is late." in offered
    body = told(page, incident_id).words.layers["en"].body
    assert body.startswith("This update is late: we said 12:20 UTC and it is 12:40 UTC.")


def test_markdown_and_markup_in_words_are_inert_in_the_preview() -> None:
    _page, incident_id, client = a_night()
    hostile = "<script>alert(1)</script> [go](javascript:alert(1)) ![x](https://eve.example/x)"

    path = f"/console/incidents/{incident_id}/say"
    shown = text_of(client.post(path, {**FREELY, "body.en": hostile}, headers=HTMX))

    assert "<script" not in shown
    assert 'href="javascript' not in shown
    assert "<img" not in shown


def test_what_came_back_is_opened_again_with_what_is_affected() -> None:
    page, incident_id, client = a_night()
    checkout = dict(_ids(page))["checkout"]
    over = {"headline.en": "Over", "body.en": "Over.", "phase": "resolved"}
    over["although"] = "We count in the morning."
    say(client, incident_id, {**FREELY, **over})

    back = {"turn_reason.en": "It failed again.", f"state.{checkout}": "partial_outage"}
    say(client, incident_id, {**FREELY, **back})

    assert declaration.known_of(incident_id).is_open
    assert told(page, incident_id).phase == Phase.INVESTIGATING


def test_a_difference_is_told_part_by_part_in_words() -> None:
    _page, incident_id, olus = a_night()
    say(came_in(lea()), incident_id, {**FREELY, "based_on": "1", "next": "30"})

    late = text_of(say(olus, incident_id, {**FREELY, "based_on": "1"}))

    assert "<dt>Next word by</dt>" in late
    assert "12:33 UTC</del>" in late
    assert "12:23 UTC</ins>" in late
    assert "<dt>Headline" not in late


def test_a_headline_that_the_words_make_too_long_can_be_typed_over() -> None:
    page, incident_id, client = a_night()
    long = {**WHOLE, "effect.fr": "les paiements par carte sont refusés " * 3}

    refused = say(client, incident_id, long)
    taken = say(client, incident_id, {**long, "headline.fr": "Les paiements sont refusés"})

    assert refused.status_code == 422
    shown = html.unescape(text_of(refused))
    assert "The headline (French) was made by the template and has" in shown
    assert "Type a shorter one." in shown
    assert "Move the rest to the body." not in shown
    assert taken.status_code == 302
    assert told(page, incident_id).words.layers["fr"].headline == "Les paiements sont refusés"


def test_the_preview_labels_words_in_their_own_language() -> None:
    _page, incident_id, client = a_night()

    shown = text_of(say(client, incident_id, WHOLE, do="preview"))

    for label in ("Who", "Qui", "Still works"):
        assert f"<dt>{label}</dt>" in shown
    assert shown.count("<dt>Who</dt>") == shown.count("<dt>Qui</dt>") == 2, "the page, and a chat"


def test_the_policys_wait_is_offered_once() -> None:
    _page, incident_id, client = a_night()

    shown = text_of(client.get(f"/console/incidents/{incident_id}/say"))

    (minutes,) = re.findall(r"(\d+) min, the policy at", shown)
    assert len(re.findall(rf"> {minutes} min\b", shown)) == 1


FOUND = {
    **WHOLE,
    "phase": "identified",
    "way": "T-03",
    "cause_plain.en": "a certificate ran out",
    "cause_plain.fr": "un certificat a expiré",
    "action_sentence.en": "We are installing a new one.",
    "action_sentence.fr": "Nous en installons un nouveau.",
    "posture": "design",
}


@pytest.mark.parametrize("way", ["T-02", "free"])
def test_facts_are_asked_for_before_words_of_ones_own(way: str) -> None:
    _page, incident_id, client = a_night()

    shown = text_of(say(client, incident_id, WHOLE, do=f"way:{way}"))

    names = ["effect.en", "who.en", "still_works.en", "workaround.en", "since", "next"]
    places = [shown.find(f'name="{name}"') for name in (*names, "headline.en", "details.en")]
    assert -1 not in places
    assert places == sorted(places)
    assert way == "T-02" or places[-2] < shown.find('name="body.en"')


def test_how_sure_we_are_of_the_cause_drives_the_wording() -> None:
    page, incident_id, client = a_night()

    asked = text_of(say(client, incident_id, FOUND, do="phase:identified"))
    offered = re.findall(
        r'value="(\w*)"', asked.partition('name="certainty"')[2].partition("</select>")[0]
    )
    assert offered == ["", "suspected", "verified"], "of a cause not known it has nothing to say"

    vague = text_of(say(client, incident_id, {**FOUND, "certainty": ""}, do="preview"))
    say(client, incident_id, {**FOUND, "certainty": "suspected"})
    suspected = told(page, incident_id).words
    say(client, incident_id, {**FOUND, "certainty": "verified"})
    verified = told(page, incident_id).words

    assert "Still to be filled in English: “How sure are we of the cause?”." in vague
    assert suspected.layers["en"].headline.startswith("We think we know why checkout is failing")
    assert "not yet confirmed, is that a certificate ran out" in suspected.layers["en"].body
    assert suspected.layers["fr"].headline.startswith("Nous pensons savoir pourquoi")
    assert verified.layers["en"].headline.startswith("We know why checkout is failing")
    assert verified.layers["en"].body.startswith("A certificate ran out. We are installing")


def test_what_is_over_may_say_that_its_cause_is_not_known_yet() -> None:
    page, incident_id, client = a_night()
    over = {
        **FOUND,
        "phase": "resolved",
        "way": "T-07",
        "certainty": "unknown",
        "until": "12:02",
        "data_statement": "in_words",
        "account_due": "2026-12-04",
        "contact": "help@linden.example",
    }
    for name in ("data_words", "customer_action", "lingering", "what_was_done", "concrete_harm"):
        over |= {f"{name}.en": "told", f"{name}.fr": "dit"}

    say(client, incident_id, over)

    layer = told(page, incident_id).words.layers["en"]
    assert "*Why.* We do not know yet, and are still looking." in layer.body
    assert layer.cause == ""


def test_each_layers_length_is_shown() -> None:
    _page, incident_id, client = a_night()
    long = {**FREELY, "body.en": "word " * 91, "details.en": "one two three"}

    shown = " ".join(text_of(say(client, incident_id, long, do="preview")).split())

    assert "<li>Headline <b>17 / 90</b> characters</li>" in shown
    assert '<li class="over">Words <b>91 / 90</b> words</li>' in shown
    assert "<li>Details <b>3</b> words</li>" in shown


def test_what_turns_out_to_be_about_security_is_marked_and_asked_about_as_such() -> None:
    page, incident_id, client = a_night()
    dated = "Date the notice"

    before = text_of(say(client, incident_id, FREELY, do="preview"))
    shown = text_of(say(client, incident_id, {**FREELY, "kind": "security"}, do="preview"))
    say(client, incident_id, {**FREELY, "kind": "security"})

    assert dated not in before
    assert dated in shown
    assert declaration.known_of(incident_id).is_security
    assert [known.id for known in declaration.open_incidents()] == [incident_id]
    say(client, incident_id, FREELY)
    assert declaration.known_of(incident_id).is_security, "a form that does not say so leaves it"
    say(client, incident_id, {**FREELY, "kind": "incident"})
    assert not declaration.known_of(incident_id).is_security
    assert told(page, incident_id).latest.number == 4

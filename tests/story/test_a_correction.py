"""A word that was wrong stays, with what is right beside it; whom it concerns gravely, hears."""

from dataclasses import replace

from tests.cast import SAM
from tests.story.telling import Telling, text_of
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.statements import corrections, publication
from tocsin.statements.corrections import Amending
from tocsin.statements.values import Layer

WRONG = "Cards are refused for one customer in ten"
RIGHT = "Cards are refused for one customer in three"


def told(night: Telling) -> tuple[str, dict[str, Layer]]:
    """Olu tells how many are affected, and is wrong. Return the incident and what she said."""
    incident = night.said_first("09:07")
    night.run_lanes()
    saying = night.identified(WRONG, "09:45")
    night.said("09:22", incident, saying, by=night.olu)
    night.run_lanes()
    return incident, dict(saying.layers)


def with_right(layers: dict[str, Layer]) -> dict[str, Layer]:
    en = layers["en"]
    fixed = replace(en, headline=RIGHT, body=en.body.replace(WRONG, RIGHT))
    return layers | {"en": fixed}


def test_the_word_stays_and_what_is_right_stands_beside_it(night: Telling) -> None:
    incident, layers = told(night)
    before = night.latest(incident)

    corrections.correct(
        incident, Amending(layers=with_right(layers)), by=night.lea, at=night.at("09:31")
    )
    night.run_lanes()

    page = night.reads(f"incidents/{incident}")
    assert f"<h1>{RIGHT}</h1>" in page  # the words in force
    assert f'<p class="line">{WRONG}</p>' in page  # the word as it was said
    assert "Correction to our update of 09:22 UTC" in page
    assert (
        '<del><span class="unseen">It said: </span>ten<span class="unseen">. </span></del>' in page
    )
    assert '<ins><span class="unseen">Now: </span>three<span class="unseen">. </span></ins>' in page
    assert f'<a href="#n{before.number + 1}">Corrected at ' in page
    assert publication.faults() == []


def test_a_slip_of_the_pen_is_on_the_page_alone(night: Telling) -> None:
    incident, layers = told(night)
    letters = len(night.mails_to(SAM))

    corrections.correct(
        incident, Amending(layers=with_right(layers)), by=night.lea, at=night.at("09:31")
    )
    night.run_lanes()

    assert len(night.mails_to(SAM)) == letters
    assert RIGHT in night.reads("index.html")


def test_a_graver_trouble_than_was_said_reaches_sam_in_his_words(night: Telling) -> None:
    incident, _ = told(night)
    letters = len(night.mails_to(SAM))

    corrections.correct(
        incident, Amending(severity=Severity.SEV2), by=night.lea, at=night.at("09:31")
    )
    night.run_lanes()

    mails = night.mails_to(SAM)
    assert len(mails) == letters + 1
    text = " ".join(text_of(mails[-1]).split())
    assert "Correction to our update of 09:22 UTC" in text
    assert (
        "We wrote that this was a major outage. That was not right: it is a partial outage." in text
    )
    assert "How grave: Major outage → Partial outage" in text
    french = text_of(night.mails_to("bao@reader.example")[-1])
    assert "Rectificatif à notre point de 09:22 UTC" in french


def test_machines_read_a_correction_as_one_more_update(night: Telling) -> None:
    incident, layers = told(night)

    corrections.correct(
        incident, Amending(layers=with_right(layers)), by=night.lea, at=night.at("09:31")
    )
    night.run_lanes()

    (told_now,) = night.summary()["incidents"]
    newest = told_now["incident_updates"][0]
    assert newest["status"] == "identified"
    assert newest["body"].startswith("Correction to our update of 09:22 UTC. We wrote that")
    assert newest["deliver_notifications"] is False
    assert WRONG in told_now["incident_updates"][1]["body"]
    atom = night.reads("history.atom")
    assert "Correction to our update of 09:22 UTC" in atom
    assert "Rectificatif à notre point" not in night.reads("fr/history.atom")


def test_a_corrected_time_is_told_with_both_values_and_the_bars_follow(night: Telling) -> None:
    incident = night.said_first("09:07")
    night.run_lanes()
    corrections.correct(
        incident, Amending(since=night.night.opens_at), by=night.lea, at=night.at("09:31")
    )
    night.run_lanes()

    page = night.reads(f"incidents/{incident}")
    assert "first said" not in page  # no beginning was told before this one
    corrections.correct(
        incident, Amending(since=night.night.when("09:04")), by=night.lea, at=night.at("09:40")
    )
    night.run_lanes()
    page = night.reads(f"incidents/{incident}")
    assert "first said <time" in page
    assert "09:00 UTC</time>, corrected at <time" in page
    french = night.reads(f"fr/incidents/{incident}")
    assert "annoncé d’abord à" in french


def test_a_component_that_was_never_down_is_put_right_in_words_and_bars(night: Telling) -> None:
    incident, _ = told(night)

    corrections.correct(
        incident,
        Amending(components={"checkout": State.PARTIAL}),
        by=night.lea,
        at=night.at("09:31"),
    )
    night.run_lanes()

    page = night.reads(f"incidents/{incident}")
    assert "Correction to our update of 09:22 UTC" in page
    assert "Checkout was down" in page
    assert "Checkout was failing for some customers" in page
    assert "ne fonctionnait que pour une partie des clients" in night.reads(
        f"fr/incidents/{incident}"
    )
    states = {told["name"]: told["status"] for told in night.summary()["components"]}
    assert states["Checkout"] == "partial_outage"

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.statements import policies, published
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db

DOWN = ("--component", "checkout=major_outage")


@pytest.fixture
def page() -> Brand:
    return a_page()


def told(page: Brand, incident: str) -> Story:
    story = published.story(page.audience_id, incident)
    assert story is not None
    return story


def declared(*words: str) -> str:
    return str(facts("declare", "Checkout is failing", *DOWN, *words)["incident"])


def test_declaring_prints_what_scripts_rely_on(page: Brand) -> None:
    said = facts("declare", "Checkout is failing", "--page", "linden", *DOWN)

    assert set(said) == {"incident", "url", "publication"}
    assert re.fullmatch(r"[a-z0-9]{12}", said["incident"])
    assert said["url"] == f"{settings.TOCSIN.base_url}/incidents/{said['incident']}"
    assert said["publication"] == 1


def test_without_words_the_holding_statement_goes_out_in_every_language(page: Brand) -> None:
    story = told(page, declared())

    assert story.phase == Phase.HOLDING
    assert story.words.name["en"] == "Checkout is failing"
    assert story.words.layers["en"].headline == "We are looking into a problem with checkout."
    assert story.words.layers["fr"].headline == (
        "Nous examinons un problème concernant le paiement."
    )


@pytest.mark.parametrize(
    ("state", "severity"),
    [("major_outage", "sev1"), ("partial_outage", "sev2"), ("degraded_performance", "sev3")],
)
def test_the_worst_state_gives_the_severity(page: Brand, state: str, severity: str) -> None:
    said = facts("declare", "Cart", "--component", f"cart={state}")

    assert told(page, said["incident"]).severity == severity


def test_what_is_said_stands_under_the_name_as_headline(page: Brand) -> None:
    incident = declared("--say", "Cards are refused.", "--say-in", "fr", "Cartes refusées.")

    layers = told(page, incident).words.layers
    assert (layers["en"].headline, layers["en"].body) == (
        "Checkout is failing",
        "Cards are refused.",
    )
    assert layers["fr"].body == "Cartes refusées."


def test_an_incident_is_named_in_each_language_and_can_be_renamed(page: Brand) -> None:
    incident = declared("--title-in", "fr", "Le paiement échoue")
    first = told(page, incident).words.name
    update = ("--say", "Cards work.", "--title-in", "fr", "Les cartes sont refusées")
    facts("update", incident, *update)

    assert first == {"en": "Checkout is failing", "fr": "Le paiement échoue"}
    assert told(page, incident).words.name["fr"] == "Les cartes sont refusées"


@pytest.mark.parametrize("name", [("de", "Kasse"), ("fr", " "), ("fr", "x" * 256)])
def test_a_name_that_cannot_be_is_wrong_usage(page: Brand, name: tuple[str, str]) -> None:
    result = tocsin("declare", "Checkout is failing", *DOWN, "--title-in", *name)

    assert result.exit_code == 2
    assert published.last_number(page.audience_id) == 0


def test_a_long_name_is_cut_between_words_for_the_headline(page: Brand) -> None:
    name = "Checkout refuses orders " * 6
    said = facts("declare", name.strip(), *DOWN, "--say", "Cards are refused.")

    headline = told(page, said["incident"]).words.layers["en"].headline
    assert len(headline) <= 90
    assert headline.endswith(("refuses…", "orders…"))


@pytest.mark.parametrize(
    ("wait", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("1h30m", timedelta(minutes=90)),
        ("90s", timedelta(seconds=90)),
        ("2d", timedelta(days=2)),
    ],
)
def test_the_next_word_may_be_told_as_a_wait(page: Brand, wait: str, length: timedelta) -> None:
    story = told(page, declared("--next-update", wait))

    assert story.words.next_word_at == story.opened_at + length


def test_the_next_word_may_be_told_as_a_time(page: Brand) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)

    story = told(page, declared("--next-update", due.isoformat()))

    assert story.words.next_word_at == due


def test_words_may_come_through_a_pipe_and_details_from_a_file(page: Brand, tmp_path: Path) -> None:
    full = tmp_path / "full.md"
    full.write_text("\ufeffRoute B lacks a *certificate*.\n", "utf-8")

    said = facts(
        "declare", "Down", *DOWN, "--say", "-", "--details", str(full), stdin="Cards are refused.\n"
    )

    layer = told(page, said["incident"]).words.layers["en"]
    assert (layer.body, layer.details) == ("Cards are refused.", "Route B lacks a *certificate*.")


def test_an_update_keeps_what_it_does_not_change(page: Brand) -> None:
    incident = declared("--since", "2026-11-23T09:12+01:00")

    said = facts("update", incident, "--phase", "identified", "--say", "A change is taken back.")

    story = told(page, incident)
    assert said["publication"] == 2
    assert story.phase == Phase.IDENTIFIED
    assert story.words.since == datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
    assert story.severity == "sev1"


def test_an_update_without_a_phase_stays_and_after_holding_investigates(page: Brand) -> None:
    incident = declared()

    facts("update", incident, "--say", "Still looking.")
    after_holding = told(page, incident).phase
    facts("update", incident, "--phase", "monitoring", "--say", "A repair is in place.")
    facts("update", incident, "--say", "It holds.")

    assert after_holding == Phase.INVESTIGATING
    assert told(page, incident).phase == Phase.MONITORING


def test_going_back_needs_a_reason(page: Brand) -> None:
    incident = declared()
    facts("update", incident, "--phase", "monitoring", "--say", "A repair is in place.")

    refused = tocsin("update", incident, "--phase", "investigating", "--say", "It is back.")
    said = facts(
        "update", incident, "--phase", "investigating", "--say", "It is back.", "--because", "No."
    )

    assert refused.exit_code == 1
    assert "say why" in refused.stderr
    assert said["publication"] == 3


def test_resolving_closes_it(page: Brand) -> None:
    incident = declared()

    said = tocsin("resolve", incident, "--say", "It works again. Nothing was lost.")
    again = tocsin("resolve", incident, "--say", "Really.")

    assert said.exit_code == 0
    assert said.stdout.startswith("Resolved: no. 2 is official.")
    assert not told(page, incident).is_open
    assert again.exit_code == 1
    assert "resolved" in again.stderr


def test_a_bare_last_word_goes_out_and_is_told_what_it_lacks(page: Brand) -> None:
    """A line in a script closes an incident, whatever a policy that nobody wrote would ask."""
    incident = declared()

    said = tocsin("resolve", incident, "--say", "You can pay again.")

    assert said.exit_code == 0
    assert "what became of their data (--data)" in said.stderr
    assert not declaration.known_of(incident).is_open
    waved = [entry for entry in chain.read(("incident", incident)) if "waved" in entry.verb]
    assert waved, "the journal keeps that it went out without"


def test_a_last_word_sums_up_in_every_language(page: Brand) -> None:
    incident = declared()
    bare = ("resolve", incident, "--say", "You can pay again.")
    french = ("--say-in", "fr", "Vous pouvez de nouveau payer.")
    in_ten_days = f"{datetime.now(UTC) + timedelta(days=10):%Y-%m-%d}"
    summed_up = (
        *("--since", "2026-11-23T12:00Z", "--data", "under_check", "--account-by", in_ten_days),
        *("--total", "40 orders failed", "--lingering", "nothing", "--action", "nothing"),
    )
    in_french = (
        *("--sum-in", "fr", "total", "40 commandes ont échoué"),
        *("--sum-in", "fr", "lingering", "rien", "--sum-in", "fr", "action", "rien"),
    )

    policies.adopt(page.id, "closing:\n  sev3: [data]\n", by=TERMINAL, at=datetime.now(UTC))
    refused = tocsin(*bare)
    half = tocsin(*bare, *french, *summed_up)
    said = tocsin(*bare, *french, *summed_up, *in_french)

    assert refused.exit_code == 1
    assert "what became of their data (--data)" in refused.stderr
    assert half.exit_code == 1
    assert "what may linger (--lingering" in half.stderr
    assert "--data" not in half.stderr
    assert said.exit_code == 0, said.output
    layers = told(page, incident).words.layers
    assert (layers["en"].total, layers["fr"].customer_action) == ("40 orders failed", "rien")


def test_no_account_is_promised_for_a_day_that_is_past(page: Brand) -> None:
    incident = declared()

    refused = tocsin(
        "resolve", incident, "--say", "You can pay again.", "--account-by", "2026-11-01"
    )

    assert refused.exit_code == 1
    assert "promised by 2026-11-01, which is past. Say a later day." in refused.stderr
    assert declaration.known_of(incident).is_open


def test_what_sums_up_stands_beside_words_in_its_language(page: Brand) -> None:
    said = ("resolve", declared(), "--say", "You can pay again.")

    assert tocsin(*said, "--sum-in", "fr", "total", "40 commandes").exit_code == 2
    assert tocsin(*said, "--sum-in", "en", "cause", "A certificate").exit_code == 2


def test_the_journal_says_who_was_at_the_terminal(page: Brand) -> None:
    incident = declared()

    (entry,) = chain.read(("incident", incident))

    assert entry.by.endswith("at the terminal")


def test_status_prints_what_scripts_rely_on(page: Brand) -> None:
    incident = declared("--next-update", "30m")

    said = facts("status")

    (opened,) = said["incidents"]
    assert (opened["incident"], opened["severity"], opened["phase"]) == (
        incident,
        "sev1",
        "holding",
    )
    (owed,) = said["owed"]
    assert (owed["incident"], owed["overdue"]) == (incident, False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", owed["by"])
    assert {"pending", "delivered", "retrying", "given_up", "skipped"} <= set(said["deliveries"])


def test_status_tells_people_what_is_owed(page: Brand) -> None:
    incident = declared("--next-update", "30m")

    said = tocsin("status").stdout

    assert "Checkout is failing" in said
    assert f"{incident}: the next word is owed by" in said


def test_all_quiet_is_said_so(page: Brand) -> None:
    assert tocsin("status").stdout.splitlines()[0] == "Nothing is open."


def test_what_is_about_security_is_marked_and_the_mark_can_be_taken_back(page: Brand) -> None:
    asks = "clearance:\n  security:\n    words: legal\n"
    policies.adopt(page.id, asks, by=TERMINAL, at=datetime.now(UTC))
    incident = declared("--security")

    marked = declaration.known_of(incident).is_security
    assert tocsin("update", incident, "--say", "We found it.", "--no-security").exit_code == 0
    explained = tocsin("policy", "explain", "sev1", "--security").stdout

    assert marked
    assert not declaration.known_of(incident).is_security
    assert "legal" in explained
    assert "legal" not in tocsin("policy", "explain", "sev1").stdout


def test_what_is_told_afterwards_may_be_about_security(page: Brand) -> None:
    over = ("--retrospective", "--since", "2026-11-20T08:00Z", "--until", "2026-11-20T09:00Z")

    incident = declared(*over, "--say", "Somebody read the list.", "--security")

    assert declaration.known_of(incident).is_security

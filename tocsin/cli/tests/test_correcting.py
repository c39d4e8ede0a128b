"""`tocsin correct`, `tocsin redact` and what is told afterwards, as scripts and people use them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import a_page
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published

pytestmark = pytest.mark.django_db

DOWN = ("--component", "checkout=major_outage")
SECRET = "sk_live_9f3ab77c"


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def incident(page: Brand) -> str:
    said = facts(
        "declare", "Checkout is failing", *DOWN, "--say", f"One in ten is affected. {SECRET}."
    )
    return str(said["incident"])


def story(page: Brand, incident: str) -> published.Story:
    found = published.story(page.audience_id, incident)
    assert found
    return found


def test_a_correction_prints_what_scripts_rely_on(page: Brand, incident: str) -> None:
    said = facts("correct", incident, "--say", f"One in three is affected. {SECRET}.")

    assert set(said) == {"incident", "url", "publication", "announces"}
    assert (said["publication"], said["announces"]) == (2, False)
    assert story(page, incident).words.layers["en"].body.startswith("One in three")


def test_a_dry_run_shows_the_words_and_says_nothing(page: Brand, incident: str) -> None:
    told = tocsin("correct", incident, "--severity", "sev2", "--dry-run")

    assert "this was a major outage" in told.output
    assert "Readers hear of it" in told.output
    assert story(page, incident).latest.number == 1


def test_what_would_change_nothing_exits_one_with_a_sentence(incident: str) -> None:
    told = tocsin("correct", incident)

    assert told.exit_code == 1
    assert "Nothing would differ from no. 1" in told.stderr


def test_a_secret_is_read_from_stdin_and_taken_out(page: Brand, incident: str) -> None:
    done = facts("redact", "--reason", "A token stood here.", stdin=SECRET)

    assert done["numbers"] == [1]
    assert (done["readers_told"], done["readers_underway"]) == (0, 0)
    assert story(page, incident).words.layers["en"].body == "One in ten is affected. (removed)."
    again = tocsin("redact", "--reason", "A token stood here.", stdin=SECRET)
    assert again.exit_code == 1
    assert SECRET not in again.output


def test_without_a_reason_nothing_is_taken_out(page: Brand, incident: str) -> None:
    told = tocsin("redact", stdin=SECRET)

    assert told.exit_code == 1
    assert "Say why" in told.stderr
    assert SECRET in story(page, incident).words.layers["en"].body


def test_a_dry_run_says_where_it_stands(incident: str) -> None:
    assert facts("redact", "--dry-run", stdin=SECRET) == {"numbers": [1], "circles": {}}


def test_verify_says_what_was_redacted(incident: str) -> None:
    facts("redact", "--reason", "A token stood here.", stdin=SECRET)

    told = facts("verify")

    assert told["ok"]
    assert "No. 1 was redacted" in told["redactions"][0]


def test_what_is_over_is_told_afterwards(page: Brand) -> None:
    now = datetime.now(UTC)
    since, until = now - timedelta(hours=3), now - timedelta(hours=2)
    span = ("--since", since.isoformat(), "--until", until.isoformat())

    said = facts("declare", "Late exports", *DOWN, "--retrospective", *span, "--say", "Late.")

    told = story(page, said["incident"])
    assert told.is_retrospective
    assert not told.is_open
    assert tocsin("declare", "Late", *DOWN, "--retrospective", "--say", "x").exit_code == 2


def test_what_was_said_of_data_is_corrected_as_a_fact(page: Brand, incident: str) -> None:
    tocsin("resolve", incident, "--say", "It works again.", "--data", "none_lost")

    said = facts("correct", incident, "--data", "some_lost")

    assert said["announces"]
    assert "some data was lost or changed" in str(story(page, incident).latest.words)

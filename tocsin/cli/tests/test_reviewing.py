"""`tocsin review`: a text, a pipe, a history; exit 1 where something should stop it."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.cast import a_page, an_incident, later
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.journal.actors import TERMINAL
from tocsin.statements import policies

PLAIN = (
    "Sign-in has failed for about 40 % of European customers since 09:12 UTC. API keys still "
    "work; use one meanwhile. We are moving sign-in to another region. Next update by 09:50 UTC."
)


def test_a_text_that_should_be_stopped_ends_with_1_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    file.write_text("# Sign-in\n\nIt was human error.", "utf-8")

    result = tocsin("review", str(file), "--phase", "identified")

    assert result.exit_code == 1
    assert "Stops it, line 3: “human error” (en-bla-01)" in result.output
    assert "Instead: Say what the system allowed" in result.output
    assert "missing: When will they hear from you again? (next_update)" in result.output


def test_a_text_that_is_well_ends_with_0() -> None:
    result = tocsin("review", "-", "--phase", "investigating", stdin=PLAIN)

    assert (result.exit_code, result.output) == (
        0,
        "Nothing to say against it. Read as en, investigating.\n",
    )


def test_the_shape_that_scripts_rely_on() -> None:
    told = json.loads(tocsin("review", "-", "--json", stdin="human error").output)

    finding, missing = told["findings"][0], told["missing"][0]
    assert (told["verdict"], told["language"], told["apology"]) == ("block", "en", None)
    assert {name: finding[name] for name in ("rule", "group", "level", "start", "end", "text")} == {
        "rule": "en-bla-01",
        "group": "BLA",
        "level": "block",
        "start": 0,
        "end": 11,
        "text": "human error",
    }
    assert finding["why"]
    assert finding["fix"]
    assert missing == {
        "check": "next_update",
        "level": "block",
        "prompt": "When will they hear from you again?",
    }
    resolved = tocsin("review", "-", "--phase", "resolved", "--json", stdin="We are sorry.")
    assert json.loads(resolved.output)["apology"]["of"] == 9


def test_french_is_told_from_the_text_and_answered_in_french() -> None:
    result = tocsin("review", "-", stdin="La panne vient d'une erreur humaine.")

    assert "(fr-bla-01)" in result.output
    assert "Depuis quand ?" in result.output


def test_more_than_five_findings_are_shown_when_asked() -> None:
    text = "Oops. Glitch. Human error. Asap. Shortly. Mistakes were made. Rest assured."

    assert "and 2 more: --all shows them" in tocsin("review", "-", stdin=text).output
    assert "(en-ton-03)" in tocsin("review", "-", "--all", stdin=text).output


def test_entries_of_ones_own_are_read_or_refused_with_their_line(tmp_path: Path) -> None:
    good, bad = tmp_path / "own.yaml", tmp_path / "bad.yaml"
    good.write_text("entries:\n  - {id: own-jar-01, lvl: block, m: [the grove], fix: Ours.}")
    bad.write_text("entries:\n  - {id: own-jar-01, lvl: loud, m: [the grove]}")

    result = tocsin("review", "-", "--lexicon", str(good), stdin="The Grove.")
    refused = tocsin("review", "-", "--lexicon", str(bad), stdin="The Grove.")

    assert "Stops it, line 1: “The Grove” (own-jar-01)" in result.output
    assert (refused.exit_code, "Line 2: An entry needs “lvl”" in refused.output) == (1, True)


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.zip").write_bytes(b"PK no")

    assert "the text is empty" in tocsin("review", "-", stdin="  ").output
    for source in ("empty", "torn.zip"):
        result = tocsin("review", str(tmp_path / source))
        assert result.exit_code == 1
        assert "no posts" in result.output or "cannot be read" in result.output
    assert tocsin("review", str(tmp_path / "none.md")).exit_code == 1


def test_a_directory_of_posts_is_read_whole_and_shares_are_told(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(PLAIN)
    (tmp_path / "two.txt").write_text("We are investigating this issue.")
    update = {"status": "resolved", "body": "<p>This incident has been resolved.</p>"}
    theirs = {"incident": {"id": "i", "name": "Sign-in", "incident_updates": [update]}}
    (tmp_path / "three.json").write_text(json.dumps(theirs))

    told = facts("review", str(tmp_path))
    shown = tocsin("review", str(tmp_path)).output

    assert told["posts"] == 3
    assert told["verdicts"] == {
        "block": {"posts": 2, "share": 0.6667},
        "pass": {"posts": 1, "share": 0.3333},
    }
    assert told["entries"]["en-emp-05"]["posts"] == told["entries"]["en-emp-01"]["posts"] == 1
    assert "EMP" in shown
    assert "66.7 %" in shown


@pytest.mark.django_db
def test_a_whole_export_is_read(tmp_path: Path) -> None:
    an_incident(a_page())
    file = tmp_path / "tocsin.zip"
    assert tocsin("export", str(file)).exit_code == 0
    with zipfile.ZipFile(file) as parcel:
        parcel.extractall(tmp_path / "unpacked")

    told = facts("review", str(file))

    assert told["posts"] > 0
    assert told == facts("review", str(tmp_path / "unpacked"))
    # The holding statement is ours, and its fields say what it must.
    assert set(told["verdicts"]) <= {"pass", "hint", "warn"}


@pytest.mark.django_db
def test_a_page_is_read_by_the_file_that_it_adopted(tmp_path: Path) -> None:
    page, file = a_page(), tmp_path / "coach.yaml"
    own = "      - {id: linden-emp-01, lvl: block, m: [the grove], fix: 'Our servers.'}"
    file.write_text(f"readers: internal\nlexicons:\n  - lexicon: en\n    entries:\n{own}\n")

    assert tocsin("coach", "check", str(file)).output == "It can be adopted.\n"
    assert facts("coach", "adopt", str(file))["is_new"]
    told = facts("coach", "show", "--page", page.slug)
    by_page = tocsin("review", "-", "--page", page.slug, stdin="The grove is slow.")
    without = tocsin("review", "-", stdin="The grove is slow.")

    assert (told["number"], told["readers"], told["has_entries"]) == (1, "internal", True)
    assert "linden-emp-01" in by_page.output
    assert "linden-emp-01" not in without.output


def test_a_file_with_faults_is_refused_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "coach.yaml"
    file.write_text("readers: nobody\nvoice: loud\n")

    result = tocsin("coach", "check", str(file))

    assert result.exit_code == 1
    assert "Line 1: Readers are one of" in result.stderr
    assert "Line 2: A coach's file has parts" in result.stderr


STRICT = "clearance:\n  sev1:\n    register: facts_only\n"
OWNING = "We take responsibility for this. " + PLAIN


@pytest.mark.django_db
def test_how_far_words_may_go_is_what_the_policy_of_the_page_says() -> None:
    page = a_page()
    policies.adopt(page.id, STRICT, by=TERMINAL, at=later(0))

    def verdict(*told: str) -> str:
        said = tocsin("review", "-", "--phase", "investigating", "--json", *told, stdin=OWNING)
        return str(json.loads(said.output)["verdict"])

    usual = verdict()
    assert usual != "review"
    assert verdict("--page", page.slug, "--severity", "sev1") == "review"
    assert verdict("--page", page.slug) == "review", "unknown, it is read as the strictest case"
    assert verdict("--page", page.slug, "--severity", "sev3") == usual
    assert verdict("--page", page.slug, "--allowed", "facts_and_ownership") == usual

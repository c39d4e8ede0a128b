"""`tocsin policy start`: ten answers as options, as a file or at the prompt, and a first policy."""

import json
from pathlib import Path

import pytest

from tests.cast import a_page
from tocsin.cli.tests.terminal import facts, tocsin

TEN = {
    "field": "banking",
    "country": "FR",
    "customers": "people",
    "admission": "liability",
    "notice": "10m",
    "insurer": "liability",
    "regimes": "gdpr,dora",
    "night": "team",
    "reviewers": "incident_lead,legal",
    "languages": "together",
}
AS_OPTIONS = [part for name, answer in TEN.items() for part in (f"--{name}", answer)]


@pytest.mark.django_db
def test_what_ten_options_write_is_checked_and_adopted(tmp_path: Path) -> None:
    a_page()
    out = tmp_path / "policy.yaml"

    done = tocsin("policy", "start", *AS_OPTIONS, "--out", str(out))

    assert done.stdout == (
        f"{out} holds a first policy. Read it, then: tocsin policy adopt {out}\n"
    )
    assert facts("policy", "show")["number"] == 0, "nothing was put in force"
    assert tocsin("policy", "check", str(out)).stdout == "It can be adopted.\n"
    assert facts("policy", "adopt", str(out))["number"] == 1
    assert "#   reviewers: [incident_lead, legal]\n" in tocsin("policy", "show").stdout


def test_a_file_of_answers_writes_the_same() -> None:
    written = "".join(
        f"{name}: {f'[{answer}]' if ',' in answer else answer}\n" for name, answer in TEN.items()
    )

    by_file = tocsin("policy", "start", "--answers", "-", stdin=written)

    assert by_file.stdout == tocsin("policy", "start", *AS_OPTIONS).stdout


def test_the_questions_are_asked_and_a_wrong_answer_is_asked_again() -> None:
    typed = "farming\nhealth\nfr\n\n\n5m\n\nnone\nnobody\nlegal\n\n"

    asked = tocsin("policy", "start", "--ask", "--lang", "fr", stdin=typed)

    assert asked.exit_code == 0, asked.output
    assert "10/10 Comment viennent les autres langues de la page" in asked.stderr
    assert "“farming” is no choice" in asked.stderr
    assert asked.stdout.startswith("# Une première règle")
    assert "#   regimes: none\n" in asked.stdout
    assert "    first_notice: 5m " in asked.stdout


def test_what_is_left_out_is_presumed_and_told() -> None:
    told = json.loads(tocsin("policy", "start", "--field", "internal", "--json").stdout)

    assert told["answers"]["customers"] == "colleagues"
    assert "customers" in told["presumed"]
    assert "customers: colleagues (not answered" in told["text"]


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        ((), "--field: Say the field: one of “software”", 2),
        (("--field", "health", "--notice", "soon"), "--notice: “soon” is no length", 2),
        (("--field", "health", "--answers", "-"), "in a file or as options, not both", 2),
        (("--answers", "-"), "Line 1: Say the field", 1),
    ],
)
def test_what_cannot_be_used_is_told(arguments: tuple[str, ...], said: str, code: int) -> None:
    refused = tocsin("policy", "start", *arguments, stdin="night: one\n")

    assert (refused.exit_code, refused.stdout) == (code, "")
    assert said in refused.stderr


def test_no_file_is_written_over(tmp_path: Path) -> None:
    mine = tmp_path / "policy.yaml"
    mine.write_text("nudges: [50]\n")

    refused = tocsin("policy", "start", *AS_OPTIONS, "--out", str(mine))

    assert refused.exit_code == 1
    assert mine.read_text() == "nudges: [50]\n"

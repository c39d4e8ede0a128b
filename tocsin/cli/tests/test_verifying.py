"""`tocsin verify BUNDLE` and `tocsin evidence`: exit codes and sentences, as of every command."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cast import a_page, an_incident
from tests.hostile.ground import is_sentence
from tocsin.cli.main import main
from tocsin.followup.evidence.tests.bundles import bundled, the_parts

REFUSED, WRONG_USAGE = 1, 2


def tocsin(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_bundle_that_is_whole_says_where_its_notes_stand(tmp_path: Path) -> None:
    told = tocsin("verify", str(bundled(tmp_path / "b.zip", the_parts())))

    assert told.exit_code == 0, told.output
    assert "4 notes of the journal, from no. 7 to no. 13 of the whole chain" in told.output


def test_a_spoilt_bundle_is_told_on_stderr_with_exit_1(tmp_path: Path) -> None:
    path = bundled(tmp_path / "b.zip", the_parts())
    content = path.read_bytes()
    path.write_bytes(content.replace(b"We look into it.", b"We looked at it."))

    told = tocsin("verify", str(path))

    assert told.exit_code == REFUSED
    assert "publications.jsonl was changed" in told.stderr
    assert json.loads(tocsin("verify", str(path), "--json").stdout)["ok"] is False


@pytest.mark.parametrize("name", ["nowhere.zip", ".", "/dev/zero", "x" * 300])
def test_what_is_no_file_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    told = tocsin("verify", str(tmp_path / name))

    assert told.exit_code == REFUSED
    assert is_sentence(told.stderr), told.stderr


def test_a_seal_alone_is_wrong_usage() -> None:
    assert tocsin("verify", "--seal", "ab").exit_code == WRONG_USAGE


@pytest.mark.django_db
@pytest.mark.usefixtures("own_directories")
def test_evidence_of_nothing_or_to_nowhere_is_refused_in_a_sentence(tmp_path: Path) -> None:
    incident = an_incident(a_page()).incident_id

    for words in (
        ("nosuchthing0", str(tmp_path / "e.zip")),
        (incident, str(tmp_path / "nowhere" / "e.zip")),
        (incident, str(tmp_path)),
    ):
        told = tocsin("evidence", *words)
        assert told.exit_code == REFUSED
        assert is_sentence(told.stderr), told.stderr
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("own_directories")
def test_one_readers_mark_can_be_checked_by_hand(tmp_path: Path) -> None:
    """The line that is printed gives the mark, and needs nothing of ours."""
    incident = an_incident(a_page()).incident_id

    told = tocsin("evidence", incident, "--reader", "sam@reader.example").stdout.splitlines()

    mark = told[0].split()[0]
    done = subprocess.run(told[1], shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == mark

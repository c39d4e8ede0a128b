"""What the terminal says of a past that is brought along, once and once more."""

import json
from pathlib import Path

import pytest

from tests import look_alikes
from tests.cast import a_page
from tocsin.cli.tests.terminal import tocsin

pytestmark = pytest.mark.django_db


def test_a_second_run_says_what_is_here_and_nothing_of_what_is_not(tmp_path: Path) -> None:
    a_page()
    for number, told in enumerate(look_alikes.incidents(3)):
        (tmp_path / f"{number}.json").write_text(json.dumps(told), "utf-8")

    first = tocsin("import", "statuspage", str(tmp_path))
    again = tocsin("import", "statuspage", str(tmp_path))

    assert "Brought to linden: 3 new incidents" in first.stdout, first.stderr
    assert "Brought to linden: nothing new.\n3 incidents are here already and the same.\n" in (
        again.stdout
    )
    assert "stay as they are" not in again.stdout

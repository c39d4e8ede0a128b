"""`tocsin template list` and `show`."""

import json

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main
from tocsin.disclosure import library, outline


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["template", *words])


def test_all_are_listed_the_outline_among_them() -> None:
    listed = json.loads(run("list", "--json").stdout)

    assert {one["key"] for one in listed} == {*library.every_key(), "T-15"}
    assert "T-15" in run("list").stdout


@pytest.mark.parametrize("language", library.LANGUAGES)
def test_the_outline_of_an_account_is_shown_with_what_each_part_asks_for(language: str) -> None:
    told = run("show", "T-15", "--lang", language).stdout

    parts = outline.of(language).parts
    assert len(parts) == 10
    for number, part in enumerate(parts.values(), start=1):
        assert f"{number}. {part.heading}: {part.prompt}" in told


def test_a_template_is_shown_with_its_blanks_and_choices() -> None:
    told = run("show", "T-07", "--lang", "fr").stdout

    assert told.startswith("# {function} fonctionne de nouveau")
    assert "[optional: *Ce qui peut durer encore.* {lingering}.]" in told
    assert "none_lost: Nous avons vérifié {how}" in told
    assert json.loads(run("show", "sms", "--json").stdout)["key"] == "sms"


@pytest.mark.parametrize("words", [("show", "T-99"), ("show", "T-15", "--lang", "tlh")])
def test_what_is_not_there_is_refused_with_what_is(words: tuple[str, ...]) -> None:
    told = run(*words)

    assert told.exit_code == 1
    assert "There is no" in told.stderr

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, OperationalError

from tocsin.catalogue import languages
from tocsin.cli import refusals, work
from tocsin.cli.main import ENTRIES, RESERVED, main
from tocsin.cli.tests.terminal import tocsin
from tocsin.disclosure.wording import BlankLeft
from tocsin.worker.due import LANES

ASKED = {
    *("serve", "worker", "front", "web", "declare", "update", "resolve", "status", "subscribe"),
    *("subscribers", "page", "component", "compile", "verify", "doctor"),
}


def run(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tocsin.cli", *words],
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_command_that_was_promised_is_there() -> None:
    assert set(ENTRIES) >= ASKED
    assert not set(ENTRIES) & set(RESERVED)


def test_every_command_says_what_it_does() -> None:
    for name in ENTRIES:
        result = tocsin(name, "--help")

        assert result.exit_code == 0, name
        assert result.stdout.startswith("Usage:"), name


def test_whoever_declares_waits_for_nothing_that_only_senders_need(tmp_path: Path) -> None:
    waiting = (
        "import sys; from tocsin.cli.commands import set_up; set_up(); "
        "from tocsin.cli import incidents; "
        "print({'structlog', 'httpcore', 'uvloop', 'icalendar'} & set(sys.modules))"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", waiting],
        env={**os.environ, "TOCSIN_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        timeout=60,
        check=True,
    )

    assert loaded.stdout == "set()\n"


def test_what_a_start_reads_is_read_by_the_quick_reader() -> None:
    assert languages.READER is yaml.CSafeLoader


def test_help_needs_no_django(tmp_path: Path) -> None:
    telling = (
        "import sys; from tocsin.cli.main import main; main(['--help'], standalone_mode=False)"
    )
    result = subprocess.run(
        [sys.executable, "-c", f"{telling}; sys.exit('django' in sys.modules)"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        timeout=60,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "open an incident and say the first word" in result.stdout


@pytest.mark.parametrize("name", RESERVED)
def test_a_reserved_name_says_that_it_is_not_there_yet(name: str) -> None:
    result = tocsin(name, "anything", "--at-all")

    assert result.exit_code == 1
    assert f"`tocsin {name}` isn't there yet." in result.stderr


def test_an_unknown_command_is_wrong_usage() -> None:
    assert tocsin("sing").exit_code == 2


def test_a_database_without_tables_is_a_sentence(tmp_path: Path) -> None:
    result = run("status", TOCSIN_DATA_DIR=str(tmp_path), TOCSIN_CONFIG=str(tmp_path / "none"))

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("The database isn't set up yet.")


def test_a_bad_setting_is_a_sentence(tmp_path: Path) -> None:
    result = run("status", TOCSIN_DATA_DIR=str(tmp_path), TOCSIN_MAILS_AN_HOUR="many")

    assert result.returncode == 1
    assert result.stderr.strip() == "TOCSIN_MAILS_AN_HOUR is 'many'; a number is needed."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("no such table: people_operator"), "isn't set up yet"),
        (OperationalError('relation "x" does not exist\nLINE 1'), "isn't set up yet"),
        (OperationalError("database is locked"), "cannot be used: database is locked"),
        (DataError("value too long for type character varying(100)"), "in fewer words"),
        (ImproperlyConfigured("TOCSIN_X is bad."), "TOCSIN_X is bad."),
        (PermissionError(13, "Permission denied", "/data"), "/data cannot be used"),
        (BlankLeft(("benefit",)), "Still to be filled: “What it is good for”."),
    ],
)
def test_what_is_anticipated_has_a_sentence(error: Exception, said: str) -> None:
    assert said in (refusals.sentence(error) or "")


def test_what_nobody_anticipated_has_none() -> None:
    assert refusals.sentence(ZeroDivisionError("no")) is None


def test_the_terminal_knows_the_worker_s_lanes() -> None:
    assert set(work.LANES) == set(LANES)


def test_every_command_and_option_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs/operating/cli.md").read_text("utf-8")
    ctx = click.Context(main)

    missing = [
        f"{path}: {word}"
        for name in ENTRIES
        for path, words in told(name, main.get_command(ctx, name))
        for word in words
        if word not in manual
    ]

    assert missing == []
    assert [name for name in RESERVED if f"`{name}`" not in manual] == []


def told(path: str, command: click.Command | None) -> Iterator[tuple[str, list[str]]]:
    """Each command below, as it is typed, and its long options."""
    assert command is not None
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from told(f"{path} {name}", below)
        return
    options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
    yield path, [f"`tocsin {path}", *options]

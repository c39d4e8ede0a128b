"""Sizes, names and habits that keep the house readable."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.house import MADE, PACKAGE, ROOT, files, folders, story

MOST_ROOT_ENTRIES, MOST_LINES = 17, 500
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
# Doors call the clock and hand the time on; the front has no rules to hand it to.
MAY_ASK_THE_TIME = {"settings", "cli", "console", "api", "subscribe", "worker", "front"}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("timezone", "now"),
    ("timezone", "localdate"),
}


def code() -> list[Path]:
    return [path for path in files(".py") if "migrations" not in path.parts]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_root_can_be_taken_in_at_a_glance() -> None:
    entries = {path.name for path in ROOT.iterdir()} - MADE
    ours = {name for name in entries if not name.endswith(".egg-info")}

    assert len(ours) <= MOST_ROOT_ENTRIES, sorted(ours)


def test_no_file_holds_two_stories() -> None:
    long = {shown(path): lines for path in code() if (lines := _lines(path)) > MOST_LINES}

    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_module_has_an_empty_name() -> None:
    assert [shown(path) for path in code() if path.stem in EMPTY_NAMES] == []


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_every_folder_says_what_it_knows(folder: Path) -> None:
    tree = ast.parse((folder / "__init__.py").read_text("utf-8"))

    assert ast.get_docstring(tree)
    assert len(tree.body) == 1 or folder.name == "settings", "an __init__ holds a docstring alone"


def test_every_folder_has_its_place_in_the_story() -> None:
    assert {folder.name for folder in folders()} <= set(story()) | {"front"}


def test_only_doors_ask_what_time_it_is() -> None:
    asking = [
        f"{shown(path)}: {ast.unparse(node)}"
        for path in code()
        if path.is_relative_to(PACKAGE)
        and "tests" not in path.parts
        and path.relative_to(PACKAGE).parts[0] not in MAY_ASK_THE_TIME
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if _asks_the_time(node)
    ]

    assert asking == []


def _asks_the_time(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return (name, node.attr) in CLOCKS


def test_no_path_of_one_machine_is_written_down() -> None:
    # In pieces, so that this file does not find itself.
    machine = re.compile(r"/(?:wo" + r"rk|ho" + r"me|Us" + r"ers)/\w|\.\./sha" + r"red")
    texts = files(".py", ".md", ".toml", ".yaml", ".yml", ".html", ".css", ".js", ".conf", ".po")

    assert [shown(p) for p in [*texts, ROOT / "Makefile"] if machine.search(p.read_text())] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    mark = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail)|importorskip|unittest\.skip")
    tests = [path for path in code() if "tests" in path.parts and path != Path(__file__)]

    assert [shown(path) for path in tests if mark.search(path.read_text("utf-8"))] == []

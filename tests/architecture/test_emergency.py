"""The emergency post runs where nothing but an interpreter is left."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOT

DOORS = ("tocsin.cli.door", "tocsin.cli.shout")
# Imported by door.py only once it is known that nobody shouts.
AFTERWARDS = {"tocsin.cli.main"}


def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    found = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in found if file.is_file()), None)


def imported_by(module: str) -> Iterator[str]:
    """Every module that a file of ours names in an import, at any depth of its code."""
    file = file_of(module)
    assert file is not None, module
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{module}: imports are absolute here"
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                yield whole if whole.startswith("tocsin.") and file_of(whole) else node.module


def closure() -> dict[str, set[str]]:
    """What is imported for a shout, by whom, our packages on the way included."""
    todo, seen = list(DOORS), dict[str, set[str]]()
    while todo:
        module = todo.pop()
        if module in seen or module in AFTERWARDS:
            continue
        seen[module] = set(imported_by(module)) if file_of(module) else set()
        above = [module.rsplit(".", n)[0] for n in range(1, module.count(".") + 1)]
        todo += [name for name in (*seen[module], *above) if name.split(".")[0] == "tocsin"]
    return seen


def test_what_a_shout_needs_is_the_standard_library_alone() -> None:
    strangers = {
        (module, name)
        for module, names in closure().items()
        for name in names
        if name.split(".")[0] not in {*sys.stdlib_module_names, "tocsin"}
    }

    assert strangers == set()


def test_a_shout_needs_few_modules_of_ours() -> None:
    ours = {module for module in closure() if module.count(".") > 1}

    assert {module.split(".")[1] for module in ours} == {"cli", "front", "page", "statements"}
    assert {module for module in ours if ".front." in module} == {"tocsin.front.headers"}
    assert ours & {"tocsin.statements.models", "tocsin.page.models", "tocsin.cli.commands"} == set()


@pytest.mark.parametrize("way", ["console script", "-m tocsin.cli", "-m tocsin.cli.shout"])
def test_it_is_said_when_nothing_else_can_be_imported(way: str, tmp_path: Path) -> None:
    """Without site-packages, and with whatever would be found there broken."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("django", "click", "structlog", "yaml", "brotli", "httpx", "markdown_it"):
        (broken / f"{name}.py").write_text("raise RuntimeError('the disk is gone')\n")
    begin = {
        "console script": "from tocsin.cli.door import main; main()",
        "-m tocsin.cli": "import runpy; runpy.run_module('tocsin.cli', run_name='__main__')",
        "-m tocsin.cli.shout": "import runpy, sys; del sys.argv[1]; "
        "runpy.run_module('tocsin.cli.shout', run_name='__main__')",
    }[way]
    code = f"import sys; sys.path[:0] = [{str(broken)!r}, {str(PACKAGE.parent)!r}]; {begin}"

    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", code, "shout", "We are down.", "--page", "linden"],
        env={"TOCSIN_DATA_DIR": str(tmp_path / "data"), "TOCSIN_CONFIG": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "a plain one was written there" in done.stderr
    page = tmp_path / "data" / "site" / "linden" / "releases" / "0.1" / "index.html"
    assert "We are down" in page.read_text("utf-8")

"""Where things are, read from the tree and from pyproject.toml."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tocsin"
# Made on the spot and never committed (.gitignore says the same).
MADE = {
    ".clients",
    ".git",
    ".venv",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "data",
    "dist",
}


def contracts() -> list[dict[str, Any]]:
    """The import contracts, as pyproject.toml has them."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def story() -> dict[str, int]:
    """Each folder's place in the story, the earliest 0; folders beside each other share one."""
    layers = next(c for c in contracts() if c["type"] == "layers")["layers"]
    return {
        folder.strip(" ()"): place
        for place, layer in enumerate(reversed(layers))
        for folder in layer.split("|")
    }


def folders() -> list[Path]:
    """Every folder of the package that holds code."""
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def files(*endings: str) -> Iterator[Path]:
    """Every file of ours that ends so (".py"), at any depth; without endings, every file."""
    for place, inside, names in os.walk(ROOT):
        inside[:] = sorted(n for n in inside if n not in MADE and not n.endswith(".egg-info"))
        for path in (Path(place, name) for name in sorted(names)):
            if not endings or path.suffix in endings:
                yield path

"""The import contracts hold, and each one fails the build when it is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import PACKAGE, ROOT, contracts

# (contract, file that breaks it, the offending line)
BREACHES = [
    ("story", "journal/actors.py", "from tocsin.catalogue import shelf"),
    ("story", "statements/values.py", "import tocsin.console.urls"),
    ("story", "errands/__init__.py", '"""A folder that has no place in the story."""'),
    ("page", "page/breach.py", "from tocsin.incidents import declaration"),
    ("page", "page/breach.py", "from tocsin.statements.drafting import drafted"),
    ("page", "page/breach.py", "from tocsin.people import access"),
    ("page", "page/breach.py", "from tocsin.watch import signals"),
    ("page", "page/breach.py", "from tocsin.watch.metrics import metrics_of"),
    ("judgement", "disclosure/phases.py", "from django.utils import timezone"),
    ("judgement", "scorecard/measures.py", "from django.utils import timezone"),
    ("judgement", "scorecard/totals.py", "from tocsin.statements import debts"),
    ("story", "scorecard/figures.py", "from tocsin.worker import due"),
    ("writing", "announcements/breach.py", "from tocsin.statements import publication"),
    ("writing", "page/breach.py", "from tocsin.statements.clearance import grant"),
    ("front", "front/breach.py", "from tocsin.journal import actors"),
    ("front", "front/breach.py", "import django"),
    ("emergency", "cli/shout.py", "from tocsin.settings.installation import installation"),
    ("emergency", "page/emergency/known.py", "from tocsin.page import record"),
    ("told", "settings/installation.py", "from tocsin.journal import ids"),
]
NAMES = {contract["id"]: contract["name"] for contract in contracts()}


def lint_imports(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache", *arguments],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(directory), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    only_code = shutil.ignore_patterns("__pycache__", "locale", "static", "tests")
    shutil.copytree(PACKAGE, tmp_path / "tocsin", ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    linted = lint_imports(ROOT)

    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_breach_fails_the_build(copied_house: Path, contract: str, file: str, line: str) -> None:
    offender = copied_house / "tocsin" / file
    offender.parent.mkdir(exist_ok=True)
    with offender.open("a") as code:
        code.write(f"\n{line}\n")

    linted = lint_imports(copied_house, "--contract", contract)

    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert f"{NAMES[contract]} BROKEN" in linted.stdout


def test_each_contract_has_a_breach_that_is_tried() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(NAMES)

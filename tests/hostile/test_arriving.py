"""`tocsin import` is given what it must refuse, and what may have been written to harm readers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests import look_alikes
from tests.cast import NOON, a_page
from tests.hostile.ground import SCRIPT, is_sentence, nothing_written
from tocsin.catalogue.shelf import Brand
from tocsin.cli.main import main
from tocsin.page import site, verbatim
from tocsin.page.markup import html_of_brought

pytestmark = pytest.mark.django_db
REFUSED, WRONG_USAGE = 1, 2

DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def page() -> Brand:
    return a_page()


def arrives(*words: str) -> Result:
    return CliRunner().invoke(main, ["import", *words])


def told(folder: Path, **more: Any) -> Path:
    """A folder with one incident, some of it otherwise than it should be."""
    (one,) = look_alikes.incidents(1, seed=9)
    content = json.dumps({"page": look_alikes.PAGE, "incident": one | more})
    (folder / "one.json").write_text(content)
    return folder


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("statuspage", "/nowhere"), REFUSED),
        (("statuspage", "."), REFUSED),
        (("statuspage", "http://127.0.0.1:9/"), REFUSED),
        (("statuspage", "https://169.254.169.254/v1/pages/x"), REFUSED),
        (("statuspage", "file:///etc/passwd"), REFUSED),
        (("statuspage", "https://user:pw@status.example"), REFUSED),
        (("cachet", "https://10.1.2.3/"), REFUSED),
        (("cachet", "no address"), REFUSED),
        (("upptime", "https://localhost/repos/x/y"), REFUSED),
        (("upptime", "/nowhere"), REFUSED),
        (("cstate", "/nowhere"), REFUSED),
        (("kuma", "/nowhere.db"), REFUSED),
        (("kuma", "/dev/null"), REFUSED),
        (("kuma", "."), REFUSED),
        (("elsewhere", "x"), WRONG_USAGE),
        (("statuspage",), WRONG_USAGE),
        (("statuspage", ".", "--zone", "Mars/Olympus"), WRONG_USAGE),
        (("statuspage", ".", "--page", "nowhere"), REFUSED),
        (("statuspage", ".", "--page", "linden", "--open-page"), WRONG_USAGE),
        (("statuspage", ".", "--key-file", "/nowhere"), WRONG_USAGE),
    ],
)
def test_a_source_that_is_none_is_refused(
    page: Brand,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    status: int,
) -> None:
    monkeypatch.chdir(tmp_path)

    with nothing_written():
        result = arrives(*words)

    assert result.exit_code == status, result.output
    assert is_sentence(result.stderr), result.stderr


@pytest.mark.parametrize(
    "odd",
    [
        {"incident_updates": []},
        {"incident_updates": None},
        {"incident_updates": [7]},
        {"incident_updates": [{"status": "resolved", "body": "x"}]},
        {"incident_updates": [{"status": "resolved", "display_at": "soon"}]},
        {"incident_updates": [{"status": "resolved", "display_at": "9999-12-31T23:59:59-14:00"}]},
        {"name": None},
        {"id": ["x"]},
    ],
)
def test_an_incident_that_cannot_be_told_stops_all_of_it(
    page: Brand, tmp_path: Path, odd: dict[str, Any]
) -> None:
    with nothing_written():
        result = arrives("statuspage", str(told(tmp_path, **odd)), "--page", page.id)

    assert result.exit_code == REFUSED, result.output
    assert "--keep-good" in result.stderr


@pytest.mark.parametrize(
    "odd",
    [
        {
            "components": [
                {"id": "x" * 500, "name": "y" * 500, "position": -4, "group_id": "x" * 500}
            ]
        },
        {"components": [{"id": "abcabcabcabc", "name": "", "group_id": "abcabcabcabc"}]},
        {"components": "none", "impact": 7, "shortlink": None, "resolved_at": "never"},
        {"status": "on fire", "started_at": 7, "page_id": None},
        {"name": "n" * 5000},
        {"scheduled_for": "2026-01-01T00:00:00Z", "scheduled_until": "2025-01-01T00:00:00Z"},
    ],
)
def test_what_is_merely_odd_comes_and_the_page_stands(
    page: Brand, tmp_path: Path, own_directories: Path, odd: dict[str, Any]
) -> None:
    result = arrives("statuspage", str(told(tmp_path, **odd)), "--page", page.id)

    assert result.exit_code == 0, result.output
    site.compile(NOON)
    while site.settle(NOON):
        pass


def test_no_script_of_theirs_runs_on_our_page(
    page: Brand, tmp_path: Path, own_directories: Path
) -> None:
    (one,) = look_alikes.incidents(1, seed=9)
    for update in one["incident_updates"]:
        update["body"] = (
            SCRIPT + '<a href="javascript:alert(1)" onclick="x()">y</a><style>*{}</style>'
        )
    folder = told(tmp_path, name=SCRIPT, incident_updates=one["incident_updates"])
    assert arrives("statuspage", str(folder), "--page", page.id).exit_code == 0
    site.compile(NOON)
    while site.settle(NOON):
        pass

    written = [path.read_text() for path in site.directory_of(page).rglob("*.html")]

    assert written
    for text in written:
        for data in DATA.findall(text):  # a browser reads it as such, up to the first "<"
            assert "<" not in data
        markup = DATA.sub("", text)
        assert "<script>alert" not in markup
        assert "onerror=" not in markup.replace("onerror=alert(1)&gt;", "")
        assert 'href="javascript:' not in markup
        assert "onclick" not in markup


def test_html_of_theirs_loses_whatever_could_act() -> None:
    harmless = html_of_brought("<ul><li>One<br /><b>two</b></li></ul><iframe src=x></iframe>")

    assert harmless == "<ul><li>One<br>two</li></ul>"


@pytest.mark.parametrize(
    "link",
    [
        "../../etc/passwd",
        "/..",
        "issues/../../x",
        "issues/.hidden",
        "api/v2/summary.json",
        "assets/x",
        "fr/incidents/x",
        "incidents/abcabcabcabc",
        "maintenance/abcabcabcabc/x",
        "issues/a b",
        "issues/a\\b",
        "index.html",
        "a/" * 9 + "b",
        "",
    ],
)
def test_an_old_link_never_stands_where_ours_do(link: str) -> None:
    assert verbatim._place(link) == ""

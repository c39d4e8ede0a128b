"""Upptime: issues as incidents, from GitHub's API and from a checkout with issues beside it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.far_side import FarSide
from tocsin.moving.arrivals import upptime
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.tests.arriving import MISSING, a_web, answers, quiet, unloaded, whats
from tocsin.statements import published

CONFIG = """
owner: northwind
repo: status
sites:
  - {name: Shop, url: https://northwind.example}
  - {name: Partner API, url: https://api.northwind.example, slug: partners}
status-website: {name: Northwind Status}
"""
SUMMARY = [{"name": "Shop", "slug": "shop-eu", "status": "up"}]
PLAN = """<!--
start: 2025-03-01T02:00:00.000Z
end: 2025-03-01T03:30:00.000Z
expectedDown: shop-eu, nobody
-->
New disks."""


def issue(number: int, title: str, *labels: str, **more: Any) -> dict[str, Any]:
    told = {
        "number": number,
        "title": title,
        "body": "In [`8f2a`](https://github.example/c/8f2a), Shop was **down**.",
        "labels": [{"name": name} for name in labels],
        "created_at": "2024-06-01T10:00:00Z",
        "closed_at": "2024-06-01T10:40:00Z",
        "comments": 0,
        "html_url": f"https://github.example/northwind/status/issues/{number}",
    }
    return told | more


def comment(number: int, at: str, body: str, **more: Any) -> dict[str, Any]:
    url = f"https://api.github.example/repos/northwind/status/issues/{number}"
    return {"id": int(at[14:16]) + 1000, "created_at": at, "body": body, "issue_url": url} | more


ISSUES = [
    issue(12, "🛑 Shop is down", "status", "shop-eu", comments=2),
    issue(13, "⚠️ Partner API has degraded performance", "status", "partners"),
    issue(
        14,
        "New disks",
        "maintenance",
        body=PLAN,
        created_at="2025-02-20T08:00:00Z",
        closed_at="2025-03-01T03:20:00Z",
    ),
    issue(15, "A question", "question"),
    issue(16, "🛑 Shop is down", "status", "shop-eu", closed_at=None),
    issue(17, "A change", "status", pull_request={}),
]
COMMENTS = [
    comment(12, "2024-06-01T10:39:00Z", "**Resolved:** Shop is back up."),
    comment(12, "2024-06-01T10:20:00Z", "We found a full disk."),
]


def a_checkout(folder: Path) -> Path:
    (folder / "history").mkdir()
    (folder / ".upptimerc.yml").write_text(CONFIG)
    (folder / "history" / "summary.json").write_text(json.dumps(SUMMARY))
    (folder / "issues.json").write_text(json.dumps(ISSUES))
    (folder / "comments-1.json").write_text(json.dumps(COMMENTS))
    return folder


def test_issues_become_incidents_with_their_comments(tmp_path: Path) -> None:
    cargo = upptime.read_checkout(a_checkout(tmp_path), progress=quiet)

    assert cargo.home.name == "Northwind Status"
    assert [(row["id"], row["name"]) for row in cargo.components] == [
        ("site shop-eu", "Shop"),
        ("site partners", "Partner API"),
    ]
    by_name = {one.links[0]: one.told for one in cargo.incidents}
    assert set(by_name) == {"incident/12", "incident/13", "incident/14", "incident/16"}
    shop = by_name["incident/12"]
    assert [u["status"] for u in shop["incident_updates"]] == [
        "resolved",
        "investigating",
        "investigating",
    ]
    assert shop["resolved_at"] == "2024-06-01T10:40:00.000Z"
    assert (shop["impact"], by_name["incident/13"]["impact"]) == ("critical", "minor")
    assert shop["shortlink"].endswith("/issues/12")
    assert by_name["incident/16"]["status"] == "investigating"
    assert any("without a word" in what for what in whats(cargo))
    assert any("none of the page's" in what for what in whats(cargo))


def test_planned_work_has_the_window_that_its_comment_says(tmp_path: Path) -> None:
    cargo = upptime.read_checkout(a_checkout(tmp_path), progress=quiet)

    work = next(one.told for one in cargo.incidents if one.is_planned)
    assert (work["scheduled_for"], work["scheduled_until"]) == (
        "2025-03-01T02:00:00.000Z",
        "2025-03-01T03:30:00.000Z",
    )
    assert work["status"] == "completed"
    assert [row["code"] for row in work["incident_updates"][0]["affected_components"]] == [
        "site shop-eu"
    ]


def test_github_is_read_page_by_page(tmp_path: Path) -> None:
    with FarSide() as far, a_web(key=upptime.headers("k")) as web:
        base = "/repos/northwind/status"
        config = base64.b64encode(CONFIG.encode()).decode()
        summary = base64.b64encode(json.dumps(SUMMARY).encode()).decode()
        listed = {"status": [ISSUES[0], ISSUES[1]], "maintenance": [ISSUES[2]]}
        answers(
            far,
            {
                f"{base}/contents/.upptimerc.yml": {"content": config},
                f"{base}/contents/history/summary.json": {"content": summary},
                f"{base}/issues/12/comments?per_page=100&page=1": COMMENTS,
            }
            | {
                f"{base}/issues?state=all&labels={label}&per_page=100&page=1": rows
                for label, rows in listed.items()
            },
        )
        cargo = upptime.read(far.url(base), web, progress=quiet)

    assert len(cargo.incidents) == 3
    assert len(cargo.incidents[0].updates) == 3
    assert far.calls[0].headers["authorization"] == "Bearer k"


def test_a_repository_without_a_page_has_no_incidents() -> None:
    with FarSide() as far, a_web() as web:
        base = "/repos/northwind/other"
        for name in (".upptimerc.yml", ".statusrc.yml", "history/summary.json"):
            far.always[f"{base}/contents/{name}"] = MISSING
        for label in ("status", "maintenance"):
            answers(far, {f"{base}/issues?state=all&labels={label}&per_page=100&page=1": []})

        assert upptime.read(far.url(base), web, progress=quiet).incidents == []


@pytest.mark.parametrize("config", ["status-website: {name: &a [*a]}", "since: 2024-13-01"])
def test_a_configuration_that_cannot_be_meant_is_refused(tmp_path: Path, config: str) -> None:
    (a_checkout(tmp_path) / ".upptimerc.yml").write_text(config)

    with pytest.raises(CannotArrive, match=r"upptimerc\.yml cannot be read as YAML"):
        upptime.read_checkout(tmp_path, progress=quiet)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotArrive, match=r"upptimerc\.yml"):
        upptime.read_checkout(tmp_path, progress=quiet)


@pytest.mark.django_db
def test_it_comes_to_a_page_once(tmp_path: Path) -> None:
    folder = a_checkout(tmp_path)

    page, report = unloaded(upptime.read_checkout(folder, progress=quiet))

    assert report.count("new") == 4
    assert len(published.open_stories(page.audience_id)) == 1
    again = unloaded(upptime.read_checkout(folder, progress=quiet), page)[1]
    assert (again.count("same"), again.updates) == (4, 0)

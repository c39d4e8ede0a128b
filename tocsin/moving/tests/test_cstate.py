"""A cState checkout: updates out of bodies, times out of shortcodes, and old links that lead on."""

from pathlib import Path

import pytest

from tocsin.catalogue import shelf
from tocsin.moving.arrivals import cstate
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.tests.arriving import PARIS, UTC_ZONE, unloaded, whats
from tocsin.page import verbatim
from tocsin.statements import published

CONFIG = """
title: Northwind Chat
baseURL: https://status.northwind.example
params:
  categories:
    - name: Core
    - name: Unused
  systems:
    - {name: API, category: Core, description: What apps talk to}
    - {name: Media Proxy}
"""
ISSUE = """---
title: Rooms are missing
date: 2024-04-13 15:54:00
resolved: true
resolvedWhen: 2024-04-13 17:30:00
# down, disrupted, notice
severity: down
affected: [API, Media Proxy]
section: issue
---

*Post-mortem*

A primary moved by itself.

It took two clusters with it.

---

*Update* - A repair holds. {{< track "2024-04-13 17:30:00" >}}

*Monitoring* - Rooms come back.
We watch. {{< track "2024-04-13 16:50:00" >}}

*Investigating* - Rooms are missing. {{< track "2024-04-13 15:54:00" >}}
"""


BOMB = "\n".join(
    ["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10))]
)


def a_site(folder: Path, **issues: str) -> Path:
    place = folder / "content" / "issues"
    place.mkdir(parents=True)
    (folder / "config.yml").write_text(CONFIG)
    for name, text in issues.items():
        (place / f"{name}.md").write_text(text)
    return folder


def test_a_body_is_taken_apart_into_its_updates(tmp_path: Path) -> None:
    cargo = cstate.read(a_site(tmp_path, rooms=ISSUE), zone=UTC_ZONE)

    (one,) = cargo.incidents
    told = [(u["status"], u["display_at"][11:16], u["body"]) for u in one.updates]
    assert told == [
        ("postmortem", "17:30", "A primary moved by itself.\n\nIt took two clusters with it."),
        ("resolved", "17:30", "A repair holds."),
        ("monitoring", "16:50", "Rooms come back.\nWe watch."),
        ("investigating", "15:54", "Rooms are missing."),
    ]
    assert one.told["impact"] == "critical"
    assert one.told["resolved_at"] == "2024-04-13T17:30:00.000Z"
    affected = one.updates[-1]["affected_components"]
    assert [(row["name"], row["new_status"]) for row in affected] == [
        ("API", "major_outage"),
        ("Media Proxy", "major_outage"),
    ]


def test_times_are_in_the_zone_that_is_given(tmp_path: Path) -> None:
    (one,) = cstate.read(a_site(tmp_path, rooms=ISSUE), zone=PARIS).incidents

    assert one.told["started_at"] == "2024-04-13T13:54:00.000Z"


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        ("We will shut down at midnight.", ["resolved"]),
        ("", ["resolved"]),
        ("*Update* - Over.\n\n*Investigating* - We look.", ["resolved", "investigating"]),
        ("**Resolved** -\nAll well.\n\n*Identified* – Found.", ["resolved", "identified"]),
        ("Words first.\n\n*Investigating* - We look.", ["resolved", "investigating"]),
    ],
)
def test_whatever_its_body_is_like_a_resolved_issue_ends(
    tmp_path: Path, body: str, statuses: list[str]
) -> None:
    head = ISSUE.split("\n---\n")[0]

    (one,) = cstate.read(a_site(tmp_path, one=f"{head}\n---\n\n{body}\n"), zone=UTC_ZONE).incidents

    assert [update["status"] for update in one.updates] == statuses
    assert one.told["status"] == "resolved"


def test_an_update_without_a_time_is_named(tmp_path: Path) -> None:
    text = ISSUE.replace(' {{< track "2024-04-13 16:50:00" >}}', "")

    cargo = cstate.read(a_site(tmp_path, rooms=text), zone=UTC_ZONE)

    assert cstate.NO_TIME in whats(cargo)


@pytest.mark.parametrize(
    "text",
    ["no front matter", "---\ntitle: x\n---\n", "---\ndate: soon\n---\n", "---\n[: broken\n---\n"],
)
def test_an_issue_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    cargo = cstate.read(a_site(tmp_path, odd=text), zone=UTC_ZONE)

    assert cargo.incidents == []
    assert cargo.broken[0].startswith("odd.md: ")


def test_what_stands_for_more_than_a_machine_holds_is_not_taken(tmp_path: Path) -> None:
    issue = f"---\n{BOMB}\ntitle: *a9\ndate: 2024-04-13 15:54:00\n---\nIt fails."
    site = a_site(tmp_path, bomb=issue)

    assert "says too much at once" in cstate.read(site, zone=UTC_ZONE).broken[0]

    (site / "config.yml").write_text(f"{BOMB}\ntitle: *a9\n")
    with pytest.raises(CannotArrive, match=r"config\.yml cannot be read: .*too much at once"):
        cstate.read(site, zone=UTC_ZONE)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotArrive, match=r"content/issues"):
        cstate.read(tmp_path, zone=UTC_ZONE)


@pytest.mark.django_db
def test_it_comes_to_a_page_and_old_links_lead_to_it(tmp_path: Path) -> None:
    cargo = cstate.read(a_site(tmp_path, rooms=ISSUE), zone=UTC_ZONE)

    page, report = unloaded(cargo)

    tree = {node.name: node for node in shelf.components_of(page.id)}
    assert [child.name for child in tree["Core"].children] == ["API"]
    assert "Unused" not in tree
    (story,) = published.recent_stories(page.audience_id)
    stubs = verbatim.moved("https://s.example", story, "en")
    assert list(stubs) == ["issues/rooms/index.html"]
    assert (
        f"https://s.example/incidents/{story.incident_id}"
        in stubs["issues/rooms/index.html"].decode()
    )
    spans = published.spans_between(page.audience_id, story.started_at, story.latest.published_at)
    assert {span.state.value for span in spans} == {"major_outage"}
    assert report.links == 1
    assert unloaded(cstate.read(tmp_path, zone=UTC_ZONE), page)[1].count("same") == 1

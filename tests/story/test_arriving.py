"""A past comes along from another page: whole, verbatim, once, and nobody is told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests import look_alikes
from tests.arrival import differences
from tests.cast import SAM
from tests.story.telling import Telling, mails
from tocsin.announcements.models import Delivery
from tocsin.catalogue.models import Access
from tocsin.catalogue.tree import State
from tocsin.cli.main import main
from tocsin.journal.actors import TERMINAL
from tocsin.page import record, site, statuspage
from tocsin.statements import circles, publication, published, redaction

COUNT = 40


def told(folder: Path, *incidents: dict[str, Any]) -> Path:
    """A folder with a file for each incident."""
    folder.mkdir(exist_ok=True)
    for one in incidents:
        content = json.dumps({"page": look_alikes.PAGE, "incident": one})
        (folder / f"{one['id']}.json").write_text(content, "utf-8")
    return folder


@pytest.fixture
def past() -> list[dict[str, Any]]:
    return list(look_alikes.incidents(COUNT))


@pytest.fixture
def folder(tmp_path: Path, past: list[dict[str, Any]]) -> Path:
    return told(tmp_path / "past", *past)


def arrives(folder: Path, night: Telling, *more: str) -> dict[str, Any]:
    words = ["import", "statuspage", str(folder), "--page", night.page.id, "--json", *more]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def settled(night: Telling) -> None:
    """Let the worker write the archive, too."""
    night.run_lanes()
    while site.settle(night.night.now):
        pass


def answer(night: Telling, place: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(night.reads(f"api/v2/{place}.json"))
    return found


def test_every_field_comes_out_as_it_went_in(
    night: Telling, folder: Path, past: list[dict[str, Any]]
) -> None:
    arrives(folder, night)
    settled(night)

    wrong = [
        difference
        for one in past
        for difference in differences(one, answer(night, f"incidents/{one['id']}")["incident"])
    ]

    assert wrong == []
    assert publication.faults() == []


def test_a_circle_that_joins_later_is_told_every_field_too(
    night: Telling,
    folder: Path,
    tmp_path: Path,
    past: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(circles, "AT_ONCE", 15)
    monkeypatch.setattr(circles, "WAITED_FOR", 1)
    arrives(told(tmp_path / "begun", *past[:10]), night)

    circle = circles.open_circle(
        night.page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=night.night.now
    )
    arrives(folder, night)  # while the circle knows a part of it
    while circles.join_due(night.night.now):
        pass

    everyone = published.numbered(night.page.audience_id, after=0)
    theirs = published.numbered(circle.audience_id, after=0)
    assert [(one.number, one.source) for one in theirs] == [
        (one.number, one.source) for one in everyone
    ]
    snapshot = record.gather(circle, former=None, at=night.night.now)
    story = published.story(circle.audience_id, past[2]["id"])
    assert story is not None
    assert story.is_as_brought
    told_them = statuspage.incident(snapshot, story)
    assert list(differences(past[2], json.loads(json.dumps(told_them)))) == []
    assert publication.faults() == []


def test_people_find_it_where_they_found_it_before(
    night: Telling, folder: Path, past: list[dict[str, Any]]
) -> None:
    arrives(folder, night)
    settled(night)

    page = night.reads(f"incidents/{past[2]['id']}")

    assert past[2]["name"] in page
    assert "&lt;ul&gt;" not in "".join(night.reads(f"incidents/{one['id']}") for one in past)


def test_one_moment_alone_is_no_length(
    night: Telling, tmp_path: Path, past: list[dict[str, Any]]
) -> None:
    one = next(one for one in past if len(one["incident_updates"]) == 1)
    arrives(told(tmp_path / "past", one | {"started_at": one["resolved_at"]}), night)
    settled(night)

    page = night.reads(f"incidents/{one['id']}")

    assert "began" in page
    assert "lasted" not in page


def test_nobody_is_told(night: Telling, folder: Path) -> None:
    arrives(folder, night)
    settled(night)
    night.at("09:30")
    night.run_lanes()

    assert mails() == []
    assert not Delivery.objects.exists()
    assert night.mails_to(SAM) == []


def test_it_is_said_how_far_the_archive_has_come(night: Telling, folder: Path) -> None:
    arrives(folder, night)
    site.compile(night.night.now)

    (behind,) = archives()
    assert behind["incidents"] == COUNT
    assert behind["incidents_left"] == COUNT
    settled(night)
    assert archives() == []


def archives() -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["status", "--json"])
    told: list[dict[str, Any]] = json.loads(result.stdout)["archive"]
    return told


def test_a_second_run_changes_nothing(night: Telling, folder: Path) -> None:
    first = arrives(folder, night)
    number = published.last_number(night.page.audience_id)

    second = arrives(folder, night)

    assert first["incidents"]["new"] == COUNT
    assert second["incidents"]["same"] == COUNT
    assert second["changes"] == []
    assert (second["updates"], second["components"]) == (0, 0)
    assert published.last_number(night.page.audience_id) == number


def test_a_dry_run_says_the_difference_and_writes_nothing(night: Telling, folder: Path) -> None:
    said = arrives(folder, night, "--dry-run")

    assert len(said["changes"]) == COUNT
    assert said["components"] > 0
    assert published.last_number(night.page.audience_id) == 0


def test_words_of_another_language_say_so(night: Telling, folder: Path, past: list[Any]) -> None:
    arrives(folder, night, "--language", "fr")
    settled(night)

    path = f"incidents/{past[2]['id']}"
    assert "in French" in night.reads(path)
    assert list(differences(past[2], answer(night, path)["incident"])) == []


def test_what_goes_on_there_comes_after(
    night: Telling, tmp_path: Path, past: list[dict[str, Any]]
) -> None:
    one = next(one for one in past if len(one["incident_updates"]) > 3)
    begun = one | {
        "status": "investigating",
        "resolved_at": None,
        "incident_updates": one["incident_updates"][-1:],
    }
    folder = told(tmp_path / "past", begun)
    arrives(folder, night)
    settled(night)
    assert answer(night, "incidents/unresolved")["incidents"][0]["id"] == one["id"]

    said = arrives(told(folder, one), night)
    settled(night)

    assert said["incidents"]["more"] == 1
    assert said["updates"] == len(one["incident_updates"]) - 1
    out = answer(night, f"incidents/{one['id']}")["incident"]
    assert list(differences(one, out)) == []
    assert night.summary()["incidents"] == []


def test_what_is_open_goes_on_here(
    night: Telling, tmp_path: Path, past: list[dict[str, Any]]
) -> None:
    one = next(one for one in past if len(one["incident_updates"]) > 3)
    begun = one | {"status": "investigating", "resolved_at": None}
    begun["incident_updates"] = one["incident_updates"][-1:]
    folder = told(tmp_path / "past", begun)
    arrives(folder, night)

    saying = night.identified("The index is rebuilt", "09:40")
    saying = replace(saying, components={"checkout": State.MAJOR})
    night.said("09:20", one["id"], saying, by=night.olu)
    settled(night)

    out = answer(night, f"incidents/{one['id']}")["incident"]
    assert out["status"] == "identified"
    assert (out["shortlink"], out["created_at"]) == (one["shortlink"], one["created_at"])
    assert len(out["incident_updates"]) == 2
    assert list(differences(begun["incident_updates"][0], out["incident_updates"][1])) == []
    assert night.mails_to(SAM), "a word said here is told as ever"
    again = arrives(told(folder, one), night)
    assert again["incidents"]["continued_here"] == 1
    assert again["losses"][0]["examples"] == [one["id"]]


def test_a_secret_can_be_taken_out_of_it(
    night: Telling, tmp_path: Path, past: list[dict[str, Any]]
) -> None:
    one = past[4]
    one["name"] = "The password is hunter2-secret"
    one["incident_updates"][0]["body"] = "Use hunter2-secret to sign in."
    arrives(told(tmp_path / "past", one), night)
    settled(night)

    reason = {"en": "A password was published."}
    redaction.redact(
        night.page.id, "hunter2-secret", reason=reason, by=night.lea, at=night.at("09:30")
    )
    settled(night)

    out = answer(night, f"incidents/{one['id']}")["incident"]
    assert "hunter2-secret" not in json.dumps(out)
    assert out["shortlink"] == one["shortlink"]


def test_the_bars_know_what_was_said(night: Telling, tmp_path: Path) -> None:
    (one,) = look_alikes.incidents(1, seed=3)
    component = look_alikes.component_id(0)
    began = night.night.now - timedelta(days=9)
    one |= {"started_at": look_alikes.stamp(began), "components": []}
    ended = began + timedelta(minutes=50)
    affected = {"code": component, "name": "Storefront", "old_status": "operational"}
    one["incident_updates"] = [
        one["incident_updates"][0] | told | {"id": f"upd{turn:09d}"}
        for turn, told in enumerate(
            (
                {
                    "status": "resolved",
                    "display_at": look_alikes.stamp(ended),
                    "affected_components": [affected | {"new_status": "operational"}],
                },
                {
                    "status": "investigating",
                    "display_at": look_alikes.stamp(began + timedelta(minutes=4)),
                    "affected_components": [affected | {"new_status": "major_outage"}],
                },
            )
        )
    ]
    one["resolved_at"] = look_alikes.stamp(ended)

    arrives(told(tmp_path / "past", one), night)

    (span,) = published.spans_between(night.page.audience_id, began, night.night.now)
    assert (span.component_id, span.state) == (component, State.MAJOR)
    assert (span.since, span.until) == (began, ended)


def test_planned_work_keeps_its_place_and_its_moment(night: Telling, tmp_path: Path) -> None:
    over = look_alikes.maintenance(begins_at=datetime(2026, 3, 1, 2, tzinfo=UTC), seed=5)
    # Ahead of the night's clock and of ours, which is whose time it arrives at.
    soon = max(night.night.now, datetime.now(UTC)) + timedelta(days=2)
    ahead = look_alikes.maintenance(begins_at=soon, said=("scheduled",))

    said = arrives(told(tmp_path / "past", over, ahead), night)
    settled(night)

    assert said["losses"] == []
    for one in (over, ahead):
        for place, name in (
            ("incidents", "incident"),
            ("scheduled-maintenances", "scheduled_maintenance"),
        ):
            out = answer(night, f"{place}/{one['id']}")[name]
            assert list(differences(one, out)) == []
    upcoming = answer(night, "scheduled-maintenances/upcoming")["scheduled_maintenances"]
    assert [one["id"] for one in upcoming] == [ahead["id"]]
    assert "Database upgrade" in night.reads(f"incidents/{over['id']}")

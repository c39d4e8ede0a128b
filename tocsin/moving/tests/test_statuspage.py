"""A live Statuspage: its public history to the end, and its keepers' API with the readers."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import look_alikes
from tests.cast import a_page
from tests.far_side import Answer, FarSide
from tocsin.announcements.models import Account, Subscription
from tocsin.catalogue import shelf
from tocsin.moving.arrivals import folder, live, manage
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.tests.arriving import MISSING, a_web, answers, planned, quiet, unloaded, whats
from tocsin.statements import published

PAGE = look_alikes.PAGE


def quarter(*codes: str) -> dict[str, Any]:
    return {"months": [{"name": "May", "incidents": [{"code": code} for code in codes]}]}


def a_live_page(far: FarSide) -> list[dict[str, Any]]:
    """Three incidents: one still listed, one in the history, one two years further back."""
    past = list(look_alikes.incidents(3))
    component = look_alikes.a_component()
    answers(
        far,
        {
            "/api/v2/components.json": {"page": PAGE, "components": [component]},
            "/api/v2/incidents.json": {"page": PAGE, "incidents": [past[2]]},
            "/api/v2/scheduled-maintenances.json": {"page": PAGE, "scheduled_maintenances": []},
        },
    )
    pages = {n: quarter() for n in range(1, 40)}
    pages |= {1: quarter(past[2]["id"], past[1]["id"]), 9: quarter(past[0]["id"])}
    answers(far, {f"/history.json?page={n}": told for n, told in pages.items()})
    answers(
        far,
        {f"/api/v2/incidents/{one['id']}.json": {"page": PAGE, "incident": one} for one in past},
    )
    return past


def test_the_history_is_walked_to_its_end() -> None:
    with FarSide() as far, a_web() as web:
        past = a_live_page(far)

        cargo = live.read(far.url("/"), web, progress=quiet)

    assert {one.id for one in cargo.incidents} == {one["id"] for one in past}
    assert (cargo.home.id, cargo.home.name) == (PAGE["id"], "Northwind")
    quarters = [call.path for call in far.calls if "history" in call.path]
    assert quarters[-1] == f"/history.json?page={9 + live.QUIET}"


def test_a_page_without_a_history_says_what_stays_behind() -> None:
    with FarSide() as far, a_web() as web:
        past = a_live_page(far)
        far.always["/history.json?page=1"] = MISSING

        cargo = live.read(far.url("/api/v2/summary.json"), web, progress=quiet)

    assert [one.id for one in cargo.incidents] == [past[2]["id"]]
    assert any("newest fifty" in what for what in whats(cargo))


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null"])
def test_what_is_no_statuspage_is_refused(body: bytes) -> None:
    with FarSide() as far, a_web() as web:
        far.always["/api/v2/components.json"] = Answer(body=body)

        with pytest.raises(CannotArrive, match="Statuspage"):
            live.read(far.url(""), web, progress=quiet)


def a_managed_page(far: FarSide, page_id: str = PAGE["id"]) -> list[dict[str, Any]]:
    past = list(look_alikes.incidents(2, seed=5))
    kept = [
        one
        | {
            "metadata": {"jira": {"ticket": "SECRET-1"}},
            "postmortem_body": "a draft that nobody published",
            "impact_override": None,
            "scheduled_for": None,
        }
        for one in past
    ]
    component = look_alikes.a_component()
    component |= {"automation_email": "component+secret@notifications.example"}
    base = f"/v1/pages/{page_id}"
    readers = [
        {
            "id": "s1",
            "mode": "email",
            "email": "ann@reader.example",
            "created_at": "2019-03-04T05:06:07Z",
        },
        {
            "id": "s2",
            "mode": "webhook",
            "endpoint": "https://hooks.reader.example/in",
            "email": "ops@reader.example",
            "created_at": "2020-01-02T03:04:05.678Z",
            "components": [component["id"]],
        },
        {
            "id": "s3",
            "mode": "sms",
            "phone_number": "5551234",
            "created_at": "2020-01-02T03:04:05Z",
        },
    ]
    answers(
        far,
        {
            base: PAGE,
            f"{base}/components?page=1&per_page=100": [component],
            f"{base}/component-groups?page=1&per_page=100": [],
            f"{base}/incidents?page=1&limit=100": kept,
            f"{base}/subscribers?page=0&limit=100&state=active": readers,
            f"{base}/subscribers?page=0&limit=100&state=unconfirmed": [{"id": "s4"}],
            f"{base}/subscribers?page=0&limit=100&state=quarantined": [],
        },
    )
    return past


@pytest.mark.django_db
def test_keepers_bring_their_readers_with_the_day_they_agreed() -> None:
    with FarSide() as far, a_web(key=manage.headers("k")) as web:
        a_managed_page(far)
        cargo = manage.read(far.url(f"/v1/pages/{PAGE['id']}"), web, progress=quiet)
        assert far.calls[0].headers["authorization"] == "OAuth k"

    page, report = unloaded(cargo)

    ann = Subscription.objects.get(address="ann@reader.example")
    assert ann.consented_at
    assert ann.consented_at.isoformat() == "2019-03-04T05:06:07+00:00"
    machine = Subscription.objects.get(channel="webhook")
    assert not machine.follows_all
    assert Account.objects.get(pk=machine.pk).format == "statuspage"
    assert report.imported
    assert report.imported.confirmed == 2
    told = [loss.what for loss in report.losses]
    assert "A reader by sms cannot be told here that way." in told
    assert any("unconfirmed" in what for what in told)
    assert page.id


@pytest.mark.django_db
def test_what_keepers_alone_see_is_told_to_nobody() -> None:
    with FarSide() as far, a_web() as web:
        past = a_managed_page(far)
        cargo = manage.read(far.url(f"/v1/pages/{PAGE['id']}.json"), web, progress=quiet)

    page, _ = unloaded(cargo)

    said = published.numbered(page.audience_id, after=0)
    told = json.dumps(
        [[dict(one.source.update), one.source.incident] for one in said if one.source]
    )
    assert "SECRET-1" not in told
    assert "nobody published" not in told
    assert "secret@" not in told
    assert past[0]["shortlink"] in told


@pytest.mark.django_db
def test_ids_that_our_addresses_cannot_hold_give_way_and_lead_on(tmp_path: Path) -> None:
    (one,) = look_alikes.incidents(1, seed=4)
    one |= {"id": "01JCLONE0000000000000000XY", "page_id": "01JPAGE"}
    one["incident_updates"] = [u | {"id": f"01J{u['id']}"} for u in one["incident_updates"]]
    (tmp_path / "a.json").write_text(json.dumps({"page": PAGE, "incident": one}))

    page, _ = unloaded(folder.read(tmp_path))

    (story,) = published.recent_stories(page.audience_id)
    assert len(story.incident_id) == 12
    assert story.source
    assert story.source.links == (f"incidents/{one['id']}",)
    assert story.source.incident
    assert story.source.incident["id"] == story.incident_id
    again = unloaded(folder.read(tmp_path), page)[1]
    assert again.count("same") == 1


@pytest.mark.django_db
def test_a_group_known_by_its_id_alone_is_opened_under_its_name(tmp_path: Path) -> None:
    for one in look_alikes.incidents(30):
        (tmp_path / f"{one['id']}.json").write_text(json.dumps({"incident": one}))

    page, _ = unloaded(folder.read(tmp_path))

    group = shelf.components_of(page.id).by_id()[look_alikes.GROUP_ID]
    assert group.name == "For partners"
    assert {child.name for child in group.children} <= {"Search", "Exports & Reports"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"7", "holds no object"),
        (b'{"incident": 7}', "has no id"),
        (b'{"incident": {"id": 7, "name": "x"}}', "has no id"),
        (b'{"incident": {"id": "abcabcabcabc"}}', "has no name"),
        (b"[" * 100_000, "nested"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "odd.json").write_bytes(content)

    cargo = folder.read(tmp_path)

    (fault,) = cargo.broken
    assert fault.startswith("odd.json: ")
    assert said in fault


@pytest.mark.django_db
def test_an_incident_of_another_page_here_is_not_brought_twice(tmp_path: Path) -> None:
    (one,) = look_alikes.incidents(1)
    (tmp_path / "a.json").write_text(json.dumps({"incident": one}))
    unloaded(folder.read(tmp_path))

    with pytest.raises(CannotArrive, match="on another page"):
        unloaded(folder.read(tmp_path), a_page(name="Fjord"))


@pytest.mark.django_db
def test_signs_that_no_database_takes_are_left_out(tmp_path: Path) -> None:
    (one,) = look_alikes.incidents(1)
    one["name"] = "NUL \x00 and half a \ud83d pair"
    (tmp_path / "a.json").write_text(json.dumps({"incident": one}))

    page, _ = unloaded(folder.read(tmp_path))

    (story,) = published.recent_stories(page.audience_id)
    assert story.name("en")[1] == "NUL  and half a  pair"


@pytest.mark.django_db
def test_two_who_bring_the_same_at_once_bring_it_once(tmp_path: Path) -> None:
    for one in look_alikes.incidents(5):
        (tmp_path / f"{one['id']}.json").write_text(json.dumps({"incident": one}))
    page = a_page()
    first, second = (planned(folder.read(tmp_path), page) for _ in range(2))

    first.unload()
    second.unload()

    assert len(published.recent_stories(page.audience_id)) == 5
    told = [said.source for said in published.numbered(page.audience_id, after=0) if said.source]
    ids = [source.update["id"] for source in told]
    assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_trouble_that_no_incident_there_tells_of_is_named(tmp_path: Path) -> None:
    row = look_alikes.a_component() | {"status": "partial_outage"}
    (tmp_path / "components.json").write_text(json.dumps({"components": [row]}))

    _, report = unloaded(folder.read(tmp_path))

    (loss,) = report.losses
    assert loss.examples == ["Storefront: partial_outage"]

import json
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from tests import cast
from tocsin.api import readiness
from tocsin.page import site


@pytest.fixture
def site_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.TOCSIN = replace(settings.TOCSIN, site_dir=tmp_path, metrics_token="let-me-count")
    return tmp_path


def compiled(site_dir: Path) -> None:
    (site_dir / "linden").mkdir()
    (site_dir / "linden" / "live").write_text("1.0\n")
    (site_dir / "hosts.json").write_text(json.dumps({"default": "linden", "hosts": {}}))


def test_it_says_that_it_is_alive_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_it_is_ready_once_a_page_is_compiled(client: Client, site_dir: Path) -> None:
    waiting = client.get("/readyz")
    compiled(site_dir)
    ready = client.get("/readyz")

    assert waiting.status_code == 503
    assert "No page has been compiled yet" in waiting.json()["reasons"]["site"]
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_page_whose_pointer_is_missing_is_named(client: Client, site_dir: Path) -> None:
    compiled(site_dir)
    hosts = {"default": "linden", "hosts": {"ash.example": "ash"}}
    (site_dir / "hosts.json").write_text(json.dumps(hosts))

    assert "ash" in client.get("/readyz").json()["reasons"]["site"]


@pytest.fixture
def broken_database() -> Generator[None, None, None]:
    """Every statement fails, as on a server that has gone."""

    def refuse(*_: Any) -> None:
        raise DatabaseError("host=secret.internal user=tocsin: no route")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("broken_database")
def test_a_database_that_does_not_answer_is_said_without_its_secrets(
    client: Client, site_dir: Path
) -> None:
    compiled(site_dir)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["reasons"] == {"database": "The database does not answer."}


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_said(
    client: Client, site_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled(site_dir)
    monkeypatch.setattr(readiness, "_seen_applied", set())
    MigrationRecorder.Migration.objects.filter(app="page").delete()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "are to be applied" in answer.json()["reasons"]["migrations"]


@pytest.mark.django_db
@pytest.mark.usefixtures("site_dir")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-forwarded-for": "203.0.113.9"}, 404),
        ({"x-forwarded-for": "nonsense"}, 404),
        ({"x-forwarded-for": "203.0.113.9", "authorization": "Bearer wrong"}, 404),
        ({"x-forwarded-for": "203.0.113.9", "authorization": "Bearer "}, 404),
        ({"x-forwarded-for": "203.0.113.9", "authorization": "Bearer let-me-count"}, 200),
        ({"x-forwarded-for": "127.0.0.1"}, 200),
        ({"x-forwarded-for": "::1"}, 200),
        ({}, 200),
    ],
)
def test_only_this_machine_and_bearers_of_the_token_may_count(
    headers: dict[str, str], status: int, client: Client
) -> None:
    assert client.get("/metrics", headers=headers).status_code == status


@pytest.mark.django_db
def test_without_a_token_nobody_far_away_may_count(
    client: Client, site_dir: Path, settings: Settings
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, metrics_token="")
    headers = {"x-forwarded-for": "203.0.113.9", "authorization": "Bearer "}

    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("site_dir")
def test_the_gauges_tell_what_is_open_live_owed_and_unsealed(client: Client) -> None:
    cast.an_incident(cast.a_page())
    site.compile(cast.NOON)

    told = client.get("/metrics").content.decode().splitlines()

    assert 'tocsin_incidents_open{severity="sev1"} 1.0' in told
    assert 'tocsin_live_publication{page="linden",place="primary"} 1.0' in told
    assert 'tocsin_deliveries{state="pending"} 0.0' in told
    assert "tocsin_journal_unsealed 0.0" not in told

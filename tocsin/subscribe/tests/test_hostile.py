"""What no honest program sends: an answer all the same, and never a fault of ours."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import NOON, SAM, a_page
from tests.story.reading import Reader
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL

pytestmark = pytest.mark.django_db

HOST = "oak.localhost"
STRANGE = ["a\0b", "a\ud800b", "a\r\nb", "ａ" * 300, "\u202e", "%00", "'\"<>;--"]


@pytest.fixture
def oak(tmp_path: Path, settings: Settings) -> Brand:
    """A second brand, whose page is for named readers."""
    settings.TOCSIN = replace(
        settings.TOCSIN, site_dir=tmp_path / "site", private_dir=tmp_path / "private"
    )
    a_page()
    page = a_page(name="Oak")
    return audiences.change_access(page.audience_id, Access.NAMED, by=TERMINAL, at=NOON)


@pytest.mark.parametrize("strange", STRANGE)
def test_a_program_s_sign_up(strange: str) -> None:
    a_page()
    for wish in (
        {"email": f"{strange}@reader.example"},
        {"email": f"sam@{strange}.example"},
        {"endpoint": f"https://hooks.example/{strange}", "email": SAM},
        {"endpoint": f"https://{strange}.example/", "email": SAM},
        {"endpoint": "https://hooks.example/", "email": f"{strange}@reader.example"},
        {"email": SAM, "component_ids": [strange]},
    ):
        body = json.dumps({"subscriber": wish})
        answer = Client().post("/api/v2/subscribers.json", body, content_type="application/json")

        assert answer.status_code in (201, 400, 422, 429), wish


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("by", ["webhook", "slack", "email"])
def test_a_form(strange: str, by: str) -> None:
    a_page()
    told = strange.encode("utf-8", "surrogatepass")
    for endpoint in (b"https://hooks.example/" + told, b"https://" + told + b".example/"):
        body = b"endpoint=" + quote(endpoint).encode() + b"&email=" + quote(told).encode()
        answer = Client().post(
            f"/subscribe?by={by}", body, content_type="application/x-www-form-urlencoded"
        )

        assert answer.status_code == 400


@pytest.mark.parametrize("strange", STRANGE)
def test_a_key_and_an_address_at_the_door(oak: Brand, strange: str) -> None:
    reader = Reader(HOST)
    strange = strange.encode("utf-8", "replace").decode()

    shut = reader.browser.get("/api/v2/summary.json", {"api_key": strange}, headers={"host": HOST})
    asked = reader.post("/enter", {"email": f"{strange}@reader.example", "next": f"/{strange}"})
    entered = reader.get("/enter/%00%ff")
    said = reader.post("/enter", {"password": strange})

    assert shut.status_code == 401
    assert asked.status_code in (303, 400)
    assert entered.status_code == 410
    assert said.status_code == 422

import json
from pathlib import Path

import pytest

from tocsin.front import hosts
from tocsin.front.hosts import Hosts

HOSTS = Hosts(default="linden", by_name={"status.linden.example": "linden", "ash.example": "ash"})


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("ash.example", "ash"),
        ("ASH.Example:8000", "ash"),
        ("ash.example.", "ash"),
        ("ash.localhost:8000", "ash"),
        ("oak.localhost", "linden"),
        ("nobody.example", "linden"),
        ("[::1]:8000", "linden"),
        ("", "linden"),
        (None, "linden"),
        ("x" * 1000, "linden"),
    ],
)
def test_a_host_leads_to_its_page_and_an_unknown_one_to_the_default(
    host: str | None, slug: str
) -> None:
    assert HOSTS.slug(host) == slug


@pytest.mark.parametrize("said", ["", "[]", "null", "{", "\xff"])
def test_a_file_that_makes_no_sense_is_no_answer(said: str, tmp_path: Path) -> None:
    (tmp_path / "hosts.json").write_bytes(said.encode("latin-1"))

    assert hosts.read(tmp_path / "hosts.json") is None


def test_slugs_that_lead_elsewhere_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps({"default": "..", "hosts": {"a": "../../etc", "b": "ash", "c": 1}}))

    assert hosts.read(path) == Hosts(default="", by_name={"b": "ash"})

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tocsin.front import hosts
from tocsin.front.hosts import Closed, Hosts

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


CLOSED = replace(HOSTS, closed=Closed(frozenset({"oak.example", "oak.localhost"})))


@pytest.mark.parametrize(
    ("host", "is_closed"),
    [
        ("oak.example", True),
        ("OAK.example.:8000", True),
        ("oak.localhost", True),
        ("ash.example", False),
        ("nobody.example", False),
        ("", False),
    ],
)
def test_nothing_is_known_here_of_a_closed_page(host: str, is_closed: bool) -> None:
    assert CLOSED.is_closed(host) == is_closed
    assert (CLOSED.slug(host) == "") == is_closed


def test_a_closed_default_page_takes_the_hosts_that_nobody_claims() -> None:
    hosts = Hosts(default="", by_name={"ash.example": "ash"}, closed=Closed(is_default=True))

    assert hosts.is_closed("nobody.example")
    assert not hosts.is_closed("ash.example")


@pytest.mark.parametrize("said", ["", "[]", "null", "{", "\xff", '{"hosts": 7, "default": "oak"}'])
def test_a_private_file_that_makes_no_sense_closes_nothing(said: str, tmp_path: Path) -> None:
    (tmp_path / "hosts.json").write_bytes(said.encode("latin-1"))

    assert hosts.read_closed(tmp_path / "hosts.json") == Closed()


@pytest.mark.parametrize("said", ["", "[]", "null", "{", "\xff"])
def test_a_file_that_makes_no_sense_is_no_answer(said: str, tmp_path: Path) -> None:
    (tmp_path / "hosts.json").write_bytes(said.encode("latin-1"))

    assert hosts.read(tmp_path / "hosts.json") is None


def test_slugs_that_lead_elsewhere_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "hosts.json"
    path.write_text(json.dumps({"default": "..", "hosts": {"a": "../../etc", "b": "ash", "c": 1}}))

    assert hosts.read(path) == Hosts(default="", by_name={"b": "ash"})

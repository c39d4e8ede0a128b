import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import Settings

from tocsin.catalogue import shelf
from tocsin.cli import first_run
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.people import access

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Told = Callable[[str], None]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


def link_in(lines: list[str]) -> str | None:
    found = re.search(r"/console/join/(\S+)", "\n".join(lines))
    return found[1] if found else None


def test_without_the_demo_there_is_one_empty_page_and_a_way_in() -> None:
    lines = first_run.prepare(demo=False, at=NOON)

    (page,) = shelf.pages()
    assert (page.slug, page.is_default) == ("status", True)
    token = link_in(lines)
    assert token is not None
    assert access.invited(token, at=NOON) in access.owners()
    assert lines[0] == "The public page:  http://127.0.0.1:8000/"
    assert lines[1] == "The console:      http://127.0.0.1:8000/console/"


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        ("https://status.linden.example", "Linden"),
        ("http://127.0.0.1:8000", "Status"),
        ("http://localhost:8000", "Status"),
        ("http://[::1]:8000", "Status"),
    ],
)
def test_an_empty_page_is_called_as_its_host(settings: Settings, base_url: str, name: str) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, base_url=base_url)

    first_run.prepare(demo=False, at=NOON)

    assert shelf.pages()[0].name == name


def test_a_fresh_link_comes_until_an_owner_has_been_in() -> None:
    first = link_in(first_run.prepare(demo=False, at=NOON))
    second = link_in(first_run.prepare(demo=False, at=NOON))
    assert second is not None
    access.join(second, password="a-long-enough-pass-phrase", at=NOON)

    third = link_in(first_run.prepare(demo=False, at=NOON))

    assert first != second
    assert third is None
    assert len(access.owners()) == 1


def test_a_later_run_changes_nothing_of_what_is_there() -> None:
    first_run.prepare(demo=False, at=NOON)
    facts("component", "add", "Checkout")

    first_run.prepare(demo=True, at=NOON)

    assert [page.slug for page in shelf.pages()] == ["status"]


def test_somebody_locked_out_is_let_in_from_the_terminal() -> None:
    first_run.prepare(demo=False, at=NOON)

    said = facts("invite", "ada@linden.example", "--name", "Ada")

    token = link_in([said["url"]])
    assert token is not None
    assert access.invited(token, at=datetime.now(UTC)).name == "Ada"
    names = {row["name"]: row for row in facts("operators")}
    assert names["Ada"]["roles"] == ["owner"]
    assert tocsin("invite", "no address").exit_code == 1

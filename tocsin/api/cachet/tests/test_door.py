"""What is the same for every call: keys, pages, errors, lists."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cast import NOON, a_page
from tocsin.api.cachet.door import NOWHERE
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Scope

pytestmark = pytest.mark.django_db

NOBODY_S = "4738381338321616895"  # the last number there is


@pytest.fixture
def program() -> Program:
    return a_program(a_page())


def test_anybody_is_answered_who_asks_whether_we_are_there() -> None:
    stranger = Program(a_page())

    assert stranger.get("ping") == "Pong!"
    assert stranger.told("GET", "version")["meta"]["on_latest"] is True


def test_a_public_page_is_read_without_a_key_from_any_origin() -> None:
    stranger = Program(a_page())

    response = stranger.call("GET", "components")

    assert [row["name"] for row in response.json()["data"]] == ["Checkout", "Cart", "Sign-in"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_closed_page_is_read_with_its_key_alone() -> None:
    page = a_page()
    program = a_program(page)
    audiences.change_access(page.audience_id, Access.NAMED, by=TERMINAL, at=NOON)

    assert "X-Cachet-Token" in Program(page).refused(401, "GET", "components")
    assert len(program.get("components")) == 3


@pytest.mark.parametrize("secret", ["wrong", "tocsin_" + "0" * 64, "é" * 10])
def test_a_key_that_opens_nothing_opens_nothing_public_either(secret: str) -> None:
    program = Program(a_page(), secret)

    assert program.refused(401, "GET", "components")


def test_a_key_reaches_its_own_page_alone(program: Program) -> None:
    other = a_program(a_page(name="Other"))
    number = other.get("components")[0]["id"]

    assert program.refused(404, "GET", f"components/{number}")
    assert program.refused(404, "PUT", f"components/{number}", {"status": 4})


def test_a_key_that_only_reads_writes_nothing_and_sees_no_reader() -> None:
    reader = a_program(a_page(), scope=Scope.READ)

    assert len(reader.get("components")) == 3
    assert "manage" in reader.refused(403, "POST", "components", {"name": "X", "status": 1})
    assert reader.refused(403, "GET", "subscribers")


def test_who_writes_or_asks_for_readers_shows_a_key() -> None:
    stranger = Program(a_page())

    assert stranger.refused(401, "POST", "incidents", {"name": "X", "message": "Y", "status": 1})
    assert stranger.refused(401, "GET", "subscribers")


@pytest.mark.parametrize(
    "path",
    ["", "nowhere", "actions", "components/x", f"components/{NOBODY_S}", "incidents/1/updates/x"],
)
def test_what_is_not_there_is_told_in_json(program: Program, path: str) -> None:
    assert program.refused(404, "GET", path) == NOWHERE


def test_a_method_that_means_nothing_is_refused(program: Program) -> None:
    response = program.call("PATCH", "components")

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_head_and_options_are_answered(program: Program) -> None:
    head = program.call("HEAD", "components")

    assert (head.status_code, head.content) == (200, b"")
    assert program.call("OPTIONS", "components").status_code == 204


@pytest.mark.parametrize("body", [b"[", b"{", b'"x"', b"\xff\xfe", b'{"name": "\\u0000"}'])
def test_a_body_that_cannot_be_read_changes_nothing(program: Program, body: bytes) -> None:
    assert program.refused(400, "POST", "components", body)
    assert len(program.get("components")) == 3


def test_a_form_does_as_well(program: Program) -> None:
    response = Client().post(
        "/api/v1/components",
        b"name=Mail&status=1",
        content_type="application/x-www-form-urlencoded",
        headers={"X-Cachet-Token": program.secret},
    )

    assert response.json()["data"]["name"] == "Mail"


def test_a_list_says_how_long_it_is_and_where_it_goes_on(program: Program) -> None:
    first = program.told("GET", "components?per_page=2")
    second = program.told("GET", "components?per_page=2&page=2")

    told = first["meta"]["pagination"]
    assert [len(first["data"]), len(second["data"])] == [2, 1]
    assert (told["total"], told["count"], told["total_pages"]) == (3, 2, 2)
    assert told["links"] == {"next_page": "?per_page=2&page=2", "previous_page": None}
    assert second["meta"]["pagination"]["links"]["next_page"] is None


@pytest.mark.parametrize("query", ["per_page=0", "page=-1", "page=x&per_page=y", "page=²"])
def test_an_odd_portion_is_the_usual_one(program: Program, query: str) -> None:
    assert len(program.get(f"components?{query}")) == 3


def test_a_key_calls_only_so_often(program: Program, settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, api_calls_a_minute=2)

    codes = [program.call("GET", "ping").status_code for _ in range(3)]

    assert codes == [200, 200, 429]

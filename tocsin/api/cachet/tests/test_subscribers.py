from typing import Any

import pytest

from tests.cast import NOON, SAM, a_page
from tocsin.announcements import audience, readers
from tocsin.announcements.readers import Standing
from tocsin.api.cachet.door import NOWHERE
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return a_program(a_page())


def sam(program: Program) -> readers.Subscriber:
    found = readers.at_address(program.page.id, SAM)
    assert found
    return found


def test_a_reader_who_is_not_verified_is_asked_first(program: Program) -> None:
    told = program.post("subscribers", email=SAM, components=None, verify=False)

    assert (told["email"], told["verified_at"], told["global"]) == (SAM, None, True)
    assert sam(program).standing == Standing.UNCONFIRMED


def test_a_verified_reader_is_told_at_once_of_what_they_follow(program: Program) -> None:
    cart = next(row["id"] for row in program.get("components") if row["name"] == "Cart")

    told = program.post("subscribers", email=SAM, components=[cart], verify=True)

    assert told["verified_at"]
    assert not told["global"]
    assert sam(program).standing == Standing.ACTIVE
    assert sam(program).source == "cachet"


def test_a_reader_s_own_link_is_theirs_alone(program: Program) -> None:
    program.post("subscribers", email=SAM, verify=True)

    assert sam(program).token not in str(program.get("subscribers"))


def test_readers_are_listed_and_let_go(program: Program) -> None:
    for name, verified in (("a", True), ("b", False), ("c", True)):
        program.post("subscribers", email=f"{name}@reader.example", verify=verified)

    pages = [program.told("GET", f"subscribers?per_page=2&page={page}") for page in (1, 2)]
    told = [row for page in pages for row in page["data"]]
    program.delete(f"subscribers/{told[0]['id']}")

    assert [row["email"][0] for row in told] == ["c", "a", "b"]
    assert pages[0]["meta"]["pagination"]["total"] == 3
    assert len(program.get("subscribers")) == 2
    assert program.refused(404, "DELETE", f"subscribers/{told[0]['id']}") == NOWHERE


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"email": "sam"},
        {"email": SAM, "components": "cart"},
        {"email": SAM, "components": [7]},
        {"email": SAM, "verify": "perhaps"},
    ],
)
def test_what_cannot_be_told_is_refused(program: Program, told: dict[str, Any]) -> None:
    assert program.refused(400, "POST", "subscribers", told)
    assert program.get("subscribers") == []


def test_who_left_is_asked_though_verified_elsewhere(program: Program) -> None:
    program.post("subscribers", email=SAM, verify=True)
    audience.unsubscribe(sam(program).token, at=NOON)

    program.post("subscribers", email=SAM, verify=True)

    assert sam(program).standing == Standing.UNSUBSCRIBED
    assert Letter.objects.filter(to=SAM).count() == 1

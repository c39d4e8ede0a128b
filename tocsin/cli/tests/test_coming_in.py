import json

import pytest

from tests.cast import NOON, a_page, ada, an_operator, olu
from tocsin.cli.tests.terminal import tocsin
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, factors, requiring
from tocsin.people.models import Role
from tocsin.people.tests.test_factors import with_app

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("called", ["olu@linden.example", "Olu@Linden.example", "olu"])
def test_whoever_holds_the_machine_lets_somebody_begin_anew(called: str) -> None:
    operator = olu()
    with_app(operator)

    told = tocsin("people", "reset-factor", called, "--json")

    assert json.loads(told.stdout) == {
        "id": operator.id,
        "email": "olu@linden.example",
        "factors": 1,
    }
    assert not factors.is_enrolled(operator.id)
    (note,) = chain.acts("people:factor:reset", ("operator", operator.id))
    assert note.by.endswith("the terminal")


def test_who_cannot_be_told_apart_is_left_alone() -> None:
    olu()
    access.invite(email="other@linden.example", name="Olu", role=Role.READER, by=TERMINAL, at=NOON)

    several, nobody = (
        tocsin("people", "reset-factor", "Olu"),
        tocsin("people", "reset-factor", "Kim"),
    )

    assert (several.exit_code, nobody.exit_code) == (1, 1)
    assert "Several go by 'Olu'" in several.stderr
    assert "Nobody goes by 'Kim'" in nobody.stderr


def test_it_is_asked_and_no_longer_asked() -> None:
    owner = ada()
    refused = tocsin("people", "require-factor")
    assert refused.exit_code == 1
    assert "Add your own first" in refused.stderr
    with_app(owner)

    told = tocsin("people", "require-factor", "--role", "legal", "--grace-days", "3", "--json")

    assert [one["role"] for one in json.loads(told.stdout)] == ["legal"]
    assert "asked of everybody" in tocsin("people", "require-factor").stdout
    assert len(requiring.in_force()) == 2
    for role in ((), ("--role", "legal")):
        assert tocsin("people", "require-factor", *role, "--no-longer").exit_code == 0
    assert requiring.in_force() == []


def test_one_role_ends() -> None:
    page = a_page()
    operator = an_operator("Kim", Role.LEGAL)
    an_operator("Kim", Role.RESPONDER, page_id=page.id)

    told = tocsin("people", "end-role", "Kim", "--role", "responder", "--page", "linden", "--json")

    assert json.loads(told.stdout) == {"id": operator.id, "roles": ["legal"]}
    again = tocsin("people", "end-role", "Kim", "--role", "responder")
    assert again.exit_code == 1
    assert "does not hold this role" in again.stderr


def test_operators_tell_who_has_a_second_factor() -> None:
    with_app(olu())
    ada()

    told = json.loads(tocsin("operators", "--json").stdout)

    assert {one["name"]: one["has_second_factor"] for one in told} == {"Olu": True, "Ada": False}
    assert tocsin("operators").stdout.count("second factor") == 1

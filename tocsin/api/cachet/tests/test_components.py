from typing import Any

import pytest

from tests.cast import NOON, an_incident
from tests.cast import a_page as a_page_of_the_cast
from tocsin.api.cachet import numbers
from tocsin.api.cachet.door import NOWHERE
from tocsin.api.cachet.tests.programs import Program, a_program
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.statements import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return a_program(a_page_of_the_cast())


def named(program: Program, name: str, what: str = "components") -> Any:
    return next(row for row in program.get(what) if row["name"] == name)


def test_components_have_cachet_s_names_for_everything(program: Program) -> None:
    checkout, shop = named(program, "Checkout"), named(program, "Shop", "components/groups")

    assert checkout["group_id"] == shop["id"]
    assert named(program, "Sign-in")["group_id"] == 0
    assert (checkout["status"], checkout["status_name"]) == (1, "Operational")
    assert checkout["created_at"] == "2026-11-23 12:00:00"
    assert program.get(f"components/{checkout['id']}") == checkout


def test_times_are_those_of_the_page_s_clock() -> None:
    page = a_page_of_the_cast()
    shelf.change_page(page.id, time_zone="Asia/Tokyo", by=TERMINAL, at=NOON)

    assert named(a_program(page), "Cart")["created_at"] == "2026-11-23 21:00:00"


def test_a_monitor_says_that_a_component_is_down_and_up_again(program: Program) -> None:
    number = named(program, "Cart")["id"]

    down = program.put(f"components/{number}", status=4)
    again = program.put(f"components/{number}", status=4)
    up = program.put(f"components/{number}", status=1)

    assert [row["status"] for row in (down, again, up)] == [4, 4, 1]
    said = published.numbered(program.page.audience_id, after=0)
    assert len(said) == 2, "what is said already is not said twice"


def test_a_state_without_words_hides_no_incident(program: Program) -> None:
    an_incident(program.page, component="checkout", state=State.MAJOR)
    number = named(program, "Checkout")["id"]

    told = program.put(f"components/{number}", status=1)

    assert told["status"] == 4


def test_a_component_is_put_up_changed_and_taken_off(program: Program) -> None:
    shop = named(program, "Shop", "components/groups")["id"]

    made = program.post(
        "components", name="Vouchers", description="Gifts", status=2, group_id=shop, enabled=True
    )
    changed = program.put(f"components/{made['id']}", name="Gift cards", group_id=0, status=2)
    program.delete(f"components/{made['id']}")

    assert (made["status"], made["group_id"], made["description"]) == (2, shop, "Gifts")
    assert (changed["name"], changed["group_id"], changed["description"]) == (
        "Gift cards",
        0,
        "Gifts",
    )
    assert program.refused(404, "GET", f"components/{made['id']}") == NOWHERE


def test_what_a_client_sends_back_as_it_got_it_changes_nothing(program: Program) -> None:
    got = named(program, "Cart")

    assert program.put(f"components/{got['id']}", **got) == got


def test_a_group_is_opened_empty_and_shown_once_it_holds_something(program: Program) -> None:
    group = program.post("components/groups", name="Mail", order=1, collapsed=0, visible=1)
    hidden = shelf.components_of(program.page.id).find("mail")

    inside = program.post("components", name="Sending", status=1, group_id=group["id"])

    assert group["enabled_components"] == []
    assert hidden
    assert hidden.only_show_if_degraded
    assert "Mail" not in [row["name"] for row in program.get("components")]
    shown = shelf.components_of(program.page.id).find("mail")
    assert shown
    assert not shown.only_show_if_degraded
    told = program.get(f"components/groups/{group['id']}")
    assert [row["id"] for row in told["enabled_components"]] == [inside["id"]]


def test_a_group_whose_last_component_leaves_is_still_a_group(program: Program) -> None:
    group = program.post("components/groups", name="Mail")["id"]
    inside = program.post("components", name="Sending", status=1, group_id=group)["id"]

    program.put(f"components/{inside}", group_id=0)

    assert program.get(f"components/groups/{group}")["enabled_components"] == []
    assert named(program, "Sending")["group_id"] == 0


def test_a_group_is_renamed_and_dissolved(program: Program) -> None:
    shop = named(program, "Shop", "components/groups")["id"]

    assert program.put(f"components/groups/{shop}", name="Store")["name"] == "Store"
    program.delete(f"components/groups/{shop}")

    assert program.get("components/groups") == []
    assert {row["group_id"] for row in program.get("components")} == {0}


@pytest.mark.parametrize("query", ["status=4", "name=Cart", "status=4&name=Cart"])
def test_components_are_chosen_by_what_they_are(program: Program, query: str) -> None:
    program.put(f"components/{named(program, 'Cart')['id']}", status=4)

    assert [row["name"] for row in program.get(f"components?{query}")] == ["Cart"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"status": 1}, "needs a name"),
        ({"name": "x" * 300, "status": 1}, "300 characters"),
        ({"name": "X", "status": 9}, "status is 1"),
        ({"name": "X", "status": "broken"}, "whole number"),
        ({"name": "X", "status": 1, "enabled": 0}, "shows all that it runs"),
        ({"name": "X", "status": 1, "enabled": "maybe"}, "1 or 0"),
        ({"name": "X", "status": 1, "group_id": 7}, "no group 7"),
        ({"name": "X", "status": 1, "group_id": 10**40}, "no group"),
        ({"name": ["X"], "status": 1}, "is a text"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    program: Program, told: dict[str, Any], why: str
) -> None:
    assert why in program.refused(400, "POST", "components", told)
    assert len(program.get("components")) == 3


def test_a_component_of_no_page_is_nowhere(program: Program) -> None:
    number = numbers.number_of("zzzzzzzzzzzz")

    for method in ("GET", "PUT", "DELETE"):
        assert program.refused(404, method, f"components/{number}", {"status": 1}) == NOWHERE

"""Hooks and drafted incidents at the terminal."""

from datetime import UTC, datetime

import pytest

from tests.cast import a_page
from tests.hostile.ground import NUL, is_sentence, nothing_written
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.incidents import declaration, intake
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def page() -> Brand:
    return a_page()


def an_alert(component: str = "checkout") -> None:
    """An alert comes in by a hook of its own, and is taken up."""
    token = facts("hook", "create", "--source", "generic")["token"]
    door, at = hooks.known_by(token), datetime.now(UTC)
    assert door is not None
    alert = Alert(
        name="a", is_firing=True, title="x", state=State.MAJOR, labels={"component": component}
    )
    signals.receive(door, [alert], at=at)
    intake.take_up(at)


def test_a_hook_is_made_shown_once_changed_and_revoked() -> None:
    made = facts(
        "hook", "create", "--source", "grafana", "--name", "Prod", "--secret", "a long secret",
        "--map", "job=shop-* -> checkout", "--group-for", "10m",
    )  # fmt: skip
    assert made["url"] == f"http://127.0.0.1:8000/hooks/grafana/{made['token']}"
    assert (made["has_secret"], made["group_for_seconds"]) == (True, 600)

    listed = tocsin("hook", "list")
    assert "Prod" in listed.stdout
    assert made["token"] not in listed.stdout
    assert "a long secret" not in tocsin("hook", "list", "--json").stdout

    changed = facts("hook", "change", made["id"], "--map", "a=b -> cart:degraded_performance")
    assert changed["rules"] == ["a=b -> cart:degraded_performance"]
    assert (changed["name"], changed["group_for_seconds"]) == ("Prod", 600)

    assert tocsin("hook", "revoke", made["id"]).exit_code == 0
    assert "revoked" in tocsin("hook", "list").stdout
    assert hooks.known_by(made["token"]) is None


def test_the_address_is_printed_for_people_too() -> None:
    told = tocsin("hook", "create", "--source", "events-v2").stdout

    assert "/hooks/events-v2/" in told
    assert "shown this once" in told


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("create",), 2),
        (("create", "--source", "nagios"), 2),
        (("create", "--source", "generic", "--page", "nowhere"), 1),
        (("create", "--source", "generic", "--map", "no rule"), 1),
        (("create", "--source", "generic", "--map", "a=b -> nowhere"), 1),
        (("create", "--source", "generic", "--map", f"a=b -> {NUL}"), 1),
        (("create", "--source", "generic", "--secret", "short"), 1),
        (("create", "--source", "generic", "--group-for", "2d"), 1),
        (("create", "--source", "generic", "--group-for", "soon"), 2),
        (("change", "nosuchhook00", "--name", "x"), 1),
        (("revoke", "nosuchhook00"), 1),
    ],
)
def test_a_wrong_hook_is_refused_and_nothing_written(words: tuple[str, ...], status: int) -> None:
    with nothing_written():
        result = tocsin("hook", *words)

    assert result.exit_code == status, result.output
    assert is_sentence(result.stderr)


def test_what_is_drafted_is_listed_and_said(page: Brand) -> None:
    an_alert()

    (one,) = facts("drafted", "list")
    assert (one["name"], one["severity"], one["firing"]) == ("Checkout is failing", "sev1", 1)
    assert one["components"] == {"checkout": "major_outage"}
    assert one["words"]["en"]["headline"] == "We are looking into a problem with checkout."
    assert [told["drafted"] for told in facts("status")["drafted"]] == [one["drafted"]]
    assert "Checkout is failing" in tocsin("status").stdout
    assert "Checkout is failing" in tocsin("drafted", "list").stdout

    said = facts("drafted", "say", one["drafted"])

    (known,) = declaration.open_incidents(page.id)
    assert said["incident"] == known.id
    assert said["publication"] == 1
    assert facts("drafted", "list") == []
    again = tocsin("drafted", "say", one["drafted"])
    assert again.exit_code == 1
    assert "said it already" in again.stderr


def test_what_is_drafted_is_dismissed_with_a_reason() -> None:
    an_alert()
    (one,) = facts("drafted", "list")

    with nothing_written():
        assert tocsin("drafted", "dismiss", one["drafted"]).exit_code == 2
        assert tocsin("drafted", "dismiss", one["drafted"], "--because", " ").exit_code == 1
        assert tocsin("drafted", "dismiss", "nosuchdraft0", "--because", "x").exit_code == 1
    done = tocsin("drafted", "dismiss", one["drafted"], "--because", "a load test")

    assert done.exit_code == 0
    assert tocsin("drafted", "list").stdout.strip() == "Nothing is drafted."


def test_what_nobody_can_place_is_refused_with_what_to_do() -> None:
    an_alert("nowhere")
    (one,) = facts("drafted", "list", "--page", "linden")

    assert one["name"] is None
    assert "nobody can tell" in tocsin("drafted", "list").stdout
    with nothing_written():
        refused = tocsin("drafted", "say", one["drafted"])
    assert refused.exit_code == 1
    assert "choose what is affected" in refused.stderr

"""Subscribers through the manage API: listed, counted, put on the list, let go."""

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.cast import a_page
from tests.machine import Machine, a_machine
from tocsin.announcements import audience, readers
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Scope
from tocsin.post.models import Letter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rate")]

SAM = "sam@reader.example"
HOOK = "https://hooks.reader.example/tocsin/secret"


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


def a_reader(machine: Machine, email: str = SAM, **told: Any) -> dict[str, Any]:
    """Somebody whose consent the caller vouches for."""
    body = {"email": email, "skip_confirmation_notification": True, **told}
    made: dict[str, Any] = machine.post("subscribers", {"subscriber": body})
    return made


def asked() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("to", flat=True))


def listed(machine: Machine, query: str) -> list[str]:
    return [one["email"] or one["endpoint"] for one in machine.get(f"subscribers?{query}")]


def bounced(reader: dict[str, Any]) -> None:
    Subscription.objects.filter(pk=reader["id"]).update(bounced_at=timezone.now())


def test_a_new_subscriber_is_asked_first(machine: Machine) -> None:
    made = machine.post("subscribers", {"subscriber": {"email": SAM}})

    assert made["mode"] == "email"
    assert made["purge_at"]
    assert asked() == [SAM]
    assert listed(machine, "") == []
    assert listed(machine, "state=unconfirmed") == [SAM]


def test_who_is_vouched_for_is_told_from_now_on_and_not_asked(machine: Machine) -> None:
    made = a_reader(machine, component_ids=[machine.get("components")[0]["id"]])

    assert asked() == []
    assert listed(machine, "") == [SAM]
    told = machine.get(f"subscribers/{made['id']}")
    assert (told["components"], told["purge_at"]) == (made["components"], None)
    reader = readers.subscriber(made["id"])
    assert reader
    assert reader.consented_at
    assert reader.source == "api"


def test_who_left_is_never_brought_back_without_being_asked(machine: Machine) -> None:
    made = a_reader(machine)
    machine.delete(f"subscribers/{made['id']}?skip_unsubscription_notification=true")

    a_reader(machine)

    assert asked() == [SAM]
    assert listed(machine, "") == []


def test_whose_address_refused_us_is_asked_though_vouched_for(machine: Machine) -> None:
    bounced(a_reader(machine))

    a_reader(machine)

    assert asked() == [SAM]
    assert listed(machine, "state=quarantined") == [SAM]


def test_nobody_is_asked_without_end(machine: Machine) -> None:
    for _turn in range(3):
        machine.post("subscribers", {"subscriber": {"email": SAM}})

    assert "several times" in machine.refused(
        422, "POST", "subscribers", {"subscriber": {"email": SAM}}
    )


def test_a_machine_names_who_answers_and_its_address_is_not_shown(machine: Machine) -> None:
    machine.refused(422, "POST", "subscribers", {"subscriber": {"endpoint": HOOK}})
    made = machine.post("subscribers", {"subscriber": {"endpoint": HOOK, "email": SAM}})

    assert (made["mode"], made["email"]) == ("webhook", SAM)
    assert made["endpoint"] == "hooks.reader.example/…"
    assert asked() == [SAM]


def test_a_chat_room_is_known_by_its_host(machine: Machine) -> None:
    endpoint = "https://hooks.slack.com/services/T0/B0/secret"
    made = machine.post("subscribers", {"subscriber": {"endpoint": endpoint}})

    assert (made["mode"], made["obfuscated_channel_name"]) == ("slack", "hooks.slack.com/…")
    assert listed(machine, "state=all&type=slack") == ["hooks.slack.com/…"]
    assert listed(machine, "state=all&type=sms") == []
    assert listed(machine, "state=all&q=secret") == []


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"email": "nobody"},
        {"phone_number": "5550100", "phone_country": "US"},
        {"endpoint": "http://127.0.0.1/", "email": SAM},
        {"email": SAM, "component_ids": ["nowhere"]},
        {"email": SAM, "page_access_user": "nobody"},
    ],
)
def test_what_cannot_be_told_is_refused(machine: Machine, told: dict[str, Any]) -> None:
    assert machine.refused(422, "POST", "subscribers", {"subscriber": told})
    assert not Subscription.objects.exists()


def test_lists_are_sorted_searched_and_begin_at_page_0(machine: Machine) -> None:
    with time_machine.travel("2026-11-23T12:00Z", tick=False) as clock:
        for name in ("bao", "ann", "cyd"):
            a_reader(machine, f"{name}@reader.example")
            clock.shift(60)

    assert listed(machine, "limit=2") == ["ann@reader.example", "bao@reader.example"]
    assert listed(machine, "limit=2&page=1") == ["cyd@reader.example"]
    newest = listed(machine, "sort_field=created_at&sort_direction=desc")
    assert [one[:3] for one in newest] == ["cyd", "ann", "bao"]
    assert listed(machine, "q=AO@") == ["bao@reader.example"]
    machine.refused(422, "GET", "subscribers?state=dead")
    machine.refused(422, "GET", "subscribers?page=-1")


def test_counts_and_histogram(machine: Machine) -> None:
    a_reader(machine)
    bounced(a_reader(machine, "bao@reader.example"))
    machine.post("subscribers", {"subscriber": {"email": "ann@reader.example"}})
    machine.post("subscribers", {"subscriber": {"endpoint": HOOK, "email": SAM}})

    assert machine.get("subscribers/count")["email"] == 1
    counts = machine.get("subscribers/count?state=all")
    assert (counts["email"], counts["webhook"], counts["sms"]) == (3, 1, 0)
    assert machine.get("subscribers/count?state=all&type=webhook")["email"] == 0
    told = machine.get("subscribers/histogram_by_state")
    assert told["email"] == {"active": 1, "unconfirmed": 1, "quarantined": 1, "total": 3}
    assert told["webhook"]["unconfirmed"] == 1


def test_who_left_stands_on_a_list_of_their_own_until_forgotten(machine: Machine) -> None:
    made = a_reader(machine)
    gone = machine.delete(f"subscribers/{made['id']}")

    assert gone["id"] == made["id"]
    assert listed(machine, "state=all") == []
    assert [one["email"] for one in machine.get("subscribers/unsubscribed")] == [SAM]

    audience.forget(made["id"], by=TERMINAL, at=timezone.now())
    assert machine.get("subscribers/unsubscribed") == []


def test_many_are_let_go_at_once_or_none(machine: Machine) -> None:
    one, two = a_reader(machine), a_reader(machine, "bao@reader.example")

    machine.refused(404, "POST", "subscribers/unsubscribe", {"subscribers": [one["id"], "nobody"]})
    assert len(listed(machine, "")) == 2
    machine.post("subscribers/unsubscribe", {"subscribers": [one["id"]]})
    assert listed(machine, "") == [two["email"]]
    machine.post("subscribers/unsubscribe", {"subscribers": "all"})
    assert listed(machine, "") == []
    machine.refused(422, "POST", "subscribers/unsubscribe", {"subscribers": ["x"] * 101})


def test_the_quarantined_are_taken_up_again_and_nobody_else(machine: Machine) -> None:
    made, left = a_reader(machine), a_reader(machine, "bao@reader.example")
    bounced(made)
    machine.delete(f"subscribers/{left['id']}")

    machine.post("subscribers/reactivate", {"subscribers": "all"})
    machine.refused(422, "POST", "subscribers/reactivate", {"subscribers": [left["id"]]})

    assert listed(machine, "state=all") == [SAM]
    known = readers.subscriber(made["id"])
    assert known
    assert known.standing == Standing.ACTIVE


def test_the_question_is_asked_again_but_no_longer_kept(machine: Machine) -> None:
    with time_machine.travel("2026-11-23T12:00Z", tick=False) as clock:
        made = machine.post("subscribers", {"subscriber": {"email": SAM}})
        clock.shift(1200)
        again = machine.read(
            machine.call("POST", f"subscribers/{made['id']}/resend_confirmation"), 201
        )
        clock.shift(1200)
        machine.post("subscribers/resend_confirmation", {"subscribers": [made["id"]]})
        clock.shift(60)
        machine.refused(422, "POST", f"subscribers/{made['id']}/resend_confirmation")

    assert asked() == [SAM] * 3
    assert again["purge_at"] == made["purge_at"]


def test_who_is_told_already_is_not_asked_again(machine: Machine) -> None:
    made = a_reader(machine)

    machine.refused(422, "POST", f"subscribers/{made['id']}/resend_confirmation")


def test_a_subscriber_follows_other_components(machine: Machine) -> None:
    made, keys = a_reader(machine), [one["id"] for one in machine.get("components")]
    path = f"subscribers/{made['id']}"

    assert machine.patch(path, {"component_ids": keys[:2]})["components"] == keys[:2]
    inside = {"subscriber": {"component_ids": keys[1:2]}}
    assert machine.patch(path, inside)["components"] == keys[1:2]
    assert machine.patch(path, {"component_ids": []})["components"] == keys[1:2]
    machine.refused(422, "PATCH", path, {"component_ids": ["nowhere"]})


def test_a_key_that_reads_is_told_how_many_and_not_who(machine: Machine) -> None:
    made = a_reader(machine)
    reads = a_machine(machine.page, Scope.READ)

    assert reads.get("subscribers/count")["email"] == 1
    for path in ("subscribers", "subscribers/unsubscribed", f"subscribers/{made['id']}"):
        reads.refused(403, "GET", path)


def test_another_pages_readers_are_nobody_here(machine: Machine) -> None:
    made = a_reader(a_machine(a_page(name="Other")))

    for method in ("GET", "DELETE"):
        machine.refused(404, method, f"subscribers/{made['id']}")
    machine.refused(404, "PATCH", f"subscribers/{made['id']}", {"component_ids": ["x"]})
    machine.refused(404, "POST", "subscribers/unsubscribe", {"subscribers": [made["id"]]})

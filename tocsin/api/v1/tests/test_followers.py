"""Who follows one incident, through the manage API: asked, listed, told of it alone, let go."""

from typing import Any

import pytest
from time_machine import Traveller

from tests.cast import NOON, a_page
from tests.machine import Machine, a_machine
from tocsin.announcements import admissions, audience, readers
from tocsin.announcements.models import Delivery, Subscription
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import tell
from tocsin.api.v1.tests.telling import opened, said
from tocsin.catalogue.models import Access
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Scope
from tocsin.post.models import Letter
from tocsin.statements import circles, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rate")]

SAM, BAO = "sam@reader.example", "bao@reader.example"


@pytest.fixture
def incident(machine: Machine) -> dict[str, Any]:
    return opened(machine)


def place(incident: dict[str, Any]) -> str:
    return f"incidents/{incident['id']}/subscribers"


def follow(
    machine: Machine, incident: dict[str, Any], email: str = SAM, **told: Any
) -> dict[str, Any]:
    made: dict[str, Any] = machine.post(place(incident), {"subscriber": {"email": email, **told}})
    return made


def vouched(machine: Machine, incident: dict[str, Any], email: str = SAM) -> dict[str, Any]:
    return follow(machine, incident, email, skip_confirmation_notification=True)


def listed(machine: Machine, path: str) -> list[str]:
    return [one["email"] for one in machine.get(path)]


def told(machine: Machine) -> list[str]:
    """Who is told of the newest word."""
    number = published.last_number(machine.page.audience_id)
    (newest,) = published.numbered(machine.page.audience_id, after=number - 1, limit=1)
    tell(machine.page, newest)
    rows = Delivery.objects.filter(publication_id=newest.id, outcome="delivered")
    return sorted(rows.values_list("subscription__address", flat=True))


def test_a_follower_is_asked_first_and_told_once_they_agree(
    machine: Machine, incident: dict[str, Any]
) -> None:
    made = follow(machine, incident)

    assert (made["mode"], made["email"], made["components"]) == ("email", SAM, [])
    assert made["purge_at"]
    assert list(Letter.objects.values_list("to", flat=True)) == [SAM]
    said(machine, incident, status="identified")
    assert told(machine) == []
    audience.confirm(Subscription.objects.get().asking_token or "", at=NOON)
    said(machine, incident, status="monitoring")
    assert told(machine) == [SAM]


def test_they_are_told_of_that_incident_and_of_no_other(
    machine: Machine, incident: dict[str, Any], clock: Traveller
) -> None:
    vouched(machine, incident)
    other = opened(machine, name="Search is slow")

    assert told(machine) == []
    said(machine, other, body="We look on.")
    assert told(machine) == []
    for status in ("identified", "monitoring", "resolved"):
        clock.shift(60)
        said(machine, incident, status=status)
        assert told(machine) == [SAM], status


def test_they_stand_on_the_list_of_their_incident_alone(
    machine: Machine, incident: dict[str, Any]
) -> None:
    other = opened(machine, name="Search is slow")
    made = vouched(machine, incident)
    follow(machine, incident, BAO)

    assert sorted(listed(machine, place(incident))) == [BAO, SAM]
    assert len(listed(machine, f"{place(incident)}?per_page=1&page=2")) == 1
    assert listed(machine, place(other)) == []
    assert machine.get(f"{place(incident)}/{made['id']}")["email"] == SAM
    for path in (f"{place(other)}/{made['id']}", f"subscribers/{made['id']}"):
        machine.refused(404, "GET", path)
        machine.refused(404, "DELETE", path)
    assert listed(machine, "subscribers?state=all") == []
    assert machine.get("subscribers/count?state=all")["email"] == 0
    machine.refused(404, "GET", "incidents/nowhere/subscribers")
    machine.refused(404, "POST", "incidents/nowhere/subscribers", {"subscriber": {"email": SAM}})


def test_a_reader_of_the_page_is_nobody_on_the_list_of_an_incident(
    machine: Machine, incident: dict[str, Any]
) -> None:
    body = {"email": SAM, "skip_confirmation_notification": True}
    reader = machine.post("subscribers", {"subscriber": body})

    assert listed(machine, place(incident)) == []
    machine.refused(404, "GET", f"{place(incident)}/{reader['id']}")
    machine.refused(404, "DELETE", f"{place(incident)}/{reader['id']}")
    assert listed(machine, "subscribers") == [SAM]


def test_who_reads_the_page_and_follows_besides_is_told_once(
    machine: Machine, incident: dict[str, Any]
) -> None:
    body = {"email": SAM, "skip_confirmation_notification": True}
    machine.post("subscribers", {"subscriber": body})
    vouched(machine, incident)

    said(machine, incident, status="identified")

    assert told(machine) == [SAM]


def test_leaving_an_incident_leaves_nothing_else(
    machine: Machine, incident: dict[str, Any]
) -> None:
    body = {"email": SAM, "skip_confirmation_notification": True}
    machine.post("subscribers", {"subscriber": body})
    made = vouched(machine, incident)

    gone = machine.delete(f"{place(incident)}/{made['id']}")

    assert gone["id"] == made["id"]
    assert listed(machine, place(incident)) == []
    assert listed(machine, "subscribers") == [SAM]
    said(machine, incident, status="identified")
    assert told(machine) == [SAM]


def test_who_left_an_incident_is_never_brought_back_without_being_asked(
    machine: Machine, incident: dict[str, Any]
) -> None:
    made = vouched(machine, incident)
    machine.delete(f"{place(incident)}/{made['id']}")

    vouched(machine, incident)

    assert listed(machine, place(incident)) == []
    assert list(Letter.objects.values_list("to", flat=True)) == [SAM]
    other = opened(machine, name="Search is slow")
    assert vouched(machine, other)["purge_at"] is None


def test_who_left_the_page_is_asked_before_they_hear_of_an_incident(
    machine: Machine, incident: dict[str, Any]
) -> None:
    body = {"email": SAM, "skip_confirmation_notification": True}
    reader = machine.post("subscribers", {"subscriber": body})
    machine.delete(f"subscribers/{reader['id']}")

    assert vouched(machine, incident)["purge_at"]
    assert list(Letter.objects.values_list("to", flat=True)) == [SAM]


def test_a_follower_is_asked_again_and_nobody_without_end(
    machine: Machine, incident: dict[str, Any], clock: Traveller
) -> None:
    made = follow(machine, incident)
    again = f"{place(incident)}/{made['id']}/resend_confirmation"
    for _turn in range(2):
        clock.shift(1200)
        machine.read(machine.call("POST", again), 201)
    clock.shift(60)
    machine.refused(422, "POST", again)

    assert list(Letter.objects.values_list("to", flat=True)) == [SAM] * 3
    machine.refused(404, "POST", f"{place(incident)}/nobody/resend_confirmation")


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"email": "nobody"},
        {"phone_number": "5550100"},
        {"endpoint": "https://hooks.reader.example/x"},
        {"email": SAM, "page_access_user": "nobody"},
    ],
)
def test_whom_nothing_can_be_told_is_refused(
    machine: Machine, incident: dict[str, Any], wish: dict[str, Any]
) -> None:
    assert machine.refused(422, "POST", place(incident), {"subscriber": wish})
    assert not Subscription.objects.exists()


def test_nobody_follows_a_part_of_an_incident(machine: Machine, incident: dict[str, Any]) -> None:
    wish = {"email": SAM, "component_ids": [machine.get("components")[0]["id"]]}

    assert "all of it" in machine.refused(422, "POST", place(incident), {"subscriber": wish})
    assert not Subscription.objects.exists()


def test_a_machine_follows_one_incident_too(machine: Machine, incident: dict[str, Any]) -> None:
    wish = {"endpoint": "https://hooks.reader.example/x", "email": SAM}
    made = machine.post(place(incident), {"subscriber": wish})

    assert (made["mode"], made["endpoint"]) == ("webhook", "hooks.reader.example/…")
    assert list(Letter.objects.values_list("to", flat=True)) == [SAM]


def test_a_key_that_reads_sees_nobody(machine: Machine, incident: dict[str, Any]) -> None:
    made = vouched(machine, incident)
    reads = a_machine(machine.page, Scope.READ)

    for path in (place(incident), f"{place(incident)}/{made['id']}"):
        reads.refused(403, "GET", path)


def test_another_pages_incident_is_nowhere(machine: Machine, incident: dict[str, Any]) -> None:
    made = vouched(machine, incident)
    other = a_machine(a_page(name="Other"))

    other.refused(404, "GET", place(incident))
    other.refused(404, "POST", place(incident), {"subscriber": {"email": BAO}})
    other.refused(404, "DELETE", f"{place(incident)}/{made['id']}")
    known = readers.subscriber(made["id"])
    assert known
    assert known.standing == Standing.ACTIVE


def test_somebody_let_in_by_name_follows_what_is_told_where_they_are(machine: Machine) -> None:
    circle = circles.open_circle(
        machine.page.id, name="Partners", access=Access.NAMED, by=TERMINAL, at=NOON
    )
    incident = opened(machine)
    guest = admissions.admit(circle.audience_id, address=BAO, by=TERMINAL, at=NOON)

    made = follow(machine, incident, BAO, page_access_user=guest.id)

    known = readers.subscriber(made["id"])
    assert known
    assert (known.audience_id, known.about) == (circle.audience_id, incident["id"])
    assert made["page_access_user_id"] == guest.id

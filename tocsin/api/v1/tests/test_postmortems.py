"""An account as machines draft, publish and take it back."""

from typing import Any

import pytest

from tests.cast import a_page
from tests.machine import Machine, a_machine
from tocsin.disclosure.phases import Phase
from tocsin.statements import published
from tocsin.statements.published import Story

pytestmark = pytest.mark.django_db
DRAFT = {"postmortem": {"body_draft": "## What happened\n\nA deploy broke the card form."}}


@pytest.fixture
def machine() -> Machine:
    return a_machine(a_page())


def over(machine: Machine, **told: Any) -> str:
    """An incident that is over; its path."""
    made = machine.post("incidents", {"incident": {"name": "Checkout fails"} | told})
    path = f"incidents/{made['id']}"
    machine.patch(path, {"incident": {"status": "resolved", "body": "Over."}})
    return path


def story_of(machine: Machine, path: str) -> Story:
    story = published.story(machine.page.audience_id, path.removeprefix("incidents/"))
    assert story is not None
    return story


def test_a_draft_is_kept_and_says_nothing(machine: Machine) -> None:
    path = over(machine)
    assert machine.refused(404, "GET", f"{path}/postmortem") == "Not found"

    told = machine.put(f"{path}/postmortem", DRAFT)
    again = machine.put(f"{path}/postmortem", {"postmortem": {"body_draft": "Shorter."}})

    assert told["body_draft"] == DRAFT["postmortem"]["body_draft"]
    assert (again["body_draft"], again["body"]) == ("Shorter.", None)
    assert machine.get(f"{path}/postmortem") == again
    assert story_of(machine, path).phase == Phase.RESOLVED


def test_it_is_published_and_announced_as_a_word(machine: Machine) -> None:
    path = over(machine)
    machine.put(f"{path}/postmortem", DRAFT)

    told = machine.put(f"{path}/postmortem/publish", {"postmortem": {"notify_subscribers": True}})

    assert told["body"] == DRAFT["postmortem"]["body_draft"]
    assert told["body_draft"] is None
    assert told["published_at"]
    incident = machine.get(path)
    assert incident["status"] == "postmortem"
    assert incident["postmortem_body"] == told["body"]
    assert incident["incident_updates"][0]["status"] == "postmortem"
    assert story_of(machine, path).latest.announces


def test_it_can_be_published_quietly_and_without_a_body(machine: Machine) -> None:
    quiet, plain = over(machine), over(machine)
    for path in (quiet, plain):
        machine.put(f"{path}/postmortem", DRAFT)

    machine.put(f"{quiet}/postmortem/publish", {"postmortem": {"notify_subscribers": "f"}})
    machine.put(f"{plain}/postmortem/publish", None)

    assert not story_of(machine, quiet).latest.announces
    assert story_of(machine, plain).latest.announces


def test_what_was_said_since_does_not_outdate_it(machine: Machine) -> None:
    path = over(machine)
    machine.put(f"{path}/postmortem", DRAFT)
    machine.patch(path, {"incident": {"body": "Refunds are on their way."}})

    assert machine.put(f"{path}/postmortem/publish", None)["published_at"]


def test_a_reverted_one_is_said_to_be_and_is_a_draft_again(machine: Machine) -> None:
    path = over(machine)
    machine.put(f"{path}/postmortem", DRAFT)
    machine.put(f"{path}/postmortem/publish", None)

    told = machine.put(f"{path}/postmortem/revert", None)

    assert (told["body"], told["body_draft"]) == (None, DRAFT["postmortem"]["body_draft"])
    story = story_of(machine, path)
    assert story.phase == Phase.RESOLVED
    assert "taken back our account" in story.latest.words.layers["en"].body  # type: ignore[union-attr]
    assert machine.get(path)["postmortem_body"] is None
    assert machine.refused(422, "PUT", f"{path}/postmortem/revert")


def test_a_deleted_draft_is_gone_and_a_deleted_account_said_to_be(machine: Machine) -> None:
    drafted, told = over(machine), over(machine)
    for path in (drafted, told):
        machine.put(f"{path}/postmortem", DRAFT)
    machine.put(f"{told}/postmortem/publish", None)

    for path in (drafted, told):
        machine.delete(f"{path}/postmortem", status=204)
        assert machine.refused(404, "GET", f"{path}/postmortem") == "Not found"

    assert len(story_of(machine, drafted).publications) == 2
    assert len(story_of(machine, told).publications) == 4


def test_none_is_published_before_the_end_or_of_nothing(machine: Machine) -> None:
    made = machine.post("incidents", {"incident": {"name": "Still failing"}})
    path = f"incidents/{made['id']}"
    machine.put(f"{path}/postmortem", DRAFT)

    assert "not over yet" in machine.refused(422, "PUT", f"{path}/postmortem/publish")
    assert "drafted" in machine.refused(422, "PUT", f"{over(machine)}/postmortem/publish")
    assert machine.refused(422, "PUT", f"{path}/postmortem", {"postmortem": {"body_draft": " "}})


def test_planned_work_has_none(machine: Machine) -> None:
    window = {"scheduled_for": "2099-01-01T00:00:00Z", "scheduled_until": "2099-01-01T01:00:00Z"}
    far = machine.refused(422, "POST", "incidents", {"incident": {"name": "x"} | window})

    assert "two years" in far

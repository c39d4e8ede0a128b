"""Promises as machines make them, slip them, prove them and give them up."""

from typing import Any

import pytest

from tests.cast import NOON, an_operator
from tests.machine import Machine, a_machine
from tocsin.api.v1.tests.telling import opened, said
from tocsin.disclosure.severity import Severity
from tocsin.followup import promises
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note
from tocsin.people import access
from tocsin.people.models import Role, Scope
from tocsin.statements import policies, published
from tocsin.statements.published import Kind

ENGLISH = {
    "action": "Alarm on refused cards",
    "done_when": "a card refused twice in a minute rings the phone",
    "owner": "head of payments",
}
FRENCH = {
    "action": "Alerter quand une carte est refusée",
    "done_when": "une carte refusée deux fois fait sonner le téléphone",
    "owner": "responsable des paiements",
}
PUBLIC = {
    "texts": {"en": ENGLISH, "fr": FRENCH},
    "due_on": "2026-12-15",
    "public": True,
    "link": "https://tracker.example/421",
}
ASKS_LEGAL = "clearance:\n" + "".join(
    f"  {severity}:\n    account: legal\n    within: 24h\n" for severity in Severity
)
WHY = {"en": "The supplier is late.", "fr": "Le fournisseur est en retard."}


def over(machine: Machine) -> str:
    """An incident that is over; its id."""
    made = opened(machine)
    said(machine, made, status="resolved", body="Over.")
    return str(made["id"])


def promised(machine: Machine, incident_id: str, **told: Any) -> dict[str, Any]:
    made: dict[str, Any] = machine.post(
        f"incidents/{incident_id}/promises", {"promise": PUBLIC | told}
    )
    return made


def refused(machine: Machine, incident_id: str, **told: Any) -> str:
    path = f"incidents/{incident_id}/promises"
    return machine.refused(422, "POST", path, {"promise": PUBLIC | told})


def test_a_promise_is_made_and_read_in_three_places(machine: Machine) -> None:
    incident_id = over(machine)

    made = promised(machine, incident_id)

    assert (made["state"], made["public"], made["due_on"]) == ("open", True, "2026-12-15")
    assert made["link"] == "https://tracker.example/421"
    assert made["texts"]["fr"]["owner"] == "responsable des paiements"
    assert [turn["act"] for turn in made["history"]] == ["made"]
    assert made.pop("told") == {"publication": 3, "pending": None}
    assert machine.get(f"promises/{made['id']}") == made
    assert machine.get("promises") == machine.get(f"incidents/{incident_id}/promises") == [made]


def test_who_keeps_it_is_named_by_address_and_shown_to_keys_that_write(machine: Machine) -> None:
    incident_id = over(machine)
    keeper = an_operator("Kim", Role.RESPONDER, page_id=machine.page.id)

    made = promised(machine, incident_id, keeper=keeper.email.upper())

    assert promises.kept(made["id"]).keeper_id == keeper.id
    assert made["keeper"] == keeper.email
    assert promised(machine, incident_id)["keeper"] is None
    reading = a_machine(machine.page, Scope.READ)
    assert reading.get(f"promises/{made['id']}")["keeper"] is None
    told = machine.patch(f"promises/{made['id']}", {"promise": {"link": ""}})
    assert told["keeper"] == keeper.email, "it stays whose it was"


def test_whoever_does_not_see_the_page_keeps_nothing_of_it(machine: Machine) -> None:
    incident_id = over(machine)
    elsewhere = an_operator("Eve", Role.RESPONDER, page_id="b" * 12)

    unknown = refused(machine, incident_id, keeper="nobody@example.com")

    told = refused(machine, incident_id, keeper=elsewhere.email)
    assert told.replace(elsewhere.email, "nobody@example.com") == unknown, "nothing is given away"
    assert machine.get("promises") == []


def test_a_keeper_who_was_let_go_is_shown_no_longer(machine: Machine) -> None:
    keeper = an_operator("Kim", Role.RESPONDER, page_id=machine.page.id)
    made = promised(machine, over(machine), keeper=keeper.email)

    access.revoke(keeper, by=TERMINAL, at=NOON)

    assert machine.get(f"promises/{made['id']}")["keeper"] is None


def test_readers_are_told_of_a_turn_and_the_answer_says_by_which_word(machine: Machine) -> None:
    incident_id = over(machine)
    internal = promised(machine, incident_id, public=False)
    assert internal["told"] is None

    made = promised(machine, incident_id)

    number = made["told"]["publication"]
    slipped = {"due_on": "2027-01-10", "reason": WHY, "notify_subscribers": False}
    told = machine.put(f"promises/{made['id']}/slip", {"promise": slipped})
    assert told["told"] == {"publication": number + 1, "pending": None}
    story = published.story(machine.page.audience_id, incident_id)
    assert story is not None
    assert not story.latest.announces


def test_readers_are_told_now_how_all_of_it_stands(machine: Machine) -> None:
    incident_id = over(machine)
    path = f"incidents/{incident_id}/promises/tell"
    assert "Nothing was promised" in machine.refused(422, "PUT", path, {"promises": {}})
    number = promised(machine, incident_id)["told"]["publication"]

    told = machine.put(path, {"promises": {}})

    assert told == {"publication": number + 1, "pending": None}
    story = published.story(machine.page.audience_id, incident_id)
    assert story is not None
    assert (story.latest.kind, story.latest.announces) == (Kind.PROGRESS, True)
    quiet = machine.put(path, {"promises": {"notify_subscribers": False}})
    story = published.story(machine.page.audience_id, incident_id)
    assert story is not None
    assert (story.latest.number, story.latest.announces) == (quiet["publication"], False)


def test_what_needs_consent_is_answered_as_waiting(machine: Machine) -> None:
    incident_id = over(machine)
    an_operator("Mara", Role.LEGAL)
    policies.adopt(machine.page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)

    made = promised(machine, incident_id)

    waits = made["told"]["pending"]
    assert (made["told"]["publication"], waits["role"]) == (None, "legal")
    assert machine.put(f"incidents/{incident_id}/promises/tell", {})["pending"]["role"] == "legal"


def test_a_key_that_reads_tells_nobody(machine: Machine) -> None:
    incident_id = over(machine)
    promised(machine, incident_id)

    path = f"incidents/{incident_id}/promises/tell"
    assert "only reads" in a_machine(machine.page, Scope.READ).refused(403, "PUT", path, {})


def test_what_nobody_could_tell_to_be_done_is_refused_with_each_fault(machine: Machine) -> None:
    incident_id = over(machine)
    vague = {"action": "Improve the monitoring", "done_when": "", "owner": ""}

    sentence = refused(machine, incident_id, texts={"en": vague, "fr": FRENCH})

    assert sentence.count("English:") > 1
    assert "French" in refused(machine, incident_id, texts={"en": ENGLISH})
    assert "passed" in refused(machine, incident_id, due_on="2020-01-01")
    assert "web address" in refused(machine, incident_id, link="javascript:alert(1)")
    assert "days away" in refused(machine, incident_id, due_on="9999-12-31")
    assert machine.get("promises") == []


@pytest.mark.parametrize(
    "link",
    ["http://[", "https://ex\u2100ample/", "https://a\nb", "https://a b", "https://a\u202eb"],
)
def test_what_only_looks_like_a_link_is_refused_in_a_sentence(machine: Machine, link: str) -> None:
    incident_id = over(machine)
    made = promised(machine, incident_id)
    path = f"promises/{made['id']}"

    assert "web address" in refused(machine, incident_id, link=link)
    for where, told in (("", {"link": link}), ("/prove", {"proof_link": link})):
        method = "PUT" if where else "PATCH"
        assert "web address" in machine.refused(422, method, path + where, {"promise": told})
    assert machine.get(path) | {"told": made["told"]} == made


def test_it_slips_with_a_reason_and_the_day_before_stays(machine: Machine) -> None:
    made = promised(machine, over(machine))
    path = f"promises/{made['id']}"

    assert "Say why" in machine.refused(
        422, "PUT", f"{path}/slip", {"promise": {"due_on": "2027-01-10", "reason": {}}}
    )
    assert "days away" in machine.refused(
        422, "PUT", f"{path}/slip", {"promise": {"due_on": "9999-12-31", "reason": WHY}}
    )
    told = machine.put(f"{path}/slip", {"promise": {"due_on": "2027-01-10", "reason": WHY}})

    assert (told["due_on"], told["due_before"]) == ("2027-01-10", ["2026-12-15"])
    assert told["texts"]["en"]["reason"] == WHY["en"]
    assert told.pop("told")["publication"] == made["told"]["publication"] + 1
    assert machine.get("promises") == [told]


def test_it_is_proved_and_readers_are_told(machine: Machine) -> None:
    incident_id = over(machine)
    made = promised(machine, incident_id)
    proof = {"en": "It rang on 2 December.", "fr": "Il a sonné le 2 décembre."}

    told = machine.put(f"promises/{made['id']}/prove", {"promise": {"proof": proof}})

    assert (told["state"], told["settled_at"]) == ("done", told["updated_at"])
    assert told["texts"]["fr"]["proof"] == proof["fr"]
    notes = list(Note.objects.filter(verb__startswith="followup:promise").values_list("verb"))
    assert notes == [("followup:promise:made",), ("followup:promise:proved",)]
    again = machine.refused(409, "PUT", f"promises/{made['id']}/drop", {"promise": {"reason": WHY}})
    assert "proved on" in again


def test_it_is_given_up_with_a_reason(machine: Machine) -> None:
    made = promised(machine, over(machine))

    told = machine.put(f"promises/{made['id']}/drop", {"promise": {"reason": WHY}})

    assert (told["state"], told["history"][-1]["act"]) == ("dropped", "dropped")
    assert machine.get("promises?state=open") == []
    told.pop("told")
    assert machine.get("promises?state=dropped") == [told]


def test_words_left_out_stay_and_what_readers_know_is_not_hidden(machine: Machine) -> None:
    made = promised(machine, over(machine))
    path = f"promises/{made['id']}"

    told = machine.patch(path, {"promise": {"link": "https://tracker.example/500"}})

    assert told["link"] == "https://tracker.example/500"
    assert told["texts"] == made["texts"]
    assert "Drop it" in machine.refused(422, "PATCH", path, {"promise": {"public": False}})


def test_nothing_is_found_of_what_was_withdrawn_or_is_not_there(machine: Machine) -> None:
    incident_id = over(machine)
    made = promised(machine, incident_id)

    machine.delete(f"incidents/{incident_id}")

    assert machine.get("promises") == []
    assert machine.refused(404, "GET", f"promises/{made['id']}") == "Not found"
    assert machine.refused(404, "GET", "promises/nothing") == "Not found"
    assert machine.refused(404, "GET", f"incidents/{incident_id}/promises") == "Not found"
    assert promises.kept(made["id"]).now.link, "it is kept all the same"

"""The yearly sheet on a screen: read, signed, and warned of on the desk and beside the policy."""

from datetime import date

import pytest
import time_machine

from tests.cast import NOON, a_page, ada, olu
from tocsin.catalogue.shelf import Brand
from tocsin.console.tests.ground import DESK, came_in, text_of
from tocsin.disclosure.sheet import Side
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.statements import policies, sheets

pytestmark = pytest.mark.django_db

SHEET = "/console/policy/sheet"
SIGNED = {
    "side": "lawyer",
    "name": "Mara Lindqvist",
    "number": "1",
    "on": "2026-11-23",
    "until": "2027-11-23",
}


@pytest.fixture
def page() -> Brand:
    page = a_page()
    policies.adopt(page.id, "clearance:\n  sev1:\n    words: legal\n", by=TERMINAL, at=NOON)
    return page


@time_machine.travel(NOON, tick=False)
def test_an_owner_prints_the_sheet_and_records_who_signed(page: Brand) -> None:
    client = came_in(ada())
    before = text_of(client.get(SHEET))
    assert "It is no legal advice" in before
    assert sheets.sheet_of(page.id, on=NOON.date()).sha256 in before
    assert "needs the consent of somebody of legal" in before

    after = text_of(client.post(SHEET, SIGNED, follow=True))

    assert "Recorded: Mara Lindqvist signed policy no. 1." in after
    assert "signed by Mara Lindqvist on 23 November 2026, until 23 November 2027" in after
    assert "The lawyer: signed by Mara" in text_of(client.get("/console/policy"))
    assert "yearly sheet of" not in text_of(client.get(DESK))


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Dites qui a signé, par son nom."),
        ({"number": "7"}, "c’est la nº 7 qui a été signée"),
        ({"on": "yesterday"}, "Donnez les deux jours"),
        ({"side": "nobody"}, "l’avocat ou l’assureur"),
        ({"until": "2029-01-01"}, "Une feuille vaut un an au plus"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_what_was_typed_stays(
    page: Brand, wrong: dict[str, str], said: str
) -> None:
    owner = ada()
    access.speak(owner, language="fr")

    refused = came_in(owner).post(SHEET, {**SIGNED, **wrong})

    assert refused.status_code == 422
    assert said in text_of(refused)
    assert 'value="2026-11-23"' in text_of(refused) or "on" in wrong
    assert sheets.sheet_of(page.id, on=NOON.date()).earlier == ()


@time_machine.travel(NOON, tick=False)
def test_a_responder_reads_it_and_may_not_record(page: Brand) -> None:
    client = came_in(olu())

    assert "Record a signature" not in text_of(client.get(SHEET))
    assert client.post(SHEET, SIGNED).status_code == 403


def test_the_desk_warns_before_it_lapses_and_once_the_policy_changed(page: Brand) -> None:
    sheets.sign(
        page.id,
        side=Side.INSURER,
        name="Ida",
        number=1,
        on=date(2026, 11, 1),
        until=date(2026, 12, 10),
        by=TERMINAL,
        at=NOON,
    )
    client = came_in(ada())

    with time_machine.travel(NOON, tick=False):
        lapsing = text_of(client.get(DESK))
        policies.adopt(page.id, "nudges: [50]\n", by=TERMINAL, at=NOON)
        changed = text_of(client.get(DESK))

    assert "The yearly sheet of Linden is due" in lapsing
    assert "The insurer: signed by Ida, until 10 December 2026, which is soon." in lapsing
    assert "The insurer: Ida signed no. 1, and the policy has changed since." in changed


def test_the_usual_policy_is_shown_and_not_signed() -> None:
    a_page()

    shown = text_of(came_in(ada()).get(SHEET))

    assert "nobody adopted it, so there is nothing to sign yet" in shown
    assert "Record a signature" not in shown


@time_machine.travel(NOON, tick=False)
def test_a_signature_that_was_a_mistake_is_taken_back_beside_it(page: Brand) -> None:
    client, looks_on = came_in(ada()), came_in(olu())
    client.post(SHEET, SIGNED)
    (mistake,) = sheets.sheet_of(page.id, on=NOON.date()).earlier
    told = {"do": "withdraw", "signature": str(mistake.id), "reason": "They read another text."}

    refused = looks_on.post(SHEET, told)
    after = text_of(client.post(SHEET, told, follow=True))

    assert refused.status_code == 403
    assert "Recorded by mistake?" not in text_of(looks_on.get(SHEET))
    assert "Taken back: Mara Lindqvist." in after
    assert "<s>Mara Lindqvist</s>" in after
    assert "They read another text." in after
    assert client.post(SHEET, {**told, "signature": "x"}).status_code == 422

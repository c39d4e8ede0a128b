"""What was rendered before a redaction is told to nobody after it."""

import pytest

from tests.cast import a_page, an_incident, later
from tests.far_side import Answer, FarSide
from tocsin.announcements import audience, ledger
from tocsin.announcements.tests.readers import BEFORE, a_word, tell
from tocsin.journal.actors import TERMINAL
from tocsin.statements import redaction

pytestmark = pytest.mark.django_db


def test_a_retry_tells_no_earlier_word_as_it_was(far: FarSide) -> None:
    page = a_page()
    audience.subscribe(
        page.id,
        address=far.url("/hook"),
        channel="webhook",
        format="statuspage",
        confirmed=True,
        by=TERMINAL,
        at=BEFORE,
    )
    spoken = an_incident(page)
    leaked = a_word(spoken, "The password is hunter2-9f3a.", at=later(1))
    last = a_word(spoken, "We are putting it back.", at=later(2))
    tell(page, leaked)
    far.answers["/hook"] = [Answer(503)]
    tell(page, last)
    assert b"hunter2" in far.to("/hook")[-1].body

    why = {"en": "A password stood here."}
    redaction.redact(page.id, "hunter2-9f3a", reason=why, by=TERMINAL, at=later(3))
    before = len(far.to("/hook"))
    while ledger.deliver_due(later(10)):
        pass

    again = far.to("/hook")[before:]
    assert any(b"We are putting it back." in call.body for call in again)
    assert not any(b"hunter2" in call.body for call in again)

"""Legal is asked. Whatever legal does, the customers are told on time."""

import pytest

from tests.cast import SAM, an_operator
from tests.story.telling import Telling, text_of
from tests.story.test_owed_words import turned
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator, Role
from tocsin.statements import answers, debts, policies, published, word
from tocsin.statements.debts import Fate

ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"


@pytest.fixture
def mara(night: Telling) -> Operator:
    policies.adopt(night.page.id, ASKS_LEGAL, by=TERMINAL, at=night.at("09:00"))
    return an_operator("Mara", Role.LEGAL)


def test_legal_stays_silent_and_the_customers_are_still_told_on_time(
    night: Telling, mara: Operator
) -> None:
    incident = asked(night)
    before = night.reads("index.html")

    turned(night, "09:15", "09:24", "09:25", "09:40")

    assert "A change of ours broke it" not in night.reads("index.html")
    assert "work continues" in night.reads("index.html")
    assert "le travail continue" in night.reads("fr")
    assert "work continues" not in before
    assert "work continues" in text_of(night.mails_to(SAM)[-1])
    story = published.story(night.page.audience_id, incident)
    assert story is not None
    (first, _second) = debts.debts_of(story, at=night.at("09:40"))
    assert (first.fate, first.is_strictly_kept) == (Fate.KEPT, True), "promised for 09:25"
    (waiting,) = answers.waiting_of(incident)

    answers.grant(waiting.clearance_id, by=mara.actor, at=night.at("09:41"))
    turned(night, "09:42")

    assert "A change of ours broke it" in night.reads("index.html")


def test_legal_sends_it_back_and_the_author_says_it_otherwise(
    night: Telling, mara: Operator
) -> None:
    incident = asked(night)
    (waiting,) = answers.waiting_of(incident)

    answers.send_back(
        waiting.clearance_id, reason="Name no cause yet.", by=mara.actor, at=night.at("09:15")
    )
    turned(night, "09:16")

    theirs = map(text_of, night.mails_to("olu@linden.example"))
    assert any("Name no cause yet." in mail for mail in theirs)
    assert "broke it" not in night.reads("index.html")
    writes(night, "09:17", incident, "We are repairing it")
    (again,) = answers.waiting_of(incident)
    answers.grant(again.clearance_id, by=mara.actor, at=night.at("09:18"))
    turned(night, "09:19")
    assert "We are repairing it" in night.reads("index.html")


def asked(night: Telling) -> str:
    """The first word is out, until 09:25; at 09:14 Olu writes the next one. Return the incident."""
    incident = night.said_first("09:07")
    turned(night, "09:08")
    writes(night, "09:14", incident, "A change of ours broke it")
    return incident


def writes(night: Telling, clock: str, incident: str, headline: str) -> None:
    """Olu writes a word, which waits for legal."""
    saying = night.identified(headline, "09:44")
    spoken = word.say(incident, saying, by=night.olu, at=night.at(clock))
    assert spoken.pending is not None

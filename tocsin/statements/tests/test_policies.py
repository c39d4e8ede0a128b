"""A page adopts its policy, and every word from then on keeps it."""

from datetime import timedelta

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import policy
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Altered
from tocsin.people.access import NotAllowed
from tocsin.statements import cadence, policies, word
from tocsin.statements.models import PolicyText
from tocsin.statements.policies import BadPolicy
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

FASTER = "cadence:\n  sev1:\n    next_word: 10m\n"


@pytest.fixture
def page() -> Brand:
    return cast.a_page()


def test_a_page_begins_with_the_usual_policy(page: Brand) -> None:
    kept = policies.adopted(page.id)

    assert kept.number == 0
    assert policies.policy_of(page.id) == policy.USUAL


def test_an_adopted_policy_is_in_force_and_in_the_journal(page: Brand) -> None:
    ada = cast.ada()

    kept = policies.adopt(page.id, FASTER, by=ada.actor, at=NOON)

    assert (kept.number, kept.text, kept.by) == (1, FASTER, "Ada")
    wait = policies.policy_of(page.id).next_word(Severity.SEV1, Phase.HOLDING)
    assert wait == timedelta(minutes=10)
    assert "statements:policy:adopted" in [entry.verb for entry in chain.recent(page=page.id)]


def test_the_next_word_is_owed_by_the_policy(page: Brand) -> None:
    policies.adopt(page.id, FASTER, by=TERMINAL, at=NOON)

    cast.an_incident(page, at=NOON)

    (owed,) = cadence.owed_words()
    assert owed.by == later(10)


def test_another_policy_leaves_what_was_promised_as_it_was(page: Brand) -> None:
    cast.an_incident(page, at=NOON)

    policies.adopt(page.id, FASTER, by=TERMINAL, at=later(1))

    (owed,) = cadence.owed_words()
    assert owed.by == later(20)


def test_each_policy_is_kept_and_the_same_one_is_not_adopted_twice(page: Brand) -> None:
    policies.adopt(page.id, FASTER, by=TERMINAL, at=NOON)
    policies.adopt(page.id, FASTER, by=TERMINAL, at=later(1))
    policies.adopt(page.id, "", by=TERMINAL, at=later(2))

    assert [(kept.number, kept.text) for kept in policies.history(page.id)] == [
        (2, ""),
        (1, FASTER),
    ]
    with pytest.raises(Altered):
        PolicyText.objects.get(number=1).save()


def test_a_text_with_faults_changes_nothing(page: Brand) -> None:
    with pytest.raises(BadPolicy, match="Line 1"):
        policies.adopt(page.id, "cadense: 1", by=TERMINAL, at=NOON)

    assert policies.history(page.id) == []


def test_a_responder_may_not_change_the_policy(page: Brand) -> None:
    with pytest.raises(NotAllowed):
        policies.adopt(page.id, FASTER, by=cast.olu().actor, at=NOON)


def test_time_alone_does_not_slow_the_words_down(page: Brand) -> None:
    incident = cast.an_incident(page, at=NOON).incident_id
    saying = Saying(phase=Phase.IDENTIFIED, layers={"en": Layer("Still failing", "It is known.")})

    spoken = word.say(incident, saying, by=TERMINAL, at=later(300))

    assert spoken.publication.words is not None
    assert spoken.publication.words.next_word_at == later(320)

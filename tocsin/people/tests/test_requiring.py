from datetime import timedelta

import pytest

from tests.cast import NOON, ada, an_operator, lea, olu
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, requiring
from tocsin.people.models import Role
from tocsin.people.tests.test_factors import with_app

pytestmark = pytest.mark.django_db


def test_it_is_refused_while_no_owner_could_show_one() -> None:
    ada()
    with_app(olu())

    with pytest.raises(requiring.CannotRequire, match="Add your own first"):
        requiring.require(None, by=TERMINAL, at=NOON)


def test_everybody_is_asked_after_the_grace() -> None:
    owner, responder = ada(), olu()
    with_app(owner)

    requiring.require(None, by=owner.actor, at=NOON, grace=timedelta(days=7))

    assert requiring.asked_of(responder) == NOON + timedelta(days=7)
    (note,) = chain.acts("people:requirement:begun", ("requirement", "everybody"))
    assert (note.by, note.detail) == ("Ada", {"grace_days": 7})


def test_a_role_is_asked_wherever_it_is_held() -> None:
    owner, responder = ada(), olu()
    with_app(owner)
    elsewhere = an_operator("Pia", Role.LEGAL, page_id="a" * 12)

    requiring.require(Role.LEGAL, by=owner.actor, at=NOON)

    assert requiring.asked_of(responder) is None
    assert requiring.asked_of(elsewhere) == NOON + requiring.GRACE


def test_the_earliest_grace_counts() -> None:
    owner, lead = ada(), lea()
    with_app(owner)
    requiring.require(None, by=owner.actor, at=NOON, grace=timedelta(days=20))

    requiring.require(Role.INCIDENT_LEAD, by=owner.actor, at=NOON, grace=timedelta(days=2))

    assert requiring.asked_of(lead) == NOON + timedelta(days=2)


def test_it_is_asked_once_and_no_longer() -> None:
    owner = ada()
    with_app(owner)
    requiring.require(None, by=owner.actor, at=NOON)

    with pytest.raises(requiring.CannotRequire, match="asked already"):
        requiring.require(None, by=owner.actor, at=NOON)
    requiring.ease(None, by=owner.actor, at=NOON)
    with pytest.raises(requiring.CannotRequire, match="not asked"):
        requiring.ease(None, by=owner.actor, at=NOON)

    assert requiring.in_force() == []
    assert requiring.asked_of(owner) is None
    requiring.require(None, by=owner.actor, at=NOON)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_grace_has_its_bounds(days: int) -> None:
    with_app(ada())

    with pytest.raises(requiring.CannotRequire, match="between 0 and 90"):
        requiring.require(None, by=TERMINAL, at=NOON, grace=timedelta(days=days))


def test_only_who_looks_after_people_may_ask() -> None:
    lead = lea()

    with pytest.raises(access.NotAllowed):
        requiring.require(None, by=lead.actor, at=NOON)
    with pytest.raises(access.NotAllowed):
        requiring.ease(None, by=lead.actor, at=NOON)

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator, Role

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def an_operator(name: str, role: Role) -> Operator:
    token = access.invite(
        email=f"{name}@linden.example", name=name, role=role, by=TERMINAL, at=NOON
    )
    return access.take_up(token, at=NOON)


def test_a_one_time_link_lets_in_once() -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.RESPONDER, by=TERMINAL, at=NOON
    )

    assert access.take_up(token, at=NOON).name == "Olu"

    with pytest.raises(access.NotInvited):
        access.take_up(token, at=NOON)


def test_looking_at_a_link_does_not_use_it_up() -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.RESPONDER, by=TERMINAL, at=NOON
    )

    access.invited(token, at=NOON)

    assert access.take_up(token, at=NOON).name == "Olu"


def test_an_old_link_is_refused() -> None:
    token = access.invite(
        email="olu@linden.example", name="Olu", role=Role.RESPONDER, by=TERMINAL, at=NOON
    )

    with pytest.raises(access.NotInvited):
        access.take_up(token, at=NOON + timedelta(hours=25))


def test_a_responder_declares_but_does_not_invite() -> None:
    olu = an_operator("Olu", Role.RESPONDER)

    assert access.may(olu, "declare")
    with pytest.raises(access.NotAllowed):
        access.invite(email="eve@example.com", name="Eve", role=Role.OWNER, by=olu.actor, at=NOON)


def test_a_revoked_operator_may_nothing() -> None:
    ada, olu = an_operator("Ada", Role.OWNER), an_operator("Olu", Role.RESPONDER)

    access.revoke(olu, by=ada.actor, at=NOON)

    olu.refresh_from_db()
    assert not access.may(olu, "see")
    assert chain.read(("operator", olu.id))[-1].verb == "people:operator:revoked"


def test_the_last_owner_stays() -> None:
    ada = an_operator("Ada", Role.OWNER)

    with pytest.raises(access.LastOwner):
        access.revoke(ada, by=ada.actor, at=NOON)


def test_a_role_on_one_page_holds_there_alone() -> None:
    token = access.invite(
        email="olu@linden.example",
        name="Olu",
        role=Role.RESPONDER,
        page_id="a" * 12,
        by=TERMINAL,
        at=NOON,
    )
    olu = access.take_up(token, at=NOON)

    assert access.may(olu, "declare", "a" * 12)
    assert not access.may(olu, "declare", "b" * 12)

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


def an_owner_of_one_page() -> Operator:
    token = access.invite(
        email="pia@linden.example",
        name="Pia",
        role=Role.OWNER,
        page_id="aaaaaaaaaaaa",
        by=TERMINAL,
        at=NOON,
    )
    return access.take_up(token, at=NOON)


def test_an_owner_of_one_page_gains_no_other() -> None:
    pia, olu = an_owner_of_one_page(), an_operator("Olu", Role.OWNER)

    assert access.may(pia, "pages:write", "aaaaaaaaaaaa")
    assert not access.may(pia, "pages:write")
    with pytest.raises(access.NotAllowed):
        access.invite(email=pia.email, name="Pia", role=Role.OWNER, by=pia.actor, at=NOON)
    with pytest.raises(access.NotAllowed):  # the link of the invitation would let in as Olu
        access.invite(
            email=olu.email,
            name="Olu",
            role=Role.RESPONDER,
            page_id="aaaaaaaaaaaa",
            by=pia.actor,
            at=NOON,
        )
    with pytest.raises(access.NotAllowed):
        access.hand_link(olu, by=pia.actor, at=NOON)
    with pytest.raises(access.NotAllowed):
        access.revoke(olu, by=pia.actor, at=NOON)


def test_an_owner_of_one_page_does_not_replace_the_last_owner() -> None:
    an_owner_of_one_page()
    olu = an_operator("Olu", Role.OWNER)

    with pytest.raises(access.LastOwner):
        access.revoke(olu, by=TERMINAL, at=NOON)


def test_a_link_that_is_handed_over_is_journalled_without_its_token() -> None:
    ada, olu = an_operator("Ada", Role.OWNER), an_operator("Olu", Role.RESPONDER)

    token = access.hand_link(olu, by=ada.actor, at=NOON)

    entry = chain.read(("operator", olu.id))[-1]
    assert (entry.verb, entry.by) == ("people:link:made", "Ada")
    assert token not in str(entry)


def test_setting_a_password_ends_every_other_link() -> None:
    olu = an_operator("Olu", Role.OWNER)
    first, second = access.link_for(olu, at=NOON), access.link_for(olu, at=NOON)

    access.join(second, password="four calm words together", at=NOON)

    with pytest.raises(access.NotInvited):
        access.join(first, password="another four calm words", at=NOON)

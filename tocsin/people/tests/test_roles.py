"""Each of the seven roles, by each verb: on the page where it is held, on another, in the house."""

import itertools

import pytest

from tests.cast import NOON, ada, an_operator, olu
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Role

pytestmark = pytest.mark.django_db
HERE, THERE = "a" * 12, "b" * 12

# Written out once more, so that a verb that slips into a role is seen here.
VERBS = {
    "see": "owner incident_lead responder communications legal security reader",
    "declare": "owner incident_lead responder communications",
    "draft": "owner incident_lead responder communications",
    "publish": "owner incident_lead responder communications",
    "resolve": "owner incident_lead responder communications",
    "subscribers:see": "owner incident_lead responder communications",
    "correct": "owner incident_lead",
    "redact": "owner incident_lead",
    "release": "owner incident_lead",
    "evidence": "owner incident_lead",
    "subscribers:write": "owner incident_lead",
    "components:write": "owner incident_lead",
    "people:write": "owner",
    "pages:write": "owner",
    "keys:write": "owner",
}


def test_every_role_and_every_verb_is_in_the_table() -> None:
    assert set(VERBS) == set().union(*access.MAY.values())
    assert set(access.MAY) == set(Role)
    assert set(" ".join(VERBS.values()).split()) == {role.value for role in Role}


@pytest.mark.parametrize("role", Role)
def test_a_role_may_on_its_page_what_the_table_says_and_elsewhere_nothing(role: Role) -> None:
    operator = an_operator("Kim", role, page_id=HERE)

    for verb, roles in VERBS.items():
        assert access.may(operator, verb, HERE) == (role in roles.split()), verb
        assert not access.may(operator, verb, THERE), verb


@pytest.mark.parametrize("role", Role)
def test_a_role_of_the_house_holds_on_every_page(role: Role) -> None:
    operator = an_operator("Kim", role)

    for (verb, roles), page in itertools.product(VERBS.items(), (HERE, THERE, "")):
        assert access.may(operator, verb, page) == (role in roles.split()), (verb, page)


def test_what_concerns_the_house_is_not_an_owner_s_of_one_page() -> None:
    operator = an_operator("Kim", Role.OWNER, page_id=HERE)

    assert [verb for verb in VERBS if not access.may(operator, verb)] == [
        "people:write",
        "pages:write",
        "keys:write",
    ]


def test_two_roles_add_up() -> None:
    operator = an_operator("Kim", Role.LEGAL)
    an_operator("Kim", Role.RESPONDER, page_id=HERE)

    assert access.may(operator, "publish", HERE)
    assert not access.may(operator, "publish", THERE)
    assert access.may(operator, "see", THERE)


def test_a_role_ends_and_the_others_stay() -> None:
    owner, operator = ada(), an_operator("Kim", Role.LEGAL)
    an_operator("Kim", Role.RESPONDER, page_id=HERE)

    access.end_role(operator, role=Role.RESPONDER, page_id=HERE, by=owner.actor, at=NOON)

    assert access.roles_of(operator) == [Role.LEGAL]
    (note,) = chain.acts("people:role:ended", ("operator", operator.id))
    assert (note.by, note.detail) == ("Ada", {"role": "responder"})
    with pytest.raises(access.NotAllowed, match="does not hold"):
        access.end_role(operator, role=Role.RESPONDER, page_id=HERE, by=owner.actor, at=NOON)


def test_the_last_owner_s_role_does_not_end() -> None:
    owner = ada()
    an_operator("Kim", Role.OWNER, page_id=HERE)

    with pytest.raises(access.LastOwner):
        access.end_role(owner, role=Role.OWNER, by=TERMINAL, at=NOON)
    assert access.may(owner, "people:write")


def test_only_who_looks_after_people_ends_a_role() -> None:
    owner, operator = ada(), olu()

    with pytest.raises(access.NotAllowed):
        access.end_role(owner, role=Role.OWNER, by=operator.actor, at=NOON)

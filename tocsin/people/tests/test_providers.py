from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOON, ada, later, olu
from tocsin.journal import chain
from tocsin.people import access, providers
from tocsin.people.models import Identity, Operator, Role
from tocsin.people.providers import Given, NotAdmitted, Shown

pytestmark = pytest.mark.django_db
ISSUER = "https://login.linden.example"
HERE = "a" * 12
KIM = Shown(
    provider="linden",
    issuer=ISSUER,
    subject="kim-1",
    email="kim@linden.example",
    name="Kim",
    groups=frozenset(),
    has_shown_factor=False,
)
AS_OLU = replace(KIM, subject="olu-1", email="olu@linden.example")
RESPONDS: Given = frozenset({(Role.RESPONDER, HERE)})


def admitted(told: Shown, *, gives: Given = frozenset(), minutes: float = 0) -> Operator:
    return providers.admit(told, gives=gives, language="en", at=later(minutes))


def read(claims: dict[str, Any], **told: Any) -> Shown:
    usual = {"groups_claim": "groups", "verified_claim": "email_verified"}
    return providers.shown(
        {"sub": "kim-1", **claims},
        provider="linden",
        issuer=ISSUER,
        **{"asks_second_factor": False, **usual, **told},
    )


@pytest.mark.parametrize("said", [False, None, "false", 1, "1", "yes", [True], {}])
def test_an_address_that_is_not_verified_counts_as_none(said: object) -> None:
    assert read({"email": "olu@linden.example", "email_verified": said}).email == ""


@pytest.mark.parametrize("said", [True, "true"])
def test_a_verified_address_counts(said: object) -> None:
    told = read({"email": " Olu@Linden.example", "email_verified": said})

    assert told.email == "olu@linden.example"


def test_a_provider_may_call_it_otherwise() -> None:
    told = {"email": "olu@linden.example", "email_verified": True, "xms_edov": False}

    assert read(told, verified_claim="xms_edov").email == ""


@pytest.mark.parametrize(
    ("said", "groups"),
    [(["sre", 7, None], {"sre"}), ("sre", {"sre"}), (None, set()), ({"sre": 1}, set())],
)
def test_groups_are_read_from_what_is_a_list_of_texts(said: object, groups: set[str]) -> None:
    assert read({"groups": said}).groups == groups


@pytest.mark.parametrize("said", [None, 7, True, "", ["kim-1"], "kim\x001", "kim\ud800"])
def test_whom_a_provider_does_not_name_in_a_text_nobody_is(said: object) -> None:
    olu()
    told = read({"sub": said, "email": "olu@linden.example", "email_verified": True})

    with pytest.raises(NotAdmitted, match="does not name you"):
        admitted(told)


def test_a_name_or_an_address_that_no_database_holds_counts_as_none() -> None:
    for told in ("Kim\x00", "Kim\ud800", {"given": "Kim"}):
        seen = read({"name": told, "email": told, "email_verified": True})

        assert (seen.name, seen.email) == ("", "")


def test_a_provider_that_asked_for_a_second_factor_says_so() -> None:
    assert read({"amr": ["pwd", "mfa"]}).has_shown_factor
    assert not read({"amr": ["pwd"]}).has_shown_factor
    assert not read({"amr": "mfa"}).has_shown_factor
    assert read({}, asks_second_factor=True).has_shown_factor


def test_somebody_known_comes_in_by_a_verified_address_and_is_tied() -> None:
    operator = olu()

    assert admitted(AS_OLU) == operator

    assert Identity.objects.get().operator == operator
    assert access.roles_of(operator) == [Role.RESPONDER]
    assert chain.read(("operator", operator.id))[-1].verb == "people:identity:tied"


def test_who_is_tied_is_known_again_whatever_their_address_is_by_now() -> None:
    operator = olu()
    admitted(AS_OLU)

    assert admitted(replace(AS_OLU, email="")) == operator
    assert admitted(replace(AS_OLU, email=ada().email)) == operator


def test_an_address_that_somebody_else_has_by_now_opens_nothing() -> None:
    olu()
    admitted(AS_OLU)

    with pytest.raises(NotAdmitted, match="Another account"):
        admitted(replace(AS_OLU, subject="olu-2"))


def test_nobody_comes_in_by_an_address_that_is_not_verified() -> None:
    olu()

    with pytest.raises(NotAdmitted, match="verified"):
        admitted(replace(AS_OLU, email=""), gives=RESPONDS)
    assert not Identity.objects.exists()


def test_a_stranger_stays_one() -> None:
    with pytest.raises(NotAdmitted, match="Nobody here"):
        admitted(KIM)
    assert not Operator.objects.exists()


def test_groups_let_somebody_in_as_what_they_give() -> None:
    operator = admitted(KIM, gives=RESPONDS)

    assert access.may(operator, "publish", HERE)
    assert not access.may(operator, "see", "b" * 12)
    assert not operator.has_usable_password()
    verbs = [note.verb for note in chain.read(("operator", operator.id))]
    assert verbs == ["people:operator:invited", "people:identity:tied", "people:role:given"]


def test_what_groups_no_longer_give_is_taken_and_what_we_gave_stays() -> None:
    operator = olu()
    lead: Given = frozenset({(Role.INCIDENT_LEAD, "")})
    admitted(AS_OLU, gives=lead)
    assert access.may(operator, "redact")

    admitted(AS_OLU, minutes=5)

    assert access.roles_of(operator) == [Role.RESPONDER]
    assert chain.read(("operator", operator.id))[-1].verb == "people:role:ended"


def test_what_one_provider_gives_another_does_not_take() -> None:
    operator = admitted(KIM, gives=RESPONDS)
    other = replace(KIM, provider="partners", issuer="https://id.partners.example")

    admitted(other)

    assert access.roles_of(operator, HERE) == [Role.RESPONDER]


def test_the_last_owner_is_not_taken_by_a_group() -> None:
    owner: Given = frozenset({(Role.OWNER, "")})
    operator = admitted(KIM, gives=owner)

    admitted(KIM, minutes=5)

    assert access.may(operator, "people:write")
    ada()
    admitted(KIM, minutes=6)
    assert not access.may(operator, "people:write")


def test_who_was_let_go_stays_out_whatever_groups_say() -> None:
    operator, owner = olu(), ada()
    admitted(AS_OLU)
    access.revoke(operator, by=owner.actor, at=NOON + timedelta(minutes=1))

    with pytest.raises(NotAdmitted, match="let go"):
        admitted(AS_OLU, gives=RESPONDS, minutes=2)
    assert access.roles_of(operator) == []


def test_a_group_gives_on_a_page_only_what_is_there() -> None:
    roles = {"sre": ("responder@linden", "reader"), "law": ("legal",), "else": ("owner@nowhere",)}

    told = providers.given({"sre", "else", "unknown"}, roles, pages={"linden": HERE})

    assert told == {(Role.RESPONDER, HERE), (Role.READER, "")}

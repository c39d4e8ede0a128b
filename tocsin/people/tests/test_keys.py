from datetime import timedelta
from typing import Any

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, keys
from tocsin.people.access import NotAllowed
from tocsin.people.keys import CannotMake, UnknownKey
from tocsin.people.models import ApiKey, Scope

pytestmark = pytest.mark.django_db
PAGE, ELSEWHERE = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


def a_key(scope: Scope = Scope.MANAGE, **told: Any) -> tuple[keys.Key, str]:
    return keys.create(PAGE, scope=scope, by=TERMINAL, at=NOON, **told)


def test_a_key_is_kept_as_a_hash_and_recognised_by_what_it_is() -> None:
    made, secret = a_key()

    assert len(bytes.fromhex(secret.removeprefix("tocsin_"))) == 32
    kept = str(list(ApiKey.objects.values()))
    assert secret not in kept
    assert secret.startswith(made.first)
    assert keys.recognised(secret, at=later(1)).id == made.id


@pytest.mark.parametrize("shown", ["", "tocsin_", "x" * 5000, "clé", "\x00", "\ud800"])
def test_what_is_no_key_is_not_recognised(shown: str) -> None:
    a_key()

    with pytest.raises(UnknownKey):
        keys.recognised(shown, at=NOON)


def test_an_expired_or_revoked_key_opens_nothing() -> None:
    _, short = a_key(expires_at=later(10))
    made, gone = a_key()
    keys.revoke(made.id, by=TERMINAL, at=later(1))

    assert keys.recognised(short, at=later(9))
    for secret, at in ((short, later(10)), (gone, later(1))):
        with pytest.raises(UnknownKey):
            keys.recognised(secret, at=at)


def test_when_it_was_used_is_kept_to_the_minute() -> None:
    made, secret = a_key()

    stamps = []
    for seconds in (0, 30, 59, 60, 61):
        keys.recognised(secret, at=NOON + timedelta(seconds=seconds))
        stamps.append(keys.keys_of(PAGE)[0].last_used_at)

    assert [made.last_used_at, *stamps] == [None, NOON, NOON, NOON, later(1), later(1)]


def test_making_and_revoking_are_in_the_journal_without_the_key() -> None:
    made, secret = a_key()
    keys.revoke(made.id, by=TERMINAL, at=later(1))
    keys.revoke(made.id, by=TERMINAL, at=later(2))

    told = chain.read(("key", made.id))
    assert [entry.verb for entry in told] == ["people:key:created", "people:key:revoked"]
    assert secret not in str(told)


def test_a_key_reaches_its_own_page_alone_and_nobody() -> None:
    made, _ = a_key()
    reader, _ = a_key(Scope.READ)

    access.check(made.actor, "publish", PAGE)
    for actor, verb, page in (
        (made.actor, "publish", ELSEWHERE),
        (made.actor, "publish", ""),
        (made.actor, "people:write", PAGE),
        (made.actor, "keys:write", PAGE),
        (reader.actor, "publish", PAGE),
    ):
        with pytest.raises(NotAllowed):
            access.check(actor, verb, page)


def test_only_owners_make_keys() -> None:
    lea, ada = cast.lea().actor, cast.ada().actor

    assert keys.create(PAGE, scope=Scope.READ, by=ada, at=NOON)
    with pytest.raises(NotAllowed):
        keys.create(PAGE, scope=Scope.READ, by=lea, at=NOON)


@pytest.mark.parametrize("told", [{"expires_at": NOON}, {"name": "x" * 101}])
def test_what_makes_no_sense_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(CannotMake):
        a_key(**told)

    assert keys.keys_of(PAGE) == []

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import override_settings

from tests.cast import NOON, ada, later, olu
from tests.passkeys import Passkey
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, factors
from tocsin.people.factors import Ceremony, Kind
from tocsin.people.models import Operator, WrongCode

pytestmark = pytest.mark.django_db


def code_of(secret: str, minutes: float = 0) -> str:
    """What an app shows so many minutes past noon."""
    return str(format_hotp_value(hotp_value(secret, int(later(minutes).timestamp()) // 30)))


def with_app(operator: Operator) -> tuple[str, list[str]]:
    """The secret of an app that was added at noon, and the recovery codes that came with it."""
    secret = factors.new_secret()
    return secret, factors.add_app(operator, secret, code=code_of(secret), at=NOON)


def test_the_arithmetic_is_that_of_the_standard() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: the last six digits

    assert [format_hotp_value(hotp_value(secret, t // 30)) for t in (59, 1111111109)] == [
        "287082",
        "081804",
    ]


def test_an_app_is_added_by_its_first_code_and_brings_recovery_codes() -> None:
    operator = olu()

    with pytest.raises(factors.NotProved):
        factors.add_app(operator, factors.new_secret(), code="000000", at=NOON)
    assert not factors.is_enrolled(operator.id)
    _, codes = with_app(operator)

    assert factors.is_enrolled(operator.id)
    assert len(set(codes)) == 10
    assert factors.codes_left(operator) == 10


def test_a_code_works_once() -> None:
    operator = olu()
    secret, _ = with_app(operator)

    assert factors.prove(operator, code_of(secret, 1), at=later(1)) == Kind.APP
    for code in (code_of(secret, 1), code_of(secret)):  # the same, and the one that added the app
        with pytest.raises(factors.NotProved):
            factors.prove(operator, code, at=later(1))


def test_a_telephone_may_be_half_a_minute_off_and_no_more() -> None:
    operator = olu()
    secret, _ = with_app(operator)

    with pytest.raises(factors.NotProved):
        factors.prove(operator, code_of(secret, 3), at=later(2))
    assert factors.prove(operator, code_of(secret, 2.5), at=later(2)) == Kind.APP


def test_a_recovery_code_works_once_and_is_noted() -> None:
    operator = olu()
    _, codes = with_app(operator)

    assert factors.prove(operator, codes[3], at=later(1)) == Kind.RECOVERY
    with pytest.raises(factors.NotProved):
        factors.prove(operator, codes[3], at=later(1))

    assert factors.codes_left(operator) == 9
    note = chain.read(("operator", operator.id))[-1]
    assert (note.verb, note.detail["left"]) == ("people:factor:used", 9)


def test_new_recovery_codes_end_the_former() -> None:
    operator = olu()
    _, codes = with_app(operator)

    anew = factors.renew_codes(operator, at=later(1))

    assert not set(anew) & set(codes)
    with pytest.raises(factors.NotProved):
        factors.prove(operator, codes[0], at=later(1))
    assert factors.prove(operator, anew[0], at=later(1)) == Kind.RECOVERY


def test_who_guesses_codes_is_told_to_wait_and_a_right_one_helps_no_more() -> None:
    operator = olu()
    secret, _ = with_app(operator)
    for _turn in range(factors.MOST_WRONG):
        with pytest.raises(factors.NotProved):
            factors.prove(operator, "nonsense", at=later(1))

    with pytest.raises(factors.TooManyTries):
        factors.prove(operator, code_of(secret, 2), at=later(2))
    assert factors.prove(operator, code_of(secret, 62), at=later(62)) == Kind.APP
    assert not WrongCode.objects.exists()


@pytest.mark.parametrize(
    "said", ["", " ", "\x00", "١٢٣٤٥٦", "１２３４５６", "9" * 9999, "🙂", "-1"]
)
def test_what_is_no_code_is_wrong(said: str) -> None:
    operator = olu()
    with_app(operator)

    with pytest.raises(factors.NotProved):
        factors.prove(operator, said, at=later(1))


def test_somebody_s_code_opens_nothing_of_another_s() -> None:
    secret, codes = with_app(olu())
    other = ada()
    with_app(other)

    for code in (code_of(secret, 1), codes[0]):
        with pytest.raises(factors.NotProved):
            factors.prove(other, code, at=later(1))


def test_the_last_factor_takes_the_recovery_codes_along() -> None:
    operator = olu()
    with_app(operator)
    (held,) = factors.factors_of(operator)

    with pytest.raises(factors.CannotEnrol):
        factors.remove(operator, held.id, is_required=True, at=later(1))
    factors.remove(operator, held.id, is_required=False, at=later(1))

    assert not Authenticator.objects.exists()


def test_nobody_removes_what_is_another_s() -> None:
    operator = olu()
    with_app(operator)
    (held,) = factors.factors_of(operator)

    with pytest.raises(factors.CannotEnrol):
        factors.remove(ada(), held.id, is_required=False, at=later(1))


def test_a_reset_is_an_owner_s_or_the_terminal_s_and_is_journalled() -> None:
    operator, owner = olu(), ada()
    with_app(operator)

    with pytest.raises(access.NotAllowed):
        factors.reset(operator, by=operator.actor, at=later(1))
    assert factors.reset(operator, by=owner.actor, at=later(1)) == 1
    with_app(operator)
    assert factors.reset(operator, by=TERMINAL, at=later(2)) == 1

    assert not Authenticator.objects.exists()
    told = chain.acts("people:factor:reset", ("operator", operator.id))
    assert [note.by for note in told] == ["Ada", "the terminal"]


def test_no_secret_is_in_the_journal_or_stands_open_in_the_database() -> None:
    operator = olu()
    secret, codes = with_app(operator)
    factors.prove(operator, codes[0], at=later(1))

    kept = str([row.data for row in Authenticator.objects.all()])
    said = str(chain.recent(limit=100))
    for hidden in (secret, *codes):
        assert hidden not in kept
        assert hidden not in said


def test_what_was_sealed_under_another_key_says_so() -> None:
    operator = olu()
    secret, _ = with_app(operator)

    with (
        override_settings(SECRET_KEY="quite another one"),
        pytest.raises(factors.Unreadable, match="TOCSIN_SECRET_KEY"),
    ):
        factors.prove(operator, code_of(secret, 1), at=later(1))


@pytest.mark.parametrize(
    "told",
    [
        None,
        7,
        "x",
        [],
        {},
        {"id": "AA", "rawId": "AA", "type": "public-key", "response": {}},
        {
            "id": "AA",
            "rawId": "AA",
            "response": {"clientDataJSON": "e30", "attestationObject": "oA"},
        },
        {"rawId": "AA", "response": {"clientDataJSON": "____", "userHandle": "AA"}},
        {"response": {"userHandle": "\x00"}},
        {"response": {"userHandle": "AAAA"}},
        {"response": {"userHandle": "_w"}},
        {"id": "\x00", "rawId": "AA", "response": {}},
        {"response": {"userHandle": "bm9ib2R5"}},
        {"response": "x"},
    ],
)
def test_what_is_no_passkey_is_refused_in_a_sentence(told: object) -> None:
    operator, ceremony = olu(), Ceremony("status.linden.example", {})
    factors.begin_passkey(operator, ceremony)

    with pytest.raises(factors.NotProved):
        factors.add_passkey(operator, ceremony, told, name="x", at=NOON)
    factors.begin_proof(ceremony)
    with pytest.raises(factors.NotProved):
        factors.whose(ceremony, told, at=NOON)
    with pytest.raises(factors.NotProved):
        factors.prove_passkey(operator, ceremony, told, at=NOON)


def shown_at(counts: list[int]) -> tuple[Operator, list[bool]]:
    """Somebody whose passkey showed these counts, the first when it was added; which were taken."""
    operator, ceremony = olu(), Ceremony("testserver", {})
    passkey = Passkey("https://testserver", count=counts[0])
    made = passkey.made(factors.begin_passkey(operator, ceremony))
    factors.add_passkey(operator, ceremony, made, name="Key", at=NOON)
    taken = []
    for minutes, passkey.count in enumerate(counts[1:], start=1):
        shown = passkey.shown(factors.begin_proof(ceremony, operator))
        try:
            factors.prove_passkey(operator, ceremony, shown, at=later(minutes))
            taken.append(True)
        except factors.NotProved:
            taken.append(False)
    return operator, taken


@pytest.mark.parametrize(
    ("counts", "taken"),
    [
        ([0, 0, 0], [True, True]),
        ([0, 1, 2], [True, True]),
        ([5, 6, 6], [True, False]),
        ([5, 5], [False]),
        ([5, 9, 7, 10], [True, False, True]),
        ([5, 0], [False]),
    ],
)
def test_a_passkey_that_counts_backwards_may_be_a_copy_and_is_not_taken(
    counts: list[int], taken: list[bool]
) -> None:
    operator, was_taken = shown_at(counts)

    assert was_taken == taken
    doubted = chain.acts("people:factor:doubted", ("operator", operator.id))
    assert len(doubted) == taken.count(False)

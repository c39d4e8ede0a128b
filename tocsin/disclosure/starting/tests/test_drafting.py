"""Whatever is answered, the file can be adopted, gives its reasons, and silences nobody."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.disclosure import policy
from tocsin.disclosure.coach.values import Allowed
from tocsin.disclosure.consent import CASES, Fallback, Reviewer, Spoken
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.disclosure.starting import answers, drafting, words
from tocsin.disclosure.starting.answers import (
    QUESTIONS,
    USUAL,
    Answers,
    Awake,
    BadAnswers,
    Customers,
    Field,
    Languages,
    Limit,
    Regime,
)

ANY: st.SearchStrategy[Answers] = st.builds(
    Answers,
    field=st.sampled_from(Field),
    country=st.sampled_from(["", "FR", "HK", "US", "BR"]),
    customers=st.sampled_from(Customers),
    admission=st.sampled_from(Limit),
    notice=st.none() | st.integers(1, 20_160).map(lambda minutes: timedelta(minutes=minutes)),
    insurer=st.sampled_from(Limit),
    regimes=st.lists(st.sampled_from(Regime), unique=True).map(tuple),
    night=st.sampled_from(Awake),
    reviewers=st.lists(st.sampled_from(Reviewer), unique=True).map(tuple),
    languages=st.sampled_from(Languages),
    presumed=st.frozensets(st.sampled_from(QUESTIONS)),
)


@settings(max_examples=60, deadline=None)
@given(told=ANY, language=st.sampled_from(["en", "fr"]))
def test_whatever_is_answered_it_can_be_adopted_and_silences_nobody(
    told: Answers, language: str
) -> None:
    file = drafting.written(told, language)

    read = policy.read(file)

    assert all(" # " in line or line.startswith("#") for line in file.splitlines()), "its reason"
    assert [case for case in CASES if f"\n  {case}: T-01 " not in file] == []
    for consent in read.consents.values():
        assert consent.falls_back == Fallback.HOLDING
        assert set(consent.asks.values()) <= set(told.reviewers)
    for severity in Severity:
        wait = read.next_word(severity, Phase.INVESTIGATING)
        assert wait is not None
        assert read.consent(severity, is_security=True).within <= wait
        if told.notice and severity != Severity.SEV4:
            assert read.first_notice(severity) <= told.notice


@pytest.mark.parametrize(("field", "language"), list(product(Field, words.LANGUAGES)))
def test_every_preset_says_what_it_presumes(field: Field, language: str) -> None:
    told = answers.of({"field": field})

    file = drafting.written(told, language)

    assert told == replace(USUAL[field], presumed=frozenset(QUESTIONS) - {"field"})
    assert file.count(words.reason(language, "presumed")) == len(QUESTIONS) - 1
    policy.read(file)


def test_both_languages_hold_the_same_words() -> None:
    assert _keys(words.kept("en")) == _keys(words.kept("fr"))


def test_health_speaks_sooner_and_colleagues_less_often() -> None:
    health, inside = (_drafted(field=field) for field in (Field.HEALTH, Field.INTERNAL))

    assert health.first_notice(Severity.SEV1) == timedelta(minutes=5)
    assert inside.next_word(Severity.SEV1, Phase.HOLDING) == timedelta(minutes=30)
    assert not inside.asks_anybody


def test_a_contract_makes_the_first_word_sooner_never_later() -> None:
    sooner = _drafted(field=Field.SOFTWARE, notice=timedelta(minutes=5))
    later = _drafted(field=Field.SOFTWARE, notice=timedelta(hours=4))

    assert sooner.first_notice(Severity.SEV2) == timedelta(minutes=5)
    assert later.first_notice(Severity.SEV2) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("admission", "insurer", "allowed"),
    [
        (Limit.NONE, Limit.NONE, Allowed.FULL_APOLOGY),
        (Limit.NONE, Limit.UNREAD, Allowed.FACTS_AND_OWNERSHIP),
        (Limit.LIABILITY, Limit.NONE, Allowed.FACTS_AND_OWNERSHIP),
        (Limit.LIABILITY, Limit.FAULT, Allowed.FACTS_ONLY),
    ],
)
def test_the_narrower_of_contract_and_insurer_wins(
    admission: Limit, insurer: Limit, allowed: Allowed
) -> None:
    told = _drafted(field=Field.SOFTWARE, admission=admission, insurer=insurer)

    assert {consent.allowed for consent in told.consents.values()} == {allowed}


def test_a_cause_is_read_first_in_a_bank_and_an_attack_by_security() -> None:
    bank = _drafted(field=Field.BANKING)

    assert bank.consents["sev1"].reviewer(Spoken.IDENTIFIED) == Reviewer.INCIDENT_LEAD
    assert bank.consents["sev1"].reviewer(Spoken.INVESTIGATING) is None
    assert bank.consents["security"].reviewer(Spoken.IDENTIFIED) == Reviewer.SECURITY
    assert bank.consents["security"].reviewer(Spoken.ACCOUNT) == Reviewer.LEGAL


def test_where_nobody_is_awake_the_morning_is_promised() -> None:
    told = _drafted(field=Field.SOFTWARE, night=Awake.NOBODY)

    assert told.next_word(Severity.SEV1, Phase.HOLDING, is_long=True) == timedelta(hours=8)
    assert told.nudges[0] == 25


def test_a_file_of_answers_is_read_and_what_it_leaves_out_is_presumed() -> None:
    told = answers.read("field: banking\nregimes: [dora, gdpr]\nreviewers: nobody\nnotice: 1h\n")

    assert told.regimes == (Regime.GDPR, Regime.DORA)
    assert (told.reviewers, told.notice) == ((), timedelta(hours=1))
    assert told.presumed == frozenset(QUESTIONS) - {"field", "regimes", "reviewers", "notice"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1: Say the field"),
        ("field: farming", "Line 1: “farming” is no choice"),
        ("field: health\ncountry: France", "Line 2: A country is two letters"),
        ("field: health\nnight: [one]", "Line 2: A choice is missing"),
        ("field: health\nmood: good", "Line 2: A file of answers has no part “mood”"),
        ("field: health\nregimes: [gdpr, moon]", "Line 2: “moon” is no choice"),
        ("field: health\nnotice: soon", "Line 2: “soon” is no length of time"),
        ("- field", "Line 1: A file of answers has parts"),
    ],
)
def test_a_faulty_file_is_refused_by_line(text: str, said: str) -> None:
    with pytest.raises(BadAnswers, match=said.replace("[", r"\[")):
        answers.read(text)


def _drafted(**told: object) -> policy.Policy:
    return policy.read(drafting.written(answers.of(told), "en"))


def _keys(told: object) -> object:
    return {key: _keys(value) for key, value in told.items()} if isinstance(told, dict) else None

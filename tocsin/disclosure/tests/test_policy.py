"""A page's policy: what a file says, what it leaves out, and what is wrong in which line."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure import policy
from tocsin.disclosure.coach.values import Register
from tocsin.disclosure.consent import Fallback, Reviewer, Spoken
from tocsin.disclosure.explaining import Case, explained, sheet_of
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import USUAL, BadPolicy
from tocsin.disclosure.severity import Severity

CLOSING = "closing:\n  sev2: [account, start]\n"
FASTER = """\
cadence:
  sev1:
    first_notice: 5m
    next_word: 10m
    identified: 30m
  sev2: {monitoring: 1h30m}
nudges: [60, 90]
languages:
  sev1: 10m
"""


ASKING = """\
clearance:
  sev1:
    words: legal
    monitoring: nobody
    account: communications
    within: 10m
  sev2: {register: facts_and_ownership}
  security: {words: security, falls_back: escalate}
holding: {sev1: T-01}
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as refused:
        policy.read(text)
    return [str(fault) for fault in refused.value.faults]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "cadence: {}\n"])
def test_what_is_left_out_is_table_1_1(text: str) -> None:
    told = policy.read(text)

    assert told == USUAL
    assert told.first_notice(Severity.SEV1) == minutes(10)
    assert told.next_word(Severity.SEV2, Phase.IDENTIFIED) == minutes(30)
    assert told.next_word(Severity.SEV3, Phase.MONITORING) == minutes(240)
    assert told.translated_within(Severity.SEV1) == minutes(15)
    assert told.nudges == (50, 80, 100)


def test_a_file_changes_what_it_says_and_no_more() -> None:
    told = policy.read(FASTER)

    assert told.first_notice(Severity.SEV1) == minutes(5)
    assert told.next_word(Severity.SEV1, Phase.INVESTIGATING) == minutes(10)
    assert told.next_word(Severity.SEV1, Phase.IDENTIFIED) == minutes(30), "its own phase"
    assert told.next_word(Severity.SEV1, Phase.MONITORING) == minutes(60), "as usual"
    assert told.next_word(Severity.SEV2, Phase.MONITORING) == minutes(90)
    assert told.next_word(Severity.SEV2, Phase.HOLDING) == minutes(30)
    assert told.nudges == (60, 90)
    assert told.translated_within(Severity.SEV1) == minutes(10)
    assert told.translated_within(Severity.SEV2) == minutes(30)


def test_an_incident_is_slower_only_once_it_was_declared_long() -> None:
    assert USUAL.next_word(Severity.SEV1, Phase.IDENTIFIED) == minutes(20)
    assert USUAL.next_word(Severity.SEV1, Phase.IDENTIFIED, is_long=True) == minutes(60)
    assert USUAL.next_word(Severity.SEV2, Phase.MONITORING, is_long=True) == minutes(60)


def test_a_last_word_owes_no_next_one() -> None:
    assert USUAL.next_word(Severity.SEV1, Phase.RESOLVED) is None


def test_a_page_that_speaks_less_often_is_no_quicker_on_a_long_incident() -> None:
    told = policy.read("cadence:\n  sev1:\n    next_word: 3h\n")

    assert told.next_word(Severity.SEV1, Phase.HOLDING, is_long=True) == timedelta(hours=3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cadence:\n  sev1:\n    next_word: 20\n", "Line 3: “20” is no length of time."),
        ("\ncadense: {}\n", "Line 2: A policy has no part “cadense”."),
        ("cadence:\n  sev9: {}\n", "Line 2: “cadence” has no part “sev9”."),
        ("languages:\n  sev1: 5m\n  sev1: 6m\n", "Line 3: “sev1” is said twice."),
        ("languages:\n  sev1:\n", "Line 2: A length of time is missing."),
        ("nudges: 50\n", "Line 1: “nudges” is a list of percentages"),
        ("nudges: [50, 50]\n", "Line 1: The nudges go up, each once"),
        ("nudges:\n  - 50\n  - 101\n", "Line 3: A nudge is a whole number of percent"),
        ("long_incident:\n  after: 30d\n", "Line 2: “30d” is too long: from 1m to 14d."),
        ("long_incident:\n  after: 0m\n", "Line 2: “0m” is too short"),
        ("cadence:\n  sev1:\n    long_incident: 5m\n", "Line 3: On a long incident"),
        ("clearance:\n  sev1:\n    words: lawyers\n", "Line 3: “lawyers” is no role that clears"),
        ("clearance:\n  sev5: {}\n", "Line 2: “clearance” has no part “sev5”."),
        ("clearance:\n  sev1:\n    falls_back: never\n", "Line 3: “never” is no way to fall back."),
        ("clearance:\n  sev1:\n    register: humble\n", "Line 3: “humble” is no register."),
        ("clearance:\n  sev1:\n    within: soon\n", "Line 3: “soon” is no length of time."),
        ("holding:\n  sev2: none\n", "Line 2: sev2 would be left without a holding statement"),
        ("holding:\n  sev2:\n", "Line 2: sev2 would be left without a holding statement"),
        ("a: [\n", "This is no YAML"),
        ("- 1\n", "Line 1: A policy has parts"),
        ("# fine\ncadence: \x00\n", "Line 2: A character that no text file has."),
        ("x: !!python/object:os.system {}\n", "Line 1: A policy has no part “x”."),
        ("[" * 20_000, "Line 1: It is nested far too deeply"),
        ("#" * 70_000, "Line 1: The file is longer than 64 KiB."),
    ],
)
def test_a_fault_says_its_line_and_its_mend(text: str, expected: str) -> None:
    assert any(expected in fault for fault in faults_of(text))


def test_every_fault_is_told_at_once_in_the_order_of_the_file() -> None:
    text = "nudges: [0]\ncadence:\n  sev1:\n    first_notice: soon\n  sev5: {}\n"

    lines = [fault.partition(":")[0] for fault in faults_of(text)]

    assert lines == ["Line 1", "Line 4", "Line 5"]


def test_without_a_word_on_it_nobody_is_asked() -> None:
    assert not USUAL.asks_anybody
    for spoken in Spoken:
        assert USUAL.consent(Severity.SEV1, is_security=True).reviewer(spoken) is None


def test_a_policy_asks_by_severity_and_kind_of_word() -> None:
    told = policy.read(ASKING)

    sev1, sev2 = (told.consent(s, is_security=False) for s in (Severity.SEV1, Severity.SEV2))
    assert sev1.reviewer(Spoken.IDENTIFIED) == Reviewer.LEGAL
    assert sev1.reviewer(Spoken.MONITORING) is None, "its own"
    assert sev1.reviewer(Spoken.ACCOUNT) == Reviewer.COMMUNICATIONS
    assert sev1.within == minutes(10)
    assert sev2.reviewer(Spoken.IDENTIFIED) is None
    liable = frozenset({Register.FACT, Register.LIABILITY})
    assert sev2.reviewer(Spoken.IDENTIFIED, liable) == Reviewer.LEGAL
    attack = told.consent(Severity.SEV2, is_security=True)
    assert attack.reviewer(Spoken.RESOLVED) == Reviewer.SECURITY
    assert attack.falls_back == Fallback.ESCALATE


def test_a_policy_says_in_sentences_what_would_happen() -> None:
    told = explained(policy.read(ASKING), Case(Severity.SEV1, Spoken.IDENTIFIED), holders=0)

    text = " ".join(told)
    assert "needs the consent of somebody of legal who did not write it, within 10 min" in text
    assert "Nobody holds that role today" in text
    usual = " ".join(explained(USUAL, Case(Severity.SEV1, Spoken.IDENTIFIED)))
    assert "needs nobody’s consent" in usual


@pytest.mark.parametrize(
    ("text", "severity", "language", "said"),
    [
        ("", Severity.SEV1, "en", "In the console it goes out without any of that only where"),
        ("", Severity.SEV1, "fr", "au terminal, son auteur apprend ce qui manque"),
        ("", Severity.SEV3, "en", "Nothing particular is asked of a last word."),
        ("", Severity.SEV3, "fr", "Rien de particulier n’est demandé à un dernier mot."),
        (
            CLOSING,
            Severity.SEV2,
            "en",
            "tells its readers when it began, by when the account comes",
        ),
        (CLOSING, Severity.SEV2, "fr", "quand cela a commencé, pour quand est promis le compte"),
    ],
)
def test_it_says_what_a_last_word_must_not_lack(
    text: str, severity: Severity, language: str, said: str
) -> None:
    held = policy.read(text)

    told = " ".join(explained(held, Case(severity, Spoken.RESOLVED), language=language))

    assert said in told
    assert said in " ".join(sheet_of(held, severity, language))
    assert said not in " ".join(explained(held, Case(severity, Spoken.IDENTIFIED)))
    if text:
        assert "terminal" not in told, "it is held to the same"


@pytest.mark.parametrize("told", [USUAL, policy.read(FASTER), policy.read(ASKING)])
def test_a_policy_written_down_is_read_the_same(told: policy.Policy) -> None:
    assert policy.read(policy.written(told)) == told


@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_has_faults(text: str) -> None:
    assert outcome_of(text)


def outcome_of(text: str) -> bool:
    """Whether it ended in a policy, or in sentences about lines."""
    try:
        return bool(policy.read(text).paces)
    except BadPolicy as error:
        return all(fault.line >= 1 and fault.sentence for fault in error.faults)

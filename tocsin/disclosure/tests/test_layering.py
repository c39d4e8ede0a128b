"""Which layers go where, as a policy says it."""

import pytest

from tocsin.disclosure import explaining, policy
from tocsin.disclosure.consent import Spoken
from tocsin.disclosure.explaining import Case
from tocsin.disclosure.layering import Depth, Medium
from tocsin.disclosure.policy import USUAL, BadPolicy
from tocsin.disclosure.severity import Severity

TOLD = "layers:\n  sev1: {mail: details, chat: headline}\n  sev3: {mail: headline}\n"


def depths(text: str, severity: Severity) -> tuple[Depth, ...]:
    layering = policy.read(text).layering
    return tuple(layering.depth(severity, medium) for medium in Medium)


def test_the_body_goes_along_where_nothing_is_said() -> None:
    assert depths("", Severity.SEV1) == (Depth.BODY, Depth.BODY)
    assert depths(TOLD, Severity.SEV2) == (Depth.BODY, Depth.BODY)


def test_a_policy_says_it_by_severity_and_medium() -> None:
    assert depths(TOLD, Severity.SEV1) == (Depth.DETAILS, Depth.HEADLINE)
    assert depths(TOLD, Severity.SEV3) == (Depth.HEADLINE, Depth.BODY)


def test_it_is_written_down_and_read_the_same() -> None:
    told = policy.read(TOLD)

    assert policy.read(policy.written(told)) == told
    assert "layers" not in policy.written(USUAL)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("layers:\n  sev1: {mail: everything}\n", "Line 2: “everything” is no layer of a word."),
        ("layers:\n  sev1: {fax: body}\n", "Line 2: A severity’s layers has no part “fax”."),
        ("layers:\n  security: {mail: body}\n", "Line 2: “layers” has no part “security”."),
        ("layers: [mail]\n", "Line 1: “layers” has parts:"),
    ],
)
def test_a_fault_says_its_line(text: str, fault: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        policy.read(text)

    assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("language", "mail", "chat"),
    [
        ("en", "Mails carry the details, too.", "Chat rooms are told the headline"),
        ("fr", "Les courriels portent aussi les détails.", "Les salons reçoivent le titre"),
    ],
)
def test_it_is_explained_and_stands_on_the_sheet(language: str, mail: str, chat: str) -> None:
    told = policy.read(TOLD)

    case = Case(Severity.SEV1, Spoken.IDENTIFIED)
    for sentences in (
        explaining.explained(told, case, language=language),
        explaining.sheet_of(told, "sev1", language),
    ):
        assert mail in sentences
        assert any(sentence.startswith(chat) for sentence in sentences)
    assert mail not in explaining.sheet_of(told, "sev2", language)

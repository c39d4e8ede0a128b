"""Ten answers, written as a policy's file: each line with its reason beside it. Pure.

Nothing here can silence anybody: every severity keeps its holding statement, whoever is asked is
waited for with a deadline, and at the deadline the holding statement goes out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tocsin.disclosure.coach.values import Allowed
from tocsin.disclosure.consent import (
    CASES,
    NOBODY,
    SECURITY,
    STANDARD,
    USUALLY_WITHIN,
    Fallback,
    Reviewer,
    Spoken,
)
from tocsin.disclosure.policy_lines import shown
from tocsin.disclosure.severity import Severity
from tocsin.disclosure.starting import paces, words
from tocsin.disclosure.starting.answers import QUESTIONS, Answers, Field, Limit
from tocsin.disclosure.starting.paces import Told, Why

REASONS_AT = 34  # the column in which reasons stand, one under the other
AN_HOUR = timedelta(hours=1)
WORST = (Severity.SEV1, Severity.SEV2, SECURITY)
# Where a cause is read by somebody before it is named.
CAREFUL = (Field.BANKING, Field.HEALTH, Field.PUBLIC)
LEAD, PRESS, LAW, SAFE = Reviewer


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file; ``why`` is where its reason is kept."""

    text: str
    why: Why


def written(answers: Answers, language: str) -> str:
    """The first policy, as a file that can be adopted as it is."""
    notice = shown(answers.notice) if answers.notice else ""
    lines = [*_header(answers, language)]
    for line in _lines(answers):
        told = words.reason(language, *line.why, notice=notice)
        lines.append(f"{line.text.ljust(REASONS_AT)} # {told}" if line.text else f"# {told}")
    return "\n".join(lines) + "\n"


def _header(answers: Answers, language: str) -> Iterator[str]:
    kept = words.kept(language)
    for sentence in words.header(language):
        yield f"# {sentence}"
    presumed = words.reason(language, "presumed")
    for question in QUESTIONS:
        mark = f" ({presumed})" if question in answers.presumed else ""
        yield f"#   {question}: {answers.said(question)}{mark}"
    if answers.country in kept["countries"]:
        yield f"# {words.reason(language, 'countries', answers.country)}"
    for regime in answers.regimes:
        yield f"# {words.reason(language, 'regimes', regime)}"


def _lines(answers: Answers) -> Iterator[Line]:
    yield Line("cadence:", ("cadence_part",))
    for severity in Severity:
        yield Line(f"  {severity}:", ("severities", severity))
        yield _time("    first_notice", paces.first_notice(answers, severity))
        yield _time("    next_word", paces.next_word(answers, severity))
        yield _time("    monitoring", paces.monitoring(answers, severity))
        yield _time("    long_incident", paces.long_incident(answers, severity))
    yield Line("long_incident:", ("long_part",))
    yield Line("  after: 2h", ("long_after",))
    nudges = ", ".join(map(str, paces.NUDGES[answers.night]))
    yield Line(f"nudges: [{nudges}]", ("nudges", answers.night))
    yield Line("languages:", ("languages_part",))
    for severity in Severity:
        yield _time(f"  {severity}", paces.follows(answers, severity))
    yield from _clearance(answers)
    yield Line("holding:", ("holding_part",))
    for case in CASES:
        yield Line(f"  {case}: {STANDARD}", ("holding",))


def _time(name: str, told: Told) -> Line:
    return Line(f"{name}: {shown(told.span)}", told.why)


def _clearance(answers: Answers) -> Iterator[Line]:
    allowed, why = _register(answers)
    if not answers.reviewers and allowed == Allowed.FULL_APOLOGY:
        yield Line("", ("asks_nobody",))
        return
    yield Line("clearance:", ("clearance_part",))
    for case in CASES:
        yield Line(f"  {case}:", ("severities", case))
        yield from _asks(answers, case)
        yield Line(f"    within: {shown(_within(answers, case))}", ("within",))
        yield Line(f"    falls_back: {Fallback.HOLDING}", ("falls_back",))
        yield Line(f"    register: {allowed}", ("register", why))


def _asks(answers: Answers, case: str) -> Iterator[Line]:
    if case == SECURITY:
        whom = _first_of(answers, SAFE, LAW, LEAD, PRESS)
        yield Line(f"    words: {whom}", ("asks", SECURITY if whom != NOBODY else NOBODY))
        if whom == SAFE and LAW in answers.reviewers:
            yield Line(f"    account: {LAW}", ("asks", Spoken.ACCOUNT))
        return
    for spoken in Spoken:
        asked = _wanted(answers.field, case, spoken)
        whom = _first_of(answers, *asked)
        lacks = bool(asked) and whom == NOBODY
        yield Line(f"    {spoken}: {whom}", ("asks", NOBODY if lacks else _why(spoken, asked)))


def _wanted(field: Field, case: str, spoken: Spoken) -> tuple[Reviewer, ...]:
    """Who should read such a word, the fittest first; empty where nobody need."""
    if spoken == Spoken.ACCOUNT:
        return (LAW, PRESS, LEAD)
    if spoken == Spoken.CORRECTION:
        return (PRESS, LEAD, LAW)
    if case not in WORST:
        return ()
    if spoken == Spoken.RESOLVED:
        return (LEAD, PRESS)
    return (LEAD, PRESS) if spoken == Spoken.IDENTIFIED and field in CAREFUL else ()


def _why(spoken: Spoken, asked: tuple[Reviewer, ...]) -> str:
    return spoken if asked or spoken in _FREE else "quick"


_FREE = (Spoken.INVESTIGATING, Spoken.MONITORING, Spoken.TRANSLATION)


def _first_of(answers: Answers, *wanted: Reviewer) -> str:
    return next((whom.value for whom in wanted if whom in answers.reviewers), NOBODY)


def _within(answers: Answers, case: str) -> timedelta:
    """How long whoever is asked has: less than the wait that readers were promised (R-61)."""
    if case == SECURITY:
        return min(USUALLY_WITHIN, paces.next_word(answers, Severity.SEV1).span)
    usual = USUALLY_WITHIN if case in WORST else AN_HOUR
    return min(usual, paces.next_word(answers, Severity(case)).span)


def _register(answers: Answers) -> tuple[Allowed, str]:
    """How far words may go without legal; the narrower of contracts and insurer wins (R-31)."""
    for limit, allowed in (
        (Limit.FAULT, Allowed.FACTS_ONLY),
        (Limit.LIABILITY, Allowed.FACTS_AND_OWNERSHIP),
    ):
        if answers.admission == limit:
            return allowed, f"contract_{limit}"
        if answers.insurer == limit:
            return allowed, f"insurer_{limit}"
    if Limit.UNREAD in (answers.admission, answers.insurer):
        return Allowed.FACTS_AND_OWNERSHIP, "unread"
    return Allowed.FULL_APOLOGY, "free"

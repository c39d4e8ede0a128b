"""Whose consent a word needs, within how long, and what is said meanwhile. Pure.

A policy that says nothing of it asks nobody. Holding and no-news words never wait for anybody
(R-61): they are made from templates that were cleared beforehand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from yaml.nodes import Node

from tocsin.disclosure.coach.values import Allowed, Register
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy_lines import Lines, shown, text_of
from tocsin.disclosure.severity import Severity


class Reviewer(StrEnum):
    """Whose consent may be asked: a role, never a person."""

    INCIDENT_LEAD = "incident_lead"
    COMMUNICATIONS = "communications"
    LEGAL = "legal"
    SECURITY = "security"


class Spoken(StrEnum):
    """What a word is to whoever clears it: its phase, or what it does to another word."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    ACCOUNT = "account"
    CORRECTION = "correction"
    TRANSLATION = "translation"


class Fallback(StrEnum):
    """What happens at the deadline when nobody has answered."""

    HOLDING = "holding"  # the holding statement goes out by itself
    ESCALATE = "escalate"  # nothing is said; the leads and the owners are called


SECURITY = "security"  # confidentiality or integrity in question, whatever the severity
NOBODY = "nobody"
STANDARD = "T-01"  # the holding statement that comes with Tocsin, in every language of a page
USUALLY_WITHIN = timedelta(minutes=15)
CASES = (*(severity.value for severity in Severity), SECURITY)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a policy asks for in one case: a severity, or security.

    ``asks`` holds whoever must consent to a kind of word; what is not in it needs nobody.
    ``allowed`` is how far words may go in owning up; what goes further is for legal. None: as far
    as its author likes.
    """

    asks: Mapping[Spoken, Reviewer] = field(default_factory=dict)
    within: timedelta = USUALLY_WITHIN
    falls_back: Fallback = Fallback.HOLDING
    allowed: Allowed | None = None

    @property
    def asks_anybody(self) -> bool:
        return bool(self.asks) or self.allowed not in (None, Allowed.FULL_APOLOGY)

    def reviewer(
        self, spoken: Spoken, registers: frozenset[Register] = frozenset()
    ) -> Reviewer | None:
        """Who must consent to a word that speaks in these registers; None where nobody must."""
        return self.asks.get(spoken) or (Reviewer.LEGAL if self.exceeds(registers) else None)

    def exceeds(self, registers: frozenset[Register]) -> bool:
        """Whether words go further than the policy lets their author go."""
        return bool(registers & _BEYOND.get(self.allowed, frozenset()))


_BEYOND: Mapping[Allowed | None, frozenset[Register]] = {
    Allowed.FACTS_ONLY: frozenset({Register.OWNERSHIP, Register.LIABILITY}),
    Allowed.FACTS_AND_OWNERSHIP: frozenset({Register.LIABILITY}),
}
Consents = Mapping[str, Consent]
ASKS_NOBODY: Consents = {case: Consent() for case in CASES}


def case_of(consents: Consents, severity: Severity, *, is_security: bool) -> str:
    """Which case an incident is: security where the policy tells that apart, else its severity."""
    return SECURITY if is_security and consents[SECURITY].asks_anybody else severity.value


def spoken_as(
    phase: Phase, *, is_correction: bool = False, is_translation: bool = False
) -> Spoken | None:
    """What a word is to whoever clears it; None for planned work, which asks nobody."""
    if is_translation:
        return Spoken.TRANSLATION
    if is_correction:
        return Spoken.CORRECTION
    if phase == Phase.HOLDING:
        return Spoken.INVESTIGATING  # typed by somebody: the template's own words are not asked for
    return Spoken(phase.value) if phase.value in list(Spoken) else None


def read(lines: Lines, node: Node | None) -> Consents:
    """The part “clearance” of a policy."""
    if node is None:
        return ASKS_NOBODY
    told = dict(lines.parts(node, "“clearance”", CASES))
    return {case: _read_case(lines, told[case]) if case in told else Consent() for case in CASES}


def _read_case(lines: Lines, node: Node) -> Consent:
    known = ("words", *(one.value for one in Spoken), "within", "falls_back", "register")
    told = dict(lines.parts(node, "A severity’s clearance", known))
    asks: dict[Spoken, Reviewer] = {}
    for name in ("words", *Spoken):
        if name not in told:
            continue
        whom = _read_reviewer(lines, told[name])
        for spoken in Spoken if name == "words" else [Spoken(name)]:
            asks.pop(spoken, None)
            asks |= {spoken: whom} if whom else {}
    usual = Consent()
    within = lines.span(told["within"], usual.within) if "within" in told else usual.within
    return Consent(
        asks=asks,
        within=within,
        falls_back=_read_fallback(lines, told.get("falls_back")),
        allowed=_read_register(lines, told.get("register")),
    )


def _read_reviewer(lines: Lines, node: Node) -> Reviewer | None:
    known = (*(one.value for one in Reviewer), NOBODY)
    told = lines.one_of(node, known, NOBODY, named="role that clears words")
    return None if told == NOBODY else Reviewer(told)


def _read_fallback(lines: Lines, node: Node | None) -> Fallback:
    if node is None:
        return Fallback.HOLDING
    known = tuple(one.value for one in Fallback)
    return Fallback(lines.one_of(node, known, Fallback.HOLDING.value, named="way to fall back"))


def _read_register(lines: Lines, node: Node | None) -> Allowed | None:
    if node is None:
        return None
    known = tuple(one.value for one in Allowed)
    return Allowed(lines.one_of(node, known, Allowed.FULL_APOLOGY.value, named="register"))


def check_holding(lines: Lines, node: Node | None) -> None:
    """Refuse a policy that would leave a severity without anything that may always be said."""
    told = dict(lines.parts(node, "“holding”", CASES)) if node else {}
    for case, value in told.items():
        if text_of(value) != STANDARD:
            lines.fault(
                value,
                f"{case} would be left without a holding statement: nothing could be said while "
                f"somebody’s consent is awaited. Say {STANDARD}, or leave the line out.",
            )


def written(consents: Consents) -> Iterator[str]:
    """The lines that :func:`read` gives back; none where nobody is asked."""
    told = {case: consent for case, consent in consents.items() if consent != Consent()}
    if not told:
        return
    yield "clearance: # whose consent a word needs; what is not named needs nobody's"
    for case, consent in told.items():
        yield f"  {case}:"
        yield from (f"    {line}" for line in _case_lines(consent))


def _case_lines(consent: Consent) -> Iterator[str]:
    if len(consent.asks) == len(Spoken) and len(set(consent.asks.values())) == 1:
        yield f"words: {next(iter(consent.asks.values()))}"
    else:
        yield from (f"{spoken}: {whom}" for spoken, whom in consent.asks.items())
    yield f"within: {shown(consent.within)}"
    yield f"falls_back: {consent.falls_back}"
    if consent.allowed:
        yield f"register: {consent.allowed}"

"""A policy in sentences: what would happen in a given case, or in every one. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tocsin.catalogue import languages
from tocsin.disclosure import times
from tocsin.disclosure.closing import Element
from tocsin.disclosure.coach.values import Allowed
from tocsin.disclosure.consent import SECURITY, Consent, Fallback, Reviewer, Spoken
from tocsin.disclosure.layering import Depth, Medium
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import Policy
from tocsin.disclosure.severity import Severity
from tocsin.disclosure.typography import set_in

LANGUAGES = ("en", "fr")
AN_UPDATE = (Spoken.INVESTIGATING, Spoken.IDENTIFIED, Spoken.MONITORING)
# At their deadline nothing is said in their place.
NOTHING_INSTEAD = (Spoken.ACCOUNT, Spoken.CORRECTION, Spoken.TRANSLATION)


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody would say, of which incident."""

    severity: Severity
    spoken: Spoken
    is_security: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """One language's sentences."""

    language: str

    def say(self, key: str, *, span: timedelta | None = None, **blanks: str) -> str:
        lasts = times.lasted(span, self.language) if span is not None else ""
        return set_in(self.language, self._kept[key].format(span=lasts, **blanks))

    def kinds(self, spoken: Iterable[Spoken]) -> str:
        """Kinds of word in a row: “investigating”, “identified”."""
        return ", ".join(self._kept["kinds"][one] for one in spoken)

    def elements(self, asked: Iterable[Element]) -> str:
        """What a last word tells, in a row."""
        return ", ".join(self._kept["closing"][one] for one in asked)

    def whom(self, reviewer: Reviewer) -> str:
        return str(self._kept["reviewers"][reviewer])

    @property
    def _kept(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = _sentences()[self.language]
        return told


@cache
def _sentences() -> Mapping[str, Any]:
    text = (files("tocsin.disclosure") / "explained.yaml").read_text("utf-8")
    told: Mapping[str, Any] = yaml.load(text, languages.READER)
    return told


def explained(
    policy: Policy, case: Case, *, holders: int | None = None, language: str = "en"
) -> list[str]:
    """What would happen, a sentence each. ``holders``: how many could consent, where one must."""
    speech = _speech(language)
    asked = policy.consent(case.severity, is_security=case.is_security)
    return [
        *_paced(policy, case, speech),
        speech.say("free"),
        *_cleared(asked, case, holders, speech),
        *_limited(asked, speech),
        *(_closed(policy, case.severity, speech) if case.spoken == Spoken.RESOLVED else ()),
        *_layered(policy, case.severity, speech),
    ]


def sheet_of(policy: Policy, case: str, language: str) -> list[str]:
    """All that would happen in a case (a severity, or security), a sentence each."""
    speech, asked = _speech(language), policy.consents[case]
    if case == SECURITY and not asked.asks_anybody:
        return [speech.say("as_severity")]
    paces = [] if case == SECURITY else _all_paces(policy, Severity(case), speech)
    limits = list(_limited(asked, speech)) or [speech.say("full_apology")]
    closed = [] if case == SECURITY else _closed(policy, Severity(case), speech)
    layers = [] if case == SECURITY else _layered(policy, Severity(case), speech)
    return [*paces, speech.say("free"), *_all_cleared(asked, speech), *limits, *closed, *layers]


def _speech(language: str) -> Speech:
    return Speech(language if language in LANGUAGES else languages.SOURCE)


def _all_paces(policy: Policy, severity: Severity, speech: Speech) -> Iterator[str]:
    yield speech.say("first", severity=severity, span=policy.first_notice(severity))
    by_wait: dict[timedelta, list[Spoken]] = {}
    for spoken in AN_UPDATE:
        wait = policy.next_word(severity, Phase(spoken.value))
        assert wait is not None
        by_wait.setdefault(wait, []).append(spoken)
    for wait, kinds in by_wait.items():
        yield speech.say("next", kinds=speech.kinds(kinds), span=wait)
    yield speech.say("long", span=policy.paces[severity].long_incident)


def _all_cleared(asked: Consent, speech: Speech) -> Iterator[str]:
    free = [spoken for spoken in Spoken if spoken not in asked.asks]
    if free:
        yield speech.say("nobody", kinds=speech.kinds(free))
    for whom in dict.fromkeys(asked.asks.values()):
        kinds = speech.kinds(spoken for spoken in Spoken if asked.asks.get(spoken) == whom)
        yield speech.say("asks", kinds=kinds, whom=speech.whom(whom), span=asked.within)
    if not asked.asks_anybody:
        return
    yield speech.say("author")
    if asked.allowed not in (None, Allowed.FULL_APOLOGY) or asked.asks.keys() - {*NOTHING_INSTEAD}:
        yield speech.say(asked.falls_back)
    if unsaid := [spoken for spoken in NOTHING_INSTEAD if spoken in asked.asks]:
        yield speech.say("others", kinds=speech.kinds(unsaid))


def _paced(policy: Policy, case: Case, speech: Speech) -> Iterator[str]:
    span = policy.first_notice(case.severity)
    yield speech.say("first", severity=case.severity, span=span)
    if case.spoken in AN_UPDATE:
        wait = policy.next_word(case.severity, Phase(case.spoken.value))
        assert wait is not None
        yield speech.say("next", kinds=speech.kinds([case.spoken]), span=wait)


def _cleared(asked: Consent, case: Case, holders: int | None, speech: Speech) -> Iterator[str]:
    whom, kinds = asked.reviewer(case.spoken), speech.kinds([case.spoken])
    if whom is None:
        yield speech.say("nobody", kinds=kinds)
        return
    if case.is_security:
        yield speech.say("security")
    yield speech.say("asks", kinds=kinds, whom=speech.whom(whom), span=asked.within)
    if holders == 0:
        yield speech.say("no_holders")
        return
    yield speech.say("author")
    if case.spoken in NOTHING_INSTEAD:
        yield speech.say("again")
    else:
        yield speech.say("holding" if asked.falls_back == Fallback.HOLDING else "escalate")


def _limited(asked: Consent, speech: Speech) -> Iterator[str]:
    if asked.allowed in (Allowed.FACTS_ONLY, Allowed.FACTS_AND_OWNERSHIP):
        yield speech.say(asked.allowed)


def _closed(policy: Policy, severity: Severity, speech: Speech) -> Iterator[str]:
    """What a last word tells; where only the usual policy asks it, the terminal does not insist."""
    if not (asked := policy.closings[severity]):
        yield speech.say("closing_none")
        return
    yield speech.say(
        "closing_named" if policy.names_closing else "closing_usual", told=speech.elements(asked)
    )


def _layered(policy: Policy, severity: Severity, speech: Speech) -> Iterator[str]:
    """Only where it is not as usual: the body, everywhere."""
    for medium in Medium:
        depth = policy.layering.depth(severity, medium)
        if depth is not Depth.BODY:
            yield speech.say(f"{medium}_{depth}")

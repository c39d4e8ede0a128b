"""A policy in sentences: what would happen in a given case. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tocsin.disclosure import times
from tocsin.disclosure.coach.values import Allowed
from tocsin.disclosure.consent import Consent, Fallback, Reviewer, Spoken
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import Policy
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity

NAMED = {
    Reviewer.INCIDENT_LEAD: "an incident lead",
    Reviewer.COMMUNICATIONS: "somebody of communications",
    Reviewer.LEGAL: "somebody of legal",
    Reviewer.SECURITY: "somebody of security",
}
AN_UPDATE = {Spoken.INVESTIGATING, Spoken.IDENTIFIED, Spoken.MONITORING}


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody would say, of which incident."""

    severity: Severity
    spoken: Spoken
    posture: Posture = Posture.UNKNOWN


def explained(policy: Policy, case: Case, *, holders: int | None = None) -> list[str]:
    """What would happen, a sentence each. ``holders``: how many could consent, where one must."""
    asked = policy.consent(case.severity, case.posture)
    return [
        *_paced(policy, case),
        "The holding statement and a word that nothing is new wait for nobody.",
        *_cleared(asked, case, holders),
        *_limited(asked),
    ]


def _paced(policy: Policy, case: Case) -> Iterator[str]:
    first = _lasts(policy.first_notice(case.severity))
    yield f"The first word on a {case.severity} is owed within {first} from when we knew."
    if case.spoken in AN_UPDATE:
        wait = policy.next_word(case.severity, Phase(case.spoken.value))
        assert wait is not None
        yield f"After a word that is “{case.spoken}”, the next one is owed within {_lasts(wait)}."


def _cleared(asked: Consent, case: Case, holders: int | None) -> Iterator[str]:
    whom = asked.reviewer(case.spoken)
    if whom is None:
        yield f"A word that is “{case.spoken}” needs nobody’s consent: it is published at once."
        return
    if case.posture == Posture.ATTACK:
        yield "It is an attack, so what the policy says of security counts, if it says anything."
    yield (
        f"A word that is “{case.spoken}” needs the consent of {NAMED[whom]} who did not write it, "
        f"within {_lasts(asked.within)}, and never later than the word that readers were promised."
    )
    if holders == 0:
        yield "Nobody holds that role today, so it would be published at once; the journal says so."
        return
    yield "If nobody but its author holds that role, it is published at once; the journal says so."
    if case.spoken in {Spoken.ACCOUNT, Spoken.CORRECTION, Spoken.TRANSLATION}:
        yield "If nobody answers in time, nothing is said in its place, and they are asked again."
    elif asked.falls_back == Fallback.HOLDING:
        yield (
            "If nobody answers in time, the holding statement is published by itself, and they are "
            "asked again, until they consent, send it back, or its author takes it back."
        )
    else:
        yield "If nobody answers in time, nothing is said; the leads and the owners are called."


def _limited(asked: Consent) -> Iterator[str]:
    if asked.allowed is Allowed.FACTS_ONLY:
        yield "Words that own up, apologise or admit liability need the consent of legal."
    elif asked.allowed is Allowed.FACTS_AND_OWNERSHIP:
        yield "Words that admit liability need the consent of legal; owning up does not."


def _lasts(span: timedelta) -> str:
    return times.lasted(span, "en")

"""Long-incident mode (R-11): words come less often once somebody says so, and says why.

The cadence does not drift: however long an incident lasts, the usual pace holds until a word
declares the mode; that word and those after it carry it, with its reason, for readers to see.
"""

from collections.abc import Mapping
from datetime import datetime

from tocsin.disclosure import times
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents.declaration import Known
from tocsin.statements import policies, published
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.published import Story
from tocsin.statements.values import LongMode, Words

WORST_FIRST = list(Severity)


def mode(
    known: Known,
    phase: Phase,
    reason: Mapping[str, str] | None,
    before: Words | None,
    *,
    at: datetime,
) -> LongMode | None:
    """The mode that a word has: told with it, or carried over from the word before.

    ``reason`` None leaves it as it was. It ends with the incident, and with a severity worse than
    that at which it was declared.
    """
    carried = before.long_mode if before else None
    if carried and _is_worse(known.severity, carried.severity):
        carried = None
    if phase in FINAL:
        return None
    if reason is None:
        return carried
    since, severity = (carried.since, carried.severity) if carried else (at, known.severity)
    told = {language: why for language, why in reason.items() if why.strip()}
    return LongMode(since=since, reason=told, severity=severity)


def _is_worse(now: Severity, before: Severity) -> bool:
    return WORST_FIRST.index(now) < WORST_FIRST.index(before)


def may_be_declared(known: Known, story: Story | None, *, at: datetime) -> bool:
    """Whether an incident has been open to the public for as long as the policy asks."""
    if story is None or not story.is_open:
        return False
    return at - story.as_incident().opened_at >= policies.policy_of(known.page_id).long_after


def check(known: Known, words: Words, *, at: datetime) -> None:
    """Refuse a mode that comes too early. Raises NotFitToSay."""
    if words.long_mode is None or words.long_mode.since != at:
        return
    if not may_be_declared(known, published.story(known.audience_id, known.id), at=at):
        span = times.lasted(policies.policy_of(known.page_id).long_after, "en")
        raise NotFitToSay(
            [f"Long-incident mode is for incidents that have been told of for {span} or longer."]
        )

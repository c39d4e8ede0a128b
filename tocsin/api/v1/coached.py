"""What the coach says of words that a program wrote: told in a header, and never in the way."""

from django.http import HttpResponse

from tocsin.api.v1.calls import Call
from tocsin.disclosure.coach.values import LEVELS, PASS, Kind, Level
from tocsin.incidents import declaration
from tocsin.statements import coaching, consents, manners
from tocsin.statements.values import Words

HEADER = "X-Tocsin-Findings"
MOST_NAMED = 30  # a header has no room for a long post's every fault


def report(answer: HttpResponse, call: Call, words: Words, *, incident_id: str) -> None:
    """Say in a header what a careful reader would: a dictionary of RFC 9651, the worst first.

    ``verdict=block, en-bla-01=block, missing.since=block``. A language that the coach does not read
    is not spoken of.
    """
    known = declaration.known_of(incident_id)
    heard = coaching.heard(
        words,
        kind=Kind.SECURITY if known.is_security else Kind(known.kind),
        tree=call.catalogue.tree(),
        story=None,
        waved=coaching.waved(incident_id),
        manner=manners.manner_of(call.page.id),
        allowed=consents.of_known(known).allowed,
    )
    if heard:
        answer[HEADER] = ", ".join(f"{name}={level}" for name, level in _told(heard))


def _told(heard: tuple[coaching.Heard, ...]) -> list[tuple[str, str]]:
    named: dict[str, Level] = {}
    for one in heard:
        found = [(hit.rule, hit.level) for hit in (*one.findings.findings, *one.details)]
        found += [(f"missing.{lack.check}", lack.level) for lack in one.findings.missing]
        for name, level in found:
            named[name] = min(named.get(name, level), level, key=LEVELS.index)
    ranked = sorted(named.items(), key=lambda pair: LEVELS.index(pair[1]))
    verdict = ranked[0][1].value if ranked else PASS
    told = [(name, level.value) for name, level in ranked[:MOST_NAMED]]
    return [("verdict", verdict), *told]

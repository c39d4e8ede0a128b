"""The coach's one door: what a careful reader would say of a text. Pure."""

import re
from collections.abc import Iterable

from tocsin.disclosure.coach import (
    apologies,
    cues,
    elements,
    lexicon,
    matching,
    outlined,
    reading,
    substance,
)
from tocsin.disclosure.coach.elements import Looked
from tocsin.disclosure.coach.matching import Matched
from tocsin.disclosure.coach.reading import plainly
from tocsin.disclosure.coach.substance import Substance
from tocsin.disclosure.coach.values import LEVELS, Context, Finding, Findings

LANGUAGES = lexicon.LANGUAGES
MOST_SHOWN = 5  # a coach that shouts is switched off
COMMON = {
    "en": frozenset("the and is are we to of have has our with for this been you not at".split()),
    "fr": frozenset("le la les des est et nous de un une pour vous en du sont que pas au".split()),
}
WORD = re.compile(r"[a-zà-ÿ]+")


def review(text: str, context: Context) -> Findings:
    """Judge a text: every finding, and everything that is missing.

    A language without a lexicon is not judged. Raises BadLexicon where the page's own entries
    cannot be used.
    """
    if context.language not in LANGUAGES:
        return Findings((), ())
    looked, told = _looked_at(text, context)
    waved = tuple(one for one in told.findings if _key(one) in context.dismissed)
    return Findings(
        findings=tuple(one for one in told.findings if one not in waved),
        missing=tuple(elements.missing(looked)),
        apology=apologies.completeness(looked),
        registers=told.registers,
        waved=waved,
    )


def measure(text: str, context: Context) -> Substance | None:
    """What a text is worth in numbers (metrics 6.4); None in a language without a lexicon.

    Whatever somebody waved through counts as it was read. Raises BadLexicon.
    """
    if context.language not in LANGUAGES:
        return None
    looked, _told = _looked_at(text, context)
    return substance.measured(looked)


def _looked_at(text: str, context: Context) -> tuple[Looked, Matched]:
    context = outlined.with_answers(text, context)
    read = reading.read(text, (one.name for one in context.components))
    told = matching.matched(read, context)
    return Looked(read, context, cues.given(read, context.language), told.findings), told


def _key(finding: Finding) -> tuple[str, str]:
    return finding.rule, phrase_of(finding)


def phrase_of(finding: Finding) -> str:
    """The phrase of a finding as it is remembered once somebody waved it through."""
    return " ".join(plainly(finding.text).split())


def shown(findings: Iterable[Finding], most: int = MOST_SHOWN) -> tuple[Finding, ...]:
    """What people are shown: one per sentence and rule group, the worst first, five at most."""
    ranked = sorted(findings, key=lambda one: (LEVELS.index(one.level), one.start))
    kept: dict[tuple[int, str], Finding] = {}
    for one in ranked:
        kept.setdefault((one.sentence, one.group), one)
    return tuple(kept.values())[:most]


def language_of(text: str) -> str:
    """The language that a text is written in, by its commonest words; English when in doubt."""
    words = WORD.findall(text.lower())
    return max(LANGUAGES, key=lambda code: sum(word in COMMON[code] for word in words))

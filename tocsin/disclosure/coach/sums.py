"""What the words of one incident come to together, by phase and by language. Pure.

Sums, so that many incidents are added up without a look at any text: a score asks that of ten
thousand of them at once, which is why they are named tuples and lie in little room. Whatever makes
or reads them has them checked: no figure is made of what no words come to (Impossible).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from tocsin.disclosure.coach.apologies import WEIGHTS
from tocsin.disclosure.coach.substance import Impossible, Plainness, Substance, checked
from tocsin.disclosure.phases import Phase

WHOLE = sum(WEIGHTS.values())
PHASES = {phase.value: phase for phase in Phase}
NO_COUNTS: Mapping[str, int] = MappingProxyType({})


class Phased(NamedTuple):
    """The words of one phase: how many were read, and how many are in a language not read.

    ``passed`` of ``asked`` checks, over all of them. ``points`` are those of each apology (R-32),
    and ``without`` says how many of them lack which element.
    """

    words: int = 0
    unread: int = 0
    passed: int = 0
    asked: int = 0
    points: Sequence[int] = ()
    without: Mapping[str, int] = NO_COUNTS

    def plus(self, one: Substance | None) -> "Phased":
        """With one word more; None is one in a language that the coach does not read."""
        if one is None:
            return self._replace(unread=self.unread + 1)
        told = one.apology
        return Phased(
            words=self.words + 1,
            unread=self.unread,
            passed=self.passed + len(one.passed),
            asked=self.asked + len(one.passed) + len(one.lacking),
            points=[*self.points, told.score] if told else self.points,
            without=_counted(self.without, told.missing) if told else self.without,
        )


class Sums(NamedTuple):
    """What some words come to: ``phases`` of each in the language in which it was first said,
    ``plain`` of every language. ``lacking`` counts the checks that did not pass, by phase; a score
    of many does not ask for it.
    """

    phases: Mapping[Phase, Phased] = MappingProxyType({})
    plain: Mapping[str, Plainness] = MappingProxyType({})
    lacking: Mapping[Phase, Mapping[str, int]] = MappingProxyType({})

    def with_word(self, phase: Phase, one: Substance | None) -> "Sums":
        """With a word as it was first said, in its own language."""
        told = self.phases.get(phase, Phased()).plus(one)
        lacking = _counted(self.lacking.get(phase, NO_COUNTS), one.lacking if one else ())
        return self._replace(
            phases={**self.phases, phase: told}, lacking={**self.lacking, phase: lacking}
        )

    def with_text(self, language: str, told: Plainness) -> "Sums":
        """With a word's text in one of its languages."""
        before = self.plain.get(language)
        both = added(before, told) if before else told
        return self._replace(plain={**self.plain, language: both})


def _counted(before: Mapping[str, int], names: Sequence[str]) -> Mapping[str, int]:
    return dict(sorted((Counter(before) + Counter(names)).items()))


def added(one: Plainness, other: Plainness) -> Plainness:
    """Two texts of one language as one. Raises Impossible where they cannot be of one."""
    if (one.anglicisms is None) != (other.anglicisms is None):
        raise Impossible("Anglicisms are counted in French alone: these are two languages.")
    is_counted = one.anglicisms is not None and other.anglicisms is not None
    return Plainness(
        one.words + other.words,
        one.sentences + other.sentences,
        one.jargon + other.jargon,
        (one.anglicisms or 0) + (other.anglicisms or 0) if is_counted else None,
    )


def written(sums: Sums) -> dict[str, Any]:
    """Sums as JSON values, without what is lacking (:func:`written_lacking`)."""
    return {
        "phases": {
            phase.value: [*told[:4], *([list(told.points), dict(told.without)] if told[4] else [])]
            for phase, told in sums.phases.items()
        },
        "plain": {
            language: [number for number in told if number is not None]
            for language, told in sums.plain.items()
        },
    }


def written_lacking(sums: Sums) -> dict[str, Any]:
    """The checks that did not pass, as JSON values."""
    return {phase.value: dict(counts) for phase, counts in sums.lacking.items()}


def read(told: Mapping[str, Any], lacking: Mapping[str, Any] | None = None) -> Sums:
    """Sums from JSON values. Raises Impossible where no words come to them."""
    try:
        found = Sums(
            {PHASES[phase]: _whole(Phased(*row)) for phase, row in told["phases"].items()},
            {language: checked(Plainness(*row)) for language, row in told["plain"].items()},
        )
        if lacking is None:
            return found
        return _agreeing(
            found._replace(lacking={PHASES[phase]: counts for phase, counts in lacking.items()})
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise Impossible(f"These are no sums of words: {error!r}") from None


def _whole(told: Phased) -> Phased:
    """The same, once it is sure that words can come to it."""
    words, unread, passed, asked, points, without = told
    if not 0 <= passed <= asked or words < 0 or unread < 0 or (asked and not words):
        raise Impossible(f"No words come to {told}.")
    if points or without:
        _check_points(words, points, without)
    return told


def _check_points(words: int, points: Sequence[int], without: Mapping[str, int]) -> None:
    gone = sum(WEIGHTS[name] * count for name, count in without.items())
    is_odd = min(points, default=0) < 0 or max(without.values(), default=0) > len(points)
    if is_odd or len(points) > words or sum(points) != len(points) * WHOLE - gone:
        raise Impossible(f"No {words} apologies come to {points} without {dict(without)}.")


def _agreeing(told: Sums) -> Sums:
    for phase, phased in told.phases.items():
        if phased.asked - phased.passed != sum(told.lacking.get(phase, NO_COUNTS).values()):
            raise Impossible(f"What is lacking is not what did not pass: {phase}.")
    return told

"""What the words of one incident come to together, by phase and by language. Pure.

Sums, so that many incidents are added up without a look at any text: a score asks that of ten
thousand of them at once.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.disclosure.coach.apologies import WEIGHTS
from tocsin.disclosure.coach.substance import Impossible, Plainness, Substance
from tocsin.disclosure.phases import Phase

WHOLE = sum(WEIGHTS.values())


@dataclass(frozen=True, slots=True)
class Apologised:
    """One apology: its points, and which elements it lacks. Raises Impossible."""

    points: int
    lacking: tuple[str, ...]

    def __post_init__(self) -> None:
        gone = sum(WEIGHTS.get(name, WHOLE + 1) for name in self.lacking)
        if self.points != WHOLE - gone:
            raise Impossible(f"{self.points} points are not what an apology without {gone} has.")


@dataclass(frozen=True, slots=True)
class Phased:
    """The words of one phase: how many were read, and how many are in a language not read.

    ``passed`` of ``asked`` checks, over all of them; ``lacking`` how often each did not pass.
    Raises Impossible.
    """

    words: int = 0
    unread: int = 0
    passed: int = 0
    asked: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)
    apologies: tuple[Apologised, ...] = ()

    def __post_init__(self) -> None:
        is_odd = self.asked - self.passed != sum(self.lacking.values())
        if is_odd or min(self.words, self.unread, self.passed) < 0 or self.asked < self.passed:
            raise Impossible(f"No words come to {self}.")
        if len(self.apologies) > self.words or (self.asked and not self.words):
            raise Impossible(f"No words come to {self}.")

    def plus(self, one: Substance | None) -> "Phased":
        """With one word more; None is one in a language that the coach does not read."""
        if one is None:
            return replace(self, unread=self.unread + 1)
        told = one.apology
        more = (Apologised(told.score, told.missing),) if told else ()
        return Phased(
            words=self.words + 1,
            unread=self.unread,
            passed=self.passed + len(one.passed),
            asked=self.asked + len(one.passed) + len(one.lacking),
            lacking=dict(sorted((Counter(self.lacking) + Counter(one.lacking)).items())),
            apologies=(*self.apologies, *more),
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """What some words come to; ``plain`` is of every language in which they were said."""

    phases: Mapping[Phase, Phased] = field(default_factory=dict)
    plain: Mapping[str, Plainness] = field(default_factory=dict)

    def with_word(self, phase: Phase, one: Substance | None) -> "Sums":
        """With a word as it was first said, in its own language."""
        told = self.phases.get(phase, Phased()).plus(one)
        return replace(self, phases={**self.phases, phase: told})

    def with_text(self, language: str, told: Plainness) -> "Sums":
        """With a word's text in one of its languages."""
        before = self.plain.get(language)
        both = added(before, told) if before else told
        return replace(self, plain={**self.plain, language: both})


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
    """Sums as JSON values, in little room; :func:`read` is the inverse."""
    return {
        "phases": {
            phase.value: [
                *(told.words, told.unread, told.passed, told.asked, dict(told.lacking)),
                [[one.points, *one.lacking] for one in told.apologies],
            ]
            for phase, told in sums.phases.items()
        },
        "plain": {
            language: [told.words, told.sentences, told.jargon, told.anglicisms]
            for language, told in sums.plain.items()
        },
    }


def read(told: Mapping[str, Any]) -> Sums:
    """Sums from JSON values. Raises Impossible where no words come to them."""
    try:
        return Sums(
            phases={PHASES[phase]: _phased(*row) for phase, row in told["phases"].items()},
            plain={language: Plainness(*row) for language, row in told["plain"].items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Impossible(f"These are no sums of words: {error}") from None


PHASES = {phase.value: phase for phase in Phase}


def _phased(
    words: int,
    unread: int,
    passed: int,
    asked: int,
    lacking: Mapping[str, int],
    apologies: list[list[Any]],
) -> Phased:
    told = tuple(Apologised(points, tuple(names)) for points, *names in apologies)
    return Phased(words, unread, passed, asked, lacking, told)

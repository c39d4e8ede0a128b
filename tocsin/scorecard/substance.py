"""What was said, weighed by what the coach made of it (metrics 6.4). Pure.

Each word in the language in which it was first said; how plain words are, in every language. What
the coach has not read yet, or cannot read, is left out and counted: it is complete in nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tocsin.disclosure.coach.substance import ANGLICISMS, Plainness
from tocsin.disclosure.coach.sums import WHOLE, Phased
from tocsin.disclosure.phases import Phase
from tocsin.scorecard import figures
from tocsin.scorecard.figures import Mean, Points, Share, Why
from tocsin.scorecard.history import Incident

Reasons = Mapping[Why, int]


class Gathered(NamedTuple):
    """Incidents, what was read of each phase and language, and how many words each is behind."""

    said: Sequence[Incident]
    by_phase: Mapping[Phase, Sequence[Phased]]
    by_language: Mapping[str, Sequence[Plainness]]
    behind: Sequence[int]
    unread: Mapping[Phase, int]  # words in a language that the coach does not read


def gathered(said: Sequence[Incident]) -> Gathered:
    """What all figures are made of, looked for once: a score is of ten thousand incidents."""
    by_phase: dict[Phase, list[Phased]] = {}
    by_language: dict[str, list[Plainness]] = {}
    for one in said:
        if one.sums is not None:
            for phase, told in one.sums.phases.items():
                by_phase.setdefault(phase, []).append(told)
            for language, text in one.sums.plain.items():
                by_language.setdefault(language, []).append(text)
    return Gathered(
        said,
        {phase: by_phase[phase] for phase in Phase if phase in by_phase},
        dict(sorted(by_language.items())),
        [_behind(one) for one in said],
        {phase: sum(one.unread for one in told) for phase, told in by_phase.items()},
    )


def completeness(found: Gathered) -> Iterator[tuple[str, Share]]:
    """Checks passed of those that apply, by phase; what is in no figure, once, under no phase."""
    by_phase, rest = found.by_phase, _left_out(found)
    if rest or not by_phase:
        yield "", Share(0, 0, rest)
    for phase, told in by_phase.items():
        passed, asked = sum(one.passed for one in told), sum(one.asked for one in told)
        yield phase.value, Share(passed, asked, _unread(found.unread[phase]))


def apologies(found: Gathered) -> Iterator[tuple[str, Points]]:
    """The points of last words, and of accounts (R-32)."""
    said, by_phase = found.said, found.by_phase
    late = sum(
        behind > 0 and not one.is_open for one, behind in zip(said, found.behind, strict=True)
    )
    unsaid = {
        Phase.RESOLVED: _reasons(
            {
                Why.NOTHING_SAID: sum(not one.words for one in said),
                Why.STILL_OPEN: sum(bool(one.words) and one.is_open for one in said),
                Why.NOT_READ: late,
            }
        ),
        Phase.ACCOUNT: _reasons(
            {Why.NO_ACCOUNT: sum(map(_wants_account, said)), Why.NOT_READ: late}
        ),
    }
    for phase, rest in unsaid.items():
        told = by_phase.get(phase, [])
        lacking: Counter[str] = Counter()
        for one in told:
            for name, count in one.without.items():
                lacking[name] += count
        values = (points for one in told for points in one.points)
        left_out = {**rest, **_unread(found.unread.get(phase, 0))}
        yield phase.value, figures.points(values, WHOLE, lacking, left_out)


def jargon(found: Gathered) -> Iterator[tuple[str, Share]]:
    """Words that the coach takes for jargon, of all words, by language."""
    for language, told in _by_language(found):
        words, hits = sum(one.words for one in told), sum(one.jargon for one in told)
        yield language, Share(hits, words, {} if language else _left_out(found, in_any=True))


def anglicisms(found: Gathered) -> Iterator[tuple[str, Share]]:
    """Words that are English, of all words in French; nothing where nothing is in French."""
    for language, told in _by_language(found):
        if language == ANGLICISMS:
            hits = sum(one.anglicisms or 0 for one in told)
            yield language, Share(hits, sum(one.words for one in told))


def sentences(found: Gathered) -> Iterator[tuple[str, Mean]]:
    """Words to a sentence, by language."""
    for language, told in _by_language(found):
        words, count = sum(one.words for one in told), sum(one.sentences for one in told)
        yield language, Mean(words, count, {} if language else _left_out(found, in_any=True))


def _by_language(found: Gathered) -> Iterator[tuple[str, Sequence[Plainness]]]:
    """Texts by language; first, under none, what is in no figure, where anything is."""
    if not found.by_language or _left_out(found, in_any=True):
        yield "", []
    yield from found.by_language.items()


def _left_out(found: Gathered, *, in_any: bool = False) -> Reasons:
    """Incidents of which nothing was said, and words that were not read; ``in_any``: also those
    that no language's figure holds, since the coach reads none like theirs.
    """
    unread = _unread(sum(found.unread.values())) if in_any else {}
    nothing = sum(not one.words for one in found.said)
    return {**_reasons({Why.NOTHING_SAID: nothing, Why.NOT_READ: sum(found.behind)}), **unread}


def _behind(one: Incident) -> int:
    """How many of its words the coach has not come to yet."""
    authored = sum(word.is_authored for word in one.words)
    if one.sums is None:
        return authored
    return max(authored - sum(row.words + row.unread for row in one.sums.phases.values()), 0)


def _unread(words: int) -> Reasons:
    return _reasons({Why.NO_LEXICON: words})


def _wants_account(one: Incident) -> bool:
    is_given = one.account is not None and one.account.at is not None
    return one.owes_account and not one.is_open and not is_given


def _reasons(counts: Reasons) -> Reasons:
    return {why: count for why, count in counts.items() if count}

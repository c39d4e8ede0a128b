"""What was put right, as readers see it: what stood there, and what stands there now. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tocsin.disclosure import correcting, withholding
from tocsin.disclosure.correcting import Difference, Mark, Piece
from tocsin.disclosure.severity import IMPACT_OF
from tocsin.page import labels
from tocsin.page.voice import Voice
from tocsin.statements.published import Correction, Layer, Publication, Story, Told


@dataclass(frozen=True, slots=True)
class Amended:
    """One place that was put right; ``label`` is empty where the words themselves changed."""

    label: str
    lang: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as it stands beside the word that it corrects."""

    anchor: str
    time: SafeString
    changes: tuple[Amended, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """What an account says otherwise than the one before it, which stands at ``anchor``."""

    anchor: str
    time: SafeString
    changes: tuple[Amended, ...]


Called = Callable[[str], str]  # what readers call the component of an id; empty where it is gone


def amended(told: Correction, voice: Voice, called: Called) -> Iterator[Amended]:
    """Every difference that a correction makes: the facts first, then the words."""
    yield from _facts(told, voice)
    for key, states in told.states.items():
        if name := called(key):
            yield _fact(name, *map(labels.state, states))
    lang = voice.language if voice.language in told.now else next(iter(told.now), "")
    if not lang:
        return
    foreign = "" if lang == voice.language else lang
    for pieces in _in_words(told.was[lang], told.now[lang]):
        yield Amended("", foreign, pieces)


def _in_words(was: Layer, now: Layer) -> Iterator[Difference]:
    seen: set[Difference] = set()
    for part in fields(Layer):
        for pieces in correcting.differences(getattr(was, part.name), getattr(now, part.name)):
            if pieces not in seen:  # a headline and a body may say the same
                seen.add(pieces)
                yield pieces


def revised(story: Story, said: Publication, voice: Voice) -> Revised | None:
    """What an account says otherwise than the one before it; None where it is the first."""
    before = story.account_before(said)
    if before is None:
        return None
    former, was = before
    lang, now = said.layer(voice.language)
    if lang not in was:
        return None
    foreign = "" if lang == voice.language else lang
    hides_more = _hidden_in(now) > _hidden_in(was[lang])
    shown = (_shown(pieces, hides_more=hides_more) for pieces in _in_words(was[lang], now))
    changes = tuple(Amended("", foreign, pieces) for pieces in shown if pieces)
    if not changes:
        return None
    time = voice.time_after(former.published_at, said.published_at)
    return Revised(f"n{former.number}", time, changes)


def _hidden_in(layer: Layer) -> int:
    return sum(withholding.hidden_in(getattr(layer, part.name)) for part in fields(Layer))


def _shown(told: Difference, *, hides_more: bool) -> Difference:
    """Where something is withheld by now, what stood there is not held up once more.

    Nor is what is gone for good: the mark that ``hides_more`` may stand in another place for it.
    """
    after = correcting.latter(told)
    if withholding.hidden_in(after) or (hides_more and not after.strip()):
        return tuple(piece for piece in told if piece.mark is not Mark.GONE)
    return told


def _facts(told: Correction, voice: Voice) -> Iterator[Amended]:
    if told.severity:
        was, now = (labels.indicator(IMPACT_OF[severity]) for severity in told.severity)
        yield _fact(_("How grave"), was, now)
    for label, pair in ((_("Began"), told.since), (_("Ended"), told.until)):
        if pair:
            yield _fact(label, _when(pair[0], pair[1], voice), _when(pair[1], pair[1], voice))
    if told.data:
        before, after = told.data
        yield _fact(_("Your data"), labels.data(before), labels.data(after))


def _fact(label: str, was: str, now: str) -> Amended:
    pieces = (Piece(Mark.GONE, was), Piece(Mark.NEW, now))
    return Amended(label, "", tuple(piece for piece in pieces if piece.text))


def _when(at: datetime | None, beside: datetime, voice: Voice) -> str:
    if at is None:
        return ""
    # A time of the same day would tell the day twice.
    is_near = voice.date_of(at) == voice.date_of(beside) and at != beside
    return Voice(voice.language, voice.zone, beside if is_near else voice.now).spoken(at)


def corrections_of(
    story: Story, said: Publication, voice: Voice, called: Called
) -> Iterator[Corrected]:
    """What stands beside a word: what was put right in it since."""
    for later in story.corrections_of(said):
        assert later.words
        assert later.words.correction
        yield Corrected(
            anchor=f"n{later.number}",
            time=voice.time_after(later.published_at, said.published_at),
            changes=tuple(amended(later.words.correction, voice, called)),
        )


def first_said(told: tuple[Told, ...], voice: Voice) -> SafeString:
    """Where another time was told first: which, and when it was put right; else nothing."""
    if len(told) < 2:
        return mark_safe("")
    last = told[-1]
    words = _("first said %(before)s, corrected at %(at)s") % {
        "before": voice.time_after(told[0].moment, last.moment),
        "at": voice.time_after(last.said_at, last.moment),
    }
    return mark_safe(words)

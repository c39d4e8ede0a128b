"""Whether words are fit to be said: the checks that no door may go round. Pure."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta

from tocsin.catalogue.languages import called
from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.phases import Phase, needs_reason
from tocsin.disclosure.posture import Certainty
from tocsin.disclosure.severity import Severity
from tocsin.statements.values import Layer, Words

HEADLINE_LENGTH = 90  # effect in one line, readable on a phone and in a subject
BODY_LENGTH = 25_000  # what existing clients accept
FARTHEST = timedelta(days=14)
FARTHEST_ACCOUNT = timedelta(days=366)
UNSHOWABLE = "A word holds a character that cannot be shown (NUL). Take it out."
NO_FORECAST_YET = {Phase.HOLDING, Phase.INVESTIGATING}


class NotFitToSay(Exception):
    """The words cannot be said so. ``findings`` are sentences, each with its mend."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__(" ".join(findings))
        self.findings = findings


def check(
    words: Words,
    *,
    before: Phase | None,
    languages: tuple[str, ...],
    at: datetime,
    made: frozenset[str] = frozenset(),
) -> None:
    """Refuse words that are not fit to be said after phase ``before``. Raises NotFitToSay.

    ``made`` holds the languages whose headline a template made, which nobody typed.
    """
    found = list(_findings(words, before, languages, at, made))
    if found:
        raise NotFitToSay(found)


def check_translation(words: Words, *, languages: tuple[str, ...]) -> None:
    """Refuse a translation that is not fit to be said: its words alone. Raises NotFitToSay.

    What the word itself says, times and states among it, was checked when it was said.
    """
    found = [
        finding
        for language, layer in words.layers.items()
        for finding in _layer_findings(language, layer, languages, is_made=False)
    ]
    if "\x00" in "".join(_all_text(words)):
        found.append(UNSHOWABLE)
    if found:
        raise NotFitToSay(found)


def _findings(
    words: Words,
    before: Phase | None,
    languages: tuple[str, ...],
    at: datetime,
    made: frozenset[str],
) -> Iterator[str]:
    if not words.layers:
        yield "Say it in at least one language."
    for language, layer in words.layers.items():
        yield from _layer_findings(language, layer, languages, is_made=language in made)
    if "\x00" in "".join(_all_text(words)):
        yield UNSHOWABLE
    yield from _time_findings(words, at)
    yield from _forecast_findings(words)
    yield from _state_findings(words)
    yield from _long_mode_findings(words)
    if needs_reason(before, words.phase) and not any(map(str.strip, words.turn_reason.values())):
        yield f"Going back from {before} to {words.phase} is allowed: say why, in a sentence."
    tells_cause = any(layer.cause.strip() for layer in words.layers.values())
    if tells_cause and words.certainty == Certainty.UNKNOWN:
        yield "Say how sure you are of the cause: suspected or verified."


def _all_text(words: Words) -> Iterator[str]:
    yield from words.name.values()
    yield from words.turn_reason.values()
    yield from words.forecast.basis.values() if words.forecast else ()
    yield from words.long_mode.reason.values() if words.long_mode else ()
    for layer in words.layers.values():
        yield from (getattr(layer, part.name) for part in fields(layer))


def _layer_findings(
    language: str, layer: Layer, languages: tuple[str, ...], *, is_made: bool
) -> Iterator[str]:
    if language not in languages:
        yield f"This page does not speak {language!r}; it speaks {', '.join(languages)}."
    named = called(language, "en").name
    yield from _headline_findings(named, layer.headline, is_made=is_made)
    if not layer.body.strip():
        yield f"The body ({named}) is empty. One sentence on the effect is enough."
    for part in fields(layer):
        text = getattr(layer, part.name)
        if len(text) > BODY_LENGTH:
            yield f"{part.name} ({named}) is longer than {BODY_LENGTH} characters."


def _headline_findings(named: str, headline: str, *, is_made: bool) -> Iterator[str]:
    if not headline.strip():
        yield f"The headline ({named}) is empty. Say what customers cannot do."
    if "\n" in headline.strip():
        yield f"The headline ({named}) has a line break. It is one line."
    if len(headline) <= HEADLINE_LENGTH:
        return
    if is_made:
        yield (
            f"The headline ({named}) was made by the template and has "
            f"{len(headline)} characters; {HEADLINE_LENGTH} is the most. Type a shorter one."
        )
    else:
        yield (
            f"The headline ({named}) has {len(headline)} characters; "
            f"{HEADLINE_LENGTH} is the most. Move the rest to the body."
        )


def _time_findings(words: Words, at: datetime) -> Iterator[str]:
    for label, told in (("since", words.since), ("until", words.until)):
        if told is not None and told.tzinfo is None:
            yield f"Say the zone of '{label}', such as 09:12Z."
        elif told is not None and told > at + timedelta(minutes=5):
            yield f"'{label}' is still to come."
    if words.since and words.until and words.until < words.since:
        yield "It would end before it started."
    # Beyond the calendar's last day nothing could be reckoned with it, and no word is taken back.
    if words.account_due and words.account_due > (at + FARTHEST_ACCOUNT).date():
        yield f"The account is more than {FARTHEST_ACCOUNT.days} days away. Say a nearer day."
    yield from _next_word_findings(words, at)


def _next_word_findings(words: Words, at: datetime) -> Iterator[str]:
    due = words.next_word_at
    if words.correction:
        return  # it neither keeps nor moves what is owed
    if words.is_final:
        if due is not None:
            yield "A last word owes no next one. Leave 'next word by' empty."
    elif due is None and words.is_planned:
        return  # the window says when: at its start, and at its end
    elif due is None:
        yield "Say when they will hear from you again ('next word by')."
    elif due.tzinfo is None:
        yield "Say the zone of 'next word by', such as 09:50Z."
    elif due <= at:
        yield "'Next word by' has passed already. Say a later time."
    elif due > at + FARTHEST:
        yield f"'Next word by' is more than {FARTHEST.days} days away. Say a nearer time."


def _forecast_findings(words: Words) -> Iterator[str]:
    forecast = words.forecast
    if forecast is None:
        return
    if words.phase in NO_FORECAST_YET:
        yield "No repair forecast before the cause is known."
    if forecast.latest <= forecast.earliest:
        yield "A repair forecast is a range: say the earliest and the latest."
    if not any(basis.strip() for basis in forecast.basis.values()):
        yield "Say on what the repair forecast rests."


def _long_mode_findings(words: Words) -> Iterator[str]:
    if words.long_mode and not any(map(str.strip, words.long_mode.reason.values())):
        yield "Say why words come less often from now on, in a sentence that customers read."


def _state_findings(words: Words) -> Iterator[str]:
    if not words.impacts:
        # What was shouted names none and may be over before it does; programs need not name any,
        # of planned work either (which nobody else can plan so).
        if not (words.is_final or words.impact_told or words.window):
            yield "Say which component it is about."
        return
    now = worst(list(words.impacts.values()))
    if words.is_final and now != State.OPERATIONAL:
        yield "A last word leaves every component working. Open another incident for the rest."
    contradicts = words.severity != Severity.SEV4 and not words.impact_told
    if not words.is_final and contradicts and now == State.OPERATIONAL:
        yield (
            "Every component would be green under an open incident. "
            "Leave one at degraded_performance, or resolve it."
        )

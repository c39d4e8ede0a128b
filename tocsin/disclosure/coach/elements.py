"""What a word lacks that its readers wait for (table 3.4): fields first, cues second. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tocsin.disclosure.coach import cues, emptiness, phrases
from tocsin.disclosure.coach.cues import Check
from tocsin.disclosure.coach.reading import BLANK, MAIL, MASK, Reading, plainly
from tocsin.disclosure.coach.values import Context, Finding, Level, Missing
from tocsin.disclosure.posture import Certainty, Posture

MOST_IN_TITLE, MOST_IN_BODY, MOST_IN_SENTENCE = 90, 90, 25
ZONE = re.compile(
    r"\b(?:UTC|GMT|CET|CEST|WET|WEST|EET|EEST|BST|IST|JST|SGT|AEST|AEDT|NZST|NZDT|EST|EDT|ET|CST"
    r"|CDT|MST|MDT|PST|PDT|PT)\b|[+-]\d{2}:?\d{2}\b|\d{2}Z\b"
    r"|(?i:\bheures? (?:de|du|d'|d’)\s?\w+|\b\w+ time\b|\blocal time|heure locale)"
)
TIME_EN = re.compile(r"\b\d{1,2}[:.]\d{2}(?!\d|\s?%)|\b\d{1,2}(?::\d{2})?\s?[ap]\.?m\b")
TIME_FR = re.compile(
    r"\b\d{1,2}:\d{2}(?!\d)"
    r"|\b(?:à|depuis|vers|dès|avant|après|d'ici|jusqu'à|de|entre|et)\s\d{1,2}\s?h(?:\s?\d{2})?\b"
    r"(?!eure)"
)
NO_COUNT = re.compile(
    rf"{phrases.CLOCK}|{phrases.DAY}|\b(?:utc|gmt)\s?[+-]\d+|[+-]\d{{2}}:\d{{2}}|v\d[\d.]*"
    r"|\d+(?:[.,]\d+)?\s?(?:seconds?|secondes?|minutes?|min|hours?|heures?|days?|jours?|h|ms|s)\b"
)
FIGURE = re.compile(r"\d")
DATE = re.compile(phrases.MACROS["{date}"])
NOUS = re.compile(r"\bnous (?:(?:y|en|vous|les|le|la|l'|ne|n') ?){0,2}(?!avons)\w{2,}ons\b")
EN_TRAIN = re.compile(r"\b(?:nous sommes en train|en cours|nos équipes (?:\w+ )?\w+ent)\b")


@dataclass(frozen=True)
class Looked:
    """One text as the checks look at it: its cues by check, and what the lexicon found."""

    reading: Reading
    context: Context
    given: Mapping[str, list[int]]
    found: tuple[Finding, ...]

    def is_said(self, name: str) -> bool:
        """Whether a field or a cue says it."""
        return name in self.context.filled or name in self.given

    def with_date(self, name: str) -> bool:
        """Whether a cue stands in one sentence with a date."""
        return any(DATE.search(sentence) for sentence in self._sentences_of(name))

    def sentences_with(self, *names: str) -> set[int]:
        """The numbers of the sentences in which one of these cues stands."""
        places = (place for name in names for place in self.given.get(name, ()))
        return {self.reading.sentence_at(place) for place in places}

    def _sentences_of(self, name: str) -> Iterator[str]:
        for place in self.given.get(name, ()):
            start, end = self.reading.sentence(self.reading.sentence_at(place))
            yield self.reading.masked[start:end]


def missing(looked: Looked) -> Iterator[Missing]:
    """What is not there, in the order of the table, then what the cause's side asks for."""
    prompts = cues.asking(looked.context.language).prompts
    for name, level, is_there in _answers(looked):
        if not is_there:
            yield Missing(name, level, prompts[name])
    if _tells_cause_too_soon(looked):
        yield Missing("no_cause_yet", Level.WARN, prompts["no_cause_yet"])


def checked(looked: Looked) -> Iterator[tuple[str, bool]]:
    """Each check that applies to a text, and whether it passes.

    One that passes because there is nothing to hold it against, such as the zone of no time, does
    not apply: it would make a word that says nothing more complete than one that says much.
    """
    for name, _level, is_there in _answers(looked):
        applies = APPLYING.get(name)
        if not is_there or name in looked.context.filled or applies is None or applies(looked):
            yield name, is_there


def _answers(looked: Looked) -> Iterator[tuple[str, Level, bool]]:
    """Every check that is asked here, what its absence weighs, and whether it is answered."""
    for check in cues.asked(looked.context.moments, looked.context.severity):
        if check.name not in looked.context.unasked:
            yield check.name, check.level, _is_there(check, looked)
    for name, is_there in _asked_by_posture(looked):
        yield name, Level.WARN, is_there


def _is_there(check: Check, looked: Looked) -> bool:
    if check.name in looked.context.filled:
        return True
    answered = ANSWERS.get(check.name)
    return answered(looked) if answered else looked.is_said(check.name)


def _has_time(looked: Looked) -> bool:
    time = TIME_FR if looked.context.language == "fr" else TIME_EN
    return bool(time.search(looked.reading.text))


def _has_zone(looked: Looked) -> bool:
    return not _has_time(looked) or bool(ZONE.search(looked.reading.typed))


def _has_count(looked: Looked) -> bool:
    if looked.is_said("who") or BLANK in looked.reading.masked:
        return True
    masked = looked.reading.masked
    return bool(FIGURE.search(masked)) and bool(FIGURE.search(NO_COUNT.sub(" ", masked)))


def _has_action(looked: Looked) -> bool:
    if looked.context.language == "fr":
        text = looked.reading.text
        return bool(NOUS.search(text) or EN_TRAIN.search(text))
    return looked.is_said("action")


def _has_estimate(looked: Looked) -> bool:
    is_given = "estimate" in looked.context.filled or "estimate" in looked.given
    return is_given or any(one.rule.endswith(("-abs-05", "-abs-06")) for one in looked.found)


def _has_basis(looked: Looked) -> bool:
    return not _has_estimate(looked) or looked.is_said("estimate_basis")


def _has_repair(looked: Looked) -> bool:
    return looked.is_said("repair") or looked.with_date("commitment")


def _has_forbearance(looked: Looked) -> bool:
    return looked.with_date("commitment")


def _has_account_due(looked: Looked) -> bool:
    return looked.with_date("account_due")


def _has_contact(looked: Looked) -> bool:
    return looked.is_said("contact") or bool(re.search(MAIL, looked.reading.text))


def _has_good_title(looked: Looked) -> bool:
    title = looked.context.title
    if title is None:
        return True
    jargon = any(one.group == "JAR" and one.text in title for one in looked.found)
    return len(title) <= MOST_IN_TITLE and not jargon and not _names_a_part(title, looked.context)


def _names_a_part(title: str, context: Context) -> bool:
    """Whether a title holds a component's own name, where customers call it by another."""
    told = plainly(title)
    for one in context.components:
        name = plainly(one.name).strip()
        if name and name not in plainly(one.function) and re.search(_as_word(name), told):
            return True
    return False


def _as_word(name: str) -> str:
    return rf"(?<![^\W_]){re.escape(name)}(?![^\W_])"


def _is_short(looked: Looked) -> bool:
    if looked.context.is_detail:
        return True
    title = plainly(looked.context.title or "").strip()
    told = (one for one in looked.reading.sentences() if one.lstrip("# ") != title)
    counts = [words_in(sentence) for sentence in told]
    return sum(counts) <= MOST_IN_BODY and max(counts, default=0) <= MOST_IN_SENTENCE


def words_in(text: str) -> int:
    """Words as people count them, "l'envoi" for one, marks for none."""
    words = text.split()
    return sum(1 for word in words if word[0].isalnum() or any(map(str.isalnum, word)))


def _is_new(looked: Looked) -> bool:
    return not emptiness.repeats(looked.reading.text, looked.context.previous)


def _has_dated_title(looked: Looked) -> bool:
    title = looked.context.title
    return title is not None and bool(DATE.search(plainly(title)) or MASK in title or "{" in title)


def _asked_by_posture(looked: Looked) -> Iterator[tuple[str, bool]]:
    """What the side of the cause asks for beside the table, once it is over (R-35)."""
    context = looked.context
    if not {"resolved", "account"} & context.moments or context.posture is None:
        return
    if context.posture in (Posture.CHANGE, Posture.DESIGN, Posture.UNKNOWN):
        if "resolved" in context.moments:
            yield "forbearance", "forbearance" in context.filled or _has_forbearance(looked)
    elif context.posture is Posture.SUPPLIER:
        yield "fallback", looked.is_said("fallback")
    elif context.posture is Posture.ATTACK:
        yield "customer_action_first", _begins_with_action(looked)
    elif context.posture is Posture.ACCIDENT:
        yield "action", _has_action_told(looked)


def _tells_cause_too_soon(looked: Looked) -> bool:
    """Whether a cause that nobody has verified stands there as a fact (R-24).

    A sentence that says how sure it is may name one; so may one on which an estimate rests. Where
    nobody was asked how sure they are, only words about what is over and has no known cause count.
    """
    context = looked.context
    is_over = bool({"resolved", "account"} & context.moments)
    is_open = context.certainty in (Certainty.UNKNOWN, Certainty.SUSPECTED) or (
        context.certainty is None and context.posture is Posture.UNKNOWN and is_over
    )
    if not is_open or "maintenance" in context.moments:
        return False
    return bool(looked.sentences_with("no_cause_yet") - looked.sentences_with("unsure", "range"))


def _begins_with_action(looked: Looked) -> bool:
    """Whether what readers must do stands before the reason and the regret."""
    places = looked.given.get("customer_action", [])
    if not places:
        return "customer_action" in looked.context.filled
    others = [*looked.given.get("explanation", ()), *looked.given.get("regret", ())]
    return min(places) < min(others, default=len(looked.reading.text))


def _has_action_told(looked: Looked) -> bool:
    return _has_action(looked) or looked.is_said("repair") or looked.is_said("responsibility")


ANSWERS: Mapping[str, Callable[[Looked], bool]] = {
    "time_zone": _has_zone,
    "who": _has_count,
    "action": _has_action,
    "estimate_basis": _has_basis,
    "repair": _has_repair,
    "forbearance": _has_forbearance,
    "account_due": _has_account_due,
    "contact": _has_contact,
    "title_effect": _has_good_title,
    "length": _is_short,
    "near_duplicate": _is_new,
    "date_in_title": _has_dated_title,
}
# Checks that pass where there is nothing to hold against them, and when there is something.
APPLYING: Mapping[str, Callable[[Looked], bool]] = {
    "time_zone": _has_time,
    "estimate_basis": _has_estimate,
    "title_effect": lambda looked: looked.context.title is not None,
    "length": lambda looked: not looked.context.is_detail,
    "near_duplicate": lambda looked: bool(looked.context.previous),
}

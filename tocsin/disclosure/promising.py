"""Whether an action is one that can be kept, and seen to be kept (R-54). Pure.

What cannot end cannot be proved: "improve the monitoring" and "be more careful" are wishes until
somebody says how it will show that they are done.
"""

import re
from collections.abc import Iterator

MOST_WORDS = 40
LONGEST = 300  # characters
# What has no end of its own, by language; in others a person judges.
WISHES = {
    "en": re.compile(
        r"\b(improv\w+|investigat\w+|be(?:ing)? more \w+|tak(?:e|ing) (?:more|better) care"
        r"|look(?:ing)? (?:in)?to|explor\w+|consider\w*|review\w*|strengthen\w*|enhanc\w+"
        r"|try(?:ing)?|better|ensur\w+|make sure|rais\w+ awareness|monitor\w* more closely)\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(amélior\w+|enquêt\w+|étudi\w+|examin\w+|être plus \w+|faire (?:plus )?attention"
        r"|renforc\w+|explor\w+|envisag\w+|réfléchi\w+|essay\w+|mieux|veill\w+"
        r"|s['’]assurer|sensibilis\w+)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(verbesser\w+|untersuch\w+|vorsichtiger|sorgfältiger|prüfen|überprüfen|erwägen"
        r"|besser\w*|versuchen|stärken|sicherstellen|sensibilisier\w+)\b",
        re.IGNORECASE,
    ),
}
# With what no instruction begins: a promise opens with what we do.
NO_VERB = {
    "en": re.compile(
        r"(the|an?|we|our|it|this|that|more|better|all|some|there|no|new)\b", re.IGNORECASE
    ),
    "fr": re.compile(
        r"(l[ea]s?|une?|des|du|nous|notre|nos|il|elle|ce|cette|plus|tou[st]e?s?|meilleure?s?)\b"
        r"|l['’]",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(der|die|das|eine?|wir|unsere?|es|dies\w*|mehr|bessere?|alle)\b", re.IGNORECASE
    ),
}
FEWEST_WORDS = 3  # "done", "all good": of an end that can be looked at


def faults(action: str, done_when: str, owner: str, *, language: str) -> Iterator[str]:
    """What keeps an action from being a promise, a sentence each with its mend."""
    action, done_when = action.strip(), done_when.strip()
    if not action:
        yield "Say what is done, beginning with a verb: “Alarm on refused cards”."
        return
    if _matches(NO_VERB, language, action):
        yield f"Begin with a verb, as an instruction does, not with “{action.split()[0]}”."
    if len(action.split()) > MOST_WORDS or len(action) > LONGEST:
        yield f"The action is longer than {MOST_WORDS} words. Make two of it."
    if len(done_when) > LONGEST:
        yield f"How it shows that it is done is longer than {LONGEST} characters. Shorten it."
    if not owner.strip():
        yield "Say whose it is: a role, such as “head of payments”."
    yield from _endless(action, done_when, language)


def _endless(action: str, done_when: str, language: str) -> Iterator[str]:
    wish = WISHES[language].search(action) if language in WISHES else None
    if not done_when or _plain(done_when) == _plain(action):
        if wish:
            yield (
                f"“{wish.group()}” never ends. Say how we will know that it is done, such as "
                "“a card that is refused twice in a minute rings the on-call phone”."
            )
        else:
            yield "Say how we will know that it is done: what anybody can look at then."
    elif len(done_when.split()) < FEWEST_WORDS:
        yield (
            f"“{done_when}” cannot be looked at. Say what is there, runs or no longer happens "
            "once it is done."
        )
    elif language in WISHES and (vague := _only_wish(done_when, language)):
        yield f"“{vague}” is a wish again. Say what anybody can look at once it is done."


def _only_wish(done_when: str, language: str) -> str:
    """The wish in an end condition that names no figure beside it."""
    found = WISHES[language].search(done_when)
    return found.group() if found and not re.search(r"\d", done_when) else ""


def _matches(of: dict[str, re.Pattern[str]], language: str, text: str) -> bool:
    return language in of and of[language].match(text) is not None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))

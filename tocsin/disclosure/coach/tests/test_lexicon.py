"""Lexicons: ours can be read, and a page's own is refused in a sentence with its line."""

import hashlib
from importlib.resources import files

import pytest

from tocsin.disclosure.coach import lexicon, phrases, reviewing
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.phrases import BadPhrase
from tocsin.disclosure.coach.values import Context
from tocsin.disclosure.phases import Phase

OWN = """\
lexicon: en
entries:
  - {id: linden-jar-01, lvl: warn, m: ["the grove", "mangrove( web)?"], fix: "'Our servers.'"}
  - {id: en-min-01, lvl: off}
"""
# The words that were handed to us: what we add stands in files of its own.
KEPT_WORD_FOR_WORD = {
    "en": "1aaf6cc7f0939bb7dbdb68d621d05da1ff1c9f5f7ff9b129bb01e014f05acc14",
    "fr": "029e67137883a5ee491e1106ffa6709716fb571bd54035dba855575c21b13c45",
}


def faults_of(text: str) -> list[str]:
    with pytest.raises(BadLexicon) as refused:
        lexicon.read(text, "en")
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(("language", "count"), [("en", 118), ("fr", 116)])
def test_ours_are_kept_word_for_word(language: str, count: int) -> None:
    text = (files("tocsin.disclosure.coach") / "lexicons" / f"{language}.yaml").read_bytes()

    assert hashlib.sha256(text).hexdigest() == KEPT_WORD_FOR_WORD[language]
    assert len(lexicon.read(text.decode(), language)) == count


def test_a_page_adds_its_own_entries_and_takes_out_ours() -> None:
    context = Context(language="en", phase=Phase.INVESTIGATING, own=OWN)

    found = reviewing.review("The Grove and a mangrove web: any inconvenience.", context)

    assert [(one.rule, one.text) for one in found.findings] == [
        ("linden-jar-01", "The Grove"),
        ("linden-jar-01", "mangrove web"),
    ]


def test_an_entry_may_need_something_beside_it() -> None:
    own = (
        "lexicon: en\nentries:\n"
        "  - {id: linden-eup-01, lvl: warn, m: [pause, closed], beside: [closed, no trains]}\n"
    )
    context = Context(language="en", phase=Phase.INVESTIGATING, own=own)

    def said(text: str) -> list[str]:
        found = reviewing.review(text, context).findings
        return [one.text for one in found if one.rule == "linden-eup-01"]

    assert said("A pause, and no trains until 9.") == ["pause"]
    assert said("A pause. No trains until 9.") == []
    assert said("The line is closed.") == []  # it is not beside itself


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a", "Line 1: A lexicon has parts: “lexicon” and “entries”."),
        ("lexicon: fr\nentries: []", "Line 1: This lexicon is not for “en”."),
        ("lexicon: en", "Line 1: A lexicon has a list of “entries”."),
        (
            "entries:\n  - {id: x, lvl: warn, m: [a]}",
            "Line 2: An entry needs an “id” such as “linden-jar-01”",
        ),
        (
            "entries:\n\n  - {id: a-jar-1, lvl: loud, m: [a]}",
            "Line 3: An entry needs “lvl”: one of “block”, “review”, “warn”, “hint” and “off”.",
        ),
        ("entries:\n  - {id: a-jar-1, lvl: warn}", "Line 2: An entry needs “m”"),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: ['(a']}",
            "Line 2: In “m” or “unless”: a bracket is never closed.",
        ),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: [a], unless: ['{x}']}",
            "Line 2: In “m” or “unless”: “{x}” has braces",
        ),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: ['pattern: iban']}",
            "Line 2: In “m” or “unless”: there is no detector “iban”",
        ),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: [a], when: [night]}",
            "Line 2: “night” is no moment.",
        ),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: [a], fixx: b}",
            "Line 2: An entry has no part “fixx”.",
        ),
        (
            "entries:\n  - {id: a-jar-1, lvl: warn, m: [a]}\n  - {id: a-jar-1, lvl: warn, m: [b]}",
            "Line 3: “a-jar-1” is there twice.",
        ),
        ("entries: [", "Line 1: This is no YAML"),
    ],
)
def test_a_bad_entry_is_refused_with_its_line(text: str, fault: str) -> None:
    assert any(one.startswith(fault) for one in faults_of(text)), faults_of(text)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("glitch*", "two glitches.", "glitches"),
        ("apologi*e if", "we apologize if", "apologize if"),
        ("staff ~ (ran|put)", "staff then quickly ran it", "staff then quickly ran"),
        ("an engineer ~ (ran|pushed)", "an engineer ran it", "an engineer ran"),
        ("an engineer ~ (ran|pushed)", "an engineer slept. he then ran", None),
        ("an engineer ~ (ran|put)", "an engineer, it seems, ran it", "an engineer, it seems, ran"),
        ("up in {n}", "up in 10 minutes", "up in 10"),
        ("up in {n}", "up in ten minutes", "up in ten"),
        ("up in {n}", "up in 10min", "up in 10min"),
        ("{n}xx", "many 5xx errors", "5xx"),
        ("100 %", "at 100% now", "100%"),
        ("99.{n}", "still 99.98 % up", "99.98"),
        ("a (very )?limited number", "a very limited number", "a very limited number"),
        ("a (very )?limited number", "a limited number", "a limited number"),
        ("erreurs? {n}xx", "une erreur 5xx", "erreur 5xx"),
        ("un nombre (de|d')", "un nombre d'erreurs", "un nombre d'"),
        ("pod", "podium", None),
        ("!", "Sorry!", "!"),
        ("by {time}", "by 9:50 pm", "by 9:50 pm"),
        ("by {time}", "by hand", None),
    ],
)  # fmt: skip
def test_the_language_of_phrases(phrase: str, text: str, found: str | None) -> None:
    sought = phrases.anywhere_one(phrase)
    match = sought.search(text) if sought else None

    assert (match and match[0]) == found


@pytest.mark.parametrize("phrase", ["", "(a", "a)", "*", "~ a", "(a)?", "{x}", "a (b|c"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase: str) -> None:
    with pytest.raises(BadPhrase):
        phrases.read(phrase)

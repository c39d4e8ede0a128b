"""A page's own file for the coach: who reads it, and entries of its own; faults by line."""

import pytest

from tocsin.disclosure.coach import manner, reviewing
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.coach.manner import USUAL
from tocsin.disclosure.coach.values import Context, Strictness
from tocsin.disclosure.phases import Phase

WHOLE = """\
readers: developers
circles: {partners: internal}
lexicons:
  - lexicon: en
    entries:
      - {id: linden-jar-01, lvl: warn, m: ["the grove"], fix: "'Our servers.'"}
      - {id: en-min-09, lvl: off}
  - lexicon: fr
    entries:
      - {id: linden-jar-01, lvl: block, m: ["le bosquet"], fix: "« Nos serveurs. »"}
"""


def rules(text: str, *, own: str, language: str = "en") -> set[str]:
    context = Context(language=language, phase=Phase.INVESTIGATING, own=own)
    return {found.rule for found in reviewing.review(text, context).findings}


def test_what_is_left_out_is_as_usual() -> None:
    assert manner.read("") == USUAL
    assert manner.read(manner.USUAL_TEXT) == USUAL
    assert USUAL.strictness("partners") is Strictness.PUBLIC


def test_a_circle_has_readers_of_its_own() -> None:
    told = manner.read(WHOLE)

    assert told.strictness() is Strictness.DEVELOPERS
    assert told.strictness("partners") is Strictness.INTERNAL
    assert told.strictness("staff") is Strictness.DEVELOPERS


def test_each_language_has_entries_of_its_own() -> None:
    own = manner.read(WHOLE).own

    assert "linden-jar-01" in rules("The grove is slow.", own=own)
    assert "linden-jar-01" not in rules("The grove is slow.", own="")
    assert "linden-jar-01" in rules("Le bosquet est lent.", own=own, language="fr")
    assert "linden-jar-01" not in rules("The grove is slow.", own=own, language="fr")
    assert "en-min-09" in rules("A glitch.", own="")
    assert "en-min-09" not in rules("A glitch.", own=own), "an entry of ours is taken out"


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("readers: everyone", 1, "Readers are one of"),
        ("readers: public\nreaders: internal", 2, "“readers” is said twice"),
        ("voice: loud", 1, "A coach's file has parts"),
        ("- a\n- b", 1, "A coach's file has parts"),
        ("circles: partners", 1, "“circles” are names"),
        ("circles:\n  partners: nobody", 2, "Readers are one of"),
        ("lexicons: en", 1, "“lexicons” is a list"),
        ("lexicons: []", 1, "“lexicons” is a list"),
        ("lexicons:\n  - lexicon: de\n    entries: []", 2, "A lexicon is for one of"),
        ("lexicons:\n  - {entries: []}", 2, "A lexicon is for one of"),
        (
            "lexicons:\n  - {lexicon: en, entries: []}\n  - {lexicon: en, entries: []}",
            3,
            "There is one lexicon for “en” already",
        ),
        (
            "lexicons:\n  - lexicon: en\n    entries:\n      - {id: a-jar-1, lvl: loud, m: [x]}",
            4,
            "An entry needs “lvl”",
        ),
        ("lexicons:\n  - lexicon: en\n    entries:\n      - {id: a-jar-1, lvl: warn}", 4, "“m”"),
        ("readers: [", 1, "This is no YAML"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(BadLexicon) as caught:
        manner.read(text)

    [*_, fault] = [one for one in caught.value.faults if sentence in one.sentence]
    assert fault.line == line


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(BadLexicon) as caught:
        manner.read("readers: x\ncircles: y\nlexicons: z\n")

    assert [fault.line for fault in caught.value.faults] == [1, 2, 3]

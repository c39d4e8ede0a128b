"""How a page is read by the coach: who its readers are, and entries of its own. Pure.

BadLexicon    the text cannot be used; ``faults`` say in which line, and why
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode

from tocsin.disclosure import lined
from tocsin.disclosure.coach import lexicon
from tocsin.disclosure.coach.lexicon import LANGUAGES, LONGEST_TEXT, BadLexicon
from tocsin.disclosure.coach.values import Strictness
from tocsin.disclosure.lined import Fault, Unreadable, listed

PARTS = ("readers", "circles", "lexicons")
READERS = tuple(map(str, Strictness))


@dataclass(frozen=True, slots=True)
class Manner:
    """``circles`` are those whose readers are others than the page's, by the circle's name.

    ``own`` is the file with the page's own entries, as :class:`Context` takes it; empty where it
    has none.
    """

    readers: Strictness = Strictness.PUBLIC
    circles: Mapping[str, Strictness] = field(default_factory=dict)
    own: str = ""

    def strictness(self, circle: str = "") -> Strictness:
        """Who reads what is said to a circle alone; without one, to everyone."""
        return self.circles.get(circle, self.readers)


USUAL = Manner()
USUAL_TEXT = """\
# How the coach reads this page. What is left out is as usual.
readers: public # or developers (jargon is a hint at most), or internal (jargon is no matter)
# circles: {partners: developers} # of a circle, where it is told alone
# lexicons: # entries of your own; docs/operating/coach.md
#   - lexicon: en
#     entries:
#       - {id: own-jar-01, lvl: warn, m: ["the grove"], fix: "'Our servers.'"}
"""


@lru_cache(maxsize=64)
def read(text: str) -> Manner:
    """The manner that a file says. Raises BadLexicon with every fault, by line."""
    try:
        root = lined.composed(text, kind="coach's file", longest=LONGEST_TEXT)
    except Unreadable as unreadable:
        raise BadLexicon(list(unreadable.faults)) from None
    if root is None:
        return USUAL
    reader = _Reader()
    manner = reader.manner(root, text)
    if reader.faults:
        raise BadLexicon(reader.faults)
    return manner


class _Reader:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def manner(self, root: Node, text: str) -> Manner:
        told = dict(self._named(root, "A coach's file has parts", PARTS))
        readers = self._strictness(told.get("readers")) or Strictness.PUBLIC
        circles = dict(self._circles(told.get("circles")))
        has_own = self._has_lexicons(root, told.get("lexicons"))
        return Manner(readers, circles, text if has_own else "")

    def _named(
        self, node: Node, sentence: str, known: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Node]]:
        """What a mapping holds, by name; where only some are ``known``, any other is a fault."""
        if not isinstance(node, MappingNode):
            self._fault(node, f"{sentence}{f': {listed(known)}' if known else ''}.")
            return
        seen: set[str] = set()
        for key, value in node.value:
            name = key.value.strip() if isinstance(key, ScalarNode) else ""
            if name in seen:
                self._fault(key, f"“{name}” is said twice.")
            elif not name or (known and name not in known):
                self._fault(key, f"{sentence}{f': {listed(known)}' if known else ''}.")
            else:
                seen.add(name)
                yield name, value

    def _circles(self, node: Node | None) -> Iterator[tuple[str, Strictness]]:
        if node is None:
            return
        for name, value in self._named(node, "“circles” are names, with who reads each"):
            strictness = self._strictness(value)
            if strictness is not None:
                yield name, strictness

    def _strictness(self, node: Node | None) -> Strictness | None:
        if node is None:
            return None
        text = node.value.strip() if isinstance(node, ScalarNode) else ""
        if text not in READERS:
            self._fault(node, f"Readers are one of {listed(READERS)}.")
            return None
        return Strictness(text)

    def _has_lexicons(self, root: Node, node: Node | None) -> bool:
        if node is None:
            return False
        rows = lexicon.rows_in(root)
        if not rows:
            self._fault(node, "“lexicons” is a list: a “lexicon” with its “entries”, by language.")
        seen: set[str] = set()
        for row in rows:
            language = lexicon.language_in(row)
            if language not in LANGUAGES:
                self._fault(row, f"A lexicon is for one of {listed(LANGUAGES)}.")
            elif language in seen:
                self._fault(row, f"There is one lexicon for “{language}” already.")
            else:
                seen.add(language)
                self.faults += lexicon.faults_in(row, language)
        return bool(rows)

    def _fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(lined.line_of(node), sentence))

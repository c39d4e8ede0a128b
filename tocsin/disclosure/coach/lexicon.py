"""Lexicons: ours beside this file, and a page's own in the same format. Pure.

BadLexicon    the text cannot be used; ``faults`` say in which line, and why
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.disclosure import lined
from tocsin.disclosure.coach import detectors, inflecting, phrases
from tocsin.disclosure.coach.values import Allowed, Level, Register
from tocsin.disclosure.lined import Fault, Unreadable, listed
from tocsin.disclosure.phases import OF_INCIDENTS

LONGEST_TEXT = 256 * 1024
LANGUAGES = ("en", "fr")
GROUPS = ("BLA", "MIN", "JAR", "ABS", "LEG", "PAS", "EMP", "JUS", "TON", "OPS", "EUP")
CONDITIONS = ("no_component_in_outage", "component_in_outage", "component_not_well")
MOMENTS = (*(phase.value for phase in OF_INCIDENTS), "maintenance", "security")
PARTS = (
    *("id", "lvl", "m", "beside", "unless", "spare", "spare_post", "when", "cond", "fix"),
    *("why", "register", "allowed"),
)
VAGUE = ("EMP", "PAS")
OFF = "off"  # a page's own entry that takes one of ours out
# Ours are read by libyaml, ten times as quickly; what people write is read with bounds.
QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


def is_id(name: str) -> bool:
    """Whether an entry may be called so: a name, a rule group, a number."""
    pieces = name.split("-")
    return len(pieces) == 3 and all(pieces) and pieces[1].upper() in GROUPS


class BadLexicon(Unreadable):
    """The text is no lexicon; nothing of it is taken over."""


@dataclass(frozen=True)
class Entry:
    """One rule: what it looks for, how much that weighs, and what would do instead.

    ``when`` is empty for all moments; ``allowed`` for every register that a policy may allow.
    ``spare``: in a sentence with one of these it finds nothing; ``spare_post``: in a whole post.
    ``beside``: it finds something only where the rest of the sentence holds one of these.
    ``is_added``: it speaks only where the first lists have nothing to say of that sentence.
    ``is_last``: it says that words are empty or nobody acts, which goes without saying where
    anything else was found in that sentence.
    """

    id: str
    level: Level | None  # None: taken out
    phrases: tuple[phrases.Phrase, ...]
    detectors: tuple[str, ...]
    unless: tuple[str, ...]
    when: frozenset[str]
    condition: str
    fix: str
    why: str = ""
    register: Register | None = None
    allowed: frozenset[Allowed] = frozenset()
    spare: tuple[str, ...] = ()
    spare_post: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    is_added: bool = False
    is_last: bool = False

    @property
    def group(self) -> str:
        """The rule group, as the id has it: "en-bla-01" is BLA."""
        return self.id.split("-")[1].upper()

    @property
    def is_of_emptiness(self) -> bool:
        """Whether it is ours and finds a post empty, which one that says much is not."""
        return self.is_added and self.group == "EMP"

    @cached_property
    def excuse(self) -> Any:
        """The pattern of what lowers a finding in the same sentence; None where nothing does."""
        return phrases.anywhere(self.unless)

    @cached_property
    def spared(self) -> Any:
        """The pattern of sentences that it leaves alone; None where it leaves none."""
        return phrases.anywhere(self.spare)

    @cached_property
    def post_spared(self) -> Any:
        """The pattern of whole posts that it leaves alone; None where it leaves none."""
        return phrases.anywhere(self.spare_post)

    @cached_property
    def company(self) -> Any:
        """The pattern of what must stand beside it; None where it needs nothing beside it."""
        return phrases.anywhere(self.beside)

    def after(self, earlier: "Entry | None") -> "Entry":
        """This entry, or where it only spares, the earlier one of that id with that."""
        if earlier is None or self.level is not None or not (self.spare or self.spare_post):
            return self
        return replace(
            earlier,
            spare=(*earlier.spare, *self.spare),
            spare_post=(*earlier.spare_post, *self.spare_post),
        )


@lru_cache(maxsize=64)
def of(language: str, own: str = "") -> tuple[Entry, ...]:
    """Every entry for a language: ours, and the page's own, which may replace ours by its id.

    Raises BadLexicon where the page's own cannot be used.
    """
    found: dict[str, Entry] = {}
    told = [entry for name in _names(language) for entry in _kept(name)]
    for entry in (*told, *(read(own, language) if own.strip() else ())):
        found[entry.id] = entry.after(found.get(entry.id))
    return tuple(entry for entry in found.values() if entry.level is not None)


def first(language: str) -> tuple[Entry, ...]:
    """The entries that we started from alone, which are read much sooner; () of no lexicon."""
    return _kept(language) if language in LANGUAGES else ()


def read(text: str, language: str) -> tuple[Entry, ...]:
    """A page's own entries for one language, of a lexicon or of the coach's file (manner.py).

    Raises BadLexicon with every fault, by line.
    """
    try:
        root = lined.composed(text, kind="lexicon", longest=LONGEST_TEXT)
    except Unreadable as unreadable:
        raise BadLexicon(list(unreadable.faults)) from None
    if root is None:
        return ()
    if _part(root, "lexicons") is None:
        return _entries(root, language)
    rows = [row for row in rows_in(root) if language_in(row) == language]
    return tuple(entry for row in rows for entry in _entries(row, language))


def rows_in(root: Node) -> list[Node]:
    """The lexicons that the coach's file holds, one for each language."""
    rows = _part(root, "lexicons")
    return list(rows.value) if isinstance(rows, SequenceNode) else []


def language_in(row: Node) -> str:
    """The language that a lexicon says it is for; empty where it says none."""
    named = _part(row, "lexicon")
    return str(named.value).strip() if isinstance(named, ScalarNode) else ""


def faults_in(row: Node, language: str) -> list[Fault]:
    """What is wrong with one lexicon, by line."""
    try:
        _entries(row, language)
    except BadLexicon as fault:
        return list(fault.faults)
    return []


def _part(node: Node, name: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else []
    return next(
        (value for key, value in pairs if isinstance(key, ScalarNode) and key.value == name), None
    )


def _names(language: str) -> tuple[str, ...]:
    added = (f"{language}.{name}" for name in ("more", "rules", "shapes", "turns", "spared"))
    return (language, *added) if language in LANGUAGES else ()


@lru_cache(maxsize=16)
def _kept(name: str) -> tuple[Entry, ...]:
    text = (files(__package__) / "lexicons" / f"{name}.yaml").read_text("utf-8")
    root = yaml.compose(text, Loader=QUICK)
    language, _, added = name.partition(".")
    entries = _entries(root, language) if root is not None else ()
    return (
        tuple(
            replace(entry, is_added=True, is_last=added == "rules" and entry.group in VAGUE)
            for entry in entries
        )
        if added
        else entries
    )


def _entries(root: Node, language: str) -> tuple[Entry, ...]:
    reader = _Reader(language)
    entries = tuple(reader.entries(root))
    if reader.faults:
        raise BadLexicon(reader.faults)
    return entries


class _Reader:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.faults: list[Fault] = []

    def entries(self, root: Node) -> Iterator[Entry]:
        told = self._parts(root, "A lexicon", ("lexicon", "entries"))
        named = told.get("lexicon")
        if named is not None and self._text(named) != self.language:
            self._fault(named, f"This lexicon is not for “{self.language}”.")
        rows = told.get("entries")
        if not isinstance(rows, SequenceNode):
            self._fault(rows or root, "A lexicon has a list of “entries”.")
            return
        seen: set[str] = set()
        for row in rows.value:
            entry = self._entry(row)
            if entry is not None and entry.id in seen:
                self._fault(row, f"“{entry.id}” is there twice.")
            elif entry is not None:
                seen.add(entry.id)
                yield entry

    def _entry(self, row: Node) -> Entry | None:
        before = len(self.faults)
        told = self._parts(row, "An entry", PARTS)
        spares = not told.keys() - {"id", "spare", "spare_post"} and len(told) > 1
        name = self._id(row, told.get("id"))
        level = OFF if spares else self._level(row, told.get("lvl"))
        is_off = level == OFF
        looked_for = self._texts(told.get("m"))
        if not looked_for and not is_off and len(self.faults) == before:
            self._fault(row, "An entry needs “m”: a list of phrases to look for.")
        entry = Entry(
            id=name,
            level=None if is_off or level is None else Level(level),
            phrases=tuple(self._phrases(looked_for)),
            detectors=tuple(self._detectors(looked_for)),
            unless=self._excuses(told.get("unless")),
            spare=self._excuses(told.get("spare")),
            spare_post=self._excuses(told.get("spare_post")),
            beside=self._excuses(told.get("beside")),
            when=frozenset(self._chosen(told.get("when"), "moment", MOMENTS)),
            condition=self._one(told.get("cond"), "condition", CONDITIONS),
            fix=self._text(told.get("fix")),
            why=self._text(told.get("why")),
            register=self._made(told.get("register"), "register", Register),
            allowed=frozenset(
                Allowed(one)
                for one in self._chosen(told.get("allowed"), "policy", tuple(map(str, Allowed)))
            ),
        )
        return entry if len(self.faults) == before else None

    def _parts(self, node: Node, name: str, known: tuple[str, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        if not isinstance(node, MappingNode):
            self._fault(node, f"{name} has parts: {listed(known)}.")
            return found
        for key, value in node.value:
            called = key.value if isinstance(key, ScalarNode) else "this"
            if called not in known:
                self._fault(key, f"{name} has no part “{called}”. It has {listed(known)}.")
            elif called in found:
                self._fault(key, f"“{called}” is said twice.")
            else:
                found[called] = value
        return found

    def _id(self, row: Node, node: Node | None) -> str:
        name = self._text(node)
        if not is_id(name):
            self._fault(
                node or row,
                "An entry needs an “id” such as “linden-jar-01”: a name, a rule group "
                f"({', '.join(group.lower() for group in GROUPS)}) and a number.",
            )
        return name

    def _level(self, row: Node, node: Node | None) -> str | None:
        known = (*(level.value for level in Level), OFF)
        level = self._text(node)
        if level not in known:
            self._fault(node or row, f"An entry needs “lvl”: one of {listed(known)}.")
            return None
        return level

    def _phrases(self, told: list[tuple[Node, str]]) -> Iterator[phrases.Phrase]:
        for node, text in told:
            if not detectors.is_named(text):
                yield from self._readable(node, self._widened(text), phrases.apart) or ()

    def _detectors(self, told: list[tuple[Node, str]]) -> Iterator[str]:
        for node, text in told:
            if detectors.is_named(text):
                name = self._readable(node, text, detectors.named)
                if name is not None:
                    yield name

    def _excuses(self, node: Node | None) -> tuple[str, ...]:
        told = [(one, self._widened(text)) for one, text in self._texts(node)]
        return tuple(text for one, text in told if self._readable(one, text, phrases.anywhere_one))

    def _widened(self, text: str) -> str:
        return inflecting.widened(text, self.language)

    def _readable(self, node: Node, text: str, take: Callable[[str], T]) -> T | None:
        try:
            return take(text)
        except phrases.BadPhrase as error:
            self._fault(node, f"In “m” or “unless”: {error}.")
            return None

    def _chosen(self, node: Node | None, name: str, known: tuple[str, ...]) -> Iterator[str]:
        for one, text in self._texts(node):
            if text in known:
                yield text
            else:
                self._fault(one, f"“{text}” is no {name}. It is one of {listed(known)}.")

    def _one(self, node: Node | None, name: str, known: tuple[str, ...]) -> str:
        text = self._text(node)
        if node is not None and text not in known:
            self._fault(node, f"“{text}” is no {name}. It is one of {listed(known)}.")
        return text

    def _made(
        self, node: Node | None, name: str, kind: Callable[[str], Register]
    ) -> Register | None:
        text = self._one(node, name, tuple(map(str, Register)))
        return kind(text) if text in tuple(map(str, Register)) else None

    def _texts(self, node: Node | None) -> list[tuple[Node, str]]:
        if node is None:
            return []
        rows = node.value if isinstance(node, SequenceNode) else [node]
        return [(row, self._text(row)) for row in rows]

    def _text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self._fault(node, "Here stands more than one word or sentence.")
            return ""
        return str(node.value).strip()

    def _fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(lined.line_of(node), sentence))

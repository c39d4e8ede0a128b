"""Ten answers about a firm, and the file that they may come in.

BadAnswers    the file cannot be used; ``faults`` say in which line, and why
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from yaml import Mark
from yaml.nodes import Node, ScalarNode, SequenceNode

from tocsin.disclosure import lined
from tocsin.disclosure.consent import Reviewer
from tocsin.disclosure.lined import Fault, Unreadable, listed
from tocsin.disclosure.policy_lines import LONGEST, Lines, shown, text_of

LONGEST_FILE = 16 * 1024
COUNTRY = re.compile(r"[A-Z]{2}")
NONE = "none"
NOBODY = "nobody"


class BadAnswers(Unreadable):
    """These are no answers; nothing of them is taken."""


class Field(StrEnum):
    """What the firm does: each has a preset."""

    SOFTWARE = "software"
    CONSUMER = "consumer"
    BANKING = "banking"
    HEALTH = "health"
    PUBLIC = "public"
    INTERNAL = "internal"


class Customers(StrEnum):
    """Who waits for the words."""

    FEW = "few"
    FIRMS = "firms"
    PEOPLE = "people"
    COLLEAGUES = "colleagues"


class Limit(StrEnum):
    """What a contract or an insurer forbids to admit."""

    NONE = "none"
    LIABILITY = "liability"
    FAULT = "fault"
    UNREAD = "unread"


class Regime(StrEnum):
    """Laws and rules that may ask for reports; which of them apply, counsel says."""

    GDPR = "gdpr"
    NIS2 = "nis2"
    DORA = "dora"
    HIPAA = "hipaa"
    SEC = "sec"
    PCI = "pci"
    OTHER = "other"


class Awake(StrEnum):
    """Who is awake at night."""

    NOBODY = "nobody"
    ONE = "one"
    TEAM = "team"


class Languages(StrEnum):
    """How the page's other languages come about."""

    ONE = "one"
    TOGETHER = "together"
    LATER = "later"


QUESTIONS = (
    *("field", "country", "customers", "admission", "notice"),
    *("insurer", "regimes", "night", "reviewers", "languages"),
)
CHOICES: Mapping[str, type[StrEnum]] = {
    "field": Field,
    "customers": Customers,
    "admission": Limit,
    "insurer": Limit,
    "regimes": Regime,
    "night": Awake,
    "reviewers": Reviewer,
    "languages": Languages,
}
SEVERAL: Mapping[str, str] = {"regimes": NONE, "reviewers": NOBODY}  # the word for none of them


@dataclass(frozen=True, slots=True)
class Answers:
    """The ten answers. ``presumed`` names those that nobody gave: the field's usual ones stand.

    ``country`` is a two-letter code, or empty; ``notice`` the shortest time within which a contract
    wants to be told, None where none does.
    """

    field: Field
    country: str
    customers: Customers
    admission: Limit
    notice: timedelta | None
    insurer: Limit
    regimes: tuple[Regime, ...]
    night: Awake
    reviewers: tuple[Reviewer, ...]
    languages: Languages
    presumed: frozenset[str] = frozenset()

    def said(self, question: str) -> str:
        """One answer, as a file has it."""
        told = getattr(self, question)
        if question == "notice":
            return shown(told) if told else NONE
        if question in SEVERAL:
            return f"[{', '.join(told)}]" if told else SEVERAL[question]
        return str(told) or NONE


def read(text: str) -> Answers:
    """The answers that a file gives. Raises BadAnswers with every fault, by line."""
    try:
        root = lined.composed(text, kind="file of answers", longest=LONGEST_FILE)
    except Unreadable as unreadable:
        raise BadAnswers(list(unreadable.faults)) from None
    reader = _Reader()
    return reader.whole(reader.answers(root) if root else {})


def typed(told: Mapping[str, str]) -> Answers:
    """Answers as they are typed or ticked; several of one question with commas between.

    What is empty is presumed. Raises BadAnswers, whose lines are the numbers of the questions.
    """
    reader = _Reader()
    given = {question: text for question in QUESTIONS if (text := told.get(question, "").strip())}
    return reader.whole(
        {question: reader.typed(question, text) for question, text in given.items()}
    )


def of(told: Mapping[str, Any]) -> Answers:
    """Answers of which some may be missing: there the field's usual ones stand."""
    usual = USUAL[told["field"]]
    return replace(usual, **told, presumed=frozenset(QUESTIONS) - told.keys())


class _Reader(Lines):
    """One reading of ten answers."""

    def whole(self, told: dict[str, Any]) -> Answers:
        if "field" not in told:
            self.faults.insert(0, Fault(1, f"Say the field: one of {listed(tuple(Field))}."))
        if self.faults:
            raise BadAnswers(self.faults)
        return of(told)

    def typed(self, question: str, text: str) -> Any:
        at = Mark("", 0, QUESTIONS.index(question), 0, None, 0)
        parts = text.split(",") if question in SEVERAL else [text]
        nodes = [ScalarNode("", part.strip(), at, at) for part in parts if part.strip()]
        return self._answer(question, SequenceNode("", nodes, at) if len(nodes) > 1 else nodes[0])

    def answers(self, root: Node) -> dict[str, Any]:
        told = self.parts(root, "A file of answers", QUESTIONS)
        return {question: self._answer(question, node) for question, node in told}

    def _answer(self, question: str, node: Node) -> Any:
        if question == "country":
            return self._country(node)
        if question == "notice":
            return None if text_of(node) == NONE else self.span(node, LONGEST)
        kind = CHOICES[question]
        known = tuple(kind)
        if question in SEVERAL:
            items = node.value if isinstance(node, SequenceNode) else [node]
            if [text_of(item) for item in items] == [SEVERAL[question]]:
                return ()
            chosen = {self.one_of(item, known, known[0], named="choice") for item in items}
            return tuple(one for one in kind if one in chosen)
        return kind(self.one_of(node, known, known[0], named="choice"))

    def _country(self, node: Node) -> str:
        text = text_of(node).upper()
        if text == NONE.upper() or COUNTRY.fullmatch(text):
            return "" if text == NONE.upper() else text
        self.fault(node, "A country is two letters, such as FR, or none.")
        return ""


_LEAD, _PRESS, _LAW, _SAFE = Reviewer
# What is usual in each field; whoever answers otherwise is believed.
USUAL: Mapping[Field, Answers] = {
    Field.SOFTWARE: Answers(
        field=Field.SOFTWARE,
        country="",
        customers=Customers.FIRMS,
        admission=Limit.UNREAD,
        notice=None,
        insurer=Limit.UNREAD,
        regimes=(Regime.GDPR,),
        night=Awake.ONE,
        reviewers=(_LEAD, _LAW),
        languages=Languages.LATER,
    ),
    Field.CONSUMER: Answers(
        field=Field.CONSUMER,
        country="",
        customers=Customers.PEOPLE,
        admission=Limit.NONE,
        notice=None,
        insurer=Limit.UNREAD,
        regimes=(Regime.GDPR,),
        night=Awake.ONE,
        reviewers=(_PRESS, _LAW),
        languages=Languages.TOGETHER,
    ),
    Field.BANKING: Answers(
        field=Field.BANKING,
        country="",
        customers=Customers.PEOPLE,
        admission=Limit.LIABILITY,
        notice=None,
        insurer=Limit.LIABILITY,
        regimes=(Regime.GDPR, Regime.DORA),
        night=Awake.TEAM,
        reviewers=(_LEAD, _PRESS, _LAW, _SAFE),
        languages=Languages.TOGETHER,
    ),
    Field.HEALTH: Answers(
        field=Field.HEALTH,
        country="",
        customers=Customers.FIRMS,
        admission=Limit.UNREAD,
        notice=None,
        insurer=Limit.LIABILITY,
        regimes=(Regime.GDPR, Regime.NIS2),
        night=Awake.TEAM,
        reviewers=(_LEAD, _LAW, _SAFE),
        languages=Languages.LATER,
    ),
    Field.PUBLIC: Answers(
        field=Field.PUBLIC,
        country="",
        customers=Customers.PEOPLE,
        admission=Limit.NONE,
        notice=None,
        insurer=Limit.NONE,
        regimes=(Regime.GDPR, Regime.NIS2),
        night=Awake.NOBODY,
        reviewers=(_PRESS, _LAW),
        languages=Languages.TOGETHER,
    ),
    Field.INTERNAL: Answers(
        field=Field.INTERNAL,
        country="",
        customers=Customers.COLLEAGUES,
        admission=Limit.NONE,
        notice=None,
        insurer=Limit.NONE,
        regimes=(),
        night=Awake.NOBODY,
        reviewers=(),
        languages=Languages.LATER,
    ),
}

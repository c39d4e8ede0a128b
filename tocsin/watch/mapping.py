"""Which component an alert is about: a hook's own rules first, then what labels say. Pure.

CannotMap    a rule cannot be read; says what is expected
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tocsin.catalogue.tree import Node, State, Tree

# Labels that name a component by themselves, the first that leads to one counts. The first is the
# convention of prometheus-alerts-to-statuspage, whose rules people have already.
NAMING = ("statuspageComponentId", "statuspageComponentName", "component", "service")
_RULE = re.compile(r"\s*(?P<label>[^\s=]+)=(?P<pattern>.*?)\s*->\s*(?P<about>\S+)\s*")
MOST_RULES = 200
NOBODY = "-"


class CannotMap(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Rule:
    """``label=pattern -> component`` or ``label=pattern -> component:state``.

    ``*`` and ``?`` stand for any characters. A rule whose component is ``-`` keeps alerts out of
    every draft; they are recorded all the same.
    """

    label: str
    pattern: str
    component: str
    state: State | None = None

    def __str__(self) -> str:
        state = f":{self.state}" if self.state else ""
        return f"{self.label}={self.pattern} -> {self.component}{state}"

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels are meant; letters are alike, large or small."""
        said = labels.get(self.label)
        return said is not None and fnmatchcase(said.casefold(), self.pattern.casefold())


def rule(text: str) -> Rule:
    """Read one rule. Raises CannotMap."""
    found = _RULE.fullmatch(text)
    if found is None:
        raise CannotMap(f"{text.strip()!r} is no rule. Say label=value -> component.")
    component, _, state = found["about"].partition(":")
    if state and state not in list(State):
        raise CannotMap(f"{state!r} is no state. Say one of: {', '.join(State)}.")
    return Rule(found["label"], found["pattern"], component, State(state) if state else None)


def rules(texts: Iterable[str], tree: Tree) -> list[Rule]:
    """Read a hook's rules, whose components must be on the page. Raises CannotMap."""
    found = [rule(text) for text in texts if text.strip()]
    if len(found) > MOST_RULES:
        raise CannotMap(f"A hook has at most {MOST_RULES} rules; use * for what is alike.")
    for one in found:
        if one.component != NOBODY and tree.find(one.component) is None:
            raise CannotMap(f"No component {one.component!r} on this page.")
    return found


@dataclass(frozen=True, slots=True)
class About:
    """What an alert is about. Without ``component`` nobody can tell; ``is_left_out`` by a rule."""

    component: str = ""
    state: State | None = None
    is_left_out: bool = False


def about(labels: Mapping[str, str], rules: Iterable[Rule], tree: Tree) -> About:
    """The component that labels speak of, by its id."""
    for one in rules:
        if one.fits(labels):
            node = tree.find(one.component)
            if one.component == NOBODY or node is not None:
                return About(node.id if node else "", one.state, is_left_out=node is None)
    named = (_named(labels[label], tree) for label in NAMING if labels.get(label))
    return next((About(node.id) for node in named if node), About())


def _named(said: str, tree: Tree) -> Node | None:
    told = said.strip()
    return tree.find(told) or next((n for n in tree if _is_called(n, told.casefold())), None)


def _is_called(node: Node, told: str) -> bool:
    own = {node.slug, node.name.casefold(), *(w.name.casefold() for w in node.words.values())}
    return told in own

"""What a last word must not lack (R-22, R-50), by severity, as the policy has it. Pure.

It never silences anybody: whoever says why a word goes out without it is not held up.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from yaml.nodes import Node, SequenceNode

from tocsin.disclosure.policy_lines import Lines
from tocsin.disclosure.severity import Severity


class Element(StrEnum):
    """One thing that readers of a last word wait for."""

    START = "start"
    EFFECT = "effect"
    LINGERING = "lingering"
    DATA = "data"
    ACTION = "action"
    ACCOUNT = "account"


Closings = Mapping[Severity, tuple[Element, ...]]
# What the coach calls the same, where words of one's own may say it; what may linger it cannot
# tell from words.
CHECKS = {
    Element.START: "since",
    Element.EFFECT: "effect",
    Element.DATA: "data_statement",
    Element.ACTION: "customer_action",
    Element.ACCOUNT: "account_due",
}
# Those whose accounts are owed by a day end with all of it.
USUALLY: Closings = {
    Severity.SEV1: tuple(Element),
    Severity.SEV2: tuple(Element),
    Severity.SEV3: (),
    Severity.SEV4: (),
}


def read(lines: Lines, node: Node | None) -> Closings:
    """The part “closing” of a policy."""
    if node is None:
        return USUALLY
    told = dict(lines.parts(node, "“closing”", tuple(case.value for case in Severity)))
    return {
        case: _read(lines, told[case.value]) if case.value in told else usual
        for case, usual in USUALLY.items()
    }


def _read(lines: Lines, node: Node) -> tuple[Element, ...]:
    known = tuple(element.value for element in Element)
    if not isinstance(node, SequenceNode):
        lines.fault(node, f"What a last word tells is a list, such as [{', '.join(known[:3])}].")
        return ()
    told = {lines.one_of(item, known, "", named="part of a last word") for item in node.value}
    return tuple(element for element in Element if element.value in told)


def written(closings: Closings) -> Iterator[str]:
    """The lines that :func:`read` gives back; none where all is as usual."""
    told = {case: asked for case, asked in closings.items() if asked != USUALLY[case]}
    if not told:
        return
    yield "closing: # what a last word must not lack, unless its author says why"
    for case, asked in told.items():
        yield f"  {case}: [{', '.join(asked)}]"

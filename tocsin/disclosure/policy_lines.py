"""Reading a policy's file line by line: parts, lengths of time, and what is wrong where. Pure."""

import re
from collections.abc import Iterator
from datetime import timedelta

from yaml.nodes import MappingNode, Node, ScalarNode

from tocsin.disclosure import lined
from tocsin.disclosure.lined import Fault, listed

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=14)
SPAN = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?")


class Lines:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def parts(self, node: Node, name: str, known: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
        """The parts of a mapping by name; what is not known is a fault, and so is a second one."""
        if not isinstance(node, MappingNode):
            self.fault(node, f"{name} has parts: {listed(known)}.")
            return
        seen: set[str] = set()
        for key, value in node.value:
            called = key.value if isinstance(key, ScalarNode) else "this"
            if called not in known:
                self.fault(key, f"{name} has no part “{called}”. It has {listed(known)}.")
            elif called in seen:
                self.fault(key, f"“{called}” is said twice.")
            else:
                seen.add(called)
                yield called, value

    def span(self, node: Node, usual: timedelta) -> timedelta:
        """A length of time; ``usual`` where it is none."""
        text = text_of(node)
        match = SPAN.fullmatch(text)
        if not match or not any(match.groups()):
            named = f"“{text}” is no length of time" if text else "A length of time is missing"
            self.fault(node, f"{named}. Say it as 20m, 2h or 1h30m.")
            return usual
        days, hours, minutes = (int(part or 0) for part in match.groups())
        span = timedelta(days=days, hours=hours, minutes=minutes)
        if not SHORTEST <= span <= LONGEST:
            self.fault(
                node,
                f"“{text}” is too {'short' if span < SHORTEST else 'long'}: "
                f"from {shown(SHORTEST)} to {shown(LONGEST)}.",
            )
            return usual
        return span

    def one_of(self, node: Node, known: tuple[str, ...], usual: str, *, named: str) -> str:
        """One of a few words; ``usual`` where it is none of them."""
        text = text_of(node)
        if text in known:
            return text
        told = f"“{text}” is no {named}." if text else f"A {named} is missing."
        self.fault(node, f"{told} It is one of {listed(known)}.")
        return usual

    def fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(lined.line_of(node), sentence))


def text_of(node: Node) -> str:
    """What a scalar says; nothing for what is none."""
    return node.value.strip() if isinstance(node, ScalarNode) else ""


def shown(span: timedelta) -> str:
    """A length of time as a policy has it: "20m", "1h30m", "3d"."""
    minutes = int(span.total_seconds()) // 60
    counts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m"))
    return "".join(f"{count}{unit}" for count, unit in counts if count) or "0m"

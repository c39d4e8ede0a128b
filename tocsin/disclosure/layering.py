"""Which layers of a word go where: the page shows all, mails and rooms as far as is asked. Pure.

Whoever is told the headline alone has the link to the whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from yaml.nodes import Node

from tocsin.disclosure.policy_lines import Lines
from tocsin.disclosure.severity import Severity


class Medium(StrEnum):
    """Where a word is sent, as people read it there."""

    MAIL = "mail"
    CHAT = "chat"


class Depth(StrEnum):
    """The last layer that goes along (R-21)."""

    HEADLINE = "headline"  # with the phase, the next word owed, and the link
    BODY = "body"
    DETAILS = "details"


Depths = Mapping[Medium, Depth]
USUALLY: Depths = dict.fromkeys(Medium, Depth.BODY)


@dataclass(frozen=True, slots=True)
class Layering:
    """How far words go along into each medium, by severity."""

    depths: Mapping[Severity, Depths]

    def depth(self, severity: Severity, medium: Medium) -> Depth:
        return self.depths[severity][medium]


AS_USUAL = Layering(dict.fromkeys(Severity, USUALLY))


def read(lines: Lines, node: Node | None) -> Layering:
    """The part “layers” of a policy."""
    if node is None:
        return AS_USUAL
    told = dict(lines.parts(node, "“layers”", tuple(severity.value for severity in Severity)))
    return Layering({case: _read(lines, told.get(case.value)) for case in Severity})


def _read(lines: Lines, node: Node | None) -> Depths:
    if node is None:
        return USUALLY
    known = tuple(depth.value for depth in Depth)
    told = dict(lines.parts(node, "A severity’s layers", tuple(one.value for one in Medium)))
    return {
        medium: Depth(lines.one_of(told[medium], known, Depth.BODY, named="layer of a word"))
        if medium in told
        else Depth.BODY
        for medium in Medium
    }


def written(layering: Layering) -> Iterator[str]:
    """The lines that :func:`read` gives back; none where all is as usual."""
    told = {case: depths for case, depths in layering.depths.items() if depths != USUALLY}
    if not told:
        return
    yield "layers: # how far a word goes along: headline, body or details; the page shows all"
    for case, depths in told.items():
        named = ", ".join(f"{medium}: {depth}" for medium, depth in depths.items())
        yield f"  {case}: {{{named}}}"

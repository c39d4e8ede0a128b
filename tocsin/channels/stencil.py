"""A message built once for many readers: bytes with holes, filled per reader by a single join.

A hole is written into the words as an ASCII stand-in of the length that its value will have, so
that lines keep their length.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

_FORBIDDEN = re.compile(rb"[\r\n\x00]")


class CannotBuild(ValueError):
    """A message that would break the rules of its medium; the message says which."""


@dataclass(frozen=True, slots=True)
class Holes:
    """The stand-ins of one message; the nonce keeps anybody's words from faking one."""

    lengths: Mapping[str, int]
    nonce: str = field(default_factory=lambda: secrets.token_hex(3))

    def stand_in(self, name: str) -> str:
        """ASCII of exactly the value's length; raises CannotBuild under 10 or over 900."""
        length = self.lengths[name]
        start = f"Q{self.nonce}{sorted(self.lengths).index(name):x}"
        if not len(start) < length <= 900:
            raise CannotBuild(f"A hole of {length} characters does not fit ({name}).")
        return start.ljust(length, "q")


@dataclass(frozen=True, slots=True)
class Stencil:
    """A message's bytes, cut at its holes."""

    cut: tuple[bytes, ...]
    holes: tuple[tuple[int, str], ...]

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The message of one reader; raises CannotBuild when a value holds a line break."""
        if _FORBIDDEN.search(b"\x01".join(values.values())):
            raise CannotBuild("A value that goes into a message holds a line break.")
        parts = list(self.cut)
        for index, name in self.holes:
            parts[index] = values[name]
        return b"".join(parts)


def cut(wire: bytes, holes: Holes) -> Stencil:
    """Cut a whole message at the stand-ins in it."""
    names = {holes.stand_in(name).encode(): name for name in holes.lengths}
    if not names:
        return Stencil(cut=(wire,), holes=())
    parts = re.split(b"(" + b"|".join(re.escape(name) for name in names) + b")", wire)
    found = tuple((index, names[part]) for index, part in enumerate(parts) if part in names)
    return Stencil(cut=tuple(parts), holes=found)

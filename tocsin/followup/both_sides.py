"""An account as it is read from both sides: all of it, and what readers would be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.disclosure import outline, withholding
from tocsin.disclosure.withholding import Withheld


@dataclass(frozen=True, slots=True)
class Side:
    """One language of an account. ``public`` is empty while a mark keeps it from being shown.

    ``left`` are the parts that are still to be written or missing; ``faults`` what is wrong with
    the marks. A sentence each.
    """

    language: str
    source: str
    inside: str
    public: str
    withheld: tuple[Withheld, ...]
    faults: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults and not self.left


def read(sources: Mapping[str, str]) -> list[Side]:
    """Each language that something is written in, as it would be read. Pure."""
    return [_side(code, source) for code, source in sources.items() if source.strip()]


def _side(code: str, source: str) -> Side:
    faults = tuple(withholding.faults(source, code))
    return Side(
        language=code,
        source=source,
        inside=withholding.inside(source),
        public="" if faults else withholding.public(source, code),
        withheld=withholding.withheld(source),
        faults=faults,
        left=tuple(outline.faults(source, code)),
    )

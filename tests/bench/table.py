"""What a bench reports, and how it is printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what was seen, what is wanted, and whether it holds (None: it only informs)."""

    measure: str
    seen: str
    target: str = ""
    holds: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "holds", False: "MISSED"}[self.holds]


def printed(rows: Iterable[Row]) -> str:
    """A plain table of rows."""
    lines = [("measure", "seen", "target", "verdict")]
    lines += [(row.measure, row.seen, row.target, row.verdict) for row in rows]
    return aligned(lines)


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells under each other, with a rule under the first."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    told = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([told[0], "-" * max(map(len, told)), *told[1:]])


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; ``share`` between 0 and 1."""
    ordered = sorted(samples)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"

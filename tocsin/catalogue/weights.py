"""How much of the time that something is in trouble counts as down. Frozen values, pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tocsin.catalogue.tree import State

WHOLE = 1000  # a time that counts in full
STATES = {"major": State.MAJOR, "partial": State.PARTIAL, "degraded": State.DEGRADED}


class NoWeight(ValueError):
    """The message says which text is no weight."""


@dataclass(frozen=True, slots=True)
class Weights:
    """In thousandths, so that sums are exact. Planned work never counts."""

    major: int = WHOLE
    partial: int = 300
    degraded: int = 0

    def of(self, state: State) -> int:
        if state == State.MAJOR:
            return self.major
        if state == State.PARTIAL:
            return self.partial
        return self.degraded if state == State.DEGRADED else 0

    @property
    def spelled(self) -> dict[str, str]:
        """By name, as operators write them: "1", "0.3", "0"."""
        return {name: spell(getattr(self, name)) for name in STATES}


USUAL = Weights()


def read(told: Mapping[str, object]) -> Weights:
    """The weights that a page keeps: those that differ from the usual ones."""
    found = {name: told[name] for name in STATES if name in told}
    return Weights(**{n: kept for n, kept in found.items() if type(kept) is int and _is_fit(kept)})


def _is_fit(weight: int) -> bool:
    return 0 <= weight <= WHOLE


def kept(weights: Weights) -> dict[str, int]:
    """What a page has to keep of its weights."""
    usual = asdict(USUAL)
    return {name: told for name, told in asdict(weights).items() if told != usual[name]}


def thousandths(text: str) -> int:
    """ "0.3", "0,3" or "30 %" as 300. Raises NoWeight."""
    told = text.strip().replace(",", ".")
    is_percent = told.endswith("%")
    whole, _, part = told.removesuffix("%").strip().partition(".")
    part = part.rstrip("0")
    digits = 1 if is_percent else 3
    if not _are_digits(whole + part) or len(part) > digits or len(whole) > 3:
        raise NoWeight(text)
    found = int((whole or "0") + part.ljust(digits, "0"))
    if not _is_fit(found):
        raise NoWeight(text)
    return found


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def spell(thousandths: int) -> str:
    """300 as "0.3"."""
    whole, part = divmod(thousandths, WHOLE)
    return f"{whole}.{part:03}".rstrip("0").rstrip(".")

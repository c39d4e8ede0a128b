"""Whether an apology is whole (R-32): which elements it has, by weight. Pure."""

from collections.abc import Callable, Mapping

from tocsin.disclosure.coach import elements
from tocsin.disclosure.coach.elements import Looked
from tocsin.disclosure.coach.values import Apology

WEIGHTS = {
    "responsibility": 3,
    "repair": 2,
    "explanation": 1,
    "regret": 1,
    "forbearance": 1,
    "harm": 1,
}
FOUND: Mapping[str, Callable[[Looked], bool]] = {
    name: elements.ANSWERS[name] for name in WEIGHTS if name in elements.ANSWERS
}


def completeness(looked: Looked) -> Apology | None:
    """The sum of what is there, and what is not; None where no apology is due yet."""
    if not {"resolved", "account"} & looked.context.moments:
        return None
    lacking = tuple(name for name in WEIGHTS if not _is_there(name, looked))
    score = sum(weight for name, weight in WEIGHTS.items() if name not in lacking)
    return Apology(score, sum(WEIGHTS.values()), lacking)


def _is_there(name: str, looked: Looked) -> bool:
    if name in looked.context.filled:
        return True
    found = FOUND.get(name)
    return found(looked) if found else looked.is_said(name)

"""Remembering what was made of what: of many words only the newest is new. Pure."""

from collections.abc import Callable, Hashable
from typing import Generic, ParamSpec, TypeVar

Made = TypeVar("Made")
Told = ParamSpec("Told")
MOST = 10_000


class Kept(Generic[Made]):
    """Things by name, each with what it was made of: of anything else it is made anew.

    So a name that is not quite enough costs time, and never shows anybody the wrong words.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, tuple[object, Made]] = {}

    def get(
        self,
        name: Hashable,
        of: object,
        make: Callable[Told, Made],
        *told: Told.args,
        **named: Told.kwargs,
    ) -> Made:
        known = self._made.get(name)
        if known and known[0] == of:
            return known[1]
        if len(self._made) >= MOST:
            self._made.clear()
        made = make(*told, **named)
        self._made[name] = of, made
        return made

    def __len__(self) -> int:
        return len(self._made)

    def forget(self) -> None:
        self._made.clear()

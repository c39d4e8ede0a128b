"""Work of which one piece in trouble must not keep the others waiting."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

import structlog
from django.db import transaction

log = structlog.get_logger("tocsin.followup")


class Named(Protocol):
    """A row's value, by whose id a failure is known."""

    @property
    def id(self) -> str: ...


Piece = TypeVar("Piece", bound=Named)


def sum_of(act: Callable[[Piece], int], pieces: Iterable[Piece]) -> int:
    """Do each piece in a transaction of its own; answers what they come to together.

    What fails is undone and logged, and the others are done. Raises the first failure once all
    were tried, so that the worker's lane counts it too.
    """
    done, faults = 0, []
    for piece in pieces:
        try:
            with transaction.atomic():
                done += act(piece)
        except Exception as fault:  # whatever it is, it is this piece's alone
            log.exception("piece failed", act=act.__module__, of=piece.id, reason=str(fault))
            faults.append(fault)
    if faults:
        raise faults[0]
    return done

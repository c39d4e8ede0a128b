"""Many calls, one commit: while one is being written, others that come gather for the next.

SQLite waits for the disk at each commit, and has one writer: a burst of calls would stand in line
for as many waits. Nobody is answered before the commit that holds what they told.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Share(Generic[T, R]):
    """What one call brings, and what came of it."""

    brought: T
    is_done: bool = False
    came: R | None = None
    error: Exception | None = None


class Together(Generic[T, R]):
    """Does for many at once what threads bring meanwhile. Safe to use from any thread.

    ``work`` is given what was brought, in order, and answers for each.
    """

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._gathering, self._working = threading.Lock(), threading.Lock()
        self._waiting: list[_Share[T, R]] = []

    def add(self, brought: T) -> R:
        """Return what came of it once it is committed; raises what kept it from that."""
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            return self._work([brought])[0]  # many may write, or the caller's commit decides
        share: _Share[T, R] = _Share(brought)
        with self._gathering:
            self._waiting.append(share)
        with self._working:
            if not share.is_done:  # nobody took it along while we waited
                self._work_for_all()
        if share.error is not None:
            raise share.error
        assert share.came is not None
        return share.came

    def _work_for_all(self) -> None:
        with self._gathering:
            shares, self._waiting = self._waiting, []
        try:
            self._done(shares)
        except Exception as error:
            self._one_by_one(shares, error)
        except BaseException:
            for share in shares:
                share.error = RuntimeError("The process ends before it could be written down.")
            raise
        finally:
            for share in shares:
                share.is_done = True

    def _done(self, shares: Sequence[_Share[T, R]]) -> None:
        answers = self._work([share.brought for share in shares])
        for share, came in zip(shares, answers, strict=True):
            share.came = came

    def _one_by_one(self, shares: Sequence[_Share[T, R]], error: Exception) -> None:
        """What one of them brought may have failed them all: then each answers for itself."""
        for share in shares:
            share.error = error
            if len(shares) > 1:
                try:
                    self._done([share])
                    share.error = None
                except Exception as own:
                    share.error = own

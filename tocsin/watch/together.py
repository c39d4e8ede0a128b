"""Many calls, one commit: while one is being written, others that come gather for the next.

SQLite waits for the disk at each commit, and has one writer: a burst of calls would stand in line
for as many waits. Nobody is answered before the commit that holds what they told.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tocsin.watch.models import Signal

Write = Callable[[Sequence[Signal], Mapping[str, datetime]], None]


@dataclass(slots=True)
class _Share:
    """What one call brings, and what came of it."""

    fresh: Sequence[Signal]
    used: Mapping[str, datetime]
    is_done: bool = False
    error: Exception | None = None


class Together:
    """Writes what threads bring, as much at once as has gathered. Safe to use from any thread."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._gathering, self._writing = threading.Lock(), threading.Lock()
        self._waiting: list[_Share] = []

    def add(self, fresh: Sequence[Signal], used: Mapping[str, datetime]) -> None:
        """Return once it is committed; raises what kept it from that."""
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            self._write(fresh, used)  # many may write, or the caller's commit decides
            return
        share = _Share(fresh, used)
        with self._gathering:
            self._waiting.append(share)
        with self._writing:
            if not share.is_done:  # nobody took it along while we waited
                self._write_all()
        if share.error is not None:
            raise share.error

    def _write_all(self) -> None:
        with self._gathering:
            shares, self._waiting = self._waiting, []
        try:
            fresh = [signal for share in shares for signal in share.fresh]
            used = {hook_id: at for share in shares for hook_id, at in share.used.items()}
            self._write(fresh, used)
        except Exception as error:
            self._one_by_one(shares, error)
        except BaseException:
            for share in shares:
                share.error = RuntimeError("The process ends before it could be written down.")
            raise
        finally:
            for share in shares:
                share.is_done = True

    def _one_by_one(self, shares: list[_Share], error: Exception) -> None:
        """What one of them brought may have failed them all: then each answers for itself."""
        for share in shares:
            share.error = error
            if len(shares) > 1:
                try:
                    self._write(share.fresh, share.used)
                    share.error = None
                except Exception as own:
                    share.error = own

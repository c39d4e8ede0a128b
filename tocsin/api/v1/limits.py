"""How many calls a key may make: so many in any sixty seconds, counted by this process.

In memory, because a row for each call would cost more than what it guards.
"""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(seconds=60)
MOST_KEYS = 10_000  # counted at once; then those that rest are forgotten

_calls: dict[str, deque[datetime]] = {}
_lock = Lock()


def wait_of(key_id: str, *, most: int, at: datetime) -> int:
    """Count a call; 0 where it may go on, else the whole seconds until one may. 0 as ``most``: any.

    A refused call is not counted: whoever goes on asking is let in again all the same.
    """
    if not most:
        return 0
    with _lock:
        made = _calls.setdefault(key_id, deque())
        while made and at - made[0] >= WINDOW:
            made.popleft()
        if len(made) >= most:
            return max(1, int((made[0] + WINDOW - at).total_seconds() + 0.999))
        made.append(at)
        if len(_calls) > MOST_KEYS:
            _forget_the_resting(at)
        return 0


def _forget_the_resting(at: datetime) -> None:
    for key_id in [key for key, made in _calls.items() if not made or at - made[-1] >= WINDOW]:
        del _calls[key_id]


def forget() -> None:
    """Let nobody have called yet."""
    with _lock:
        _calls.clear()

"""Hundreds of thousands of small values come to be while a record is scored, and none goes: looking
for cycles among them, again and again, took a sixth of the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Let nobody look for cycles meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What came to be is old at once: to look through it, newly made as it is, takes as long as
        # a tenth of making it. Not where others froze what they share.
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if was_on:
            gc.enable()

"""What to do next: the whole data flow on one screen.

Three lanes, each a loop of its own (and a process of its own where one can be had), so that a slow
mail server can never delay the bell. Order holds within a lane. Each entry is ``(at) -> int``, the
units done: idempotent, and safe to kill at any line. What is pending is a row, so nothing is handed
from one entry to the next.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from tocsin.journal import chain

Entry = Callable[[datetime], int]
Lane = tuple[Entry, ...]


def seal(at: datetime) -> int:
    """Seal the journal, and keep the chain's end outside the database."""
    sealed = chain.seal(at)
    if sealed:
        chain.keep_anchor(settings.TOCSIN.data_dir / "journal.anchor")
    return sealed


WORDS: Lane = ()  # no network: nothing may delay these
NETWORK: Lane = ()
HOUSEKEEPING: Lane = (seal,)

LANES: dict[str, Lane] = {"words": WORDS, "network": NETWORK, "housekeeping": HOUSEKEEPING}

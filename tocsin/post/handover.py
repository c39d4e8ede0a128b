"""Handing claimed messages to a channel: sending and settling at once, never far apart.

Of what was sent, at most ``CHUNK`` messages are being settled while ``CHUNK`` more are on their
way: that many may be sent twice if this process is killed, and never more.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.registry import Channel
from tocsin.post import claims
from tocsin.post.claims import Claim, Queue, Settlement
from tocsin.post.models import Outcome

CHUNK = 25
RENEWED_EVERY = 3.0  # seconds, well under the lease
Answer = Receipt | ChannelError


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message and the rows that it settles."""

    rows: tuple[Claim, ...]
    message: Message


@dataclass(slots=True)
class Handover:
    """Claimed rows on their way; ``at`` is when they were claimed.

    ``settled`` is called with each parcel and its answer, in the settling transaction's wake.
    """

    queue: Queue
    channel: Channel
    at: datetime
    held: dict[int, datetime]
    settled: Callable[[Parcel, Answer, datetime], None] = lambda parcel, answer, at: None
    lease: timedelta = claims.LEASE
    _began: float = field(default_factory=time.monotonic)
    _renewed: float = field(default_factory=time.monotonic)

    def run(self, parcels: Iterable[Parcel]) -> int:
        """Send and settle everything that stays ours; answers how many rows were settled."""
        done = 0
        before: tuple[Sequence[Parcel], Sequence[Answer]] | None = None
        chunks = _chunks(iter(parcels))
        chunk = next(chunks, None)
        with ThreadPoolExecutor(1, "handover") as sender:
            while chunk is not None:
                ours = [parcel for parcel in chunk if self._is_ours(parcel)]
                sending = sender.submit(self.channel.send_batch, [p.message for p in ours])
                if before is not None:
                    done += self._settle(*before)
                chunk = next(chunks, None)  # composed while the one before is on its way
                before = ours, self._answers(sending)
        return done + (self._settle(*before) if before is not None else 0)

    @property
    def now(self) -> datetime:
        """The caller's time, moved on by what has passed since."""
        return self.at + timedelta(seconds=time.monotonic() - self._began)

    def _is_ours(self, parcel: Parcel) -> bool:
        return all(row.id in self.held for row in parcel.rows)

    def _answers(self, sending: Future[list[Answer]]) -> list[Answer]:
        while wait_for([sending], timeout=RENEWED_EVERY).not_done:
            self._renew()
        if time.monotonic() - self._renewed > RENEWED_EVERY:
            self._renew()
        return sending.result()

    def _renew(self) -> None:
        """Hold on to every row that is not settled yet, and forget those that were taken over."""
        until = self.now + self.lease
        kept: dict[int, datetime] = {}
        for held in set(self.held.values()):
            ids = [key for key, value in self.held.items() if value == held]
            still = claims.renew(self.queue, ids, held=held, until=until)
            kept |= dict.fromkeys(still, until)
        self.held = kept
        self._renewed = time.monotonic()

    def _settle(self, parcels: Sequence[Parcel], answers: Sequence[Answer]) -> int:
        at = self.now
        pairs = list(zip(parcels, answers, strict=True))
        rows = [row for parcel, answer in pairs for row in self._settlements(parcel, answer, at)]
        done = claims.settle(self.queue, rows, at=at)
        for row in rows:
            self.held.pop(row.id, None)
        for parcel, answer in pairs:
            self.settled(parcel, answer, at)
        return done

    def _settlements(self, parcel: Parcel, answer: Answer, at: datetime) -> Iterator[Settlement]:
        luck = random.random()  # the same for all rows of one parcel, so that they stay together
        for claimed in parcel.rows:
            held = self.held.get(claimed.id, claimed.held)
            row = claimed if held is claimed.held else replace(claimed, held=held)
            yield settlement(row, answer, at=at, luck=luck)


def settlement(
    row: Claim, answer: Answer, *, at: datetime, luck: float, waits: Sequence[timedelta] = ()
) -> Settlement:
    """What an answer makes of a claimed row."""
    if isinstance(answer, Receipt):
        return Settlement(
            row.id, row.held, row.attempts, None, Outcome.DELIVERED, "", answer.detail
        )
    return claims.failed(
        row,
        reason=answer.reason,
        permanent=answer.permanent,
        retry_after=answer.retry_after,
        at=at,
        luck=luck,
        waits=waits,
    )


def _chunks(parcels: Iterator[Parcel]) -> Iterator[list[Parcel]]:
    while chunk := list(islice(parcels, CHUNK)):
        yield chunk

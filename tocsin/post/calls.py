"""Calls to others' machines, on their way while the worker's lane goes on.

Each far side may be quick, slow or dead, so none is waited for: what came back is settled at the
next turn, and its place is free for another. At most ``AT_ONCE`` are on their way; that many may
be made twice if this process is killed, and never more. A host has a share of the places, and one
that fails has a single one until it answers again.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.channels.message import ChannelError
from tocsin.channels.registry import CallingChannel
from tocsin.channels.targets import host_of
from tocsin.post import claims
from tocsin.post.claims import Queue, Settlement
from tocsin.post.handover import Answer, Parcel, settlement

AT_ONCE = 64
LEASE = timedelta(seconds=90)  # longer than any call lasts, what follows in it included
GLANCE = 0.05  # seconds in which a turn with nothing else to do waits for an answer
PATIENCE = 2.0  # seconds that an ending process waits for answers
MACHINES = ("webhook",)  # told by the plan for machines; people in a chat by the one for mail


@dataclass(frozen=True, slots=True)
class Call:
    """One parcel on its way to one host."""

    parcel: Parcel
    channel: str
    host: str


@dataclass(frozen=True, slots=True)
class Came:
    """A call and its answer."""

    call: Call
    answer: Answer


@dataclass
class Calls:
    """What one process has on its way out of one queue."""

    queue: Queue
    _going: "dict[Future[Answer], Call]" = field(default_factory=dict)
    _hosts: Counter[str] = field(default_factory=Counter)
    _failing: set[str] = field(default_factory=set)
    _at_once: dict[str, int] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many more may leave now."""
        return max(0, AT_ONCE - len(self._going))

    @property
    def is_under_way(self) -> bool:
        return bool(self._going)

    def full_hosts(self) -> list[str]:
        """Hosts that get no further call for now."""
        return sorted(host for host in self._hosts if not self.takes(host))

    def takes(self, host: str) -> bool:
        """Whether a host may be called once more now."""
        if not self._hosts[host]:
            return True
        return self._hosts[host] < (1 if host in self._failing else self._at_once[host])

    def begin(self, parcel: Parcel, channel: CallingChannel) -> bool:
        """Send a parcel, unless its host has all the calls that it gets at a time."""
        host = host_of(parcel.message.to)
        # Where two channels call one host, its share is the smaller one while a call lasts.
        self._at_once[host] = min(self._at_once.get(host, channel.at_once), channel.at_once)
        if not self.takes(host):
            return False
        self._hosts[host] += 1
        self._going[channel.begin(parcel.message)] = Call(parcel, channel.name, host)
        return True

    def came(self, *, within: float = 0.0, wait_for_all: bool = False) -> list[Came]:
        """Take what came back, waiting for the first of it (or for all) where told to."""
        if not self._going:
            return []
        until = ALL_COMPLETED if wait_for_all else FIRST_COMPLETED
        done = wait_for(list(self._going), timeout=within, return_when=until).done
        return [self._taken(one) for one in done]

    def _taken(self, future: "Future[Answer]") -> Came:
        call = self._going.pop(future)
        self._leave(call.host)
        answer = _answer(future)
        if isinstance(answer, ChannelError) and not answer.permanent:
            self._failing.add(call.host)
        else:
            self._failing.discard(call.host)
        return Came(call, answer)

    def _leave(self, host: str) -> None:
        self._hosts[host] -= 1
        if not self._hosts[host]:  # forget hosts with none on their way
            del self._hosts[host], self._at_once[host]

    def settle(self, came: Sequence[Came], *, at: datetime) -> int:
        """Write down what the answers mean; answers how many rows were settled."""
        return claims.settle(
            self.queue, [row for one in came for row in _settlements(one, at)], at=at
        )


def _answer(future: "Future[Answer]") -> Answer:
    if future.cancelled():
        return ChannelError("The worker stopped before there was an answer.", permanent=False)
    if (fault := future.exception()) is not None:
        # What nobody foresaw must not stay on its way for ever; its kind says what to mend.
        return ChannelError(f"The call failed: {type(fault).__name__}.", permanent=False)
    return future.result()


def _settlements(came: Came, at: datetime) -> Iterator[Settlement]:
    luck = random.random()  # the same for all rows of one parcel, so that they stay together
    waits = claims.FOR_MACHINES if came.call.channel in MACHINES else ()
    for row in came.call.parcel.rows:
        yield settlement(row, came.answer, at=at, luck=luck, waits=waits)

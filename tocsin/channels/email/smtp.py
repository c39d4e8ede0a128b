"""The pipelined sender: a few connections kept open, on a thread of their own."""

import asyncio
import threading
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import uvloop

from tocsin.channels.email.conversation import Conversation, Job
from tocsin.channels.email.relay import Relay
from tocsin.channels.email.verdict import Answer, CannotTalk
from tocsin.channels.email.wire import ConnectionLost
from tocsin.channels.message import ChannelError, Message

T = TypeVar("T")

IDLE_FOR = 20.0  # seconds; most relays hang up on the silent after a minute or more
MAILS_A_CONNECTION = 4  # a batch this small is not worth another connection


class Sender:
    """Hands batches to one relay; safe to call from any thread, one batch at a time."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._idle: list[Conversation] = []
        self._leaving: asyncio.TimerHandle | None = None

    def send_batch(self, messages: Sequence[Message]) -> list[Answer]:
        """Hand the messages over; one answer each, in their order."""
        with self._lock:
            return self._run(self._send(messages))

    def close(self) -> None:
        """Leave every connection, and end the thread."""
        with self._lock:
            if self._loop is None or self._thread is None:
                return
            self._run(self._leave())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self._loop = self._thread = None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            self._loop = uvloop.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="smtp", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _send(self, messages: Sequence[Message]) -> list[Answer]:
        jobs = [Job(message) for message in messages]
        queue = deque(jobs)
        if self._leaving is not None:
            self._leaving.cancel()
        workers = min(self.relay.connections, -(-len(jobs) // MAILS_A_CONNECTION))
        trouble = await self._work(queue, workers)
        loop = asyncio.get_running_loop()
        self._leaving = loop.call_later(IDLE_FOR, lambda: loop.create_task(self._leave()))
        return [job.answer or _unsent(job, trouble) for job in jobs]

    async def _work(self, queue: deque[Job], workers: int) -> str:
        """Empty the queue, in a bounded time; answers why what is left could not be sent."""
        troubles: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(6 * self.relay.timeout):
                troubles = await asyncio.gather(*(self._worker(queue) for _ in range(workers)))
        return next(filter(None, troubles), "There was no time to send it.")

    async def _worker(self, queue: deque[Job]) -> str:
        while queue:
            try:
                talk = await self._talk()
            except CannotTalk as error:
                return str(error)
            try:
                await talk.work(queue)
            except ConnectionLost:
                talk.wire.close()
            except asyncio.CancelledError:
                talk.wire.close()
                raise
            else:
                self._idle.append(talk)
        return ""

    async def _talk(self) -> Conversation:
        while self._idle:
            talk = self._idle.pop()
            if talk.wire.is_open and not talk.wire.has_unread:
                return talk
            talk.wire.close()
        return await Conversation.open(self.relay)

    async def _leave(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None
        leaving, self._idle = self._idle, []
        await asyncio.gather(*(talk.leave() for talk in leaving))


def _unsent(job: Job, trouble: str) -> ChannelError:
    if job.is_body_sent:
        return ChannelError(
            "Whether it arrived is not known: the relay took too long.", permanent=False
        )
    return ChannelError(trouble, permanent=False)

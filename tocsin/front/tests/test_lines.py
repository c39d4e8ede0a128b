"""Lines to a Django that behaves oddly, without a front around them."""

import asyncio
import socket
import struct
from contextlib import suppress

import h11
import pytest

from tocsin.front import lines
from tocsin.front.errors import BrokenOff, TooSlow, Unreachable
from tocsin.front.lines import Lines
from tocsin.front.tests.harness import free_port

ASKED = h11.Request(method="GET", target=b"/v1/x", headers=[("host", "linden.example")])
LARGE = 32 * 1024 * 1024  # more than any pair of sockets holds
WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell"
POSTED = h11.Request(
    method="POST",
    target=b"/v1/x",
    headers=[("host", "linden.example"), ("content-length", str(LARGE))],
)
SECONDS = 0.2


class Django:
    """Answers on loopback, for the length of a block; ``calls`` of each connection."""

    def __init__(self, *answers: bytes, closes: bool = False) -> None:
        self._answers, self._closes = answers, closes
        self.calls: list[int] = []
        self._open: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Lines:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._lines = Lines(f"http://127.0.0.1:{port}", connect_seconds=1, read_seconds=SECONDS)
        return self._lines

    async def __aexit__(self, *_: object) -> None:
        self._lines.close()
        self._server.close()
        for writer in self._open:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def say(self, said: bytes) -> None:
        """Say something on the first connection that nobody asked for."""
        self._open[0].write(said)

    def break_off(self) -> None:
        """End the first connection as a killed process might: no farewell, but a reset."""
        link = self._open[0].get_extra_info("socket")
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._open[0].transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        self.calls.append(0)
        place = len(self.calls) - 1
        for answer in self._answers:
            try:
                await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break  # nothing more is asked
            self.calls[place] += 1
            writer.write(answer)
        if self._closes:
            writer.close()


async def asked(to: Lines, *, opened: bool = False) -> bytes:
    async with to.line(opened=opened) as line:
        await line.ask(ASKED, b"")
        return b"".join([chunk async for chunk in line.chunks()])


def test_one_call_after_the_other_takes_the_same_line() -> None:
    django = Django(WELL, WELL, WELL)

    async def calls() -> None:
        async with django as to:
            assert [await asked(to) for _ in range(3)] == [b"well"] * 3

    asyncio.run(calls())

    assert django.calls == [3]


def test_calls_at_once_have_a_line_each_and_each_its_own_answer() -> None:
    django = Django(WELL, WELL)

    async def calls() -> None:
        async with django as to:
            assert await asyncio.gather(*[asked(to) for _ in range(4)]) == [b"well"] * 4
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert sorted(django.calls) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    "odd",
    [
        WELL + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nwell",
    ],
    ids=["answers twice", "says that it closes"],
)
def test_a_line_on_which_nothing_may_follow_is_not_kept(odd: bytes) -> None:
    django = Django(odd, WELL)

    async def calls() -> None:
        async with django as to:
            assert [await asked(to) for _ in range(2)] == [b"well"] * 2

    asyncio.run(calls())

    assert django.calls == [1, 1]


def test_a_line_that_was_closed_while_it_rested_is_not_taken() -> None:
    django = Django(WELL, closes=True)

    async def calls() -> None:
        async with django as to:
            assert await asked(to) == b"well"
            while not to._kept[-1].is_stale():
                await asyncio.sleep(0)
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [1, 1]


def test_a_line_that_was_broken_while_it_rested_is_not_taken() -> None:
    django = Django(WELL, WELL)

    async def calls() -> None:
        async with django as to:
            assert await asked(to) == b"well"
            django.break_off()
            while not to._kept[-1].is_stale():
                await asyncio.sleep(0)
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [1, 1]


def test_what_was_said_while_a_line_rested_is_nobody_s_answer() -> None:
    evil = WELL.replace(b"well", b"evil")
    django = Django(WELL, WELL)

    async def calls() -> None:
        async with django as to:
            assert await asked(to) == b"well"
            django.say(evil)
            while not to._kept[-1].is_stale():
                await asyncio.sleep(0)
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [1, 1]


def test_a_line_is_closed_though_what_was_to_be_sent_is_not_taken() -> None:
    async def call() -> None:
        async with Django() as to:
            with pytest.raises(TooSlow):
                async with to.line() as line:
                    await line.ask(POSTED, b"x" * LARGE)
            assert not to._kept
            assert line._writer.transport.get_write_buffer_size() == 0

    asyncio.run(call())


def test_a_call_that_is_cancelled_takes_its_line_along() -> None:
    django = Django(b"", WELL)

    async def calls() -> None:
        async with django as to:
            call = asyncio.create_task(asked(to))
            while not django.calls or not django.calls[0]:
                await asyncio.sleep(0)
            call.cancel()
            with suppress(asyncio.CancelledError):
                await call
            assert not to._kept

    asyncio.run(calls())


@pytest.mark.parametrize("last", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_a_body_leave_the_line_to_the_next_call(last: bytes) -> None:
    bare = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %s\r\nContent-Length: 4\r\n\r\n" % last
    django = Django(bare.replace(b"Content-Length: 4\r\n", b"") if b"204" in last else bare, WELL)

    async def calls() -> None:
        async with django as to:
            assert await asked(to) == b""
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [2]


def test_a_head_of_a_length_has_no_body() -> None:
    head = h11.Request(method="HEAD", target=b"/v1/x", headers=[("host", "linden.example")])
    django = Django(WELL.removesuffix(b"well"), WELL)

    async def calls() -> None:
        async with django as to:
            async with to.line() as line:
                await line.ask(head, b"")
                assert [chunk async for chunk in line.chunks()] == []
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [2]


def test_a_chunked_answer_leaves_the_line_once_its_end_was_read() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwe\r\n2\r\nll\r\n0\r\n\r\n"
    )
    django = Django(chunked, WELL)

    async def calls() -> None:
        async with django as to:
            assert [await asked(to) for _ in range(2)] == [b"well"] * 2

    asyncio.run(calls())

    assert django.calls == [2]


def test_a_line_that_rested_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    django = Django(WELL, WELL)

    async def calls() -> None:
        async with django as to:
            await asked(to)
            monkeypatch.setattr(lines, "KEPT_FOR", 0.0)
            await asked(to)

    asyncio.run(calls())

    assert django.calls == [1, 1]


def test_whoever_leaves_in_the_middle_takes_the_line_along() -> None:
    django = Django(WELL, WELL)

    async def calls() -> None:
        async with django as to:
            async with to.line() as line:
                await line.ask(ASKED, b"")
            assert await asked(to) == b"well"

    asyncio.run(calls())

    assert django.calls == [1, 1]


@pytest.mark.parametrize(
    ("odd", "fault"),
    [
        (b"", BrokenOff),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", BrokenOff),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4, 9\r\n\r\nwell", BrokenOff),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, BrokenOff),
    ],
    ids=["nothing", "half", "two lengths", "no end of the head"],
)
def test_what_is_no_whole_answer_is_told_as_such(odd: bytes, fault: type[Exception]) -> None:
    async def call() -> None:
        async with Django(odd, closes=True) as to:
            with pytest.raises(fault):
                await asked(to)

    asyncio.run(call())


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    async def call() -> None:
        async with Django(b"", b"") as to:
            with pytest.raises(TooSlow):
                await asked(to)

    asyncio.run(call())


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def call() -> None:
        to = Lines(f"http://127.0.0.1:{free_port()}", connect_seconds=1, read_seconds=1)
        with pytest.raises(Unreachable):
            await asked(to)

    asyncio.run(call())

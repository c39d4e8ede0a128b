from collections.abc import AsyncIterator

import pytest

from tocsin.front.bodies import Bodies
from tocsin.front.errors import Refused
from tocsin.front.rsgi import Header, Stream
from tocsin.front.tests.test_peers import asked

CHUNKED = asked(("transfer-encoding", "chunked"))


class Arriving:
    """An exchange whose body comes in these chunks."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    def response_empty(self, status: int, headers: list[Header]) -> None:
        raise NotImplementedError

    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None:
        raise NotImplementedError

    def response_stream(self, status: int, headers: list[Header]) -> Stream:
        raise NotImplementedError


def bodies() -> Bodies:
    return Bodies(each=10, at_once=15, seconds=5)


@pytest.mark.asyncio
async def test_a_body_is_whole_or_refused() -> None:
    async with bodies().read(CHUNKED, Arriving(b"one ", b"two", b"")) as body:
        assert body == b"one two"

    with pytest.raises(Refused, match="400"):
        async with bodies().read(CHUNKED, Arriving(b"one ", b"", b"")):
            pass
    with pytest.raises(Refused, match="400"):
        async with bodies().read(asked(("content-length", "9")), Arriving(b"one ", b"")):
            pass


@pytest.mark.asyncio
async def test_a_request_without_framing_has_no_body() -> None:
    async with bodies().read(asked(), Arriving()) as body:
        assert body == b""


@pytest.mark.asyncio
async def test_all_bodies_together_are_bounded_and_their_room_is_given_back() -> None:
    limited = bodies()

    async with limited.read(CHUNKED, Arriving(b"x" * 9, b"")):
        with pytest.raises(Refused, match="503"):
            async with limited.read(CHUNKED, Arriving(b"x" * 9, b"")):
                pass
    async with limited.read(CHUNKED, Arriving(b"x" * 9, b"")) as body:
        assert len(body) == 9


@pytest.mark.asyncio
async def test_a_refused_body_gives_its_room_back_too() -> None:
    limited = bodies()

    for _ in range(3):
        with pytest.raises(Refused, match="413"):
            async with limited.read(CHUNKED, Arriving(b"x" * 9, b"x" * 9, b"")):
                pass
    async with limited.read(CHUNKED, Arriving(b"x" * 10, b"")) as body:
        assert len(body) == 10

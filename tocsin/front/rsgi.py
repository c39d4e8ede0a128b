"""The shapes that granian hands to an RSGI application, as far as the front uses them.

Measured against granian 2.8, and held by the tests: ``path`` arrives percent-decoded (what is not
UTF-8 as U+FFFD), ``query_string`` raw; a body that breaks off yields one empty chunk more than a
whole one; sending never waits for a slow reader.
"""

from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError

from tocsin.front.headers import Header

__all__ = ["Exchange", "Header", "Headers", "ProtocolClosed", "ProtocolError", "Scope", "Stream"]


class Headers(Protocol):
    """Request headers: names in lower case, repeated ones kept apart."""

    def get(self, key: str, default: str | None = None) -> str | None: ...
    def get_all(self, key: str) -> list[str]: ...
    def items(self) -> list[Header]: ...


class Scope(Protocol):
    """One request's head."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query_string(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def client(self) -> str: ...
    @property
    def authority(self) -> str | None: ...
    @property
    def headers(self) -> Headers: ...


class Stream(Protocol):
    """An answer under way."""

    def send_bytes(self, data: bytes) -> Awaitable[None]: ...


class Exchange(Protocol):
    """One request's body, and the way to answer it (once)."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_empty(self, status: int, headers: list[Header]) -> None: ...
    def response_bytes(self, status: int, headers: list[Header], body: bytes) -> None: ...
    def response_stream(self, status: int, headers: list[Header]) -> Stream: ...

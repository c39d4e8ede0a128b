"""What every channel is handed, and what it answers."""

from dataclasses import dataclass
from datetime import datetime


class BadAddress(ValueError):
    """An address that a channel can never reach; the message says what is wrong with it."""


class ChannelError(Exception):
    """A message did not leave.

    ``permanent`` says that trying again is useless; ``retry_after`` is the seconds that the far
    side asked for; ``is_address_gone`` says that nobody will ever be reached there. The reason
    never holds the reader's address.
    """

    def __init__(
        self,
        reason: str,
        permanent: bool,
        retry_after: float | None = None,
        *,
        is_address_gone: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.is_address_gone = is_address_gone


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message: ``key`` is the same each time that this one is tried.

    ``return_path`` is where a mail that cannot be delivered goes back to. A call is signed with
    its ``secrets``, the newest first, ``at`` the time of this try; what is ``following`` leaves
    after it, in order, for the same answer.
    """

    key: str
    to: str
    wire: bytes
    return_path: str = ""
    secrets: tuple[str, ...] = ()
    at: datetime | None = None
    following: tuple["Message", ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The far side took the message over; ``detail`` is what it said."""

    detail: str

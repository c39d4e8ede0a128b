"""Every channel, one line each."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

from django.conf import settings

from tocsin.channels.email.channel import Email
from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.settings.installation import Installation


class Channel(Protocol):
    """What a channel can do; it never raises for trouble on the network, it answers it."""

    @property
    def name(self) -> str: ...

    def check_address(self, address: str) -> str:
        """The address in its one spelling; raises BadAddress."""

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        """Hand the messages over; one answer each, in their order."""

    def close(self) -> None:
        """Let go of open connections; sending again opens new ones."""


CHANNELS: dict[str, Callable[[Installation], Channel]] = {
    "email": Email.of,
}


def channel(name: str) -> Channel:
    """The channel of that name, as this installation sets it up; raises KeyError."""
    return _opened(name, settings.TOCSIN)


@cache
def _opened(name: str, installation: Installation) -> Channel:
    return CHANNELS[name](installation)

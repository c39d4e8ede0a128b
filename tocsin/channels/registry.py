"""Every channel, one line each; its code is loaded when somebody is to be reached by it.

`tocsin declare` owes letters and sends none: it waits for no HTTP client and no mail loop.
"""

import importlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import cache
from operator import attrgetter
from typing import Protocol, runtime_checkable

from django.conf import settings

from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.sheet import Fitted, Sheet
from tocsin.settings.installation import Installation


class Channel(Protocol):
    """What a channel can do; it never raises for trouble on the network, it answers it."""

    @property
    def name(self) -> str: ...

    def check_address(self, address: str) -> str:
        """The address in its one spelling; raises BadAddress."""

    def fit(self, sheet: Sheet) -> Fitted:
        """The words as the medium takes them; it may cut and escape, and never adds one."""

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        """Hand the messages over; one answer each, in their order."""

    def close(self) -> None:
        """Let go of open connections; sending again opens new ones."""


@runtime_checkable
class CallingChannel(Channel, Protocol):
    """A channel whose every message is a call to a machine of its own, quick or slow.

    ``at_once`` is how many calls one host is given at a time.
    """

    at_once: int

    def begin(self, message: Message) -> "Future[Receipt | ChannelError]":
        """Send a message; its answer comes later, and the others need not wait for it."""


def _at(place: str) -> Callable[[Installation], Channel]:
    """What opens a channel, by its place: ``module:attribute``, or ``module:class.attribute``."""

    def opened(installation: Installation) -> Channel:
        module, _, path = place.partition(":")
        found: Channel = attrgetter(path)(importlib.import_module(module))(installation)
        return found

    return opened


CHANNELS: dict[str, Callable[[Installation], Channel]] = {
    "email": _at("tocsin.channels.email.channel:Email.of"),
    "webhook": _at("tocsin.channels.webhook.channel:Webhook.of"),
    "slack": _at("tocsin.channels.slack.channel:of"),
    "teams": _at("tocsin.channels.teams.channel:of"),
    "discord": _at("tocsin.channels.discord.channel:of"),
}


def channel(name: str) -> Channel:
    """The channel of that name, as this installation sets it up; raises KeyError."""
    return _opened(name, settings.TOCSIN)


def calling(name: str) -> CallingChannel:
    """The channel of that name, which makes calls; raises KeyError."""
    found = channel(name)
    if not isinstance(found, CallingChannel):
        raise KeyError(name)
    return found


@cache
def _opened(name: str, installation: Installation) -> Channel:
    return CHANNELS[name](installation)

"""What channels have in common that call a web address: whoever is slow keeps nobody waiting."""

from collections.abc import Sequence
from concurrent.futures import Future

from tocsin.channels.caller import Caller
from tocsin.channels.message import ChannelError, Message, Receipt


class Calling:
    """A channel over a caller; how one message is posted is the channel's own."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def begin(self, message: Message) -> "Future[Receipt | ChannelError]":
        """Send a message; its answer comes later."""
        return self._caller.begin(self._send(message))

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        """Send the messages; one answer each, in their order."""
        sending = [self.begin(message) for message in messages]
        return [one.result() for one in sending]

    def close(self) -> None:
        """End what is on its way."""
        self._caller.close()

    async def _send(self, message: Message) -> Receipt | ChannelError:
        answer = await self._post(message)
        for other in message.following:
            if isinstance(answer, ChannelError):
                return answer
            answer = await self._post(other)
        return answer

    async def _post(self, message: Message) -> Receipt | ChannelError:
        """Make one call, and judge its answer."""
        raise NotImplementedError

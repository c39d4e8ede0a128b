"""What chat rooms have in common: one incoming webhook each, whose address is its own key."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from tocsin.channels import targets, verdicts, watermark
from tocsin.channels.caller import Caller, Reply, Unreachable, unreached
from tocsin.channels.calling import Calling
from tocsin.channels.message import BadAddress, ChannelError, Message, Receipt
from tocsin.channels.sheet import Fitted, Sheet


@dataclass(frozen=True, slots=True)
class Kind:
    """One vendor's rooms: where they are, and what their answers mean."""

    name: str
    example: str
    is_theirs: Callable[[str, str], bool]  # (host, path)
    card: Callable[[Sheet], bytes]
    wait_in: Callable[[Reply], float | None] = lambda reply: None
    gone: Collection[int] = (404, 410)
    useless: Collection[int] = (400, 401, 403, 413)


class Room(Calling):
    """A chat that takes messages at a secret web address."""

    at_once = 16  # to one host: the vendor's limit is on each room, and a room is told in order

    def __init__(self, kind: Kind, caller: Caller, *, may_be_private: bool) -> None:
        self._kind = kind
        super().__init__(caller)
        self._may_be_private = may_be_private

    @property
    def name(self) -> str:
        return self._kind.name

    def check_address(self, address: str) -> str:
        """The address in its one spelling; raises BadAddress."""
        spelled = targets.normalised(address, may_be_private=self._may_be_private)
        parts = urlsplit(spelled)
        if not self._may_be_private and not self._kind.is_theirs(parts.hostname or "", parts.path):
            raise BadAddress(f"This is none of theirs; one looks like {self._kind.example}.")
        return spelled

    def fit(self, sheet: Sheet) -> Fitted:
        """The sheet as this chat shows it."""
        marked = replace(sheet, headline=watermark.before(sheet.headline))
        return Fitted(self._kind.card(marked).decode())

    async def _post(self, message: Message) -> Receipt | ChannelError:
        try:
            told = {"Content-Type": "application/json; charset=utf-8"}
            reply = await self._caller.post(message.to, told, message.wire)
        except Unreachable as error:
            return unreached(error)
        return self._judged(reply, message.at)

    def _judged(self, reply: Reply, at: datetime | None) -> Receipt | ChannelError:
        answer = verdicts.judged(reply, at=at, gone=self._kind.gone, useless=self._kind.useless)
        if isinstance(answer, ChannelError) and (wait := self._kind.wait_in(reply)) is not None:
            answer.retry_after = wait
        return answer

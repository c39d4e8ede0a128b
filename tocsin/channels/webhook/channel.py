"""The webhook channel: JSON to a machine, signed at each try over the octets that leave."""

import json

from tocsin.channels import prose, targets, verdicts
from tocsin.channels.caller import Caller, Unreachable, unreached
from tocsin.channels.calling import Calling
from tocsin.channels.message import BadAddress, ChannelError, Message, Receipt
from tocsin.channels.sheet import Fitted, Sheet
from tocsin.channels.webhook import signing
from tocsin.settings.installation import Installation


class Webhook(Calling):
    """Signed calls, each to one machine."""

    name = "webhook"
    at_once = 4  # to one host, so that a slow one leaves room for the others

    def __init__(self, caller: Caller, *, may_be_private: bool) -> None:
        super().__init__(caller)
        self._may_be_private = may_be_private

    @classmethod
    def of(cls, installation: Installation) -> "Webhook":
        """As TOCSIN_ALLOW_PRIVATE_TARGETS says."""
        may = installation.allow_private_targets
        return cls(Caller(may_be_private=may), may_be_private=may)

    def check_address(self, address: str) -> str:
        """The address in its one spelling; raises BadAddress."""
        spelled = targets.normalised(address, may_be_private=self._may_be_private)
        if chat := targets.chat_at(spelled):
            raise BadAddress(f"This is a chat's address. Sign it up as {chat}.")
        return spelled

    def fit(self, sheet: Sheet) -> Fitted:
        """A letter's words, for a machine that passes them on."""
        told = {
            "type": "notice",
            "data": {
                "from": sheet.sender,
                "language": sheet.language,
                "headline": sheet.headline,
                "text": "\n\n".join(prose.plain(block.html) for block in sheet.blocks),
                "url": sheet.action.url if sheet.action else None,
            },
        }
        return Fitted(json.dumps(told, ensure_ascii=False, separators=(",", ":")))

    async def _post(self, message: Message) -> Receipt | ChannelError:
        assert message.at is not None, "a signature tells when this try was made"
        told = signing.headers(
            own_id=signing.id_of(message.key),
            timestamp=int(message.at.timestamp()),
            body=message.wire,
            secrets=message.secrets,
        )
        try:
            reply = await self._caller.post(
                message.to, {"Content-Type": "application/json", **told}, message.wire
            )
        except Unreachable as error:
            return unreached(error)
        return verdicts.judged(reply, at=message.at)

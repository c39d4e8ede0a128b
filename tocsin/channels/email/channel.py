"""The e-mail channel: the relay where one is set, the outbox where none is."""

from collections.abc import Sequence

from tocsin.channels.email import layout
from tocsin.channels.email.addresses import normalised
from tocsin.channels.email.outbox import Outbox
from tocsin.channels.email.relay import relay_of
from tocsin.channels.email.smtp import Sender
from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.sheet import Fitted, Sheet
from tocsin.settings.installation import Installation


class Email:
    """Mail, handed to one relay or kept in the outbox."""

    name = "email"

    def __init__(self, carrier: Sender | Outbox) -> None:
        self._carrier = carrier

    @classmethod
    def of(cls, installation: Installation) -> "Email":
        """As TOCSIN_SMTP_URL says; raises BadRelay."""
        if installation.smtp_url is None:
            return cls(Outbox(installation.outbox_dir))
        return cls(Sender(relay_of(installation.smtp_url)))

    def check_address(self, address: str) -> str:
        """The address in its one spelling; raises BadAddress."""
        return normalised(address)

    def fit(self, sheet: Sheet) -> Fitted:
        """The sheet as text and as HTML."""
        return Fitted(layout.as_text(sheet), layout.as_html(sheet))

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        """Hand the mails over; one answer each, in their order."""
        return self._carrier.send_batch(messages) if messages else []

    def close(self) -> None:
        """Leave the relay."""
        self._carrier.close()

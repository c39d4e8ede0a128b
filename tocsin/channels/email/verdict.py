"""What a relay's replies mean for a mail. Pure: replies in, answers out."""

import re
from collections.abc import Mapping, Sequence

from tocsin.channels.email.wire import Reply
from tocsin.channels.message import ChannelError, Message, Receipt

Answer = Receipt | ChannelError

# Codes that tell of our own set-up, not of this mail: a person mends them, the mail waits.
OURS = {500, 502, 503, 504, 530, 534, 535, 538}
MAILBOX_FULL = "5.2.2"
GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}  # RFC 3463, RFC 7505
_ADDRESS = re.compile(r"<?[^\s<>@:,;()\"]+@[^\s<>@:,;()\"]+>?")


class CannotTalk(Exception):
    """The relay cannot be used now; the message says why, and what to mend."""


def before(message: Message, offers: Mapping[str, str]) -> ChannelError | None:
    """Why this relay can never take the mail, known before a word is said."""
    most = offers.get("SIZE", "")
    if most.isdigit() and 0 < int(most) < len(message.wire):
        return ChannelError(f"The relay takes mails of up to {most} octets.", permanent=True)
    if not message.to.isascii() and "SMTPUTF8" not in offers:
        return ChannelError("The relay takes no address outside ASCII.", permanent=True)
    return None


def on_envelope(answers: Sequence[Reply], message: Message) -> ChannelError | None:
    """The refusal in the replies to MAIL, RCPT and DATA, if there is one."""
    for place, answer in enumerate(answers):
        if not answer.is_good:
            # A refused sender says nothing about the reader.
            return refused(answer, message, is_about_reader=place > 0)
    if answers[-1].code != 354:
        return ChannelError(f"The relay answered DATA with {answers[-1].said}", permanent=False)
    return None


def on_body(answer: Reply, message: Message) -> Answer:
    """The last word about a mail whose body was sent."""
    if answer.is_good:
        return Receipt(without_addresses(answer.said, message.to))
    return refused(answer, message, is_about_reader=True)


def refused(answer: Reply, message: Message, *, is_about_reader: bool) -> ChannelError:
    """A refusal, and whether trying again is useless."""
    permanent = (
        is_about_reader
        and answer.code >= 500
        and answer.code not in OURS
        and answer.enhanced != MAILBOX_FULL
    )
    return ChannelError(
        f"The relay said {without_addresses(answer.said, message.to)}",
        permanent=permanent,
        is_address_gone=permanent and answer.enhanced in GONE,
    )


def without_addresses(said: str, own: str) -> str:
    """What a relay said, fit for the ledger, which holds no addresses."""
    return _ADDRESS.sub("<…>", said.replace(own, "<…>"))

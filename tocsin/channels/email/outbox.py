"""Where mail lands while no relay is set: one readable ``.eml`` file a mail."""

import email
import hashlib
import os
import re
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from pathlib import Path

from tocsin.channels.message import ChannelError, Message, Receipt


class Outbox:
    """A folder of mails, for people to read; the same key always lands in the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send_batch(self, messages: Sequence[Message]) -> list[Receipt | ChannelError]:
        """Write each mail; one answer each, in their order."""
        return [self._keep(message) for message in messages]

    def close(self) -> None:
        """Nothing is held open."""

    def _keep(self, message: Message) -> Receipt | ChannelError:
        mail = readable(message.wire)
        path = self.folder / filename(message, subject=str(mail["Subject"] or ""))
        try:
            # Mails hold addresses, and links that let their reader in.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(mail.as_bytes())
            os.replace(part, path)
        except OSError as error:
            return ChannelError(f"The outbox cannot be written: {error.strerror}.", permanent=False)
        return Receipt(f"kept in the outbox as {_without_reader(path.name, message)}")


def readable(wire: bytes) -> EmailMessage:
    """The same mail with its words as plain UTF-8 instead of quoted-printable."""
    # Generated with LF: a file for people and their editors; mail programs open it as well.
    # Header lines stay as they were sent: an address folded anew would be spelled as words.
    mail = email.message_from_bytes(wire, policy=policy.default.clone(refold_source="none"))
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            words = part.get_content()
            del part["Content-Transfer-Encoding"]
            part["Content-Transfer-Encoding"] = "8bit"
            part.set_payload(words.encode("utf-8").decode("ascii", "surrogateescape"))
    return mail


def filename(message: Message, *, subject: str) -> str:
    """A name that a person can read, and that only this key has."""
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:10]
    return f"{_slug(subject, 60) or 'mail'}--{_slug(message.to, 60)}--{mark}.eml"


def _without_reader(name: str, message: Message) -> str:
    return name.replace(_slug(message.to, 60), "…")


def _slug(words: str, most: int) -> str:
    return re.sub(r"[^\w@.+]+", "-", words).strip("-.")[:most]

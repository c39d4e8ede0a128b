"""How readers look at pages from outside: by Host and path, with a browser of their own."""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from tests.story.telling import mails, read, text_of


@dataclass
class Reader:
    """Somebody with a browser that keeps its cookies, at one host."""

    host: str
    machine: str = "192.0.2.7"
    browser: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        return self.browser.get(path, headers=self._headers(headers))

    def post(self, path: str, told: dict[str, str] | None = None) -> Any:
        return self.browser.post(path, told or {}, headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"host": self.host, "x-forwarded-for": self.machine, **more}


def mails_to(address: str) -> list[EmailMessage]:
    """What landed in a mailbox, oldest first."""
    found = [read(path) for path in mails() if f"--{address}--" in path.name]
    return sorted(found, key=lambda mail: mail["Date"].datetime)


def link_in(mail: EmailMessage, what: str) -> str:
    """The path and query of the link in a mail whose path holds ``what``."""
    for url in re.findall(r"https?://\S+", text_of(mail)):
        if what in url:
            split = urlsplit(url)
            return f"{split.path}?{split.query}" if split.query else split.path
    raise AssertionError(f"no link to {what!r} in {text_of(mail)}")

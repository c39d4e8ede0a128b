"""What a log line may hold of an address: never the token that lets somebody in or out."""

import logging
import re

_TOKEN = re.compile(
    r"(/console/join/|/subscribe/(?:confirm|preferences|unsubscribe)/|/enter/|/hooks/[^/\s]+/"
    r"|/api/v2/subscribers/)[^/?#\s]+"
)
# What Django writes a request's path to, when it refuses or fails to answer one.
LOGGERS = ("django.request", "django.security.csrf")


class Discretion(logging.Filter):
    """Puts three dots where a token stands in what is logged; lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                without_tokens(told) if isinstance(told, str) else told for told in record.args
            )
        return True


def without_tokens(words: str) -> str:
    """The words with every one-time or personal token in a path struck out."""
    return _TOKEN.sub(r"\1...", words)


def keep() -> None:
    """Be discreet from here on."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(Discretion())

"""What a public log is made of: plain text, so that thirty lines in any language check it. Pure.

``log/<n>.jsonl`` holds ``PER_FILE`` entries, a line each; ``log/head.json`` the end of the chain,
signed with the page's own key (Ed25519, RFC 8032). docs/operating/log.md tells readers the same.

    digest   SHA-256 of the salt and ``told``; of what is left, once something was taken out
    link     SHA-256 of the link before, number, kind, incident and digest, a line each
    signed   ``FORMAT``, audience, number, link and ``redactions``, a line each, without a last one

A redaction leaves the links as they are, for they are made of digests: whoever kept the link of one
day sees on any later one that nothing before it was changed, taken away or put in another order.
"""

import hashlib
from collections.abc import Mapping

FORMAT = "tocsin log 1"
PER_FILE = 500
HEAD = "log/head.json"


def file_of(number: int) -> int:
    """Which file holds a publication; files count from 1."""
    return (number + PER_FILE - 1) // PER_FILE


def path_of(file: int) -> str:
    return f"log/{file}.jsonl"


def bounds_of(file: int) -> tuple[int, int]:
    """The first and the last number of a file."""
    return (file - 1) * PER_FILE + 1, file * PER_FILE


def first_link(audience_id: str) -> str:
    """What the first publication's link is made after."""
    return hashed(f"{FORMAT}\n{audience_id}")


def link(before: str, number: int, kind: str, incident_id: str, digest: str) -> str:
    """The link of a publication, 64 hex digits; ``incident_id`` is empty where it has none."""
    return hashed("\n".join((before, str(number), kind, incident_id, digest)))


def redactions_digest(left: Mapping[int, str]) -> str:
    """One hash of what is left, by number, where something was taken out; empty where nothing was.

    A line each: the number, a space, the digest.
    """
    told = "".join(f"{number} {digest}\n" for number, digest in sorted(left.items()))
    return hashed(told) if told else ""


def signed_text(audience_id: str, number: int, link: str, redactions: str) -> bytes:
    """What a head's signature is of."""
    return "\n".join((FORMAT, audience_id, str(number), link, redactions)).encode()


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

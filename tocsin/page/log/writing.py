"""A public log's files, as format.py has them."""

import base64
import hmac
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tocsin.page.log import format
from tocsin.statements.published import Logged, Mark

Json = dict[str, Any]


def after(before: str, mark: Mark) -> str:
    """A publication's link, after the one before."""
    return format.link(before, mark.number, mark.kind, mark.incident_id, mark.digest)


def entries(before: str, told: Iterable[Logged]) -> bytes:
    """A file's lines; ``before`` is the link that its first one is made after."""
    lines, link = [], before
    for entry in told:
        link = after(link, entry.mark)
        lines.append(json.dumps(_line(entry, link), ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode()


def _line(entry: Logged, link: str) -> Json:
    mark = entry.mark
    told: Json = {
        "number": mark.number,
        "kind": mark.kind,
        "incident": mark.incident_id,
        "digest": mark.digest,
        "link": link,
        "salt": entry.salt,
        "told": entry.told,
    }
    if entry.left:
        told["left"] = entry.left
    return told


def last_link(path: Path) -> str:
    """The link at the end of a file; empty where there is no such file, or it cannot be read."""
    try:
        *_, line = path.read_bytes().splitlines()
        return str(json.loads(line)["link"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def head(audience_id: str, number: int, link: str, left: Mapping[int, str], *, seed: bytes) -> Json:
    """The end of a chain, signed. ``left`` as :func:`format.redactions_digest` takes it."""
    key, redactions = Ed25519PrivateKey.from_private_bytes(seed), format.redactions_digest(left)
    signature = key.sign(format.signed_text(audience_id, number, link, redactions))
    return {
        "format": format.FORMAT,
        "audience": audience_id,
        "number": number,
        "link": link,
        "redactions": redactions,
        "entries_per_file": format.PER_FILE,
        "key": _base64(key.public_key().public_bytes_raw()),
        "signature": _base64(signature),
    }


def written(head: Mapping[str, Any]) -> bytes:
    return json.dumps(head, indent=1).encode() + b"\n"


def seed_of(secret: str, page_id: str) -> bytes:
    """The private key of a page's log: it follows from the house's secret, and is kept nowhere."""
    return hmac.digest(secret.encode(), f"{format.FORMAT}\n{page_id}".encode(), "sha256")


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()

"""One mail built once for many readers, with holes; quoted-printable never breaks a line in one."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from tocsin.channels import watermark
from tocsin.channels.stencil import CannotBuild, Holes, Stencil, cut

LONGEST_LINE = 998  # octets without CRLF, RFC 5322 2.1.1
SOFT_LINE = 76
# What a terminal would obey and what turns text around: a subject must read as it was written.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_MAILBOXES = frozenset({"From", "Reply-To", "Sender", "To"})


def build(
    *,
    headers: Sequence[tuple[str, str]],
    text: str,
    html: str,
    holes: Holes,
    language: str,
    date: datetime,
) -> Stencil:
    """A multipart/alternative mail with holes; raises CannotBuild for a header that cannot be."""
    boundary = f"=_{secrets.token_hex(12)}"
    lines = [
        *(_header(name, value, holes) for name, value in headers),
        _header("Date", format_datetime(date), holes),
        b"MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode(),
        b"",
        *_part("text/plain", text, boundary, language, holes),
        *_part("text/html", html, boundary, language, holes),
        f"--{boundary}--".encode(),
        b"",
    ]
    return cut(b"\r\n".join(lines), holes)


def _header(name: str, value: str, holes: Holes) -> bytes:
    if any(sign in value for sign in "\r\n\x00"):
        raise CannotBuild(f"The header {name} holds a line break.")
    value = _UNSEEN.sub("", watermark.before(value) if name == "Subject" else value)
    line = f"{name}: {value if value.isascii() else _encoded(name, value)}"
    if any(len(part) > LONGEST_LINE for part in line.split("\r\n")):
        raise CannotBuild(f"The header {name} is longer than {LONGEST_LINE} characters.")
    return line.encode("ascii")


def _encoded(name: str, value: str) -> str:
    """RFC 2047; a mailbox keeps its <address> outside the encoded words."""
    words, angle, address = value.rpartition(" <")
    # In any other header, and before the last angle, angles are words like others.
    if not (name in _MAILBOXES and angle and address.endswith(">") and address.isascii()):
        words, angle, address = value, "", ""
    encoded = Header(words, "utf-8", header_name=name).encode(linesep="\r\n")
    return f"{encoded}{angle}{address}"


def _part(kind: str, content: str, boundary: str, language: str, holes: Holes) -> list[bytes]:
    whole = [holes.stand_in(name) for name in holes.lengths]
    return [
        f"--{boundary}".encode(),
        f"Content-Type: {kind}; charset=utf-8".encode(),
        b"Content-Transfer-Encoding: quoted-printable",
        f"Content-Language: {language}".encode(),
        b"",
        quoted_printable(_UNSEEN.sub("", content), whole),
    ]


def quoted_printable(content: str, whole: Sequence[str] = ()) -> bytes:
    """RFC 2045 quoted-printable with CRLF; the strings in ``whole`` are never broken."""
    atoms = re.compile("|".join([*(re.escape(atom) for atom in whole), "."]), re.DOTALL)
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return b"\r\n".join(_qp_line(line, atoms, frozenset(whole)) for line in lines)


def _qp_line(line: str, atoms: re.Pattern[str], whole: frozenset[str]) -> bytes:
    done: list[bytes] = []
    now = b""
    signs = atoms.findall(line)
    for place, sign in enumerate(signs):
        is_edge = place == len(signs) - 1 or not now
        spelled = sign.encode() if sign in whole else _qp_sign(sign, is_edge=is_edge)
        if now and len(now) + len(spelled) > SOFT_LINE - 1:
            done.append(now + b"=")
            now = b""
        now += spelled
    return b"\r\n".join([*done, now])


def _qp_sign(sign: str, *, is_edge: bool) -> bytes:
    # A dot at a line's edge is SMTP's business, a space there is lost by some relays.
    if sign == "=" or (is_edge and sign in " \t.") or not (sign == "\t" or " " <= sign <= "~"):
        return b"".join(b"=%02X" % octet for octet in sign.encode("utf-8", "replace"))
    return sign.encode()

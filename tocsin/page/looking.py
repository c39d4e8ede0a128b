"""Looking at a page where readers look: over the network, at its public address.

CannotLook      there is no address to look at from outside; says why (it is *not measured*)
NotSeen         it was looked at, and the words were not there; says what was
"""

import base64
import ipaddress
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

if TYPE_CHECKING:  # a quarter of a second that no command need wait for; the look brings it in
    import httpcore

PATIENCE = 5.0  # seconds for each step: connecting, and each piece of the answer
DEADLINE = 20.0  # seconds for a whole look, wherever it is sent on to
MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS = {
    "user-agent": "Tocsin",
    "accept": "*/*",
    "accept-encoding": "identity",
    "cache-control": "no-cache",
}
AS_GIVEN = "".join(map(chr, range(0x21, 0x7F)))
# Names that lead nowhere, by RFC 2606 and 6761.
NOBODYS = {"localhost", "example", "test", "invalid"}
_LIVE = re.compile(rb"<html\b[^>]*?\sdata-live=\"(\d{1,12})\.(\d{1,12})\"")


class CannotLook(Exception):
    pass


class NotSeen(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: the page's own address, or the checker that an operator names.

    Without ``private``, an address in a private network is no place that readers look at.
    """

    url: str
    is_checker: bool
    private: bool = False


def place_of(url: str, slug: str, checkers: Sequence[str], *, private: bool) -> Place:
    """Where a page is looked at. ``checkers``: a URL for every page, or ``slug=URL`` for one.

    In a checker's URL ``{url}`` and ``{page}`` stand for the page's address and slug. ``private``
    is whether an address in a private network counts: the readers are in there too. Asks no
    network. Raises CannotLook.
    """
    for told in sorted(checkers, key=lambda told: not told.startswith(f"{slug}=")):
        name, equals, rest = told.partition("=")
        if equals and "/" not in name:
            if name != slug:
                continue
            told = rest
        told = told.replace("{url}", quote(url, safe="")).replace("{page}", slug)
        return Place(told, is_checker=True, private=True)
    host = urlsplit(url).hostname or ""
    if not private and (host.rpartition(".")[2] in NOBODYS or _is_private(host)):
        raise CannotLook(f"{url} is no address that anybody else can reach.")
    return Place(f"{url}/", is_checker=False, private=private)


def _is_private(host: str) -> bool:
    """Whether a host is the number of a private address; a name is not."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def number_at(place: Place) -> int:
    """The number of the publication that is found there. Raises NotSeen, CannotLook.

    What a checker's URL holds is the operator's: no reason names any of it.
    """
    import httpcore

    from tocsin.page import connecting

    try:
        body = _read(place)
    except connecting.LeadsInside as error:
        raise CannotLook(
            f"{error} leads to a private address from here. Name a checker outside."
        ) from error
    except httpcore.UnsupportedProtocol as error:
        raise NotSeen("It is no address of the web.") from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NotSeen(_why_silent(error, place)) from error
    except ValueError as error:  # of what was asked for, or of where that led
        raise NotSeen("It is no address, or sends its readers to what is none.") from error
    found = _LIVE.search(body)
    number = int(found[1]) if found else _told(body) if place.is_checker else None
    if number is None:
        raise NotSeen("What answers there is not this page.")
    return number


def _why_silent(error: Exception, place: Place) -> str:
    told = "" if place.is_checker else str(error)
    return f"It does not answer: {told or type(error).__name__}."


def _read(place: Place) -> bytes:
    import httpcore

    from tocsin.page import connecting

    deadline = connecting.Deadline(DEADLINE)
    judge = (lambda _address: True) if place.private else connecting.is_global
    backend = connecting.Pinned(judge, deadline)
    url, origin = place.url, _origin(place.url)
    with httpcore.ConnectionPool(network_backend=backend) as pool:
        for _turn in range(MOST_REDIRECTS + 1):
            parts = urlsplit(url)
            if parts.hostname != origin[1] or parts.scheme not in ("http", "https"):
                raise NotSeen("It sends its readers elsewhere.")
            headers = dict(HEADERS) | {"host": parts.netloc.rpartition("@")[2]}
            if _origin(url) == origin:
                headers |= _signed_in(place.url)
            with pool.stream(
                "GET",
                _spelled(parts),
                headers=list(headers.items()),
                extensions={"timeout": _patience()},
            ) as answer:
                told = {name.lower(): value for name, value in answer.headers}
                if answer.status not in REDIRECTS or b"location" not in told:
                    return _body(answer.status, answer.iter_stream())
            url = urljoin(url, told[b"location"].decode("latin-1"))
    raise NotSeen("It sends its readers in circles.")


def _patience() -> dict[str, float]:
    return dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _spelled(parts: SplitResult) -> "httpcore.URL":
    import httpcore

    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return httpcore.URL(
        scheme=parts.scheme.encode(),
        host=(parts.hostname or "").encode("idna"),
        port=parts.port,
        target=quote(target, safe=AS_GIVEN).encode(),
    )


def _signed_in(url: str) -> dict[str, str]:
    """What a checker's URL says of who asks: for its own origin alone."""
    parts = urlsplit(url)
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _body(status: int, pieces: Iterable[bytes]) -> bytes:
    if status != 200:
        raise NotSeen(f"It answers {status}.")
    read = bytearray()
    for piece in pieces:
        read += piece
        if len(read) > MOST_BYTES:
            raise NotSeen("It answers with more than a page.")
    return bytes(read)


def _told(body: bytes) -> int | None:
    """What a checker says it found: ``{"number": 412}``."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    number = told.get("number") if isinstance(told, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None

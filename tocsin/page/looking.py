"""Looking at a page where readers look: over the network, at its public address.

CannotLook      there is no address to look at from outside; says why (it is *not measured*)
NotSeen         it was looked at, and the words were not there; says what was
"""

import ipaddress
import json
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

if TYPE_CHECKING:  # a quarter of a second that no command need wait for; the look brings it in
    import httpx

PATIENCE = 5.0  # seconds for each step: connecting, and each piece of the answer
MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
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


def _check_public(url: str) -> None:
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # it may be found later: then it is not seen, which is measured
    if any(not ipaddress.ip_address(row[4][0]).is_global for row in found):
        raise CannotLook(f"{host} leads to a private address from here. Name a checker outside.")


def number_at(place: Place) -> int:
    """The number of the publication that is found there. Raises NotSeen, CannotLook."""
    import httpx

    if not place.private:
        _check_public(place.url)
    try:
        with httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
            body = _read(client, place.url)
    except httpx.HTTPError as error:
        raise NotSeen(f"It does not answer: {error or type(error).__name__}.") from error
    except httpx.InvalidURL as error:
        raise NotSeen(f"{place.url!r} is no address: {error}.") from error
    found = _LIVE.search(body)
    number = int(found[1]) if found else _told(body) if place.is_checker else None
    if number is None:
        raise NotSeen("What answers there is not this page.")
    return number


def _read(client: "httpx.Client", url: str) -> bytes:
    host = urlsplit(url).hostname
    for _turn in range(MOST_REDIRECTS + 1):
        with client.stream("GET", url, headers={"cache-control": "no-cache"}) as answer:
            if not answer.is_redirect:
                return _body(answer)
            url = urljoin(url, answer.headers.get("location", ""))
        if urlsplit(url).hostname != host or urlsplit(url).scheme not in ("http", "https"):
            raise NotSeen("It sends its readers elsewhere.")
    raise NotSeen("It sends its readers in circles.")


def _body(answer: "httpx.Response") -> bytes:
    if answer.status_code != 200:
        raise NotSeen(f"It answers {answer.status_code}.")
    read = b""
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > MOST_BYTES:
            raise NotSeen("It answers with more than a page.")
    return read


def _told(body: bytes) -> int | None:
    """What a checker says it found: ``{"number": 412}``."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    number = told.get("number") if isinstance(told, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None

"""Which web addresses may be called: never one inside our own network. Pure.

A name is judged twice: as it is spelled when somebody signs up, and by every address that it
resolves to at the moment of each call (a name may change its answer in between).
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from tocsin.channels.message import BadAddress

MOST_SIGNS = 1000
PORTS = frozenset({443, 8443})
CHATS = {
    "hooks.slack.com": "slack",
    "hooks.slack-gov.com": "slack",
    "discord.com": "discord",
    "discordapp.com": "discord",
    "logic.azure.com": "teams",
    "powerplatform.com": "teams",
    "webhook.office.com": "teams",
}
_UNSPELT = re.compile("[\\s\\\\\x00-\x1f\x7f\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")

# Beside what Python's is_global knows, which differs between its versions.
_NEVER_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",  # Azure's wire server: public by number, inside by nature
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
_NEVER_6 = tuple(
    IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible, the unspecified and the loopback among them
        "64:ff9b:1::/48",  # local NAT64: what is behind it cannot be told
        "100::/64",
        "2001::/23",  # Teredo and other tunnels
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)
_MAPPED, _NAT64, _SIX_TO_FOUR = (
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("64:ff9b::/96"),
    IPv6Network("2002::/16"),
)


def is_public(address: str) -> bool:
    """Whether an IP address is everybody's, and not one of a network's own."""
    told = ip_address(address.partition("%")[0])
    if isinstance(told, IPv4Address):
        return _is_public_4(told)
    if (inner := _within(told)) is not None:
        return _is_public_4(inner)
    return told.is_global and not told.is_multicast and not any(told in net for net in _NEVER_6)


def _is_public_4(address: IPv4Address) -> bool:
    is_open = address.is_global and not address.is_multicast
    return is_open and not any(address in network for network in _NEVER_4)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one only wraps."""
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return None


def normalised(address: str, *, may_be_private: bool) -> str:
    """The one spelling of a web address that may be called; raises BadAddress."""
    told = address.strip()
    if not told:
        raise BadAddress("A web address is needed.")
    if len(told) > MOST_SIGNS:
        raise BadAddress(f"This web address is longer than {MOST_SIGNS} characters.")
    if _UNSPELT.search(told):
        raise BadAddress("A web address holds no spaces, no line breaks and no backslashes.")
    try:
        parts = urlsplit(told)
        port = parts.port
    except ValueError as error:
        raise BadAddress("This is no web address; one looks like https://example.com/x.") from error
    scheme, host = parts.scheme.lower(), _host(parts.hostname or "")
    if scheme != "https" and not (may_be_private and scheme == "http"):
        raise BadAddress("A web address starts with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("A web address holds no user and no password; sign what it receives.")
    usual = 443 if scheme == "https" else 80
    if not may_be_private:
        _check_outside(host, port or usual)
    place = host if port in (None, usual) else f"{host}:{port}"
    query = f"?{_quoted(parts.query)}" if parts.query else ""
    return f"{scheme}://{place}{_quoted(parts.path) or '/'}{query}"


def _quoted(part: str) -> str:
    """Signs outside ASCII as the wire has them; all others stay as they were given."""
    return quote(part, safe="".join(map(chr, range(0x21, 0x7F))))


def _host(told: str) -> str:
    if ":" in told:
        try:
            return f"[{IPv6Address(told)}]"
        except ValueError as error:
            raise BadAddress("The host in this web address is none.") from error
    try:
        spelled = told.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise BadAddress("The host in this web address is none.") from error
    if not all(_LABEL.fullmatch(label) for label in spelled.split(".")) or len(spelled) > 253:
        raise BadAddress("The host in this web address is none.")
    return spelled


def _check_outside(host: str, port: int) -> None:
    if port not in PORTS:
        raise BadAddress(f"Only the ports {', '.join(map(str, sorted(PORTS)))} are called.")
    try:
        is_inside = not is_public(host.strip("[]"))
    except ValueError:
        labels = host.split(".")
        is_inside = len(labels) < 2 or labels[-1] in ("localhost", "local", "internal", "arpa")
        if labels[-1].isdigit() or labels[-1].startswith("0x"):
            raise BadAddress("The host in this web address is none.") from None
    if is_inside:
        raise BadAddress("This web address leads into a private network, and is never called.")


def chat_at(address: str) -> str:
    """The chat whose address this is; empty for any other machine's.

    A chat would refuse a machine's bodies: each has a channel of its own that speaks its language.
    """
    host = host_of(address)
    own = [name for domain, name in CHATS.items() if f".{host}".endswith(f".{domain}")]
    return next(iter(own), "")


def host_of(address: str) -> str:
    """The host alone: all of a web address that may be shown or written down."""
    return urlsplit(address).hostname or ""

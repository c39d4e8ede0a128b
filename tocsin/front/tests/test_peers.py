import ipaddress
from dataclasses import dataclass, field

import pytest

from tocsin.front.errors import Refused
from tocsin.front.peers import Peer, headers_in, headers_out, peer_of
from tocsin.front.rsgi import Header

NGINX = (ipaddress.ip_network("10.0.0.2"),)
SAM = Peer(address="203.0.113.9", scheme="https", host="status.linden.example")


@dataclass(frozen=True)
class Received:
    pairs: tuple[Header, ...]

    def get(self, key: str, default: str | None = None) -> str | None:
        return next(iter(self.get_all(key)), default)

    def get_all(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def items(self) -> list[Header]:
        return list(self.pairs)


@dataclass(frozen=True)
class Asked:
    headers: Received
    client: str = "203.0.113.9:40000"
    scheme: str = "http"
    authority: str | None = None
    method: str = "GET"
    path: str = "/"
    query_string: str = field(default="")


def asked(*pairs: Header, client: str = "203.0.113.9:40000", authority: str | None = None) -> Asked:
    told = (("host", "status.linden.example"), *pairs)
    return Asked(Received(told), client=client, authority=authority)


def test_a_stranger_s_word_on_who_he_is_counts_for_nothing() -> None:
    scope = asked(("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https"))

    assert peer_of(scope, trusted=NGINX) == Peer("203.0.113.9", "http", "status.linden.example")


def test_a_trusted_proxy_s_word_counts() -> None:
    scope = asked(
        ("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), client="10.0.0.2:5000"
    )

    assert peer_of(scope, trusted=NGINX) == SAM


def test_what_stood_before_the_trusted_proxy_s_word_counts_for_nothing() -> None:
    scope = asked(("x-forwarded-for", "127.0.0.1, 203.0.113.9"), client="10.0.0.2:5000")

    assert peer_of(scope, trusted=NGINX).address == "203.0.113.9"


def test_nonsense_from_a_trusted_proxy_leaves_the_proxy_s_own_address() -> None:
    scope = asked(
        ("x-forwarded-for", "unknown"), ("x-forwarded-proto", "gopher"), client="10.0.0.2:5000"
    )

    assert peer_of(scope, trusted=NGINX) == Peer("10.0.0.2", "http", "status.linden.example")


def test_an_ipv4_address_in_ipv6_clothes_is_the_ipv4_address() -> None:
    assert peer_of(asked(client="[::ffff:203.0.113.9]:4"), trusted=()).address == "203.0.113.9"


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("host", "a"), ("host", "b")),
        (("host", "a b"),),
        (("host", ""),),
        (("host", "a/b"),),
        (("host", "a@b"),),
        (("host", "a:port"),),
    ],
)
def test_no_host_two_hosts_and_odd_hosts_are_refused(pairs: tuple[Header, ...]) -> None:
    with pytest.raises(Refused):
        peer_of(Asked(Received(pairs)), trusted=())


def test_a_target_that_names_another_host_is_refused() -> None:
    with pytest.raises(Refused):
        peer_of(asked(authority="evil.example"), trusted=())


def test_django_sees_our_word_alone_on_who_asks() -> None:
    received = [
        ("host", "evil.example"),
        ("forwarded", "for=127.0.0.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "1"),
        ("x_forwarded_for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("proxy", "http://evil.example"),
        ("cookie", "tocsin_session=x"),
    ]

    assert headers_in(received, peer=SAM) == [
        ("host", "status.linden.example"),
        ("cookie", "tocsin_session=x"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "status.linden.example"),
    ]


def test_hop_by_hop_headers_stop_here_with_those_that_connection_names() -> None:
    received = [
        ("connection", "close, X-Inner"),
        ("connection", "x-other"),
        ("x-inner", "1"),
        ("x-other", "2"),
        ("te", "trailers"),
        ("transfer-encoding", "chunked"),
        ("content-length", "5"),
        ("upgrade", "h2c"),
        ("expect", "100-continue"),
        ("accept", "*/*"),
    ]

    kept = headers_in(received, peer=SAM)

    assert [name for name, _ in kept if not name.startswith("x-forwarded")] == ["host", "accept"]


def test_connection_cannot_take_away_our_own_word() -> None:
    kept = dict(headers_in([("connection", "x-forwarded-for, host")], peer=SAM))

    assert kept["x-forwarded-for"] == SAM.address
    assert kept["host"] == SAM.host


def test_cookies_set_by_django_stay_apart_and_its_framing_stays_inside() -> None:
    received = [
        (b"Set-Cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Content-Length", b"3"),
        (b"Connection", b"X-Inner"),
        (b"X-Inner", b"1"),
        (b"X-Odd", "é".encode()),
        (b"Content-Encoding", b"gzip"),
    ]

    assert headers_out(received) == [
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("content-encoding", "gzip"),
    ]

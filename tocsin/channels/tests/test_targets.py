"""Which web addresses may be called: judged by spelling, by every address, and at each call."""

import asyncio
import ssl
from collections.abc import Iterator

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.far_side import Answer, FarSide
from tocsin.channels import targets
from tocsin.channels.caller import Caller, Reply, Unreachable
from tocsin.channels.message import BadAddress

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_a_network_is_never_called(address: str) -> None:
    assert not targets.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_everybody_s_is_called(address: str) -> None:
    assert targets.is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_makes_it_no_more_public(address: object) -> None:
    is_public = targets.is_public(str(address))

    for wrapped in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert targets.is_public(wrapped) == is_public


@pytest.mark.parametrize(
    ("told", "spelled"),
    [
        (
            "HTTPS://Robots.Linden.EXAMPLE:443/Hook?a=B#part",
            "https://robots.linden.example/Hook?a=B",
        ),
        ("https://robots.linden.example", "https://robots.linden.example/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://robots.linden.example.:8443/x", "https://robots.linden.example:8443/x"),
    ],
)
def test_a_web_address_is_spelled_one_way(told: str, spelled: str) -> None:
    assert targets.normalised(told, may_be_private=False) == spelled


@pytest.mark.parametrize(
    "told",
    [
        "http://robots.linden.example/",
        "ftp://robots.linden.example/",
        "//robots.linden.example/",
        "https://user:secret@robots.linden.example/",
        "https://@robots.linden.example/",
        "https://robots.linden.example:22/",
        "https://robots.linden.example:99999/",
        "https://localhost/",
        "https://db/",
        "https://db.internal/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://evil.example\\@robots.linden.example/",
        "https://robots.linden.example/\r\nHost: x",
        "https:///x",
        "https://",
        "https://[robots]/",
        "https://-x.example/",
        "https://" + "a" * 1000 + ".example/",
        "https://robots.linden.example/\ud800",
        "https://robots\udfff.linden.example/",
    ],
)
def test_what_cannot_or_must_not_be_called_is_refused(told: str) -> None:
    with pytest.raises(BadAddress):
        targets.normalised(told, may_be_private=False)


@given(st.text(max_size=60))
def test_nothing_typed_makes_a_target_inside(told: str) -> None:
    for prefix in ("", "https://"):
        try:
            spelled = targets.normalised(prefix + told, may_be_private=False)
        except BadAddress:
            continue
        assert spelled.startswith("https://")
        assert targets.normalised(spelled, may_be_private=False) == spelled


@pytest.fixture
def far() -> Iterator[FarSide]:
    with FarSide() as server:
        yield server


class Resolver:
    """A name server that answers otherwise each time; counts how often it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def call(caller: Caller, url: str) -> Reply:
    try:
        return caller.begin(caller.post(url, {}, b"{}")).result(5)
    finally:
        caller.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_not_called(far: FarSide, address: str) -> None:
    caller = Caller(may_be_private=False, resolve=Resolver([address]))

    with pytest.raises(Unreachable, match="private network"):
        call(caller, f"http://robots.linden.example:{far.port}/")

    assert not far.calls


def test_one_address_inside_spoils_all(far: FarSide) -> None:
    caller = Caller(may_be_private=False, resolve=Resolver(["8.8.8.8", "127.0.0.1"]))

    with pytest.raises(Unreachable, match="private network"):
        call(caller, f"http://robots.linden.example:{far.port}/")


def test_the_address_that_was_judged_is_the_one_that_is_called(
    far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name that answers with a public address when it is judged, and with another one afterwards.
    monkeypatch.setattr(targets, "is_public", lambda address: address == "127.0.0.1")
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"])
    caller = Caller(may_be_private=False, resolve=resolver)

    reply = call(caller, f"http://robots.linden.example:{far.port}/hook")

    assert reply.status == 200
    assert resolver.asked == 1
    (seen,) = far.calls
    assert seen.headers["host"] == f"robots.linden.example:{far.port}"


def test_a_name_that_changes_its_answer_is_judged_anew_at_each_call(
    far: FarSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "is_public", lambda address: address == "127.0.0.1")
    caller = Caller(may_be_private=False, resolve=Resolver(["127.0.0.1"], ["10.0.0.1"]))
    url = f"http://robots.linden.example:{far.port}/hook"

    assert caller.begin(caller.post(url, {}, b"{}")).result(5).status == 200
    with pytest.raises(Unreachable, match="private network"):
        call(caller, url)

    assert len(far.calls) == 1


def test_what_is_only_asked_for_is_guarded_alike(far: FarSide) -> None:
    caller = Caller(may_be_private=True)
    try:
        assert caller.begin(caller.get(far.url("/asked?for=it"))).result(5).status == 200
    finally:
        caller.close()
    guarded = Caller(may_be_private=False)
    try:
        with pytest.raises(Unreachable, match="private network"):
            guarded.begin(guarded.get(far.url("/asked"))).result(5)
    finally:
        guarded.close()

    assert [call.path for call in far.calls] == ["/asked?for=it"]
    assert far.calls[0].body == b""


def test_a_redirect_inside_is_an_answer_and_is_not_followed(far: FarSide) -> None:
    far.always["/hook"] = Answer(302, {"Location": far.url("/inside")})

    reply = call(Caller(may_be_private=True), far.url("/hook"))

    assert reply.status == 302
    assert not far.to("/inside")


def secured(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_tls_is_verified_for_the_name_and_not_for_the_address() -> None:
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    names: list[str | None] = []
    context = secured(authority, "robots.linden.example")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with FarSide(tls=context) as far:
        for name in ("robots.linden.example", "other.linden.example"):
            caller = Caller(may_be_private=True, resolve=Resolver(["127.0.0.1"]), context=trusting)
            url = f"https://{name}:{far.port}/hook"
            if name == "robots.linden.example":
                assert call(caller, url).status == 200
            else:
                with pytest.raises(Unreachable, match="certificate"):
                    call(caller, url)

    assert names == ["robots.linden.example", "other.linden.example"]


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_a_machine_without_an_answer_is_unreachable(far: FarSide, fault: str) -> None:
    far.always["/hook"] = Answer(fault=fault)

    with pytest.raises(Unreachable):
        call(Caller(may_be_private=True, patience=0.3), far.url("/hook"))


def test_an_answer_that_breaks_off_after_its_status_is_one(far: FarSide) -> None:
    far.always["/hook"] = Answer(204, body=b"half", fault="break")

    assert call(Caller(may_be_private=True), far.url("/hook")).status == 204


def test_an_answer_without_end_is_read_to_a_limit(far: FarSide) -> None:
    far.always["/hook"] = Answer(200, body=b"x" * 1_000_000)

    reply = call(Caller(may_be_private=True), far.url("/hook"))

    assert len(reply.body) == 8192


def test_nobody_listens_there() -> None:
    with FarSide() as far:
        url = far.url()

    with pytest.raises(Unreachable, match="takes no connection"):
        call(Caller(may_be_private=True), url)


def test_a_name_that_does_not_exist_is_said_to_be_so() -> None:
    async def nowhere(host: str, port: int) -> list[str]:
        await asyncio.sleep(0)
        raise OSError("no such name")

    with pytest.raises(Unreachable, match="cannot be resolved"):
        call(Caller(may_be_private=False, resolve=nowhere), "https://nowhere.linden.example/")

"""What every channel promises, whatever carries it, and whatever the far side does."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.cast import NOON
from tests.far_side import Answer, FarSide
from tests.hostile_smtp import HostileSmtp
from tocsin.channels.message import BadAddress, ChannelError, Message, Receipt
from tocsin.channels.registry import CHANNELS, Channel
from tocsin.channels.sheet import BARS, Block, Fact, Link, Sheet
from tocsin.channels.webhook import signing
from tocsin.settings.installation import Installation

MAIL = b"Subject: Checkout is failing\r\n\r\nCard payments are refused.\r\n"
CALLING = ("webhook", "slack", "teams", "discord")
THEIRS = {
    "email": "sam@linden.example",
    "webhook": "https://robots.linden.example/status?key=s3cret",
    "slack": "https://hooks.slack.com/services/T01/B01/s3cret",
    "teams": "https://prod-00.westeurope.logic.azure.com/workflows/a/triggers/b?sig=s3cret",
    "discord": "https://discord.com/api/webhooks/1/s3cret",
}
SECRET = signing.new_secret()
HARMFUL = 'A "quote" <!channel> @everyone *not bold* [x](https://evil.example) </b>'


@dataclass
class Carried:
    """A channel, the address that it reaches, and how its far side is told to misbehave."""

    channel: Channel
    address: str
    fail: Callable[[str], None]
    taken: Callable[[], int]

    def message(self, key: str = "k1") -> Message:
        if self.channel.name == "email":
            return Message(key, self.address, MAIL, "status@linden.example")
        return Message(key, self.address, body_of(self.channel), secrets=(SECRET,), at=NOON)

    def send(self, count: int = 1) -> list[Receipt | ChannelError]:
        return self.channel.send_batch([self.message(f"k{number}") for number in range(count)])


def a_sheet(**more: Any) -> Sheet:
    told: dict[str, Any] = {
        "language": "en",
        "sender": "Linden",
        "eyebrow": "Identified · 09:22 UTC",
        "headline": "Checkout is failing",
        "preview": "Identified · Checkout is failing",
        "blocks": [Block("Cards are refused.", "<p>Cards are <strong>refused</strong>.</p>")],
        "facts": [Fact("Still works", "browsing, carts")],
        "boxed": Fact("Next word by", "09:42 UTC"),
        "action": Link("See the incident", "https://status.linden.example/incidents/abc"),
        "why": "This room is told because somebody asked Linden to.",
        "links": [Link("Unsubscribe", "https://status.linden.example/subscribe/unsubscribe/tok")],
        "bar": BARS["sev1"],
    }
    return Sheet(**(told | more))


def body_of(channel: Channel) -> bytes:
    return channel.fit(a_sheet()).text.encode()


@pytest.fixture
def plain(tmp_path: Path) -> Installation:
    return replace(
        settings.TOCSIN,
        smtp_url=None,
        outbox_dir=tmp_path / "outbox",
        allow_private_targets=True,
    )


@pytest.fixture(params=["email over SMTP", "email in the outbox", *CALLING])
def carried(request: pytest.FixtureRequest, plain: Installation) -> Iterator[Carried]:
    """Each channel once for each thing that may carry it."""
    with ExitStack() as stack:
        if request.param == "email in the outbox":
            yield in_the_outbox(plain)
        elif request.param == "email over SMTP":
            yield over_smtp(plain, stack)
        else:
            yield called(request.param, plain, stack)


def in_the_outbox(plain: Installation) -> Carried:
    def fail(how: str) -> None:
        plain.outbox_dir.write_text("a file where a folder should be")

    def taken() -> int:
        return len(list(plain.outbox_dir.glob("*.eml")))

    return Carried(CHANNELS["email"](plain), THEIRS["email"], fail, taken)


def over_smtp(plain: Installation, stack: ExitStack) -> Carried:
    server = stack.enter_context(HostileSmtp())
    url = f"smtp://127.0.0.1:{server.port}?timeout=0.5"
    opened = CHANNELS["email"](replace(plain, smtp_url=url))
    stack.callback(opened.close)
    said = {"later": "451 4.7.1 later", "gone": "550 5.1.1 no such user"}

    def fail(how: str) -> None:
        server.on_body[THEIRS["email"]] = [said.get(how)] * 2

    return Carried(opened, THEIRS["email"], fail, lambda: len(server.bodies))


def called(name: str, plain: Installation, stack: ExitStack) -> Carried:
    far = stack.enter_context(FarSide())
    opened = CHANNELS[name](plain)
    stack.callback(opened.close)
    path = "/hook/s3cret"
    said = {
        "later": Answer(429, {"Retry-After": "7"}, b"slow down"),
        "gone": Answer(410, body=b"gone"),
        "silence": Answer(fault="hang"),
        "broken": Answer(500, body=b"<h1>s3cret</h1>"),
        "reset": Answer(fault="reset"),
        "moved": Answer(302, {"Location": far.url("/inside/s3cret")}),
    }

    def fail(how: str) -> None:
        far.answers[path] = [said[how]]
        if how == "silence":  # nobody waits for the whole of it here
            vars(opened)["_caller"]._patience = 0.3

    return Carried(opened, far.url(path), fail, lambda: len(far.to(path)))


def test_every_channel_is_held_to_the_contract() -> None:
    assert set(THEIRS) == set(CHANNELS) == {"email", *CALLING}


@pytest.mark.parametrize("name", CHANNELS)
def test_an_address_is_spelled_one_way(name: str, plain: Installation) -> None:
    channel = CHANNELS[name](replace(plain, allow_private_targets=False))

    spelled = channel.check_address(f"  {THEIRS[name]} ")

    assert spelled == THEIRS[name]
    assert spelled == channel.check_address(spelled)


@pytest.mark.parametrize("told", ["", " ", "x\r\ny", "\x00", "x" * 3000, "https://a b/"])
def test_an_address_that_cannot_be_is_refused(carried: Carried, told: str) -> None:
    with pytest.raises(BadAddress):
        carried.channel.check_address(told)


def test_there_is_one_answer_for_each_message_in_order(carried: Carried) -> None:
    answers = carried.send(12)

    assert len(answers) == 12
    assert all(isinstance(answer, Receipt) and answer.detail for answer in answers)
    assert carried.taken() == 12


def test_nothing_to_send_is_nothing_to_answer(carried: Carried) -> None:
    assert carried.channel.send_batch([]) == []


def test_no_answer_holds_the_address(carried: Carried) -> None:
    (answer,) = carried.send()

    assert isinstance(answer, Receipt)
    assert carried.address not in answer.detail
    assert "s3cret" not in answer.detail


def test_a_channel_that_was_closed_opens_again(carried: Carried) -> None:
    carried.send()
    carried.channel.close()

    (answer,) = carried.send()

    assert isinstance(answer, Receipt)


@pytest.mark.parametrize("how", ["later", "silence"])
def test_trouble_is_answered_and_not_raised(carried: Carried, how: str) -> None:
    carried.fail(how)

    (answer,) = carried.send()

    assert isinstance(answer, ChannelError)
    assert not answer.permanent
    assert not answer.is_address_gone
    assert "s3cret" not in answer.reason
    assert carried.address not in answer.reason


@pytest.mark.parametrize("name", CALLING)
@pytest.mark.parametrize("how", ["broken", "reset", "moved"])
def test_what_a_machine_may_do_instead_of_answering(
    name: str, how: str, plain: Installation
) -> None:
    with ExitStack() as stack:
        carried = called(name, plain, stack)
        carried.fail(how)

        first, second = carried.send()[0], carried.send()[0]

    assert isinstance(first, ChannelError)
    assert not first.permanent
    assert "s3cret" not in first.reason
    assert isinstance(second, Receipt), "the next one is tried for itself"


def test_whoever_is_gone_is_written_to_no_more(carried: Carried) -> None:
    carried.fail("gone")

    (answer,) = carried.send()

    assert isinstance(answer, ChannelError)
    if carried.taken() or carried.channel.name != "email":  # the outbox loses nobody
        assert answer.permanent
        assert answer.is_address_gone


def test_nothing_of_the_sheet_is_lost_where_there_is_room(carried: Carried) -> None:
    sheet = a_sheet()

    text = carried.channel.fit(sheet).text

    for words in (sheet.headline, "refused"):
        assert words in text
    assert sheet.action is not None
    assert sheet.action.url in text


@pytest.mark.parametrize("name", CALLING)
def test_what_is_too_long_is_cut_and_still_leads_to_the_page(
    name: str, plain: Installation
) -> None:
    block = Block("", "".join(f"<p>{word} {'so it goes on and on ' * 400}</p>" for word in "abcd"))
    sheet = a_sheet(headline="It fails " * 100, blocks=[block] * 6)

    body = CHANNELS[name](plain).fit(sheet).text

    told = json.loads(body)
    assert sheet.action is not None
    assert name == "webhook" or len(body.encode()) < 40_000
    assert sheet.action.url in json.dumps(told)


@pytest.mark.parametrize("name", ["slack", "discord", "teams"])
def test_nobody_s_words_call_a_name_or_become_a_link(name: str, plain: Installation) -> None:
    escaped = HARMFUL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    sheet = a_sheet(
        headline=HARMFUL,
        blocks=[Block(HARMFUL, f"<p>{escaped}</p>")],
        facts=[Fact(HARMFUL, HARMFUL)],
    )

    told = json.dumps(json.loads(CHANNELS[name](plain).fit(sheet).text))

    if name == "slack":
        assert "<!channel>" not in told.partition('"mrkdwn"')[2]
    if name == "discord":
        assert '"allowed_mentions": {"parse": []}' in told
    if name != "slack":
        body = told.partition('"description"')[2] or told.partition('"TextBlock"')[2]
        assert "[x](https://evil.example)" not in body

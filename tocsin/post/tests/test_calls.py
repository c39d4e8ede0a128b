"""A host's share of the calls is its own at any time, whoever called it before."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import cast

from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.registry import CallingChannel
from tocsin.post.calls import Calls
from tocsin.post.handover import Parcel
from tocsin.post.letters import CALLED

Going = Future[Receipt | ChannelError]


@dataclass
class Carrier:
    """A channel whose calls end when the test says so."""

    name: str
    at_once: int
    going: list[Going] = field(default_factory=list)

    def begin(self, message: Message) -> Going:
        self.going.append(Future())
        return self.going[-1]

    def end(self, answer: Receipt | ChannelError) -> None:
        for one in self.going:
            one.set_result(answer)
        self.going.clear()


def began(calls: Calls, carrier: Carrier, *, of: int) -> int:
    """How many of so many calls to one host may leave."""
    parcel = Parcel((), Message(key="k", to="https://far.example/hook", wire=b""))
    return sum(calls.begin(parcel, cast("CallingChannel", carrier)) for _ in range(of))


def test_who_called_a_host_before_says_nothing_of_its_share_now() -> None:
    calls = Calls(CALLED)
    rooms, machines = Carrier("slack", at_once=16), Carrier("webhook", at_once=4)

    assert began(calls, rooms, of=20) == 16
    rooms.end(Receipt("200 OK"))
    calls.came()

    assert began(calls, machines, of=8) == 4
    assert calls.full_hosts() == ["far.example"]


def test_two_channels_at_one_host_share_the_smaller_share() -> None:
    calls = Calls(CALLED)
    rooms, machines = Carrier("slack", at_once=16), Carrier("webhook", at_once=4)

    assert began(calls, rooms, of=3) == 3
    assert began(calls, machines, of=8) == 1
    assert began(calls, rooms, of=3) == 0


def test_a_host_that_fails_is_called_once_at_a_time_until_it_answers() -> None:
    calls = Calls(CALLED)
    machines = Carrier("webhook", at_once=4)

    assert began(calls, machines, of=8) == 4
    machines.end(ChannelError("It hung up.", permanent=False))
    calls.came()
    assert began(calls, machines, of=8) == 1

    machines.end(Receipt("200 OK"))
    calls.came()
    assert began(calls, machines, of=8) == 4

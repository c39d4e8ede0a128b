import socket

import pytest

from tocsin.cli.addresses import LOOPBACK, NoAddress, free_address, own_port, url


def test_a_taken_port_is_said_with_its_mend() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(NoAddress, match=f"Port {port} on 127.0.0.1 is already taken"):
            free_address(LOOPBACK, port)


def test_a_host_that_is_not_ours_is_said_so() -> None:
    with pytest.raises(NoAddress, match="not an address of this machine"):
        free_address("192.0.2.1", own_port())


def test_a_host_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(NoAddress, match="There is no host"):
        free_address("no host", 80)


def test_localhost_means_the_loopback_address() -> None:
    assert free_address("localhost", own_port()) == LOOPBACK


def test_our_own_ports_lie_below_those_that_the_system_gives_out() -> None:
    assert 20_000 <= own_port() < 30_000


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("192.0.2.1", "http://192.0.2.1:8000"),
    ],
)
def test_a_url_can_be_reached_from_this_machine(address: str, expected: str) -> None:
    assert url(address, 8000) == expected

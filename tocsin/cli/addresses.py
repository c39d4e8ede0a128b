"""Where to listen: an address for a host name, and whether its port is free."""

import errno
import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which the system takes ports for outgoing connections: none is snatched
# between looking and listening.
OWN_PORTS = range(20_000, 30_000)
_TRIES = 50


class NoAddress(Exception):
    """There is nowhere to listen; the message is a sentence with its mend."""


def free_address(host: str, port: int) -> str:
    """The numeric address of ``host``, on which ``port`` is free; raises NoAddress."""
    family, address = _resolved(host, port)
    problem = _problem(family, address, port)
    if problem == errno.EADDRINUSE:
        raise NoAddress(
            f"Port {port} on {host} is already taken. "
            "Stop what listens there, or choose another port with --port."
        )
    if problem == errno.EACCES:
        raise NoAddress(f"Port {port} is reserved for root. Choose one above 1023 with --port.")
    if problem:
        raise NoAddress(f"Nothing can listen on {host}: it is not an address of this machine.")
    return address


def own_port() -> int:
    """A free port on the loopback address, for one of our own processes."""
    for port in random.sample(OWN_PORTS, _TRIES):
        if not _problem(socket.AF_INET, LOOPBACK, port):
            return port
    raise NoAddress(f"No port between {OWN_PORTS.start} and {OWN_PORTS.stop} is free.")


def reachable(address: str) -> str:
    """An address at which this machine itself reaches a listener on ``address``."""
    return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(address, address)


def url(address: str, port: int) -> str:
    """The URL of a listener, reachable from this machine."""
    near = reachable(address)
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"


def _resolved(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NoAddress(f"There is no host {host!r}. Choose an address with --host.") from error
    # "localhost" means the IPv4 one where both exist: everything printed says 127.0.0.1.
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, str(address[0])


def _problem(family: socket.AddressFamily, address: str, port: int) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL
    return 0

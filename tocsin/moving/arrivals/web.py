"""Reading a source over the network: patient, bounded, and never into our own network."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from tocsin.channels import targets
from tocsin.channels.caller import Caller, Reply, Unreachable
from tocsin.channels.message import BadAddress
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.arrivals.folder import parsed

MOST_OCTETS = 32 * 1024 * 1024  # of one answer
PATIENCE = 60.0  # seconds for one answer
TRIES, REDIRECTS = 5, 4
BUSY = {420, 429, 502, 503, 504}
LONGEST_WAIT = 120.0
Wait = Callable[[float], None]


class Web:
    """One source, asked one question at a time. ``headers`` go to its own host alone."""

    def __init__(
        self,
        *,
        may_be_private: bool,
        headers: Mapping[str, str] | None = None,
        wait: Wait = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self._may_be_private = may_be_private
        self._headers = dict(headers or {})
        self._wait = wait
        self._caller = Caller(may_be_private=may_be_private, patience=patience)

    def close(self) -> None:
        self._caller.close()

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def json(self, url: str, *, missing: Any = None, may_be_missing: bool = False) -> Any:
        """What an address answers; ``missing`` where it has nothing. Raises CannotArrive."""
        content = self.content(url, may_be_missing=may_be_missing)
        if content is None:
            return missing
        try:
            return parsed(content)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise CannotArrive(f"{_shown(url)} answers something else than JSON.") from fault

    def content(self, url: str, *, may_be_missing: bool = False) -> bytes | None:
        """What an address answers; None where it has nothing and may. Raises CannotArrive."""
        reply = self._patiently(url)
        if reply.status == 404 and may_be_missing:
            return None
        if reply.status in (401, 403):
            raise CannotArrive(
                f"{_shown(url)} lets nobody in ({reply.status}). Give the right key: --key-file."
            )
        if reply.status != 200:
            raise CannotArrive(f"{_shown(url)} answers {reply.status}.")
        return reply.body

    def _patiently(self, url: str) -> Reply:
        """Ask again where it is busy, or nobody answered for once."""
        trouble = ""
        for turn in range(TRIES):
            try:
                reply = self._followed(url)
            except Unreachable as fault:
                if fault.permanent:
                    raise CannotArrive(f"{_shown(url)}: {fault}") from fault
                trouble, pause = str(fault), 2.0**turn
            else:
                if reply.status not in BUSY:
                    return reply
                trouble, pause = f"It answers {reply.status}.", _pause(reply, turn)
            if turn + 1 < TRIES:
                self._wait(pause)
        raise CannotArrive(f"{_shown(url)}: {trouble} Nothing was brought; try again later.")

    def _followed(self, url: str) -> Reply:
        home = urlsplit(url).netloc
        for _ in range(REDIRECTS):
            address = self._judged(url)
            headers = {"Accept": "application/json"}
            if urlsplit(address).netloc == home:
                headers |= self._headers
            asking = self._caller.get(address, headers, most=MOST_OCTETS)
            reply = self._caller.begin(asking).result()
            if reply.status not in (301, 302, 303, 307, 308):
                return reply
            url = urljoin(url, reply.headers.get("location", ""))
        raise CannotArrive(f"{_shown(url)} sends its readers in a circle.")

    def _judged(self, url: str) -> str:
        try:
            return targets.normalised(url, may_be_private=self._may_be_private)
        except BadAddress as fault:
            raise CannotArrive(f"{_shown(url)}: {fault}") from fault


def _pause(reply: Reply, turn: int) -> float:
    told = reply.headers.get("retry-after", "")
    return min(float(told), LONGEST_WAIT) if told.isdigit() else 5.0 * 2**turn


def _shown(url: str) -> str:
    """An address as it may be shown: a query may hold a key."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"[:200]

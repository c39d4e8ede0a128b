"""A drill itself, in a process of its own that knows nothing of the installation in earnest.

Run as ``python -I -m tocsin.cli.drilling FOLDER AT [SPEED [stays]]`` with the environment of its
ground alone. A scripted night is over by AT (RFC 3339); with SPEED it is a live one, which begins
then, and which ``stays`` for what is owed afterwards.
Prints a line for each thing that happens, and leaves what came of it in the folder. The fence
stands before anything of ours is read.
"""

import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.cli import lifeline
from tocsin.cli.addresses import LOOPBACK, own_port, url
from tocsin.cli.supervision import Running, program
from tocsin.rehearse.drills import fence
from tocsin.rehearse.drills.ground import MARK, Ground
from tocsin.rehearse.drills.rooms import Rooms
from tocsin.rehearse.drills.sink import Sink

if TYPE_CHECKING:  # they read the settings, which are not told yet
    from tocsin.catalogue.shelf import Brand
    from tocsin.journal.actors import Actor
    from tocsin.people.models import Role
    from tocsin.rehearse.drills.directing import Direction
    from tocsin.rehearse.scenario import Scenario

FRONT = (sys.executable, "-I", "-m", "tocsin.cli.listeners", "front")
UP_WITHIN, GLANCE = 30.0, 0.02  # seconds
EVE = timedelta(days=1)  # how long before a scripted night the page was opened


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands within the fence: the ground, where mail and calls go, the front's port and the
    web's. Nothing else is called."""

    ground: Ground
    sink: Sink
    rooms: Rooms
    port: int
    web: int

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.sink.port, self.rooms.server_port, self.port, self.web)

    def close(self) -> None:
        self.rooms.close()
        self.sink.close()


@dataclass(frozen=True, slots=True)
class Set:
    """What a drill is played on: the shadow page, who is there, and the night as it is told here.

    ``there`` is the actor of each role, and the token of their one-time link.
    """

    page: "Brand"
    there: "dict[Role, tuple[Actor, str]]"
    scenario: "Scenario"


def main(said: list[str]) -> int:
    lifeline.tie()
    fence.put_up()
    ground, at = Ground(Path(said[0])), datetime.fromisoformat(said[1])
    with ground.hold():
        sink, rooms = Sink(ground.mail), Rooms(ground.calls)
        inside = Inside(ground, sink, rooms, port=own_port(), web=own_port())
        fence.draw_closer(inside.ports)
        os.environ |= {
            "TOCSIN_FENCED_PORTS": " ".join(map(str, inside.ports)),
            "TOCSIN_SMTP_URL": sink.url,
            "TOCSIN_BASE_URL": url(LOOPBACK, inside.port),
            "TOCSIN_SEEN_BY": url(LOOPBACK, inside.port) + "/",
            "TOCSIN_SITE_DIR": str(ground.data / "site"),
            "TOCSIN_WEB_URL": url(LOOPBACK, inside.web),
        }
        try:
            if said[2:]:
                told = _live(inside, at, float(said[2]), stays="stays" in said[3:])
            else:
                told = _scripted(inside, before=at)
            ground.write("score", {**ground.read("drill"), "drill": ground.name, **told})
        finally:
            inside.close()
    return 0


def _scripted(inside: Inside, *, before: datetime) -> dict[str, Any]:
    """Play the night as it is written, and judge it."""
    import django

    django.setup()
    from tocsin.cli import drilling_web
    from tocsin.rehearse.drills import verdict

    direction = _directed(inside, before=before)
    play, night = direction.play, direction.play.night
    with drilling_web.served(inside.web, now=lambda: night.now), _front(inside.port):
        course = direction.whole()
        told = verdict.judged(
            night.page, play.incident, course, inside.sink, inside.rooms, at=night.now
        )
    return {"mode": "scripted", "opened_at": night.opens_at.isoformat(), **told}


def _live(inside: Inside, at: datetime, speed: float, *, stays: bool) -> dict[str, Any]:
    """Let people play it."""
    import django

    django.setup()
    from tocsin.cli.drilling_live import Live

    return Live(inside, set_up(inside, at=at), speed=speed, stays=stays).whole()


def set_up(inside: Inside, *, at: datetime) -> Set:
    """Open the shadow page, and let in whoever is there."""
    from tocsin.catalogue import shelf
    from tocsin.cli import tables
    from tocsin.journal.actors import TERMINAL
    from tocsin.moving.applying import making
    from tocsin.rehearse import reading
    from tocsin.rehearse.drills import company, recast

    tables.stand()
    ground, by = inside.ground, TERMINAL
    told = ground.read("drill")
    scenario = reading.read(ground.scenario.read_text("utf-8"))
    making.apply(ground.page.read_text("utf-8"), folder=ground.path, by=by, at=at)
    (page,) = shelf.pages()
    there = company.invite(by=by, at=at, language=page.language)
    refused, url = scenario.mailboxes, inside.rooms.url
    company.let_readers_in(page, told["readers"], refused, by=by, at=at)
    company.let_rooms_in(page, told["rooms"], refused, url=url, by=by, at=at)
    return Set(page, there, recast.recast(scenario, told["components"], page.languages))


def _directed(inside: Inside, *, before: datetime) -> "Direction":
    from tocsin.journal.actors import TERMINAL
    from tocsin.rehearse import reading
    from tocsin.rehearse.drills import company, directing
    from tocsin.rehearse.drills.machines import Machines
    from tocsin.rehearse.drills.outage import Outage
    from tocsin.rehearse.player import Night
    from tocsin.rehearse.playing import Play

    ground, port = inside.ground, inside.port
    scenario = reading.read(ground.scenario.read_text("utf-8"))
    opens_at = directing.opening(scenario, ground.read("drill")["time_zone"], before=before)
    stage = set_up(inside, at=opens_at - EVE)
    staged = directing.Staged(inside.sink, Outage(ground.database))
    play = Play(
        stage.scenario,
        Night(stage.page, opens_at, scenario.opens),
        company.cast_of(stage.there),
        by=TERMINAL,
        staging=staged,
        lets_readers_in=False,
        machines=Machines(stage.page.id, port, by=TERMINAL, at=opens_at - EVE).tell,
    )
    return directing.Direction(
        play,
        staged,
        {role: actor for role, (actor, _) in stage.there.items()},
        reader=lambda: is_shown(port),
        say=tell,
    )


@contextmanager
def _front(port: int) -> Iterator[Running]:
    """The real front, serving what the drill compiles, until the end."""
    front = program((*FRONT, LOOPBACK, str(port)), os.environ)()
    try:
        _await(port)
        yield front
    finally:
        front.terminate()
        front.wait()


def _await(port: int) -> None:
    """Wait until somebody listens. Raises OSError."""
    by = time.monotonic() + UP_WITHIN
    while True:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > by:
                raise
        time.sleep(GLANCE)


def is_shown(port: int) -> bool:
    """Whether a reader gets the page, and its mark."""
    asked = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        asked.request("GET", "/", headers={"Accept-Encoding": "identity"})
        answer = asked.getresponse()
        return answer.status == 200 and MARK.encode() in answer.read()
    except OSError:
        return False
    finally:
        asked.close()


def tell(clock: str, line: str) -> None:
    """A line for whoever watches."""
    print(f"{clock[:5].ljust(8)}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

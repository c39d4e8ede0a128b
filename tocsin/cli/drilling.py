"""A drill itself, in a process of its own that knows nothing of the installation in earnest.

Run as ``python -I -m tocsin.cli.drilling FOLDER BEFORE`` with the environment of its ground alone;
the night is over by BEFORE (RFC 3339). Prints a line for each thing that happens, and leaves what
came of it in the folder. The fence stands before anything of ours is read.
"""

import http.client
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.cli import lifeline
from tocsin.cli.addresses import LOOPBACK, own_port, url
from tocsin.cli.supervision import Running, program
from tocsin.rehearse.drills import fence
from tocsin.rehearse.drills.ground import MARK, Ground
from tocsin.rehearse.drills.sink import Sink

if TYPE_CHECKING:  # they read the settings, which are not told yet
    from tocsin.rehearse.drills.directing import Direction

FRONT = (sys.executable, "-I", "-m", "tocsin.cli.listeners", "front")
NOBODY = url(LOOPBACK, 1)  # where the front forwards what is dynamic: the usual place may be ours
EVE = timedelta(days=1)  # how long before the night the page was opened


def main(said: list[str]) -> int:
    lifeline.tie()
    fence.put_up()
    ground, before = Ground(Path(said[0])), datetime.fromisoformat(said[1])
    with ground.hold():
        sink, port = Sink(ground.mail), own_port()
        os.environ |= {
            "TOCSIN_SMTP_URL": sink.url,
            "TOCSIN_BASE_URL": url(LOOPBACK, port),
            "TOCSIN_SEEN_BY": url(LOOPBACK, port) + "/",
            "TOCSIN_SITE_DIR": str(ground.data / "site"),
            "TOCSIN_WEB_URL": NOBODY,
        }
        try:
            ground.write("score", drilled(ground, sink, port, before=before))
        finally:
            sink.close()
    return 0


def drilled(ground: Ground, sink: Sink, port: int, *, before: datetime) -> dict[str, Any]:
    """Set the page up, play the night, and judge it."""
    import django

    django.setup()
    from tocsin.rehearse.drills import verdict

    direction = _staged(ground, sink, port, before=before)
    with _front(port):
        course = direction.whole()
        night = direction.play.night
        told = verdict.judged(night.page, direction.play.incident, course, sink, at=night.now)
    opened = direction.play.night.opens_at
    return {**ground.read("drill"), "drill": ground.name, "opened_at": opened.isoformat(), **told}


def _staged(ground: Ground, sink: Sink, port: int, *, before: datetime) -> "Direction":
    from tocsin.catalogue import shelf
    from tocsin.cli import tables
    from tocsin.journal.actors import TERMINAL
    from tocsin.moving.applying import making
    from tocsin.rehearse import reading
    from tocsin.rehearse.drills import company, directing, recast
    from tocsin.rehearse.drills.outage import Outage
    from tocsin.rehearse.player import Night
    from tocsin.rehearse.playing import Play

    tables.stand()
    told = ground.read("drill")
    scenario = reading.read(ground.scenario.read_text("utf-8"))
    opens_at = directing.opening(scenario, told["time_zone"], before=before)
    by, eve = TERMINAL, opens_at - EVE
    making.apply(ground.page.read_text("utf-8"), folder=ground.path, by=by, at=eve)
    (page,) = shelf.pages()
    there = company.invite(by=by, at=eve)
    company.let_readers_in(page, told["readers"], scenario.mailboxes, by=by, at=eve)
    played = recast.recast(scenario, told["components"], page.languages)
    staged = directing.Staged(sink, Outage(ground.data / "tocsin.sqlite3"))
    play = Play(
        played,
        Night(page, opens_at, played.opens),
        company.cast_of(there),
        by=by,
        staging=staged,
        lets_readers_in=False,
    )
    return directing.Direction(
        play,
        staged,
        {role: actor for role, (actor, _) in there.items()},
        reader=lambda: _is_shown(port),
        say=_tell,
    )


@contextmanager
def _front(port: int) -> Iterator[Running]:
    """The real front, serving what the drill compiles, until the end."""
    front = program((*FRONT, LOOPBACK, str(port)), os.environ)()
    try:
        yield front
    finally:
        front.terminate()
        front.wait()


def _is_shown(port: int) -> bool:
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


def _tell(clock: str, line: str) -> None:
    print(f"{clock[:5].ljust(8)}  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

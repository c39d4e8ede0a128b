"""`tocsin worker`: one process per lane, so that a slow mail server never delays the page."""

import gc
import logging
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from tocsin.cli import lifeline
from tocsin.cli.commands import set_up
from tocsin.cli.supervision import Child, Supervision, fork, program

LANES = ("words", "network", "housekeeping")  # here too, for --help needs no Django (tested)
# All three wake at the same commit. On a busy machine the page goes first, then the readers.
NICENESS = {"words": 0, "network": 5, "housekeeping": 10}


@click.command()
@click.option("--lane", type=click.Choice(LANES), help="Run this one alone, in this process.")
def worker(lane: str | None) -> None:
    """Do what is due: compile pages, tell readers, seal the journal."""
    lifeline.tie()
    if lane is not None:
        set_up()
        _run(lane)
        return
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    Supervision(_children()).run(each_turn=lambda: None)


def _children() -> list[Child]:
    """The lanes, forked on Linux, so that one that is killed is there again within a blink.

    Reading a thousand files takes a second in which nobody would meet a deadline.
    """
    if sys.platform != "linux":
        return [Child(f"worker ({name})", program(_command(name), os.environ)) for name in LANES]
    set_up()
    # What is imported here is there in each of them.
    import tocsin.channels.email.channel
    import tocsin.worker.lanes  # noqa: F401

    _read_ahead()
    gc.collect()
    gc.freeze()  # what is there stays shared: no collection in a lane touches it
    return [Child(f"worker ({name})", fork(partial(_become, name))) for name in LANES]


def _read_ahead() -> None:
    """What a lane would read from files at its first word; at a deadline, that word is late."""
    from django.utils import translation

    from tocsin.catalogue import languages
    from tocsin.disclosure import library

    for key in library.every_key():
        library.template(key)
    for code in languages.every():
        with translation.override(code):
            translation.gettext("")


def _command(lane: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "tocsin.cli", "worker", "--lane", lane)


def _become(lane: str) -> None:
    with suppress(OSError):
        Path("/proc/self/comm").write_text(lane)  # the name in `top` and in `ps -e`
    _run(lane)


def _run(lane: str) -> None:
    from tocsin.cli import logs
    from tocsin.worker import lanes

    logs.configure()
    os.nice(NICENESS[lane])
    with lanes.stopping_on_signals() as is_over:
        lanes.run(lane, is_over=is_over)

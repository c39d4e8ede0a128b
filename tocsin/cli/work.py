"""`tocsin worker`: one process per lane, so that a slow mail server never delays the page."""

import logging
import os
import sys

import click

from tocsin.cli import lifeline
from tocsin.cli.commands import set_up
from tocsin.cli.supervision import Child, Supervision

# The lanes' names stand here too, so that the parent needs no Django of its own (tested).
LANES = ("words", "network", "housekeeping")
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
    Supervision(_lane(name) for name in LANES).run(each_turn=lambda: None)


def _lane(name: str) -> Child:
    command = (sys.executable, "-m", "tocsin.cli", "worker", "--lane", name)
    return Child(f"worker ({name})", command, os.environ)


def _run(lane: str) -> None:
    from tocsin.cli import logs
    from tocsin.worker import lanes

    logs.configure()
    os.nice(NICENESS[lane])
    with lanes.stopping_on_signals() as is_over:
        lanes.run(lane, is_over=is_over)

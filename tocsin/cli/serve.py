"""`tocsin serve`: front, web and worker as children of one parent; front and web also alone."""

import json
import logging
import os
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from tocsin.cli.addresses import LOOPBACK, NoAddress, free_address, own_port, url
from tocsin.cli.commands import Refused
from tocsin.cli.supervision import Child, Supervision, program

Command = Callable[..., None]

LISTENERS = (sys.executable, "-m", "tocsin.cli.listeners")
PREPARATION = (sys.executable, "-m", "tocsin.cli.preparation")
WORKER = (sys.executable, "-m", "tocsin.cli", "worker")
GREET_WITHIN = 30.0  # seconds after the start; then the lines come even if something is slow
ASK_FOR = 0.3  # seconds a door is given to answer, while the lines are still to come


@dataclass(slots=True)
class Prepared:
    """What the preparation tells: the site's folder, and the lines that greet the operator."""

    site_dir: str
    private_dir: str
    lines: list[str]


@dataclass(slots=True)
class Greeting:
    """The operator's first lines, said once when every door answers."""

    lines: Sequence[str]
    doors: list[str]
    by: float = field(default_factory=lambda: time.monotonic() + GREET_WITHIN)
    said: bool = False

    def say_when_up(self) -> None:
        if self.said or not (time.monotonic() > self.by or all(map(_answers, self.doors))):
            return
        self.said = True
        click.echo("\n".join([*self.lines, "Ctrl-C stops it."]))


def serve_all(*, host: str, port: int, data_dir: Path | None, demo: bool, worker: bool) -> int:
    """Prepare, then run front, web and worker until told to stop; returns the exit code.

    Raises NoAddress before anything is started where the port is taken.
    """
    address = free_address(host, port)
    click.echo("Getting ready …")  # a first run takes some seconds
    environ = _environ(data_dir)
    served_at = "" if environ.get("TOCSIN_BASE_URL") else url(address, port)
    environ["TOCSIN_BASE_URL"] = environ.get("TOCSIN_BASE_URL") or served_at
    prepared = _prepared(environ, demo=demo, served_at=served_at)
    if prepared is None:
        return 1
    web = url(LOOPBACK, web_port := own_port())
    environ |= {
        "TOCSIN_SITE_DIR": prepared.site_dir,
        "TOCSIN_PRIVATE_DIR": prepared.private_dir,
        "TOCSIN_WEB_URL": web,
    }
    children = [
        Child("front", program((*LISTENERS, "front", address, str(port)), environ)),
        Child("web", program((*LISTENERS, "web", LOOPBACK, str(web_port)), environ)),
    ]
    if worker:
        children.append(Child("worker", program(WORKER, environ)))
    page = "/" if worker else "/healthz"  # without a worker, nothing may ever be compiled
    greeting = Greeting(prepared.lines, [url(address, port) + page, web + "/healthz"])
    Supervision(children).run(each_turn=greeting.say_when_up)
    return 0


def _environ(data_dir: Path | None) -> dict[str, str]:
    """Our environment over ``tocsin.toml``: children read the one, and need not know the other."""
    path = Path(os.environ.get("TOCSIN_CONFIG", "tocsin.toml"))
    try:
        kept = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError):
        kept = {}  # the settings say what is wrong with it, in their own words
    told = {name: str(value) for name, value in kept.items() if name.startswith("TOCSIN_")}
    environ = told | dict(os.environ)
    if data_dir is not None:
        environ["TOCSIN_DATA_DIR"] = str(data_dir.absolute())
    return environ


def _prepared(environ: dict[str, str], *, demo: bool, served_at: str) -> Prepared | None:
    wish = "demo" if demo else "no-demo"
    ended = subprocess.run(
        (*PREPARATION, wish, served_at),
        env=environ,
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    if ended.returncode != 0:
        return None  # it has said why on stderr
    return Prepared(**json.loads(ended.stdout))


def _answers(door: str) -> bool:
    try:
        with urllib.request.urlopen(door, timeout=ASK_FOR) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _become(role: str, *, host: str, port: int, environ: dict[str, str]) -> None:
    """Go on as the listening process itself: nothing of the command line stays in memory."""
    try:
        address = free_address(host, port)
    except NoAddress as refusal:
        raise Refused(str(refusal)) from refusal
    os.execve(sys.executable, [*LISTENERS, role, address, str(port)], environ)


_host = click.option(
    "--host", envvar="HOST", default=LOOPBACK, show_default=True, help="Address to listen on."
)
_data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where everything is kept (TOCSIN_DATA_DIR, else ./data).",
)


def _port(default: int) -> Callable[[Command], Command]:
    kind = click.IntRange(1, 65_535)
    return click.option("--port", envvar="PORT", type=kind, default=default, show_default=True)


@click.command
@_host
@_port(8000)
@_data_dir
@click.option("--demo/--no-demo", default=True, help="On a first run: a demo page, or none.")
@click.option("--no-worker", is_flag=True, help="The worker runs elsewhere.")
def serve(host: str, port: int, data_dir: Path | None, demo: bool, no_worker: bool) -> None:
    """Serve everything: front, web, worker and clock, until Ctrl-C or SIGTERM."""
    logging.basicConfig(format="%(message)s", level=logging.INFO, stream=sys.stderr)
    try:
        code = serve_all(host=host, port=port, data_dir=data_dir, demo=demo, worker=not no_worker)
    except NoAddress as refusal:
        raise Refused(str(refusal)) from refusal
    sys.exit(code)


@click.command
@_host
@_port(8000)
@_data_dir
def front(host: str, port: int, data_dir: Path | None) -> None:
    """Serve the compiled pages, and forward the rest to TOCSIN_WEB_URL."""
    _become("front", host=host, port=port, environ=_environ(data_dir))


@click.command
@_host
@_port(8001)
@_data_dir
def web(host: str, port: int, data_dir: Path | None) -> None:
    """Serve what is dynamic (Django) to fronts; readers must not reach it directly."""
    _become("web", host=host, port=port, environ=_environ(data_dir))

"""An installation of our own: `tocsin serve` on a scratch directory, in processes of its own.

For the benches, the faults, the browser and the screenshots. Whatever is awaited is awaited by
condition and in bounded time, and only processes that were started here are ever ended.
"""

import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GLANCE = 0.02  # seconds between two looks at a condition
TOCSIN = (sys.executable, "-m", "tocsin.cli")


class NeverHappened(Exception):
    """What was awaited did not come in time; the message says what, and where to look."""


def until(is_so: Callable[[], bool], what: str, *, within: float, glance: float = GLANCE) -> float:
    """Wait until ``is_so``; return the seconds it took. Raises NeverHappened after ``within``."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > within:
            raise NeverHappened(f"Within {within:g} s it did not happen that {what}.")
        time.sleep(glance)
    return time.monotonic() - began


def free_port() -> int:
    """A loopback port that nobody listens on, below those taken for outgoing connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_us() -> None:
    """Between fork and exec: let the child be asked to end when this process does, however."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def hearing_ctrl_c() -> None:
    """Between fork and exec: hear Ctrl-C, also where whoever runs the tests does not (`nohup`)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def rest_of(running: "subprocess.Popen[str]", *, within: float = 120) -> str:
    """What a command says until it ends; one that does not end is killed, and told of."""
    try:
        return running.communicate(timeout=within)[0]
    except subprocess.TimeoutExpired:
        running.kill()
        raise


def is_answering(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def scratch_environ(data_dir: Path, **told: str) -> dict[str, str]:
    """Our own environment without anybody's TOCSIN_ settings, and with those of ``data_dir``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tocsin.settings",
        "TOCSIN_DATA_DIR": str(data_dir),
        "TOCSIN_CONFIG": str(data_dir / "no-tocsin.toml"),
        "PYTHONUNBUFFERED": "1",
        **told,
    }


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class House:
    """One installation in ``directory``; ``told`` holds further TOCSIN_ settings by name."""

    directory: Path
    told: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_dir(self) -> Path:
        return self.directory / "data"

    @property
    def database(self) -> Path:
        return self.data_dir / "tocsin.sqlite3"

    @property
    def log(self) -> Path:
        return self.directory / "serve.log"

    @property
    def environ(self) -> dict[str, str]:
        return scratch_environ(self.data_dir, TOCSIN_BASE_URL=self.base_url, **self.told)

    def start(self, *words: str, within: float = 60) -> None:
        """Start `tocsin serve` with further ``words``, and wait until front and Django answer."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*TOCSIN, "serve", "--host", "127.0.0.1", "--port", str(self.port), *words],
                env=self.environ,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_us,
            )
        try:
            until(lambda: self._answers("/healthz"), "the front answers", within=within)
            until(lambda: self._answers("/readyz"), "Django answers", within=within)
        except NeverHappened as error:
            self.stop()
            raise NeverHappened(f"{error} Its log ends:\n{self.tail()}") from error

    def _answers(self, path: str) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise NeverHappened(f"`tocsin serve` ended by itself ({self.process.returncode}).")
        try:
            return self.read(path).status == 200
        except OSError:
            return False

    def await_page(self, *, within: float = 60) -> None:
        """Wait until the public page is compiled and served."""
        until(lambda: self._answers("/"), "the public page is served", within=within)

    def stop(self) -> None:
        """Ask it to end, kill it (and what it started) when it does not."""
        if self.process is None:
            return
        family = descendants(self.process.pid)
        if self.process.poll() is None:
            self.wake()
            self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            for pid in (self.process.pid, *family):
                kill(pid)
            self.process.wait()
        self.process = None

    def rest(self) -> None:
        """Let nothing of it run until ``wake``: it neither works nor takes the processor."""
        self._tell_all(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it run on where it was."""
        self._tell_all(signal.SIGCONT)

    def _tell_all(self, what: signal.Signals) -> None:
        assert self.process is not None
        for pid in (self.process.pid, *descendants(self.process.pid)):
            os.kill(pid, what)

    def tail(self, lines: int = 30) -> str:
        """The end of what `tocsin serve` said."""
        told = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return "\n".join(told[-lines:])

    def read(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """GET a path of ours, read whole."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", path, headers=dict(headers or {}))
            answer = line.getresponse()
            return Reply(
                answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
            )
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            line.close()

    def summary(self) -> dict[str, Any]:
        """`/api/v2/summary.json`, read."""
        told: dict[str, Any] = json.loads(self.read("/api/v2/summary.json").body)
        return told

    def tocsin(
        self, *words: str, stdin: str | None = None, within: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run one `tocsin` command in this installation, to its end."""
        return subprocess.run(
            [*TOCSIN, *words],
            env=self.environ,
            cwd=self.directory,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def told_by(self, *words: str) -> Any:
        """What a `tocsin … --json` command prints. Raises NeverHappened when it is refused."""
        done = self.tocsin(*words, "--json")
        if done.returncode != 0:
            raise NeverHappened(f"`tocsin {' '.join(words)}` was refused: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class Process:
    """A line of the process table; ``name`` is the short one, ``command`` its command line."""

    pid: int
    parent: int
    name: str
    command: str


def process_table() -> dict[int, Process]:
    """All processes that run (not those that have ended and wait to be collected), by id."""
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            found = _process(int(entry.name))
            if found is not None:
                table[found.pid] = found
    return table


def _process(pid: int) -> Process | None:
    try:
        before, _, after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        state, parent = after.split()[:2]
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else Process(pid, int(parent), before.partition("(")[2], command)


def descendants(pid: int) -> list[int]:
    """The ids of all that a process started, and what those started, parents first."""
    children: dict[int, list[int]] = {}
    for process in process_table().values():
        children.setdefault(process.parent, []).append(process.pid)
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(0), [])
        found += below
        todo += below
    return found


def kill(pid: int) -> None:
    """End one process without asking it; one that has ended already is no error."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def alive(folder: Path) -> list[int]:
    """Processes that were told of a drill's folder."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal() and int(path.name) != os.getpid():
            try:
                told = (path / "environ").read_bytes() + (path / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in told:
                found.append(int(path.name))
    return found

"""A real front under granian, a site to serve, and a stand-in for Django: all on loopback."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import httpx

DEADLINE = 10.0  # seconds until a condition that never comes true fails the test
LOOPBACK = "127.0.0.1"

INDEX = "<!doctype html><title>Linden</title><p>All is well with Linden today.</p>"


def eventually(claim: Callable[[], bool]) -> None:
    """Wait until a claim holds; fail when it doesn't in time."""
    until = time.monotonic() + DEADLINE
    while not claim():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.005)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Site:
    """A site folder that compile might have written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._hosts: dict[str, str] = {}

    def page(self, slug: str) -> "Page":
        self._hosts[f"{slug}.example"] = slug
        _replace(self.root / "hosts.json", json.dumps({"default": "", "hosts": self._hosts}))
        return Page(self.root / slug)

    @property
    def private(self) -> Path:
        return self.root.with_name(f"{self.root.name}-private")

    def close(self, slug: str) -> None:
        """Let a page be read by some alone, as compile does."""
        _replace(self.private / "hosts.json", json.dumps({"hosts": [f"{slug}.example"]}))
        del self._hosts[f"{slug}.example"]
        _replace(self.root / "hosts.json", json.dumps({"default": "", "hosts": self._hosts}))


class Page:
    """One page of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host = f"{root.name}.example"
        (root / "archive").mkdir(parents=True)

    def release(self, name: str, files: Mapping[str, str | bytes] | None = None) -> Path:
        """Write a release (with an index unless ``files`` has one) without making it live."""
        directory = self.root / "releases" / name
        for path, body in {"index.html": INDEX, **(files or {})}.items():
            write(directory / path, body)
        return directory

    def live(self, name: str, files: Mapping[str, str | bytes] | None = None) -> Path:
        directory = self.release(name, files)
        self.point_at(name)
        return directory

    def point_at(self, name: str) -> None:
        _replace(self.root / "live", name + "\n")

    def archive(self, path: str, body: str | bytes) -> Path:
        return write(self.root / "archive" / path, body)


class Running:
    """A front process, and a client that asks it."""

    def __init__(self, site_dir: Path, **settings: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "rsgi",
                "--host",
                LOOPBACK,
                "--port",
                str(self.port),
                "--http",
                "1",
                "--no-ws",
                "--loop",
                "uvloop",
                "--log-level",
                "error",
                "--workers-kill-timeout",
                "1",
                "tocsin.front.app:app",
            ],
            env={
                **os.environ,
                "TOCSIN_SITE_DIR": str(site_dir),
                "TOCSIN_PRIVATE_DIR": f"{site_dir}-private",
                **settings,
            },
        )
        self.client = httpx.Client(base_url=f"http://{LOOPBACK}:{self.port}", trust_env=False)
        eventually(self._is_up)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, "granian ended"
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, page: Page, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", page, path, **headers)

    def ask(self, method: str, page: Page, path: str, **headers: str) -> httpx.Response:
        """One request with only the headers named (underscores for hyphens)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named = {"host": page.host, "accept-encoding": "identity", **named}
        return self.client.request(method, path, headers=named)

    def raw(self, *parts: bytes, wait: float = 3.0) -> bytes:
        """Send bytes as they are, and read until the other side closes or falls silent."""
        with closing(socket.create_connection((LOOPBACK, self.port), timeout=wait)) as link:
            for part in parts:
                link.sendall(part)
            return received(link)

    def stop(self) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(timeout=DEADLINE)


def received(link: socket.socket) -> bytes:
    data = b""
    try:
        while chunk := link.recv(65_536):
            data += chunk
    except (TimeoutError, ConnectionResetError):
        pass
    return data


def write(path: Path, body: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def _replace(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(body)
    beside.replace(path)

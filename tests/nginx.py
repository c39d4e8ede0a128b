"""nginx on a loopback port: with the configuration that we ship, or with next to none.

`.ci/nginx` brings it. It runs as whoever started it, with one worker, and ends with its block.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

from tests.serving import ROOT, free_port, is_answering, until

SHIPPED = ROOT / "deploy" / "nginx.conf"
AROUND = """\
{user}worker_processes 1;
daemon off;
pid {place}/nginx.pid;
error_log {place}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi;
    uwsgi_temp_path {place}/uwsgi;
    scgi_temp_path {place}/scgi;
{inside}
}}
"""
BARE = """\
    types {{ text/html html; }}
    charset utf-8;
    sendfile on;
    tcp_nopush on;
    gzip_static on;
    gzip_vary on;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
"""


class Nginx:
    """One nginx with the http block ``inside``, in ``place``; ``port`` is where it listens."""

    def __init__(self, inside: str, place: Path, *, port: int) -> None:
        self.port = port
        place.mkdir(parents=True, exist_ok=True)
        user = "user root;\n" if os.geteuid() == 0 else ""
        told = place / "nginx.conf"
        told.write_text(AROUND.format(user=user, place=place, inside=inside), "utf-8")
        self._command = [_found(), "-p", str(place), "-c", str(told)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Nginx":
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        until(self._answers, "nginx answers", within=10)
        return self

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            assert self._process.stderr is not None
            raise AssertionError(f"nginx ended: {self._process.stderr.read()}")
        return is_answering(self.port)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stderr is not None
        self._process.stderr.close()


def shipped(place: Path, *, site_dir: Path, pages: dict[str, str], front: int) -> Nginx:
    """Ours, with what docs/operating/running.md says to change, and without TLS.

    ``pages`` maps a host to its page's slug; ``front`` is the port of `tocsin front`.
    """
    port = free_port()
    hosts = "".join(f"    {host} {slug};\n" for host, slug in pages.items())
    told = SHIPPED.read_text("utf-8")
    for pattern, instead in (
        (r"    status\.example\.com linden;\n", hosts),
        (r"(?s)server \{\n    listen 80;.*?\n\}\n", ""),
        (r"listen 443 ssl http2;.*", f"listen 127.0.0.1:{port};"),
        (r" *listen \[::\]:443.*\n", ""),
        (r" *ssl_.*\n", ""),
        (r"server_name status\.example\.com;", "server_name _;"),
        (r"/srv/tocsin/data/site/", f"{site_dir}/"),
        (r"server 127\.0\.0\.1:8000 ", f"server 127.0.0.1:{front} "),
    ):
        told, count = re.subn(pattern, instead, told)
        assert count, f"deploy/nginx.conf no longer holds {pattern!r}."
    return Nginx(told, place, port=port)


def bare(place: Path, root: Path) -> Nginx:
    """The files of a folder, packed ones too, and nothing else."""
    port = free_port()
    return Nginx(BARE.format(port=port, root=root), place, port=port)


def _found() -> str:
    ours = ROOT / ".nginx" / "usr" / "sbin" / "nginx"
    found = (
        str(ours)
        if ours.exists()
        else shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    )
    assert found, "nginx is missing: make nginx"
    return found

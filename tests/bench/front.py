"""The public page through the front, beside a bare Django view."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.load import measured
from tests.bench.table import Row
from tests.bench.visible import a_past, is_live
from tests.serving import ROOT, House, free_port, is_answering, until

CONNECTIONS, SECONDS, ROUNDS = 32, 3, 3


def measure(say: Callable[[str], None]) -> list[Row]:
    """Rates of the same bytes, in turns, so that a busy machine is busy for all of them."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        house = House(Path(name))
        house.data_dir.mkdir()
        last = a_past(house, 50)
        with house:
            house.start("--no-demo")
            until(lambda: is_live(house, last), "the page is compiled", within=60)
            say("Loading the front, and a bare Django view with the same bytes …")
            return _compared(house)


def _compared(house: House) -> list[Row]:
    body = house.directory / "index.html"
    body.write_bytes(house.read("/").body)
    rates: dict[str, list[float]] = {}
    with bare_django(body) as bare:
        doors = {"front": f"{house.base_url}/", "a bare Django view": bare}
        for _ in range(ROUNDS):
            for name, url in doors.items():
                load = measured(url, seconds=SECONDS, connections=CONNECTIONS)
                rates.setdefault(name, []).append(load.rate)
    best = {name: sorted(seen)[len(seen) // 2] for name, seen in rates.items()}
    front, django = best["front"], best["a bare Django view"]
    return [
        Row("/ through the front", f"{front:.0f} req/s"),
        Row("the same bytes from a bare Django view", f"{django:.0f} req/s"),
        Row("the front over a bare Django view", f"{front / django:.1f} ×"),
    ]


@contextmanager
def bare_django(body: Path) -> Iterator[str]:
    """Django and granian with one view that answers with a file's bytes; gives its URL."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare", str(port), str(body)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: is_answering(port), "the bare view answers", within=30)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(15)

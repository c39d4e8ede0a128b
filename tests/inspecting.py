"""html-validate and Lighthouse, as they are, brought by .ci/clients: what they say of pages."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import CHROMIUM
from tests.serving import ROOT, free_port, is_answering, until

HERE = Path(__file__).parent / "browser"
INSPECTORS = ROOT / ".clients" / "inspectors"


@dataclass(frozen=True, slots=True)
class Score:
    """What Lighthouse says of an address: points by category, and what cost some."""

    url: str
    scores: dict[str, int]
    lost: list[str]


def invalid_html(places: Iterable[Path]) -> tuple[int, list[str]]:
    """How many pages lie in files and folders, and what in them is not valid HTML."""
    told = json.loads(_run("inspect_html.mjs", *map(str, places)))
    return told["seen"], told["complaints"]


def lighthouse(port: int, categories: Iterable[str], urls: Iterable[str]) -> list[Score]:
    """Let Lighthouse look at addresses, in the browser whose debugger listens on ``port``."""
    told = _run("inspect_lighthouse.mjs", str(port), ",".join(categories), *urls)
    return [Score(**one) for one in json.loads(told)]


@contextmanager
def debugged_chromium() -> Iterator[int]:
    """A browser of its own, with its own profile; gives its debugger's port."""
    port = free_port()
    with TemporaryDirectory(prefix="tocsin-chromium-", ignore_cleanup_errors=True) as profile:
        words = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
        told = (f"--remote-debugging-port={port}", f"--user-data-dir={profile}", "about:blank")
        process = subprocess.Popen(
            [CHROMIUM, *words, *told],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            until(lambda: is_answering(port), "the browser's debugger answers", within=30)
            yield port
        finally:
            process.terminate()
            process.wait(15)


def _run(script: str, *words: str) -> str:
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        ["node", str(HERE / script), *words],
        env={**kept, "INSPECTORS": str(INSPECTORS)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.splitlines()[-1]

"""Real or made-up incidents taken in and read out again: every field as it came.

Run as ``python -m tests.arrival DIR`` (``make import-check DIR=…``): a directory of
``{page, incident}`` files, as Statuspage's public API gives them, goes into an installation of its
own, its page is compiled, and each ``/api/v2/incidents/<id>.json`` is compared with its file.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TOCSIN = (sys.executable, "-m", "tocsin.cli")


def differences(theirs: Any, ours: Any, path: str = "incident") -> Iterator[str]:
    """Every place where ours lacks or changes what was theirs; keys that we add are allowed."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, value in theirs.items():
            if name not in ours:
                yield f"{path}.{name} is missing"
            else:
                yield from differences(value, ours[name], f"{path}.{name}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for place, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif theirs != ours or type(theirs) is not type(ours):
        yield f"{path}: {theirs!r:.80} came out as {ours!r:.80}"


def compared(folder: Path, site: Path) -> dict[str, list[str]]:
    """What is wrong, by file; an empty list where every field is equal."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*.json")):
        told = json.loads(file.read_bytes())
        incident = told["incident"]
        answer = site / "api" / "v2" / "incidents" / f"{incident['id']}.json"
        if not answer.is_file():
            found[file.name] = [f"there is no /api/v2/incidents/{incident['id']}.json"]
            continue
        found[file.name] = list(differences(incident, json.loads(answer.read_bytes())["incident"]))
    return found


def check(folder: Path, *, say: Any = print) -> int:
    """Take a folder in and read it out again; returns how many files came out otherwise."""
    with TemporaryDirectory(prefix="tocsin-arrival-") as place:
        data, site = Path(place, "data"), Path(place, "site")
        environ = os.environ | {"TOCSIN_DATA_DIR": str(data)}
        environ |= {"DJANGO_SETTINGS_MODULE": "tocsin.settings"}
        data.mkdir()
        _run([sys.executable, "-m", "tocsin.cli.tables"], environ)
        _run([*TOCSIN, "import", "statuspage", str(folder)], environ)
        again = _run([*TOCSIN, "import", "statuspage", str(folder), "--json"], environ)
        told = json.loads(again)
        assert told["updates"] == 0, "a second run brought something"
        assert told["changes"] == [], "a second run found a difference"
        _run([*TOCSIN, "compile", "--out", str(site)], environ)
        _run([*TOCSIN, "verify"], environ)
        found = compared(folder, site)
    wrong = {name: faults for name, faults in found.items() if faults}
    for name, faults in wrong.items():
        say(f"{name}:\n  " + "\n  ".join(faults[:20]))
    say(f"{len(found) - len(wrong)} of {len(found)} incidents came out with every field equal.")
    return len(wrong)


def _run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[2:5])} failed:\n{done.stderr[-4000:]}")
    return done.stdout


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        raise SystemExit("Say which directory of {page, incident} files: make import-check DIR=…")
    sys.exit(1 if check(Path(sys.argv[1])) else 0)

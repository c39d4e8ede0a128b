"""The folder of one drill: everything that it is made of and comes to, below the data directory.

    <data>/drills/<name>/
        drill.json, page.yaml, scenario.yaml    what it was set up with
        data/                                   its own installation: database, site, secret key
        mail/, calls/                           what its mailboxes and its rooms took
        score.json                              what came of it

NoDrill     none goes by that name; says where to look
StillOn     it runs, and cannot be taken away
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

FOLDER = "drills"
NAME = re.compile(r"\d{8}-\d{6}-[a-z0-9-]{1,60}")
MARK = "DRILL / EXERCICE"
# What a drill's processes are told of where they run: nothing by which anybody could be reached.
KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT")


class CannotDrill(Exception):
    pass


class NoDrill(CannotDrill):
    pass


class StillOn(CannotDrill):
    pass


@dataclass(frozen=True, slots=True)
class Ground:
    """One drill's place."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def database(self) -> Path:
        return self.data / "tocsin.sqlite3"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def calls(self) -> Path:
        return self.path / "calls"

    @property
    def page(self) -> Path:
        return self.path / "page.yaml"

    @property
    def scenario(self) -> Path:
        return self.path / "scenario.yaml"

    def read(self, what: str) -> dict[str, Any]:
        """``drill`` or ``score``; empty where it is not there."""
        try:
            told: dict[str, Any] = json.loads((self.path / f"{what}.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return told

    def write(self, what: str, told: Mapping[str, Any]) -> None:
        """Keep ``drill`` or ``score``, whole or not at all."""
        draft = self.path / f".{what}.json"
        draft.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(self.path / f"{what}.json")

    def hold(self) -> IO[bytes]:
        """Say that it runs, until what is returned is closed or the process ends, however."""
        held = (self.path / "lock").open("wb")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            raise StillOn(f"The drill {self.name} is still on. Stop it first: Ctrl-C.") from None
        return held

    @property
    def is_on(self) -> bool:
        """Whether a process of it runs."""
        try:
            self.hold().close()
        except StillOn:
            return True
        return False

    def environ(self, environ: Mapping[str, str], **told: str) -> dict[str, str]:
        """What its processes are told: of our own environment hardly anything."""
        kept = {name: environ[name] for name in KEPT if name in environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tocsin.settings",
            "TOCSIN_ALLOW_PRIVATE_TARGETS": "true",  # its rooms are on this machine
            "TOCSIN_CONFIG": os.devnull,
            "TOCSIN_DATA_DIR": str(self.data),
            "TOCSIN_DATABASE_URL": f"sqlite:///{self.database}",
            "TOCSIN_FENCED": "true",
            "TOCSIN_MAIL_FROM": "status@drill.invalid",
            "TOCSIN_WATERMARK": MARK,
            **told,
        }


def open_ground(data_dir: Path, scenario: str, *, at: datetime) -> Ground:
    """Make the place of a new drill, for its owner's eyes alone."""
    slug = re.sub(r"[^a-z0-9]+", "-", scenario.lower()).strip("-")[:40] or "drill"
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 1000):
        more = f"-{number}" if number > 1 else ""
        path = folder / f"{at:%Y%m%d-%H%M%S}-{slug}{more}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        found = Ground(path)
        found.mail.mkdir()
        found.calls.mkdir()
        found.data.mkdir()
        return found
    raise CannotDrill(f"{folder} is full of drills of this second. Remove some: tocsin drill list.")


def grounds(data_dir: Path) -> list[Ground]:
    """Every drill that is kept, the newest first."""
    folder = data_dir / FOLDER
    paths = folder.iterdir() if folder.is_dir() else ()
    found = [path for path in paths if NAME.fullmatch(path.name) and path.is_dir()]
    return [Ground(path) for path in sorted(found, reverse=True)]


def find(data_dir: Path, name: str) -> Ground:
    """A drill by its name. Raises NoDrill."""
    path = data_dir / FOLDER / name
    if not NAME.fullmatch(name) or not path.is_dir() or path.is_symlink():
        raise NoDrill(f"No drill {name[:80]!r} is kept. See `tocsin drill list`.")
    return Ground(path)


def remove(ground: Ground) -> None:
    """Take a drill away with all that it holds. Raises StillOn."""
    with ground.hold():
        shutil.rmtree(ground.path)

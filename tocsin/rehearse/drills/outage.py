"""The database dies, and comes back as it was: its files are out of reach meanwhile.

Whoever asks for it is refused by SQLite itself. Call it while no other process has it open.
"""

from pathlib import Path

from django.db import connections

AWAY = ".away"


class Outage:
    """The one SQLite file of a drill."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.is_on = False

    def begin(self) -> None:
        if self.is_on:
            return
        connections.close_all()
        for path in self._files():
            path.rename(path.with_name(path.name + AWAY))
        self._file.mkdir()  # in its place, so that none is made anew
        self.is_on = True

    def end(self) -> None:
        if not self.is_on:
            return
        connections.close_all()
        self._file.rmdir()
        for path in self._file.parent.glob(f"{self._file.name}*{AWAY}"):
            path.rename(path.with_name(path.name.removesuffix(AWAY)))
        self.is_on = False

    def _files(self) -> list[Path]:
        """The file, and those that SQLite keeps beside it."""
        return [path for path in self._file.parent.glob(f"{self._file.name}*") if path.is_file()]

"""The processes of one installation, by the part they play."""

from tests.serving import Process, descendants, process_table
from tocsin.cli.work import LANES

SERVE = "serve"
PARTS = (
    SERVE,
    "front",
    "front's child",
    "web",
    "web's child",
    "worker",
    "words lane",
    "network lane",
    "housekeeping lane",
)


def family_of(serve: int) -> dict[str, int]:
    """{part: process id} of all that `tocsin serve` (a process id) started and that runs now."""
    table = process_table()
    found = {SERVE: serve} if serve in table else {}
    for pid in descendants(serve):
        part = _part(table[pid], table) if pid in table else None
        if part is not None:
            found[part] = pid
    return found


def _part(process: Process, table: dict[int, Process]) -> str | None:
    command = process.command
    for listener in ("front", "web"):
        if f"tocsin.cli.listeners {listener} " in command + " ":
            above = table.get(process.parent)
            is_child = above is not None and f"listeners {listener} " in above.command + " "
            return f"{listener}'s child" if is_child else listener
    if "multiprocessing" in command and "spawn_main" in command:
        above = table.get(process.parent)
        part = _part(above, table) if above else None
        return f"{part}'s child" if part in ("front", "web") else None
    if command.endswith(" worker"):
        return f"{process.name} lane" if process.name in LANES else "worker"
    return None


def is_whole(serve: int) -> bool:
    """Whether every part runs."""
    return set(family_of(serve)) >= set(PARTS)

"""What the figures were taken on: without it, a millisecond means nothing."""

import os
import platform
import re
import sqlite3
from pathlib import Path


def described() -> str:
    """One line: processor, cores, Python, SQLite, and how busy the machine was."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{_processor()}, {cores} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.release()}; "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )


def _processor() -> str:
    told = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    found = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def other_core() -> set[int]:
    """The core on which load and readers run, so that they do not take the server's."""
    return {max(os.sched_getaffinity(0))}

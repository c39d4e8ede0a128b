"""What a bench that is ended leaves behind."""

import subprocess
import sys
from pathlib import Path

HELD_UP = """
import signal, tempfile
from tests.bench.__main__ import tidily

tidily()
with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
    print(name, flush=True)
    signal.pause()
"""


def test_a_bench_that_is_ended_leaves_no_directory_behind() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HELD_UP], stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout
        directory = Path(one.stdout.readline().strip())
        assert directory.is_dir()

        one.terminate()

        assert one.wait(timeout=20) == 143
    assert not directory.exists()

import os
import subprocess
import sys
from pathlib import Path

from tocsin.cli import lifeline
from tocsin.cli.tests.processes import eventually, is_running, kill

CHILD = (
    "import sys, time; from tocsin.cli import lifeline; lifeline.tie(); "
    "open(sys.argv[1], 'w').write('tied'); time.sleep(60)"
)
PARENT = (
    "import os, subprocess, sys, time; "
    f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}, sys.argv[1]], "
    f"env={{**os.environ, {lifeline.PARENT!r}: str(os.getpid())}}); "
    "print(child.pid, flush=True); time.sleep(60)"
)


def test_a_killed_parent_takes_its_child_along(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(mark)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        eventually(mark.exists)

        kill(parent.pid)

        eventually(lambda: not is_running(child))


def test_a_child_whose_parent_has_gone_already_ends_at_once(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    ended = subprocess.run(
        [sys.executable, "-c", CHILD, str(mark)],
        env={**os.environ, lifeline.PARENT: str(gone.pid)},
    )

    assert ended.returncode == 1
    assert not mark.exists()


def test_a_process_that_nobody_supervises_is_tied_to_nobody(tmp_path: Path) -> None:
    environ = {name: said for name, said in os.environ.items() if name != lifeline.PARENT}
    code = "from tocsin.cli import lifeline; lifeline.tie()"

    assert subprocess.run([sys.executable, "-c", code], env=environ).returncode == 0

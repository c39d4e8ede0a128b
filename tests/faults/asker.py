"""An operator in a process of its own, whose words wait for legal until a time that is told.

Run as ``python -m tests.faults.asker`` with TOCSIN_DATA_DIR set: it makes the database and a page
whose policy asks for legal's consent. For each line of standard input, so many seconds, it declares
an incident, writes a word that waits for so long, and prints ``<incident> <deadline>``.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType

from tests.serving import ROOT

POLICY = "clearance:\n  sev1:\n    words: legal\n    within: 1m\n"
WITHIN = timedelta(minutes=1)  # a policy knows nothing shorter, so a word is written in the past


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that waits, and until when."""

    incident: str
    due_at: datetime


class Asker:
    """The operator as a child process."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.asker"],
            env=dict(environ),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._heard()  # it is ready

    def ask(self, seconds: float) -> Asked:
        """Let a word be written whose deadline is so many seconds from now."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        incident, due = self._heard()
        return Asked(incident, datetime.fromisoformat(due))

    def _heard(self) -> list[str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            raise EOFError("The asker has ended.")
        return line.split()

    def __enter__(self) -> "Asker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()


def main() -> None:
    """Write a word for each line of standard input."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    import django

    django.setup()
    from tests.cast import a_page, an_operator
    from tocsin.cli import tables
    from tocsin.journal.actors import TERMINAL
    from tocsin.people.models import Role
    from tocsin.statements import policies

    tables.stand()
    page = a_page()
    policies.adopt(page.id, POLICY, by=TERMINAL, at=datetime.now(UTC))
    an_operator("Lea", Role.LEGAL)
    print("ready", flush=True)
    for line in sys.stdin:
        asked = _ask(page.id, timedelta(seconds=float(line)))
        print(asked.incident, asked.due_at.isoformat(), flush=True)


def _ask(page_id: str, seconds: timedelta) -> Asked:
    from tocsin.catalogue.tree import State
    from tocsin.disclosure.phases import Phase
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import word
    from tocsin.statements.values import Layer
    from tocsin.statements.word import Saying

    at = datetime.now(UTC) + seconds - WITHIN
    declared = word.declare(
        page_id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=TERMINAL,
        at=at,
    )
    incident = declared.incident_id
    saying = Saying(phase=Phase.IDENTIFIED, layers={"en": Layer("It fails", "We know why.")})
    spoken = word.say(incident, saying, by=TERMINAL, at=at)
    assert spoken.pending is not None
    return Asked(incident, spoken.pending.due_at)


if __name__ == "__main__":
    main()

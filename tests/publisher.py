"""An operator in a process of its own, who says the next word whenever a line is read.

Run as ``python -m tests.publisher [PAGE]`` with TOCSIN_DATA_DIR set; PAGE is a slug, else the
default. Before each word it prints ``saying <sample>``, and once it is committed ``said <sample>
<number> <phase> <monotonic seconds>``. An incident takes five words and is closed by the sixth, as
one night would; a word's body says "sample N", so that it can be recognised wherever it turns up.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

from tests.serving import ROOT

WORDS_EACH = 6
COMPONENT = "checkout"


@dataclass(frozen=True, slots=True)
class Said:
    """One word that was committed, at ``at`` monotonic seconds."""

    sample: int
    number: int
    phase: str
    at: float


class Publisher:
    """The operator as a child process."""

    def __init__(self, environ: Mapping[str, str], *, page: str = "") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.publisher", *([page] if page else [])],
            env=dict(environ),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._to, self._from = self.process.stdin, self.process.stdout
        self._heard()  # it is ready

    def begin(self) -> int:
        """Let the next word be said; return its sample once its transaction is about to begin."""
        self._to.write(b"say\n")
        self._to.flush()
        return int(self._heard()[1])

    def outcome(self) -> Said:
        """The word that was begun, once it is committed. Raises EOFError when the process died."""
        _, sample, number, phase, at = self._heard()
        return Said(int(sample), int(number), phase, float(at))

    def say(self) -> Said:
        """Say the next word, from beginning to commit."""
        self.begin()
        return self.outcome()

    def _heard(self) -> list[str]:
        line = self._from.readline()
        if not line.endswith(b"\n"):
            raise EOFError("The publisher has ended.")
        return line.decode().split()

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Kill it, wherever it stands."""
        self.process.kill()
        self.process.wait()
        self._from.close()
        try:
            self._to.close()
        except BrokenPipeError:
            return


def main() -> None:
    """Say one word for each line of standard input."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    import django

    django.setup()
    from tocsin.catalogue import shelf
    from tocsin.statements import published

    page = shelf.brand(sys.argv[1]) if len(sys.argv) > 1 else shelf.pages()[0]
    sample = published.last_number(page.audience_id)
    print("ready", flush=True)
    for _ in sys.stdin:
        sample += 1
        print("saying", sample, flush=True)
        number, phase = _say_next(page.id, sample)
        print("said", sample, number, phase, f"{time.monotonic():.6f}", flush=True)


def _say_next(page_id: str, sample: int) -> tuple[int, str]:
    """Say the next word of the night; return its number and phase."""
    from tocsin.catalogue.tree import State
    from tocsin.disclosure.phases import Phase
    from tocsin.incidents import declaration
    from tocsin.journal.actors import TERMINAL
    from tocsin.statements import published, word
    from tocsin.statements.values import Layer
    from tocsin.statements.word import Saying

    at = datetime.now(UTC)
    layers = {
        "en": Layer(headline="Payments fail", body=f"We are looking into it, sample {sample}."),
        "fr": Layer(headline="Les paiements échouent", body=f"Nous cherchons, sample {sample}."),
    }
    known = next(iter(declaration.open_incidents(page_id)), None)
    if known is None:
        components = {COMPONENT: State.MAJOR}
        spoken = word.declare(
            page_id,
            title="Payments fail",
            components=components,
            layers=layers,
            by=TERMINAL,
            at=at,
        )
        return spoken.publication.number, Phase.INVESTIGATING
    told = published.story(spoken_to(page_id), known.id)
    assert told is not None
    so_far = len(told.publications)
    phase = Phase.RESOLVED if so_far >= WORDS_EACH - 1 else Phase.IDENTIFIED
    spoken = word.say(known.id, Saying(phase=phase, layers=layers), by=TERMINAL, at=at)
    return spoken.publication.number, phase


def spoken_to(page_id: str) -> str:
    """The public audience's id."""
    from tocsin.catalogue import shelf

    return shelf.brand(page_id).audience_id


if __name__ == "__main__":
    main()

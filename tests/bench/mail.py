"""Personalised mails through the ledger, beside Django's own backend, to the same raw sink.

Run as ``python -m tests.bench.mail [--count 20000]``. Both send the same words to the same kind of
sink in a process of its own. Django's way: one open connection, one EmailMultiAlternatives built
for each reader. Ours: the audience fixed, each delivery claimed, filled, sent and settled, on
SQLite with synchronous=FULL. Django goes before and after, so that a busy machine is busy for both.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.machine import described
from tests.bench.table import Row, printed
from tests.serving import ROOT
from tests.sink import Sink

COUNT, AT_LEAST = 20_000, 8.0
DJANGO_SENDS = 1500  # enough for a rate; all 20,000 would take most of a minute


@dataclass(frozen=True, slots=True)
class Rates:
    """Mails a second, and what stands behind them."""

    ledger: float
    django: float
    audience_seconds: float
    sent: int
    taken: int

    @property
    def ratio(self) -> float:
        return self.ledger / self.django


def measure(say: Callable[[str], None], *, count: int = COUNT) -> list[Row]:
    """Measure in a process of its own; ``say`` is told how it goes along."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name, Sink(Path(name)) as sink:
        told = {
            "TOCSIN_DATA_DIR": str(Path(name) / "data"),
            "TOCSIN_SMTP_URL": sink.url,
            "TOCSIN_CONFIG": str(Path(name) / "none.toml"),
            "DJANGO_SETTINGS_MODULE": "tocsin.settings",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.mail", "--inside", str(sink.port), str(count)],
            cwd=ROOT,
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            check=True,
            timeout=900,
        )
        rates = Rates(**json.loads(done.stdout.splitlines()[-1]))
    say(f"{rates.sent} mails, {rates.taken} taken by the sink.")
    return _judged(rates)


def _judged(rates: Rates) -> list[Row]:
    return [
        Row("mail: Django's own backend", f"{rates.django:,.0f}/s"),
        Row("mail: audience fixed", f"{rates.audience_seconds * 1000:,.0f} ms"),
        Row("mail: through the ledger", f"{rates.ledger:,.0f}/s"),
        Row(
            "mail: ledger over Django",
            f"{rates.ratio:.1f} times",
            f"at least {AT_LEAST:g} times",
            rates.ratio >= AT_LEAST,
        ),
        Row(
            "mail: each taken once",
            f"{rates.taken} of {rates.sent}",
            "all",
            rates.taken == rates.sent,
        ),
    ]


def inside(port: int, count: int) -> Rates:
    """Both ways, in a process that Django was set up in."""
    import django

    django.setup()
    from tests.bench import both_ways
    from tocsin.cli import tables

    tables.stand()
    said = both_ways.a_notice(count)
    before = both_ways.sent_by_django(said, port, DJANGO_SENDS // 2)
    began = time.perf_counter()
    audience = both_ways.announced(said)
    sent = both_ways.delivered()
    took = time.perf_counter() - began
    after = both_ways.sent_by_django(said, port, DJANGO_SENDS // 2)
    taken = both_ways.taken_once(said)
    django_rate = 2 * (DJANGO_SENDS // 2) / (before + after)
    return Rates(sent / took, django_rate, audience, sent, taken)


def main() -> None:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="readers (default: 20000)")
    parser.add_argument("--inside", nargs=2, type=int, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.inside:
        print(json.dumps(asdict(inside(*told.inside))))
        return
    print(described())
    print(printed(measure(print, count=told.count)))


if __name__ == "__main__":
    main()

"""Split a set of labelled sentences into a half to tune on and one that nobody looks at.

The rule, fixed before the coach reads a word of the set: within each rule group that sentences
were made for, and of the clean and the flagged ones apart, in the order of the SHA-256 of their
ids, the first, third, fifth ... are tuned on, and the others are held out.

    python -m tests.coach.halving FILE LANGUAGE NAME
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tests.coach.labelled import HERE
from tocsin.catalogue.languages import READER

HEADS = {
    "tune": "# Labelled before the coach read a word of it; tuned on. See halving.py.\n",
    "held": "# Labelled before the coach read a word of it; never looked at: halving.py.\n",
}


def main(source: str, language: str, name: str) -> None:
    """Write both halves of a set beside the others, line by line as they were written."""
    lines = [line for line in Path(source).read_text("utf-8").splitlines() if line[:1] == "-"]
    rows = {yaml.load(line, READER)[0]["id"]: line for line in lines}
    tuned = tuned_on(yaml.load(line, READER)[0] for line in lines)
    for half, head in HEADS.items():
        kept = [line for id, line in rows.items() if (id in tuned) == (half == "tune")]
        path = HERE / f"labelled-{language}-{name}-{half}.yaml"
        path.write_text(head + "\n".join(kept) + "\n", "utf-8")


def tuned_on(rows: Iterable[dict[str, Any]]) -> set[str]:
    """The ids of the half to tune on."""
    cells: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for row in rows:
        cells[row["for"], not row["groups"]].append(row["id"])
    return {id for ids in cells.values() for id in sorted(ids, key=_hashed)[::2]}


def _hashed(id: str) -> str:
    return sha256(id.encode()).hexdigest()


if __name__ == "__main__":
    main(*sys.argv[1:])

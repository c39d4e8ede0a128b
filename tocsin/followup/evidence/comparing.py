"""Whether a bundle is what this installation's journal holds: what no bundle can say of itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.followup.evidence import bundling, gathering
from tocsin.followup.evidence.agreeing import JOURNAL, LONGEST_LINE
from tocsin.followup.evidence.box import Opened
from tocsin.followup.evidence.checking import Verdict
from tocsin.incidents.declaration import UnknownIncident
from tocsin.journal.models import Seal

AT_ONCE = 500


def differences(path: Path, verdict: Verdict) -> list[str]:
    """Sentences on what is otherwise here; empty where it is the same. The bundle is whole."""
    try:
        told = gathering.of(verdict.told.incident, with_internal=verdict.told.is_internal)
    except UnknownIncident:
        return ["This installation knows no such incident: verify it where it was made."]
    with Opened(path) as bundle:
        rows = [json.loads(line) for line in bundle.lines(JOURNAL, longest=LONGEST_LINE)]
    held = {row["position"]: row["digest"] for row in rows if "position" in row}
    known = {linked.position: linked.digest for linked in told.segment}
    return [
        *_otherwise(held),
        *_left_out(held, known),
        *_unknown_seal(verdict),
    ]


def _otherwise(held: dict[int, str]) -> Iterator[str]:
    places = sorted(held)
    found: dict[int, Any] = {}
    for start in range(0, len(places), AT_ONCE):
        seals = Seal.objects.filter(position__in=places[start : start + AT_ONCE])
        found |= dict(seals.values_list("position", "digest"))
    for position in places:
        if found.get(position) != held[position]:
            yield f"no. {position} of this journal is another."


def _left_out(held: dict[int, str], known: dict[int, str]) -> Iterator[str]:
    last = max(held, default=0)
    for position in sorted(known.keys() - held.keys()):
        if position < last:
            yield f"no. {position} of this journal is about the incident, and is not in the bundle."


def _unknown_seal(verdict: Verdict) -> Iterator[str]:
    seals = {entry.detail.get("seal") for entry in bundling.exports_of(verdict.told.incident)}
    if verdict.seal not in seals:
        yield "This journal knows no bundle with this seal: it was not made here as it is."

"""Whether the parts of a bundle agree with each other, and its notes with the journal's chain.

Pure. What cannot be read is a fault in a sentence: a bundle may have been made to do harm.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from tocsin.followup.evidence.box import NoBundle, Opened
from tocsin.followup.evidence.manifest import Manifest
from tocsin.journal.linking import LINKED, link
from tocsin.statements.hashing import digest_of

LONGEST_LINE = 16 * 1024 * 1024
UNREADABLE = (
    *(KeyError, TypeError, ValueError, AttributeError, IndexError),
    *(OverflowError, RecursionError),
)
INCIDENT, JOURNAL, PUBLICATIONS = "incident.json", "journal.jsonl", "publications.jsonl"
VERSIONS, CLEARANCES = "versions.jsonl", "clearances.jsonl"
ANNOUNCEMENTS, DELIVERIES = "announcements.jsonl", "deliveries.jsonl"
EXPECTED = (*(INCIDENT, PUBLICATIONS, VERSIONS, CLEARANCES, ANNOUNCEMENTS, DELIVERIES, JOURNAL),)
PUBLISHED = "statements:publication:published"
REDACTED = "statements:publication:redacted"
GRANTED = "statements:clearance:granted"

Row = dict[str, Any]


def canonical(value: object) -> str:
    """A value as it is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def commitment(nonce: str, value: str) -> str:
    """The mark of something that is not told: whoever is given both can check it, and nobody else
    can guess it. By hand: ``printf '%s' NONCE:VALUE | sha256sum``."""
    return hashlib.sha256(f"{nonce}:{value}".encode()).hexdigest()


def faults(bundle: Opened, told: Manifest, *, most: int) -> list[str]:
    """Sentences on what does not agree; at the most so many."""
    found = []
    for fault in _faults(bundle, told):
        found.append(fault)
        if len(found) == most:
            break
    return found


def _faults(bundle: Opened, told: Manifest) -> Iterator[str]:
    lacking = [name for name in EXPECTED if name not in bundle.parts]
    if lacking:
        yield from (f"{name} is missing." for name in lacking)
        return
    checks = Agreement(bundle, told)
    yield from checks.of_incident()
    yield from checks.of_journal()
    yield from checks.each(PUBLICATIONS, checks.of_publication)
    yield from checks.each(VERSIONS, checks.of_version)
    yield from checks.each(CLEARANCES, checks.of_clearance)
    yield from checks.each(DELIVERIES, checks.of_delivery)
    yield from checks.each(ANNOUNCEMENTS, checks.of_announcement)
    yield from checks.of_deliveries_left()


class Agreement:
    """One bundle, read part after part; what was read is kept as far as later parts lean on it."""

    def __init__(self, bundle: Opened, told: Manifest) -> None:
        self._bundle, self._told = bundle, told
        self._audience = ""
        self._published: dict[str, str] = {}  # what the journal says of each: its digest
        self._redacted: dict[str, str] = {}
        self._granted: set[str] = set()
        self._numbers: dict[str, int] = {}  # of each publication that the bundle holds
        self._deliveries: Counter[str] = Counter()

    def each(self, name: str, check: Callable[[Row], Iterator[str]]) -> Iterator[str]:
        """What a check says of each row of a part."""
        for number, row in self._rows(name):
            try:
                if row is None:
                    raise ValueError
                for fault in check(row):
                    yield f"{name}, line {number}: {fault}"
            except UNREADABLE:
                yield f"{name}, line {number} cannot be read."

    def _rows(self, name: str) -> Iterator[tuple[int, Row | None]]:
        for number, line in enumerate(self._bundle.lines(name, longest=LONGEST_LINE), start=1):
            row = None
            with suppress(ValueError, RecursionError):
                row = json.loads(line)
            yield number, row if isinstance(row, dict) else None

    def of_incident(self) -> Iterator[str]:
        """Whether it is the incident that the manifest names."""
        try:
            told = json.loads(self._bundle.read(INCIDENT, most=LONGEST_LINE))
            self._audience = str(told["audience"])
            if told["id"] != self._told.incident:
                yield f"{INCIDENT} is of another incident than the manifest."
        except NoBundle:
            raise
        except UNREADABLE:
            yield f"{INCIDENT} cannot be read."

    def of_journal(self) -> Iterator[str]:
        """Walk the segment: each note in its place, each link whole, and both ends as promised."""
        walk = Walk(self._told.told.get("journal"))
        yield from self.each(JOURNAL, walk.step)
        yield from walk.end()
        self._published, self._redacted = walk.published, walk.redacted
        self._granted = walk.granted

    def of_publication(self, row: Row) -> Iterator[str]:
        """Its hash, and that the journal knows it by that."""
        self._numbers[str(row["id"])] = int(row["number"])
        at, salt = row["published_at"], row["salt"]
        gone = [str(one["digest"]) for one in row["redactions"]]
        expected = gone[-1] if gone else row["digest"]
        if digest_of(row["id"], row["number"], row["content"], salt=salt, at=at) != expected:
            yield f"no. {row['number']} is not what was published: its hash is another."
        if row["audience"] != self._audience:
            return  # a circle that was opened later was brought what had been said
        if self._published.get(row["id"]) != row["digest"]:
            yield f"the journal knows no. {row['number']} by another hash, or not at all."
        if self._redacted.get(row["id"], "") != (gone[-1] if gone else ""):
            yield f"the journal knows the redaction of no. {row['number']} otherwise."

    def of_version(self, row: Row) -> Iterator[str]:
        """The words of a version, where they are told, are those that the mark is of."""
        if row["words"] is None:
            return
        if commitment(row["nonce"], canonical(row["words"])) != row["mark"]:
            yield f"version {row['revision']} of draft {row['draft']} is not what was written."

    def of_clearance(self, row: Row) -> Iterator[str]:
        """Whoever cleared a word here left a note of it there."""
        is_noted = row["id"] in self._granted or row["kind"] == "imported"
        if row["granted_at"] and not is_noted:
            yield f"the journal knows no leave {row['id']}."
        for key in row["publications"]:
            if key not in self._numbers:
                yield f"it is leave for {key}, which the bundle does not hold."

    def of_delivery(self, row: Row) -> Iterator[str]:
        """It tells of a publication that is there."""
        self._deliveries[row["publication"]] += 1
        if self._numbers.get(row["publication"]) != row["number"]:
            yield "it is a delivery of nothing that the bundle holds."

    def of_announcement(self, row: Row) -> Iterator[str]:
        """As many deliveries as readers were counted."""
        found = self._deliveries.pop(row["publication"], 0)
        if row["total"] != found:
            yield f"no. {row['number']} was for {row['total']} readers; there are {found} receipts."

    def of_deliveries_left(self) -> Iterator[str]:
        """No receipt belongs to what was never announced."""
        for key, found in self._deliveries.items():
            yield f"{found} receipts of {key[:12]} belong to no announcement."


class Walk:
    """The journal's segment from its first note to its last."""

    def __init__(self, ends: Any) -> None:
        self._ends = ends if isinstance(ends, dict) else None
        self._at = 0  # the position that was walked last
        self._digest: str | None = None  # the link there, where it is known
        self._first: tuple[int, str] | None = None
        self._count = 0
        self.published: dict[str, str] = {}
        self.redacted: dict[str, str] = {}
        self.granted: set[str] = set()

    def step(self, row: Row) -> Iterator[str]:
        """One line: a note, a note that is withheld, or a stretch of others' notes."""
        if "position" not in row:
            yield from self._of_others(row)
            return
        position, previous, digest = int(row["position"]), str(row["previous"]), str(row["digest"])
        yield from self._in_place(position)
        if self._digest is not None and previous != self._digest:
            yield f"no. {position} of the journal does not follow the one before it."
        if self._first is None:
            self._first = (position, previous)
        if "withheld" not in row:
            note = row["note"]
            if link(previous, [note[name] for name in LINKED]) != digest:
                yield f"no. {position} of the journal was changed after it was sealed."
            self._take(note)
        self._at, self._digest, self._count = position, digest, self._count + 1

    def _of_others(self, row: Row) -> Iterator[str]:
        first, last = int(row["from"]), int(row["to"])
        yield from self._in_place(first)
        if self._first is None or last < first:
            yield "a stretch of others' notes stands where there is none."
        self._at, self._digest = last, None

    def _in_place(self, position: int) -> Iterator[str]:
        if self._at and position != self._at + 1:
            yield f"no. {self._at + 1} of the journal is missing, or stands elsewhere."

    def _take(self, note: Row) -> None:
        key, detail = str(note["subject_id"]), note["detail"]
        if note["verb"] == PUBLISHED:
            self.published[key] = str(detail["digest"])
        elif note["verb"] == REDACTED:
            self.redacted[key] = str(detail["digest"])
        elif note["verb"] == GRANTED:
            self.granted.add(key)

    def end(self) -> Iterator[str]:
        """Whether the segment begins and ends where the manifest has it in the whole chain."""
        found = None
        if self._first is not None:
            found = {
                "first": self._first[0],
                "after": self._first[1],
                "last": self._at,
                "digest": self._digest,
                "notes": self._count,
            }
        if found != self._ends:
            yield f"{JOURNAL} does not begin and end where the manifest says."

"""A small bundle, and ways to spoil it: whoever changes one knows how to seal it anew."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tocsin.followup.evidence import agreeing, manifest
from tocsin.followup.evidence.box import Opened, Writing
from tocsin.followup.evidence.manifest import MANIFEST, SEAL, SUMS
from tocsin.journal.linking import LINKED, link
from tocsin.statements.hashing import digest_of

Row = dict[str, Any]
Parts = dict[str, bytes]
AT = "2026-11-24T09:07:00.000Z"


def lines(rows: list[Row]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def rows_of(plain: bytes) -> list[Row]:
    return [json.loads(line) for line in plain.splitlines()]


def a_note(number: int, verb: str, subject: tuple[str, str], detail: Row) -> Row:
    told = (number, AT, "operator", "o1", "Olu", verb, *subject, "p1", detail)
    return dict(zip(LINKED, told, strict=True))


def chained(notes: list[Row], *, begins: int = 7, gaps: Mapping[int, int] | None = None) -> Parts:
    """A segment of notes, with so many notes of others after some of them."""
    rows, position, digest = [], begins, hashlib.sha256(b"before").hexdigest()
    first = (begins, digest)
    for turn, note in enumerate(notes):
        linked = link(digest, list(note.values()))
        rows.append({"position": position, "previous": digest, "digest": linked, "note": note})
        digest, position = linked, position + 1
        if gap := (gaps or {}).get(turn, 0):
            rows.append({"from": position, "to": position + gap - 1, "of": "other notes"})
            position, digest = position + gap, hashlib.sha256(digest.encode()).hexdigest()
    last = rows[-1]
    ends = {"first": first[0], "after": first[1], "last": last["position"]}
    ends |= {"digest": last["digest"], "notes": len(notes)}
    return {agreeing.JOURNAL: lines(rows), "ends": json.dumps(ends).encode()}


def the_parts() -> Parts:
    """Two words, a redaction of the second, a version that was never said, and three readers."""
    said = [_publication("a", 1, "We look into it."), _publication("b", 2, "We know why.")]
    left = {"words": "‹taken out›"}
    gone = digest_of("b", 2, left, salt="s2", at=AT)
    said[1] |= {"content": left, "redactions": [{"at": AT, "digest": gone}]}
    notes = [
        a_note(11, agreeing.GRANTED, ("clearance", "c1"), {"kind": "policy"}),
        a_note(12, agreeing.PUBLISHED, ("publication", "a"), {"digest": said[0]["digest"]}),
        a_note(15, agreeing.PUBLISHED, ("publication", "b"), {"digest": said[1]["digest"]}),
        a_note(16, agreeing.REDACTED, ("publication", "b"), {"digest": gone}),
    ]
    clearance = {"id": "c1", "kind": "policy", "granted_at": AT, "publications": ["a", "b"]}
    version = {"draft": "d", "revision": 1, "mark": "", "nonce": "n", "words": {"headline": "x"}}
    version["mark"] = agreeing.commitment("n", agreeing.canonical(version["words"]))
    hidden = {"draft": "d", "revision": 2, "mark": "m", "nonce": None, "words": None}
    receipts = [
        {"publication": key, "number": number, "reader": reader, "outcome": "delivered"}
        for key, number, reader in (("a", 1, "r1"), ("a", 1, "r2"), ("b", 2, "r1"))
    ]
    announced = [
        {"publication": key, "number": number, "total": total}
        for key, number, total in (("a", 1, 2), ("b", 2, 1))
    ]
    return {
        agreeing.INCIDENT: lines([{"id": "i1", "audience": "everyone"}]),
        agreeing.PUBLICATIONS: lines(said),
        agreeing.VERSIONS: lines([version, hidden]),
        agreeing.CLEARANCES: lines([clearance]),
        agreeing.ANNOUNCEMENTS: lines(announced),
        agreeing.DELIVERIES: lines(receipts),
        **chained(notes, gaps={0: 3}),
    }


def _publication(key: str, number: int, text: str) -> Row:
    content, salt = {"words": text}, f"s{number}"
    return {
        "id": key,
        "number": number,
        "audience": "everyone",
        "published_at": AT,
        "content": content,
        "salt": salt,
        "digest": digest_of(key, number, content, salt=salt, at=AT),
        "redactions": [],
    }


def bundled(path: Path, parts: Parts) -> Path:
    """Seal some parts as ours are sealed."""
    kept = dict(parts)
    ends = json.loads(kept.pop("ends"))
    with Writing(path) as writing:
        for name, content in kept.items():
            writing.add(name, [content])
        writing.add(SUMS, [manifest.sums(writing.parts)])
        about = {"incident": "i1", "page": {"name": "Linden"}, "internal": False, "journal": ends}
        whole = manifest.written(about, writing.parts)
        writing.add(MANIFEST, [whole])
        writing.add(SEAL, [manifest.sealing(whole)])
        writing.placed()
    return path


def respun(path: Path, name: str, change: Callable[[list[Row]], list[Row]]) -> Path:
    """A bundle of which one part was changed by somebody who seals it anew."""
    parts = the_parts()
    parts[name] = lines(change(rows_of(parts[name])))
    return bundled(path, parts)


def names_of(path: Path) -> list[str]:
    with Opened(path) as bundle:
        return list(bundle.parts)

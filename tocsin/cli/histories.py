"""A whole history, read by the coach: a `tocsin export`, or a directory of posts.

NoHistory    there is nothing in it that could be read; the message says what could be
"""

import html
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tocsin.disclosure.coach import reviewing
from tocsin.disclosure.coach.values import PASS, Context, Findings, Kind, Level
from tocsin.disclosure.phases import STATUSPAGE, Phase
from tocsin.disclosure.severity import IMPACT_OF, Severity

PUBLICATIONS, INCIDENTS = "statements/publication.jsonl", "incidents/incident.jsonl"
TEXTS = (".md", ".txt", ".markdown")
TAG = re.compile(r"<(?:br|/p|/li|/div)[^>]*>", re.IGNORECASE), re.compile(r"<[^>]+>")
PHASE_OF = {theirs: ours for ours, theirs in reversed(STATUSPAGE.items())}
PHASE_OF |= {"investigating": Phase.INVESTIGATING, "completed": Phase.ENDED}
SEVERITY_OF = {impact.value: severity for severity, impact in IMPACT_OF.items()}
# The fields of a published word that say what a check asks.
FIELDS = {
    "next_word_at": "next_update",
    "since": "since",
    "until": "end_time",
    "data": "data_statement",
}
LAYER_FIELDS = ("effect", "who", "still_works", "workaround", "customer_action")
MOST_READ = 64 * 1024 * 1024


class NoHistory(Exception):
    """There is nothing to read here."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post of the past, with what is known of its moment."""

    text: str
    told: Mapping[str, Any]
    language: str = ""
    story: str = ""


@dataclass
class Tally:
    """How many posts have what: shares are of the posts that were read."""

    posts: int = 0
    skipped: int = 0
    by_verdict: Counter[str] = field(default_factory=Counter)
    by_group: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    by_check: Counter[str] = field(default_factory=Counter)

    @property
    def groups(self) -> list[tuple[str, int]]:
        return self.by_group.most_common()

    @property
    def rules(self) -> list[tuple[str, int]]:
        return self.by_rule.most_common()

    @property
    def checks(self) -> list[tuple[str, int]]:
        return self.by_check.most_common()

    def share(self, count: int) -> str:
        """A count as a share of the posts that were read."""
        return f"{100 * count / max(self.posts, 1):.1f} %"

    def verdicts_told(self) -> list[str]:
        """Verdicts from the heaviest on, with their shares."""
        names = [*map(str, Level), PASS]
        told = [(name, self.by_verdict[name]) for name in names if self.by_verdict[name]]
        return [f"{name} {count:,} ({self.share(count)})" for name, count in told]

    def facts(self) -> dict[str, Any]:
        """The same for scripts: counts, and shares from 0 to 1."""

        def rows(counted: Counter[str]) -> dict[str, Any]:
            return {
                name: {"posts": count, "share": round(count / max(self.posts, 1), 4)}
                for name, count in counted.most_common()
            }

        return {
            "posts": self.posts,
            "skipped": self.skipped,
            "verdicts": rows(self.by_verdict),
            "groups": rows(self.by_group),
            "entries": rows(self.by_rule),
            "missing": rows(self.by_check),
        }


def posts(source: Path) -> list[Post]:
    """Every post of an export or a directory, in the order of the record. Raises NoHistory."""
    try:
        found = list(_of_directory(source) if source.is_dir() else _of_export(source))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NoHistory(f"{source} cannot be read as a history: {error}") from None
    if not found:
        raise NoHistory(
            f"There are no posts in {source}. A `tocsin export`, or a directory of .md and .txt "
            "files, or of incidents as Statuspage gives them (.json), can be read."
        )
    return found


def judged(
    history: list[Post],
    told: Mapping[str, Any],
    *,
    language: str | None,
    progress: Callable[[str, int, int], None],
) -> Tally:
    """Count what the coach finds in each post, those before it in mind. Raises BadLexicon."""
    tally, before = Tally(), dict[tuple[str, str], list[str]]()
    for number, post in enumerate(history, 1):
        code = language or post.language or reviewing.language_of(post.text)
        previous = before.setdefault((post.story or str(number), code), [])
        if code in reviewing.LANGUAGES:
            context = Context(language=code, previous=tuple(previous[-2:]), **{**told, **post.told})
            _count(tally, reviewing.review(post.text, context))
        else:
            tally.skipped += 1
        previous.append(post.text)
        progress("posts", number, len(history))
    return tally


def _count(tally: Tally, found: Findings) -> None:
    tally.posts += 1
    tally.by_verdict[found.verdict] += 1
    tally.by_group.update({one.group for one in found.findings})
    tally.by_rule.update({one.rule for one in found.findings})
    tally.by_check.update({one.check for one in found.missing})


def _of_directory(place: Path) -> Iterator[Post]:
    if (place / PUBLICATIONS).is_file():
        with (place / PUBLICATIONS).open(encoding="utf-8") as rows:
            yield from _of_rows(rows, _kinds_in((place / INCIDENTS).read_text("utf-8")))
        return
    for path in sorted(place.rglob("*")):
        if path.suffix in TEXTS and path.is_file():
            text = path.read_text("utf-8", errors="replace").strip()
            yield from [Post(text, {"phase": Phase.INVESTIGATING})] if text else []
        elif path.suffix == ".json" and path.is_file() and path.stat().st_size < MOST_READ:
            yield from _of_statuspage(json.loads(path.read_text("utf-8")))


def _of_export(source: Path) -> Iterator[Post]:
    with zipfile.ZipFile(source) as parcel:
        incidents = parcel.read(INCIDENTS).decode() if INCIDENTS in parcel.namelist() else ""
        with parcel.open(PUBLICATIONS) as rows:
            yield from _of_rows((row.decode() for row in rows), _kinds_in(incidents))


def _kinds_in(rows: str) -> dict[str, str]:
    told = (json.loads(row) for row in rows.splitlines() if row.strip())
    return {row["id"]: row["kind"] for row in told}


def _of_rows(rows: Iterable[str], kinds: Mapping[str, str]) -> Iterator[Post]:
    """The words of an export; where several audiences were told the same, once."""
    told = (json.loads(row) for row in rows if row.strip())
    by_clearance = {row["clearance"]: row for row in told if row["kind"] != "state"}
    for row in sorted(by_clearance.values(), key=lambda row: row["published_at"]):
        words = row["content"].get("words", row["content"])
        for code, layer in words.get("layers", {}).items():
            if row["kind"] == "translation" and code == words.get("primary"):
                continue  # stood there before
            if layer.get("body"):
                yield _published(row, words, layer, code, kinds)


def _published(
    row: Mapping[str, Any],
    words: Mapping[str, Any],
    layer: Mapping[str, Any],
    code: str,
    kinds: Mapping[str, str],
) -> Post:
    filled = {check for name, check in FIELDS.items() if words.get(name)}
    filled |= {name for name in LAYER_FIELDS if layer.get(name)}
    kind = kinds.get(row.get("incident") or "", "")
    told = {
        "phase": Phase(words["phase"]),
        "severity": Severity(words["severity"]),
        "title": layer.get("headline"),
        "filled": frozenset(filled),
        "kind": Kind(kind) if kind in tuple(Kind) else Kind.INCIDENT,
    }
    return Post(layer["body"], told, code, row.get("incident") or "")


def _of_statuspage(told: Any) -> Iterator[Post]:
    for incident in _incidents_in(told):
        severity = SEVERITY_OF.get(incident.get("impact") or "")
        updates = incident.get("incident_updates") or []
        for update in sorted(updates, key=lambda one: str(one.get("display_at"))):
            text = _plain(str(update.get("body") or ""))
            if text:
                phase = PHASE_OF.get(str(update.get("status")), Phase.INVESTIGATING)
                about = {"phase": phase, "severity": severity, "title": incident.get("name")}
                yield Post(text, about, story=str(incident.get("id")))


def _incidents_in(told: Any) -> list[Any]:
    """One incident, ``{incident}``, ``{incidents}`` or a list of any of these."""
    if isinstance(told, list):
        return [found for one in told for found in _incidents_in(one)]
    if not isinstance(told, dict):
        return []
    if "incident_updates" in told:
        return [told]
    return _incidents_in(told.get("incident") or told.get("incidents") or [])


def _plain(body: str) -> str:
    breaks, tags = TAG
    return html.unescape(tags.sub(" ", breaks.sub("\n", body))).strip()

"""What was shouted: said by hand while all else was down, each word a file beside the page.

Standard library alone: these files are written when Django, the database and the settings may be
gone, and read again when they are back.

Unreadable      a file that is no shout; says what is wrong with it
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = "shouts"
LONGEST = 25_000  # characters, as for every other word
HEADLINE_LENGTH = 90
SEVERITIES = ("sev1", "sev2", "sev3", "sev4")
LARGEST = 1024 * 1024  # bytes of one file
ID = re.compile(r"[a-z0-9]{12}")
AUDIENCE = re.compile(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# What would turn text around or is forbidden in XML; no language needs them here.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s")


class Unreadable(ValueError):
    """This is no shout."""


@dataclass(frozen=True, slots=True)
class Shout:
    """One word, in the languages it was shouted in, the first of them the one it was typed in.

    ``about`` is the id of the incident that it goes on with, its own where it begins one.
    ``audience`` is the slug of the circle that alone is told; empty where everyone is.
    """

    id: str
    about: str
    page_id: str
    is_over: bool
    severity: str
    layers: Mapping[str, str]
    at: datetime
    next_word_at: datetime | None
    by: str
    audience: str = ""

    def layer(self, language: str) -> tuple[str, str]:
        """(language, text): in ``language`` where it was shouted in it, else in the first."""
        if language in self.layers:
            return language, self.layers[language]
        return next(iter(self.layers.items()))


@dataclass(frozen=True, slots=True)
class Thread:
    """An incident as it was shouted, the oldest word first; never empty."""

    id: str
    words: tuple[Shout, ...]

    @property
    def first(self) -> Shout:
        return self.words[0]

    @property
    def latest(self) -> Shout:
        return self.words[-1]

    @property
    def is_open(self) -> bool:
        return not self.latest.is_over


def threads(shouts: Sequence[Shout]) -> tuple[Thread, ...]:
    """What was shouted, by incident: those still open first, then the newest first."""
    told: dict[str, list[Shout]] = {}
    for shout in sorted(shouts, key=lambda shout: (shout.at, shout.id)):
        told.setdefault(shout.about, []).append(shout)
    found = [Thread(key, tuple(words)) for key, words in told.items()]
    found.sort(key=lambda thread: thread.latest.at, reverse=True)
    return tuple(sorted(found, key=lambda thread: not thread.is_open))


def cleaned(text: str) -> str:
    """Words as they may be shown: no control characters, no line of spaces, no odd bytes."""
    seen = UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (line.rstrip() for line in seen.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def headline_of(text: str) -> str:
    """The first sentence of a text, in the length of a headline."""
    first = _SENTENCE_END.split(text.split("\n")[0].strip(), maxsplit=1)[0]
    headline = " ".join(first.split())
    if len(headline) > HEADLINE_LENGTH:
        return headline[: HEADLINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    return headline.removesuffix(".")


def rest_of(text: str) -> str:
    """What a text says beyond its headline; all of it where that had to be cut."""
    headline = headline_of(text)
    if headline.endswith("…"):
        return text
    first = text.split("\n")[0]
    for end in (".", ""):
        if " ".join(first.split()).startswith(headline + end) and first.startswith(headline + end):
            return text.removeprefix(headline + end).strip()
    return text


def written(shout: Shout) -> bytes:
    """A shout as its file holds it."""
    told = {
        "id": shout.id,
        "about": shout.about,
        "page": shout.page_id,
        "is_over": shout.is_over,
        "severity": shout.severity,
        "layers": dict(shout.layers),
        "at": stamp(shout.at),
        "next_word_at": stamp(shout.next_word_at) if shout.next_word_at else None,
        "by": shout.by,
        "audience": shout.audience,
    }
    return json.dumps(told, indent=1, ensure_ascii=False).encode()


def read(content: bytes) -> Shout:
    """The inverse of :func:`written`. Raises Unreadable."""
    try:
        told = json.loads(content)
        shout = Shout(
            id=told["id"],
            about=told["about"],
            page_id=str(told["page"]),
            is_over=bool(told["is_over"]),
            severity=told["severity"],
            layers={str(language): cleaned(text) for language, text in told["layers"].items()},
            at=_time(told["at"]),
            next_word_at=_time(told["next_word_at"]) if told["next_word_at"] else None,
            by=cleaned(str(told["by"])).replace("\n", " ")[:200],
            audience=told.get("audience", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"it cannot be read ({error!r})") from error
    _check(shout)
    return shout


def _check(shout: Shout) -> None:
    for key in (shout.id, shout.about):
        if not isinstance(key, str) or not ID.fullmatch(key):
            raise Unreadable(f"{key!r} is no id")
    if not isinstance(shout.audience, str) or not AUDIENCE.fullmatch(shout.audience):
        raise Unreadable(f"{shout.audience!r} is no circle")
    if shout.severity not in SEVERITIES:
        raise Unreadable(f"{shout.severity!r} is no severity")
    if not shout.layers or not all(shout.layers.values()):
        raise Unreadable("it says nothing")
    if not all(LANGUAGE.fullmatch(language) for language in shout.layers):
        raise Unreadable("it names a language that is none")
    if any(len(text) > LONGEST for text in shout.layers.values()):
        raise Unreadable(f"it is longer than {LONGEST} characters")


def _time(told: Any) -> datetime:
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(f"{told!r} has no zone")
    return moment.astimezone(UTC)


def stamp(at: datetime) -> str:
    """RFC 3339 in UTC with three digits."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def kept(directory: Path) -> Iterator[tuple[Path, Shout | Unreadable]]:
    """Every file of a page's folder that waits to be taken in, and what it says or why not."""
    folder = directory / FOLDER
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            yield path, _read_file(path)
        except Unreadable as fault:
            yield path, fault
        except OSError:
            continue  # taken in since it was listed


def _read_file(path: Path) -> Shout:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Unreadable("it is too large")
    shout = read(content)
    if shout.id != path.stem:
        raise Unreadable("its name is not its id")
    return shout


def waiting(directory: Path) -> tuple[Shout, ...]:
    """What waits in a page's folder to be taken in, oldest first."""
    found = [shout for _, shout in kept(directory) if isinstance(shout, Shout)]
    return tuple(sorted(found, key=lambda shout: (shout.at, shout.id)))


def settle(path: Path) -> None:
    """Take away the file of a shout that the record holds: what is redacted there must be gone."""
    path.unlink(missing_ok=True)

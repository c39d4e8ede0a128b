"""A cState site: the issues of a checkout, each a Markdown file with its updates in its body.

Updates stand as paragraphs, ``*Investigating* - text {{< track "2018-05-25 04:13:00" >}}``, the
newest first. No time has a zone: the site's own is given, or UTC.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.catalogue.tree import State
from tocsin.disclosure import lined
from tocsin.disclosure.lined import Unreadable
from tocsin.moving.arrivals import shape
from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Losses, clean
from tocsin.moving.arrivals.shape import Word

MOST_BYTES = 1024 * 1024
LONGEST = 1024 * 1024  # characters of a configuration, or of what stands before an issue
CONFIGS = ("config.yml", "config.yaml", "config.toml", "hugo.yml", "hugo.yaml", "hugo.toml")
FRONT = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\r?\n(.*?)\r?\n\1[ \t]*(?:\r?\n|\Z)(.*)\Z", re.S)
LABELLED = re.compile(
    r"(?m)^[ \t]*[*_]{1,2}(?P<label>[A-Za-z][A-Za-z -]{2,30})[*_]{1,2}[ \t]*(?:[-–—:][ \t]*|$)"
)
TRACK = re.compile(r"[ \t]*\{\{[<%]\s*track\s+[\"`']?([^\"`'>%]*?)[\"`']?\s*[>%]\}\}")
RULE = re.compile(r"(?:\r?\n)?[ \t]*(?:-{3,}|\*{3,})[ \t]*\Z")
STATUSES = {
    "investigating": "investigating",
    "identified": "identified",
    "monitoring": "monitoring",
    "watching": "monitoring",
    "resolved": "resolved",
    "fixed": "resolved",
    "completed": "resolved",
    "post-mortem": "postmortem",
    "postmortem": "postmortem",
    "post mortem": "postmortem",
}
STATES = {"down": State.MAJOR, "disrupted": State.PARTIAL, "notice": State.OPERATIONAL}
NO_TIME = "An update says no time; it has that of the one before it, or of the issue's end."


@dataclass(slots=True)
class Part:
    """One update of a body: its label (empty for none), its text, and its time if it says one."""

    label: str
    text: str
    at: datetime | None = None


def read(
    folder: Path,
    *,
    zone: ZoneInfo,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Cargo:
    """Every issue of a checkout. Raises CannotArrive."""
    issues = next(
        (place for name in ("content/issues", "issues", ".") if (place := folder / name).is_dir()),
        folder,
    )
    files = sorted(path for path in issues.glob("*.md") if not path.name.startswith("_"))
    if not files:
        raise CannotArrive(f"There is no issue (content/issues/*.md) in {folder}.")
    cargo = Cargo("cstate")
    _take_config(cargo, folder)
    for turn, path in enumerate(files, start=1):
        try:
            cargo.incidents.append(_issue(path, zone, cargo.losses))
        except (ValueError, OSError, Unreadable) as fault:
            cargo.broken.append(f"{path.name}: {_line(fault)}")
        progress(turn, len(files))
    return cargo


def _line(fault: Exception) -> str:
    return str(fault).strip().splitlines()[0][:200].rstrip(".") + "."


def _take_config(cargo: Cargo, folder: Path) -> None:
    """The site's name and its systems, in their categories."""
    path = next((folder / name for name in CONFIGS if (folder / name).is_file()), None)
    if path is None:
        cargo.losses.note("There is no config.yml: components are known by issues alone.")
        return
    try:
        told = _parsed(path.read_text("utf-8-sig"), is_toml=path.suffix == ".toml")
    except (ValueError, OSError, Unreadable) as fault:
        raise CannotArrive(f"{path.name} cannot be read: {_line(fault)}") from fault
    cargo.home = Home(id=str(told.get("baseURL") or ""), name=str(told.get("title") or "").strip())
    params = told.get("params")
    params = params if isinstance(params, Mapping) else {}
    systems, categories = (_named(params.get(name)) for name in ("systems", "categories"))
    groups = {row["name"]: f"category {row['name']}" for row in categories}
    used = {str(row.get("category") or "") for row in systems}
    for turn, (name, key) in enumerate(groups.items(), start=1):
        if name in used:
            cargo.components.append(shape.component(key, name, position=turn, group=""))
    for turn, row in enumerate(systems, start=1):
        cargo.components.append(
            shape.component(
                _key(row["name"]),
                row["name"],
                position=turn,
                group=groups.get(str(row.get("category") or ""), ""),
                description=str(row.get("description") or ""),
            )
        )
    cargo.is_complete = bool(systems)


def _named(told: object) -> list[Mapping[str, Any]]:
    rows = told if isinstance(told, list) else []
    return [row for row in rows if isinstance(row, Mapping) and isinstance(row.get("name"), str)]


def _parsed(text: str, *, is_toml: bool) -> dict[str, Any]:
    if is_toml:
        told: object = tomllib.loads(text)
    else:
        told = lined.valued(text, kind="cState file", longest=LONGEST)
    if not isinstance(told, dict):
        raise ValueError("it holds no names and values")
    found: dict[str, Any] = told
    return found


def _key(name: str) -> str:
    return f"system {name}"


def _issue(path: Path, zone: ZoneInfo, losses: Losses) -> Brought:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("it is larger than a MiB")
    found = FRONT.match(path.read_text("utf-8-sig"))
    if found is None:
        raise ValueError("it does not begin with its title and date between lines of ---")
    told = _parsed(found[2], is_toml=found[1] == "+++")
    began = shape.moment(told.get("date"), zone)
    if began is None:
        raise ValueError(f"its date {str(told.get('date'))[:40]!r} is no time")
    ended = shape.moment(told.get("resolvedWhen"), zone) if told.get("resolved") else None
    name = str(clean(told.get("title") or path.stem))
    parts = list(_parts(str(clean(found[3])), zone))
    words = _words(parts, told, path.stem, began, ended, losses)
    return Brought(
        shape.incident(f"issue {path.stem}", name, words, started_at=began, resolved_at=ended),
        links=(f"issues/{path.stem.lower()}",),
    )


def _parts(body: str, zone: ZoneInfo) -> Iterator[Part]:
    """The updates of a body in the order of the file."""
    heads = list(LABELLED.finditer(body))
    lead = body[: heads[0].start()] if heads else body
    if _stripped(lead):
        yield _part("", lead, zone)
    ends = [*(head.start() for head in heads[1:]), len(body)]
    for head, end in zip(heads, ends, strict=False):
        yield _part(head["label"].strip().lower(), body[head.end() : end], zone)


def _part(label: str, text: str, zone: ZoneInfo) -> Part:
    track = TRACK.search(text)
    at = shape.moment(track[1], zone) if track else None
    return Part(label, _stripped(TRACK.sub("", text)), at)


def _stripped(text: str) -> str:
    return RULE.sub("", text.strip()).strip()


def _words(
    parts: Sequence[Part],
    told: Mapping[str, Any],
    stem: str,
    began: datetime,
    ended: datetime | None,
    losses: Losses,
) -> list[Word]:
    """What was said, the oldest first; the last word of an issue that is resolved says so."""
    oldest_first = list(reversed(parts)) or [Part("", "")]
    affected = told.get("affected") or []
    names = [str(name) for name in (affected if isinstance(affected, list) else [affected])]
    state = STATES.get(str(told.get("severity") or "notice"), State.OPERATIONAL)
    is_resolved = bool(told.get("resolved"))
    last = _last_status(oldest_first, is_resolved=is_resolved)
    words: list[Word] = []
    status, at = "investigating", began
    for turn, part in enumerate(oldest_first):
        is_end = turn == last
        status = "resolved" if is_end else STATUSES.get(part.label, status)
        if status == "resolved" and not is_end and not is_resolved:
            status = "monitoring"
        if part.at is None and turn and not is_end:
            losses.note(NO_TIME, stem)
        is_past_the_end = turn > 0 and turn >= (last if last >= 0 else len(parts))
        fallback = max(ended, at) if ended and is_past_the_end else at
        at = part.at or fallback
        now = State.OPERATIONAL if status in ("resolved", "postmortem") else state
        words.append(
            Word(
                key=f"{stem} {turn}",
                at=at,
                status=status,
                body=part.text,
                states=tuple((_key(name), name, now) for name in names),
            )
        )
    return words


def _last_status(oldest_first: Sequence[Part], *, is_resolved: bool) -> int:
    """Which word says that it is over: one labelled so, else the last before any account."""
    if not is_resolved:
        return -1
    own = [turn for turn, part in enumerate(oldest_first) if STATUSES.get(part.label) == "resolved"]
    if own:
        return own[-1]
    said = [
        turn for turn, part in enumerate(oldest_first) if STATUSES.get(part.label) != "postmortem"
    ]
    return said[-1] if said else 0

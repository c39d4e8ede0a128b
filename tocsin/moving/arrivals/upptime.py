"""Upptime: a repository whose issues are its incidents, by GitHub's API or from a checkout.

A checkout holds the sites; its issues and their comments are files beside them, as GitHub's API
gives them (``issues*.json``, ``comments*.json``).
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from tocsin.catalogue.tree import State
from tocsin.disclosure import lined
from tocsin.disclosure.lined import Unreadable
from tocsin.moving.arrivals import shape
from tocsin.moving.arrivals.cargo import Brought, CannotArrive, Cargo, Home, Json, clean
from tocsin.moving.arrivals.folder import MOST_BYTES, parsed
from tocsin.moving.arrivals.shape import Word
from tocsin.moving.arrivals.web import Web

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
API = "https://api.github.com/repos/"
CONFIGS = (".upptimerc.yml", ".statusrc.yml")
LABELS = ("status", "maintenance")
MOST_PAGES, A_PAGE = 500, 100
PLAN = re.compile(r"<!--(?P<told>.*?)-->", re.S)
FIELD = re.compile(r"(?m)^\s*(start|end|expectedDown|expectedDegraded)\s*:\s*(.+?)\s*$")
UTC = ZoneInfo("UTC")
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Repository:
    """What a repository says: its sites, its issues, and the comments by an issue's number."""

    name: str = ""
    sites: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    comments: dict[int, list[Json]] = field(default_factory=dict)


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def is_repository(source: str) -> bool:
    """Whether a source is to be read over the network."""
    return bool(source.startswith(("https://", "http://")) or REPOSITORY.fullmatch(source))


def read(source: str, web: Web, *, progress: Progress) -> Cargo:
    """A repository by the API: ``owner/name``, or an API address of one. Raises CannotArrive."""
    base = f"{API}{source}" if REPOSITORY.fullmatch(source) else source.rstrip("/")
    found = Repository(name=base.rpartition("/")[2])
    _take_config(found, _config(base, web))
    summary = _content(f"{base}/contents/history/summary.json", web)
    _take_summary(found, parsed(summary) if summary else None)
    for label in LABELS:
        found.issues += _rows(f"{base}/issues?state=all&labels={label}", web)
    for turn, issue in enumerate(found.issues, start=1):
        number = issue.get("number")
        if issue.get("comments") and isinstance(number, int):
            found.comments[number] = list(_rows(f"{base}/issues/{number}/comments?", web))
        progress("issues read", turn, len(found.issues))
    return _cargo(found)


def read_checkout(folder: Path, *, progress: Progress) -> Cargo:
    """A checkout with its issues in files. Raises CannotArrive."""
    found = Repository(name=folder.resolve().name)
    config = next((folder / name for name in CONFIGS if (folder / name).is_file()), None)
    summary = folder / "history" / "summary.json"
    if config is None and not summary.is_file():
        raise CannotArrive(f"There is no {CONFIGS[0]} in {folder}: it is no checkout of Upptime.")
    _take_config(found, config.read_bytes() if config else None)
    _take_summary(found, _in_file(summary) if summary.is_file() else None)
    files = sorted([*folder.glob("issues*.json"), *folder.glob("comments*.json")])
    for turn, path in enumerate(files, start=1):
        rows = _in_file(path)
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                _take_row(found, row)
        progress("files read", turn, len(files))
    cargo = _cargo(found)
    if not any(path.name.startswith("issues") for path in files):
        cargo.losses.note(
            "A checkout holds no issues. Put them beside it: "
            "gh api --paginate 'repos/OWNER/NAME/issues?state=all' > issues.json"
        )
    return cargo


def _in_file(path: Path) -> Any:
    if path.stat().st_size > MOST_BYTES:
        raise CannotArrive(f"{path.name} is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    try:
        return parsed(path.read_bytes())
    except (ValueError, RecursionError) as fault:
        raise CannotArrive(f"{path.name} is no JSON that can be read.") from fault


def _take_row(found: Repository, row: Json) -> None:
    """An issue, or a comment that names the issue it is on."""
    number = str(row.get("issue_url") or "").rpartition("/")[2]
    if number.isdigit() and "title" not in row:
        found.comments.setdefault(int(number), []).append(row)
    elif "title" in row:
        found.issues.append(row)


def _config(base: str, web: Web) -> bytes | None:
    contents = (_content(f"{base}/contents/{name}", web) for name in CONFIGS)
    return next((content for content in contents if content is not None), None)


def _content(url: str, web: Web) -> bytes | None:
    """A file of the repository; GitHub gives it in base64."""
    told = web.json(url, may_be_missing=True)
    if not isinstance(told, dict):
        return None
    try:
        return base64.b64decode(str(told.get("content") or ""))
    except ValueError:
        return None


def _rows(url: str, web: Web) -> Iterator[Json]:
    joint = "" if url.endswith("?") else "&"
    for page in range(1, MOST_PAGES + 1):
        told = web.json(f"{url}{joint}per_page={A_PAGE}&page={page}")
        if not isinstance(told, list):
            raise CannotArrive("It does not answer as GitHub's API does.")
        yield from (row for row in told if isinstance(row, dict))
        if len(told) < A_PAGE:
            return


def _take_config(found: Repository, content: bytes | None) -> None:
    if content is None:
        return
    try:
        text = content.decode("utf-8-sig")
        told = lined.valued(text, kind="configuration", longest=MOST_BYTES)
    except (Unreadable, UnicodeDecodeError) as fault:
        raise CannotArrive(f"{CONFIGS[0]} cannot be read as YAML.") from fault
    if not isinstance(told, Mapping):
        return
    website = told.get("status-website")
    if isinstance(website, Mapping) and website.get("name"):
        found.name = str(website["name"])
    sites = told.get("sites")
    rows = sites if isinstance(sites, list) else []
    found.sites = [
        {"slug": str(row.get("slug") or slugify(str(row["name"]))), "name": str(row["name"])}
        for row in rows
        if isinstance(row, Mapping) and row.get("name")
    ]


def _take_summary(found: Repository, told: Any) -> None:
    """The slugs as Upptime made them."""
    rows = told if isinstance(told, list) else []
    known = {site["slug"] for site in found.sites}
    names = {site["name"]: site for site in found.sites}
    for row in rows:
        if not isinstance(row, Mapping) or not row.get("slug"):
            continue
        slug, name = str(row["slug"]), str(row.get("name") or row["slug"])
        if name in names:
            names[name]["slug"] = slug
        elif slug not in known:
            found.sites.append({"slug": slug, "name": name})


def _cargo(found: Repository) -> Cargo:
    cargo = Cargo("upptime", home=Home(f"upptime {found.name}", str(clean(found.name))))
    sites = {site["slug"]: str(clean(site["name"])) for site in found.sites}
    for turn, (slug, name) in enumerate(sites.items(), start=1):
        cargo.components.append(shape.component(f"site {slug}", name, position=turn))
    cargo.is_complete = bool(sites)
    numbers: set[int] = set()
    for issue in found.issues:
        number = issue.get("number")
        if not isinstance(number, int) or number in numbers or "pull_request" in issue:
            continue
        numbers.add(number)
        labels = _labels(issue)
        comments = sorted(
            found.comments.get(number, []), key=lambda row: str(row.get("created_at") or "")
        )
        if not {"status", "maintenance"} & set(labels):
            cargo.losses.note("An issue without the label status is none of the page's.")
            continue
        try:
            make = _work if "maintenance" in labels else _incident
            told = make(issue, comments, labels, sites, cargo)
        except ValueError as fault:
            cargo.broken.append(f"issue {number}: {fault}")
            continue
        cargo.incidents.append(Brought(told, links=(f"incident/{number}",)))
    return cargo


def _labels(issue: Json) -> list[str]:
    told = issue.get("labels")
    rows = told if isinstance(told, list) else []
    names = (row.get("name") if isinstance(row, Mapping) else row for row in rows)
    return [str(name) for name in names if name]


def _at(told: object, what: str) -> datetime:
    """A time that there has to be. Raises ValueError."""
    at = shape.moment(told, UTC)
    if at is None:
        raise ValueError(f"its {what} is no time.")
    return at


def _incident(
    issue: Json,
    comments: Sequence[Json],
    labels: Sequence[str],
    sites: dict[str, str],
    cargo: Cargo,
) -> Json:
    number, title = issue["number"], str(clean(issue.get("title") or f"Issue {issue['number']}"))
    began = _at(issue.get("created_at"), "created_at")
    closed = shape.moment(issue.get("closed_at"), UTC)
    state = State.DEGRADED if "degraded" in title.lower() else State.MAJOR
    down = tuple((f"site {slug}", sites[slug], state) for slug in labels if slug in sites)
    well = tuple((key, name, State.OPERATIONAL) for key, name, _ in down)
    words = [Word(f"issue {number}", began, "investigating", _body(issue), down)]
    for comment in comments:
        at = _at(comment.get("created_at"), "comment's created_at")
        is_after = closed is not None and at > closed
        words.append(
            Word(
                key=f"comment {comment.get('id')}",
                at=at,
                status="postmortem" if is_after else "investigating",
                body=_body(comment),
                states=well if is_after else down,
            )
        )
    if closed is not None:
        _close(words, closed, number, well, cargo)
    link = str(issue.get("html_url") or "")
    return shape.incident(f"issue {number}", title, words, link=link, resolved_at=closed)


def _close(
    words: list[Word],
    closed: datetime,
    number: int,
    well: tuple[tuple[str, str, State], ...],
    cargo: Cargo,
) -> None:
    """The last word before an issue was closed says that it is over; else nobody said so."""
    before = [turn for turn, word in enumerate(words) if turn and word.status != "postmortem"]
    if before:
        last = words[before[-1]]
        words[before[-1]] = Word(last.key, last.at, "resolved", last.body, well)
        return
    cargo.losses.note(
        "An issue was closed without a word: it ends with an empty one.", f"issue {number}"
    )
    words.insert(1, Word(f"issue {number} closed", closed, "resolved", "", well))


def _body(row: Json) -> str:
    return str(clean(row.get("body") or ""))


def _work(
    issue: Json,
    comments: Sequence[Json],
    labels: Sequence[str],
    sites: dict[str, str],
    cargo: Cargo,
) -> Json:
    """Planned work: its window and its effects stand in a comment of its body."""
    number, title = issue["number"], str(clean(issue.get("title") or f"Issue {issue['number']}"))
    plan = PLAN.search(_body(issue))
    told = dict(FIELD.findall(plan["told"])) if plan else {}
    announced = _at(issue.get("created_at"), "created_at")
    start = shape.moment(told.get("start"), UTC)
    if start is None:
        raise ValueError("it says no start (<!-- start: … end: … -->).")
    closed = shape.moment(issue.get("closed_at"), UTC)
    end = shape.moment(told.get("end"), UTC) or closed or start + timedelta(hours=1)
    end = max(end, start + timedelta(minutes=1))
    states = _effects(told, labels, sites)
    well = tuple((key, name, State.OPERATIONAL) for key, name, _ in states)
    words = [Word(f"issue {number}", min(announced, start), "scheduled", _body(issue), well)]
    over = closed or end
    for comment in comments:
        at = _at(comment.get("created_at"), "comment's created_at")
        is_under_way = at >= start
        status = "in_progress" if is_under_way else "scheduled"
        now = states if is_under_way else well
        words.append(Word(f"comment {comment.get('id')}", at, status, _body(comment), now))
    if closed:
        last = words[-1]
        if len(words) > 1 and last.status == "in_progress":
            words[-1] = Word(last.key, last.at, "completed", last.body, well)
        else:
            words.append(Word(f"issue {number} closed", over, "completed", "", well))
    link = str(issue.get("html_url") or "")
    return shape.incident(
        f"issue {number}", title, words, link=link, window=(start, end), resolved_at=closed
    )


def _effects(
    told: Mapping[str, str], labels: Sequence[str], sites: dict[str, str]
) -> tuple[tuple[str, str, State], ...]:
    named = {
        "expectedDown": State.MAINTENANCE,
        "expectedDegraded": State.DEGRADED,
    }
    found = {
        slug.strip(): state
        for name, state in named.items()
        for slug in told.get(name, "").split(",")
    }
    found |= {slug: State.MAINTENANCE for slug in labels if slug not in found}
    return tuple((f"site {slug}", sites[slug], s) for slug, s in found.items() if slug in sites)

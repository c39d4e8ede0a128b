"""What a head tells of the page that it is, however little of it can still be read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.statements.shouted import LANGUAGE

Files = Mapping[str, bytes]
Json = dict[str, Any]

RECORD = "record.json"
_CIRCLE = re.compile(r"/for/[a-z0-9-]+$")
_HTML_LANGUAGE = re.compile(rb"<html[^>]*\slang=\"([A-Za-z-]{2,20})\"")


@dataclass(frozen=True, slots=True)
class Known:
    """The page, as its head tells it. ``languages``' first entry is the page's own."""

    id: str
    slug: str
    name: str
    url: str
    languages: tuple[str, ...]
    zone: str
    indicator: str
    confirmed_at: datetime | None
    record: Json = field(default_factory=dict)

    @property
    def root(self) -> str:
        """What every path of the page begins with: a circle stands below its page's host."""
        found = _CIRCLE.search(self.url)
        return found[0] if found else ""

    def prefix(self, language: str) -> str:
        """What a language's paths begin with: nothing for the page's own, else e.g. ``fr/``."""
        return "" if language == self.languages[0] else f"{language}/"

    def spoken(self, at: datetime) -> str:
        """A time that is plain on any later day and in any language: "2026-11-24, 09:12 CET"."""
        try:
            there = at.astimezone(ZoneInfo(self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            there = at.astimezone(UTC)
        return f"{there:%Y-%m-%d, %H:%M} {there.tzname()}"


def known(files: Files, slug: str) -> Known:
    """Read what there is, the record first; what nobody tells is guessed from the slug."""
    record = answer(files, RECORD)
    status = answer(files, "api/v2/status.json") or answer(files, "api/v2/summary.json")
    page = {**_part(status, "page"), **_part(record, "page")}
    return Known(
        id=_text(page, "id"),
        slug=slug,
        name=_text(page, "name") or slug.replace("-", " ").title(),
        url=_text(page, "url").rstrip("/"),
        languages=_languages(page, files),
        zone=_text(page, "time_zone") or "Etc/UTC",
        indicator=_indicator(record, status),
        confirmed_at=_time(record.get("compiled_at")),
        record=record,
    )


def answer(files: Files, name: str) -> Json:
    """A JSON object among the files; empty where there is none that can be read."""
    try:
        told = json.loads(files.get(name, b""))
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _part(told: Json, name: str) -> Json:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _languages(page: Json, files: Files) -> tuple[str, ...]:
    told = page.get("languages")
    if isinstance(told, list):
        fit = [code for code in told if isinstance(code, str) and LANGUAGE.fullmatch(code)]
        if fit:
            return tuple(dict.fromkeys(fit))
    found = _HTML_LANGUAGE.search(files.get("index.html", b""))
    own = found[1].decode() if found else "en"
    beside = (name.removesuffix("/index.html") for name in files if name.count("/") == 1)
    others = [code for code in sorted(beside) if re.fullmatch("[a-z]{2}", code) and code != own]
    return (own, *others)


def _indicator(record: Json, status: Json) -> str:
    """How the page stood by what was published alone."""
    return (
        _text(record, "indicator_unshouted")
        or _text(record, "indicator")
        or _text(_part(status, "status"), "indicator")
        or "none"
    )


def _time(told: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told)
    except (TypeError, ValueError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None

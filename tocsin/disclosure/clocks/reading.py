"""Clocks: ours beside this file, and a page's own in the same format.

BadClocks    the text cannot be used; ``faults`` say in which line, and why
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tocsin.catalogue import countries, zones
from tocsin.disclosure import lined
from tocsin.disclosure.clocks.values import (
    MOMENTS,
    YEAR_END,
    Cap,
    Clock,
    Kind,
    Offset,
    Place,
    Stage,
    Start,
)
from tocsin.disclosure.lined import Fault, Unreadable, listed

LONGEST_TEXT = 256 * 1024
LONGEST_WORDS = 2000
MOST_CLOCKS, MOST_STAGES, MOST_HOLIDAYS = 500, 40, 1000
MOST_YEARS = 10
OFF = "off"  # a page's own entry that takes one of ours out
ROOT = ("clocks_version", "as_of", "moments", "clocks")
NOTES = ("customers", "liability_note", "weekend", "exclusions", "note")
PARTS = (
    *("id", "regime", "jurisdiction", "kind", "applies_to", "trigger", "stages", "source"),
    *("confidence", "in_force_from", "feeds", "country", "zone", "holidays", "personal_data"),
    *NOTES,
)
NEEDED = ("regime", "kind", "source", "stages")
STAGE_PARTS = ("name", "offset", "from", "recipient", "cap", "note")
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
STAGE_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
SPAN = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,4})D)?(?:(?P<business>\d{1,4})BD)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?)?"
)
SUBMITTED = re.compile(r"submitted_at\((last )?([A-Za-z0-9_]{1,64})\)")
QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadClocks(Unreadable):
    """The text says no clocks; nothing of it is taken over."""


@lru_cache(maxsize=16)
def of(own: str = "") -> Mapping[str, Clock]:
    """Every clock by its id: ours, and a page's own, which may replace ours or take them out.

    Raises BadClocks where the page's own cannot be used.
    """
    found = dict(_ours())
    told, gone = _read(own) if own.strip() else ({}, frozenset())
    found |= told
    return {key: clock for key, clock in found.items() if key not in gone}


def read(text: str) -> Mapping[str, Clock]:
    """A page's own clocks, by id. Raises BadClocks with every fault, by line."""
    return _read(text)[0]


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, Clock]:
    kept = files("tocsin.disclosure.clocks")
    more = yaml.load((kept / "more.yaml").read_text("utf-8"), QUICK)
    reader = _Reader(more["places"], frozenset(more["personal_data"]))
    told = reader.clocks(yaml.compose((kept / "clocks.yaml").read_text("utf-8"), QUICK))
    assert not reader.faults, reader.faults
    return told


def _places() -> Mapping[str, Any]:
    kept = files("tocsin.disclosure.clocks") / "more.yaml"
    places: Mapping[str, Any] = yaml.load(kept.read_text("utf-8"), QUICK)["places"]
    return places


@lru_cache(maxsize=16)
def _read(text: str) -> tuple[Mapping[str, Clock], frozenset[str]]:
    try:
        root = lined.composed(text, kind="file of clocks", longest=LONGEST_TEXT)
    except Unreadable as unreadable:
        raise BadClocks(list(unreadable.faults)) from None
    reader = _Reader(_places(), frozenset())
    told = reader.clocks(root)
    if reader.faults:
        raise BadClocks(reader.faults)
    return told, frozenset(reader.gone)


class _Reader:
    """One reading of one file: collects faults instead of stopping at the first."""

    def __init__(self, places: Mapping[str, Any], personal_data: frozenset[str]) -> None:
        self.places, self.personal_data = places, personal_data
        self.faults: list[Fault] = []
        self.gone: list[str] = []

    def clocks(self, root: Node | None) -> dict[str, Clock]:
        if root is None:
            return {}
        told = self._parts(root, "A file of clocks", ROOT)
        found: dict[str, Clock] = {}
        seen: set[str] = set()
        items = self._items(told.get("clocks"), "clocks", MOST_CLOCKS)
        for node in items:
            clock = self._clock(node, seen)
            if clock:
                found[clock.id] = clock
        return found

    def _clock(self, node: Node, seen: set[str]) -> Clock | None:
        told = self._parts(node, "A clock", PARTS)
        if not told:
            return None
        key = self._text(told.get("id"), "id")
        if not IDENTIFIER.fullmatch(key):
            self._fault(told.get("id", node), "A clock’s id is like own-clock-1.")
        elif key in seen:
            self._fault(told["id"], f"“{key}” is said twice.")
        seen.add(key)
        if "kind" in told and self._text(told["kind"], "kind") == OFF:
            self.gone.append(key)
            return None
        for name in NEEDED:
            if name not in told:
                self._fault(node, f"A clock says its “{name}”.")
        kind = self._kind(told.get("kind"))
        return Clock(
            id=key,
            regime=self._text(told.get("regime"), "regime"),
            place=self._place(told),
            kind=kind,
            applies_to=self._text(told.get("applies_to"), "applies_to"),
            trigger=self._text(told.get("trigger"), "trigger"),
            stages=self._stages(told.get("stages")),
            source=self._text(told.get("source"), "source"),
            confidence=self._text(told.get("confidence"), "confidence") or "n/a",
            is_personal_data=key in self.personal_data or self._claim(told.get("personal_data")),
            in_force_from=self._day(told.get("in_force_from")),
            feeds=self._text(told.get("feeds"), "feeds"),
            notes={name: self._text(told[name], name) for name in NOTES if name in told},
        )

    def _stages(self, node: Node | None) -> tuple[Stage, ...]:
        found: list[Stage] = []
        for item in self._items(node, "stages", MOST_STAGES):
            stage = self._stage(item, found)
            if stage:
                found.append(stage)
        return tuple(found)

    def _stage(self, node: Node, before: list[Stage]) -> Stage | None:
        told = self._parts(node, "A stage", STAGE_PARTS)
        lacking = [name for name in STAGE_PARTS[:4] if name not in told]
        if lacking:
            if told:
                self._fault(node, f"A stage says its {listed(tuple(lacking))}.")
            return None
        name = self._text(told["name"], "name")
        if not STAGE_NAME.fullmatch(name):
            self._fault(told["name"], "A stage’s name is one word, such as early_warning.")
        if any(stage.name == name for stage in before):
            self._fault(told["name"], f"“{name}” is said twice.")
        recipient = self._text(told["recipient"], "recipient")
        if recipient == "same":
            if not before:
                self._fault(told["recipient"], "“same” as whom? This is the first stage.")
            recipient = before[-1].recipient if before else recipient
        offset = self._offset(told["offset"])
        return Stage(
            name=name,
            offset=offset,
            start=self._start(told["from"], before, offset),
            recipient=recipient,
            note=self._text(told.get("note"), "note"),
            cap=self._cap(told.get("cap"), before),
        )

    def _cap(self, node: Node | None, before: list[Stage]) -> Cap | None:
        told = self._parts(node, "A cap", ("offset", "from")) if node else {}
        if not node or not told:
            return None
        if len(told) < 2:
            self._fault(node, "A cap has an “offset” and what it counts “from”.")
            return None
        offset = self._offset(told["offset"])
        if not offset.is_span:
            self._fault(told["offset"], "A cap is a length of time, such as PT24H.")
        return Cap(offset, self._start(told["from"], before, offset))

    def _offset(self, node: Node) -> Offset:
        text = self._text(node, "offset")
        if text in ("asap", "on_request"):
            return Offset(text, word=text)
        match = SPAN.fullmatch(text)
        if match is None or text.endswith(("P", "T")):
            if " " not in text.strip():
                self._fault(node, f"“{text}” is no length of time. Say PT72H, P30D, P4BD or P1M.")
            return Offset(text)
        n = {name: int(value or 0) for name, value in match.groupdict().items()}
        offset = Offset(
            text,
            months=12 * n["years"] + n["months"],
            days=7 * n["weeks"] + n["days"],
            business_days=n["business"],
            elapsed=timedelta(hours=n["hours"], minutes=n["minutes"]),
        )
        days = 31 * offset.months + offset.days + 2 * offset.business_days + offset.elapsed.days
        if not offset.is_span or days > MOST_YEARS * 366:
            self._fault(node, f"“{text}” is too short or too long: up to {MOST_YEARS} years.")
            return Offset(text)
        return offset

    def _start(self, node: Node, before: list[Stage], offset: Offset) -> Start:
        text = self._text(node, "from")
        if text in MOMENTS or text == YEAR_END:
            return Start(text, moment=text)
        match = SUBMITTED.fullmatch(text)
        if match and any(stage.name == match[2] for stage in before):
            return Start(text, stage=match[2], is_last=bool(match[1]))
        if match:
            self._fault(node, f"No stage before this one is called “{match[2]}”.")
        elif offset.is_span or offset.word:
            self._fault(
                node, f"“{text}” is no moment. Count from {listed(MOMENTS)} or submitted_at(…)."
            )
        return Start(text)

    def _kind(self, node: Node | None) -> Kind:
        text = self._text(node, "kind")
        if text in set(Kind):
            return Kind(text)
        if node:
            self._fault(node, f"“{text}” is no kind. It is one of {listed(tuple(Kind))}.")
        return Kind.CONTRACT

    def _place(self, told: Mapping[str, Node]) -> Place:
        name = self._text(told.get("jurisdiction"), "jurisdiction") or "any"
        kept = self.places.get(name, {})
        country = self._text(told.get("country"), "country") or kept.get("country", "")
        zone = self._text(told.get("zone"), "zone") or kept.get("zone", "")
        if "country" in told and not countries.is_known(country):
            self._fault(told["country"], f"No holidays are known of “{country}”. Say FR or US-NY.")
            country = ""
        if "zone" in told and zone not in zones.every():
            self._fault(told["zone"], f"“{zone}” is no time zone. Name one such as Europe/Paris.")
            zone = ""
        days = self._items(told.get("holidays"), "holidays", MOST_HOLIDAYS)
        own = (self._day(item) for item in days)
        return Place(name, country, zone, frozenset(day for day in own if day))

    def _claim(self, node: Node | None) -> bool:
        text = self._text(node, "personal_data").lower()
        if node and text not in ("true", "false", "yes", "no"):
            self._fault(node, "“personal_data” is true or false.")
        return text in ("true", "yes")

    def _day(self, node: Node | None) -> date | None:
        text = self._text(node, "day")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            assert node is not None
            self._fault(node, f"“{text}” is no day. Write it as 2026-12-24.")
            return None

    def _items(self, node: Node | None, name: str, most: int) -> Iterator[Node]:
        if isinstance(node, SequenceNode):
            if len(node.value) > most:
                self._fault(node, f"“{name}” has more than {most} entries.")
            yield from node.value[:most]
        elif node is not None:
            self._fault(node, f"“{name}” is a list.")

    def _parts(self, node: Node, name: str, known: tuple[str, ...]) -> dict[str, Node]:
        """The parts of a mapping by name; what is not known is a fault, and so is a second one."""
        if not isinstance(node, MappingNode):
            self._fault(node, f"{name} has parts: {listed(known)}.")
            return {}
        found: dict[str, Node] = {}
        for key, value in node.value:
            called = key.value if isinstance(key, ScalarNode) else "this"
            if called not in known:
                self._fault(key, f"{name} has no part “{called}”. It has {listed(known)}.")
            elif called in found:
                self._fault(key, f"“{called}” is said twice.")
            else:
                found[called] = value
        return found

    def _text(self, node: Node | None, name: str) -> str:
        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self._fault(node, f"“{name}” is a text.")
            return ""
        text = str(node.value).strip()
        if len(text) > LONGEST_WORDS:
            self._fault(node, f"“{name}” is longer than {LONGEST_WORDS} characters.")
        return text[:LONGEST_WORDS]

    def _fault(self, node: Node, sentence: str) -> None:
        self.faults.append(Fault(lined.line_of(node), sentence))

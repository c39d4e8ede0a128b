"""A draft report in Markdown, filled from what is known and what was said. Never advice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tocsin.catalogue import languages
from tocsin.disclosure import times
from tocsin.disclosure.clocks.values import Due, Standing

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Told:
    """What a draft is filled from. ``said``: (at, headline, body); ``facts``: (at, by, text).

    ``moments`` and ``affected`` (a component's name and its state) are in the order to be shown;
    ``reported``: (clock, stage, at, recipient, reference).
    """

    incident_id: str
    title: str
    severity: str
    posture: str
    resolved_at: datetime | None
    moments: Mapping[str, datetime]
    affected: Sequence[tuple[str, str]]
    personal_data: str
    said: Sequence[tuple[datetime, str, str]]
    facts: Sequence[tuple[datetime, str, str]]
    reported: Sequence[tuple[str, str, datetime, str, str]]


def drafted(due: Due, told: Told, *, language: str, zone: str, at: datetime) -> str:
    """The draft, in one of LANGUAGES, with every time in ``zone``."""
    return "\n".join(_Draft(language, zone, at).lines(due, told)) + "\n"


class _Draft:
    def __init__(self, language: str, zone: str, at: datetime) -> None:
        self.language, self.zone, self.at = language, zone, at
        self.words = _kept(language)

    def lines(self, due: Due, told: Told) -> Iterator[str]:
        yield f"# {self._say('title', regime=due.clock.regime, stage=due.stage.name)}"
        yield from self._about(due)
        yield from self._section("what_happened", self._happened(told))
        yield from self._section("moments", self._moments(due, told))
        yield from self._section("affected", self._affected(told))
        yield from self._section("told", self._said(told))
        yield from self._section("facts", self._facts(told))
        yield from self._section("reported", self._reported(told))
        yield from self._section("to_fill", (f"- [ ] {line}" for line in self.words["fill"]))

    def _about(self, due: Due) -> Iterator[str]:
        yield ""
        yield f"> {self.words['not_advice']}"
        yield ">"
        yield f"> {self._say('source', source=due.clock.source, confidence=due.clock.confidence)}"
        yield ""
        if not due.is_in_force:
            yield f"- {self.words['pending']}"
        yield f"- {self._say('to', recipient=due.stage.recipient)}"
        yield f"- {self._due(due)}"
        for note in filter(None, (due.stage.note, *due.clock.notes.values())):
            yield f"- {self._say('note', note=note)}"

    def _due(self, due: Due) -> str:
        named = {"offset": due.stage.offset.told, "start": due.stage.start.told}
        if due.submitted_at:
            return self._say("submitted", time=self._time(due.submitted_at))
        if due.standing is Standing.DUE and due.due_at:
            return self._say("due", time=self._time(due.due_at), **named)
        if due.standing is Standing.ASAP and due.begins_at:
            return self._say("due_asap", time=self._time(due.begins_at))
        return self._say("waits" if due.standing is Standing.WAITING else "due_words", **named)

    def _happened(self, told: Told) -> Iterator[str]:
        yield f"- {self._say('incident', id=told.incident_id, title=_line(told.title))}"
        yield f"- {self._say('severity', severity=told.severity)}"
        yield f"- {self._say('posture', posture=self.words['postures'][told.posture])}"
        yield f"- {self._say('personal_data', answer=self.words['answers'][told.personal_data])}"
        ends = "over" if told.resolved_at else "still_open"
        yield f"- {self._say(ends, time=self._time(told.resolved_at or self.at))}"

    def _moments(self, due: Due, told: Told) -> Iterator[str]:
        for kind, name in self.words["moment"].items():
            if kind in told.moments:
                yield self._pair(name, self._time(told.moments[kind]))
            elif due.stage.start.moment == f"{kind}_at":
                yield self._pair(name, self.words["not_recorded"])

    def _affected(self, told: Told) -> Iterator[str]:
        for name, state in told.affected:
            yield self._pair(_line(name), self.words["states"][state])
        if not told.affected:
            yield self.words["no_component"]

    def _said(self, told: Told) -> Iterator[str]:
        for at, headline, body in told.said:
            yield self._pair(self._time(at), _line(headline))
            yield from (f"  > {line}".rstrip() for line in body.splitlines())
        if not told.said:
            yield self.words["nothing_told"]

    def _facts(self, told: Told) -> Iterator[str]:
        for at, by, text in told.facts:
            yield self._pair(f"{self._time(at)}, {_line(by)}", _line(text))
        if not told.facts:
            yield self.words["no_facts"]

    def _reported(self, told: Told) -> Iterator[str]:
        for clock, stage, at, recipient, reference in told.reported:
            called = [self._say("reference", reference=_line(reference))] if reference else []
            yield "- " + ", ".join([self._time(at), f"{clock} {stage}", _line(recipient), *called])
        if not told.reported:
            yield self.words["nothing_reported"]

    def _section(self, name: str, lines: Iterator[str]) -> Iterator[str]:
        yield from ("", f"## {self.words[name]}", "")
        yield from lines

    def _pair(self, name: str, value: str) -> str:
        return f"- {self._say('pair', name=name, value=value)}"

    def _say(self, key: str, /, **parts: str) -> str:
        return str(self.words[key]).format(**parts)

    def _time(self, at: datetime) -> str:
        clock = times.spoken(at, self.zone, self.language, now=at)
        there = at.astimezone(ZoneInfo(self.zone)).date()
        return languages.of(self.language).clock_on_day.format(
            clock=clock, day=times.day(there, self.language)
        )


def _line(text: str) -> str:
    """What somebody typed, on one line."""
    return " ".join(text.split())


@cache
def _kept(language: str) -> dict[str, Any]:
    kept = files("tocsin.disclosure.clocks") / "drafts" / f"{language}.yaml"
    words: dict[str, Any] = yaml.load(kept.read_text("utf-8"), languages.READER)
    return words

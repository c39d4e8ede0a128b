"""What each surface says, read from its own bytes into the same few facts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
from icalendar import Calendar, Event

from tests.agreement.markup import ALSO, LATE_WORD, TO_COME, open_on
from tests.story.telling import mails, read, text_of
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import INDICATOR_OF
from tocsin.page import labels, site

LETTER_OF = {state.value: labels.LETTERS[INDICATOR_OF[state]] for state in State}
LEAF = re.compile(r'<div class="c"><a href="[^"]*c/[^"/]+">([^<]*)</a><b class="(\w)">')
BRANCH = re.compile(r'<details class="[gc]"[^>]*><summary><span>([^<]*)</span><b class="(\w)">')
UPDATE = re.compile(r"<strong>([^<]+)</strong> - ")


@dataclass(frozen=True, slots=True)
class Front:
    """A front page: its colour, what is open on it, what of that is overdue, each component.

    ``planned`` is what it says is to come, or was cancelled; ``letters`` are by name.
    """

    letter: str
    open: frozenset[str]
    planned: frozenset[str]
    overdue: frozenset[str]
    letters: Mapping[str, str]


class Page:
    """One page's compiled files, as a web server would find them."""

    def __init__(self, page: Brand) -> None:
        self._page = page
        self._folder = site.directory_of(page)

    def bytes(self, path: str) -> bytes:
        """A file of the head, else of the archive."""
        live = (self._folder / "live").read_text().strip()
        for root in (self._folder / "releases" / live, self._folder / "archive"):
            if (root / path).is_file():
                return (root / path).read_bytes()
        raise AssertionError(f"the page has no {path!r}")

    def files(self) -> Iterator[Path]:
        return (path for path in self._folder.rglob("*") if path.is_file())

    def api(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.bytes(f"api/v2/{name}.json"))
        return told

    def record(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.bytes("record.json"))
        return told

    def front(self, language: str) -> Front:
        prefix = "" if language == self._page.language else f"{language}/"
        text = self.bytes(f"{prefix}index.html").decode()
        letter = re.search(r'<section class="now (\w)', text)
        assert letter, "a front page says how things stand"
        planned = "".join(TO_COME.findall(text))
        told = open_on(text)
        return Front(
            letter=letter[1],
            open=frozenset(key for key, _ in told),
            planned=frozenset(key for key, _ in ALSO.findall(planned)),
            overdue=frozenset(key for key, part in told if LATE_WORD.search(part)),
            letters=dict([*LEAF.findall(text), *BRANCH.findall(text)]),
        )

    def events(self) -> list[Any]:
        """What the calendar holds."""
        told = Calendar.from_ical(self.bytes("maintenance.ics"))
        return [part for part in told.walk() if isinstance(part, Event)]

    def feed(self) -> dict[str, list[str]]:
        """The labels of each incident's updates in the Atom feed, newest first."""
        entries = feedparser.parse(self.bytes("history.atom")).entries
        return {
            entry.id.rpartition("Incident/")[2]: UPDATE.findall(entry.content[0].value)
            for entry in entries
        }


def mailed_to(address: str) -> dict[str, str]:
    """The text of each mail that a reader got, by the publication that it tells of."""
    found = [read(path) for path in mails() if f"--{address}--" in path.name]
    told = {str(mail["Message-ID"]).strip("<>").split(".")[0]: text_of(mail) for mail in found}
    assert len(told) == len(found), "no publication is mailed twice"
    return told

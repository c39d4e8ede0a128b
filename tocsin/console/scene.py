"""What the composer is about, and what the product can say of it without being told."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree
from tocsin.disclosure import library, times, wording
from tocsin.incidents.declaration import Known
from tocsin.page import address
from tocsin.statements import cadence, drafting, lateness, long_incident
from tocsin.statements.published import Forecast, Story, Words


@dataclass(frozen=True, slots=True)
class Scene:
    """What the composer is about. ``story`` is what was said so far; ``at`` the door's clock."""

    known: Known
    page: Brand
    tree: Tree
    story: Story | None
    at: datetime

    @property
    def owed(self) -> cadence.Owed | None:
        return cadence.next_word_due(self.known, self.story) if self.known.is_open else None

    @property
    def is_late(self) -> bool:
        """Whether readers were promised this word earlier."""
        return lateness.of(self.known, self.story, at=self.at) is not None

    @property
    def may_be_long(self) -> bool:
        """Whether long-incident mode is on offer, or in force already."""
        return self.is_long or long_incident.may_be_declared(self.known, self.story, at=self.at)

    @property
    def is_long(self) -> bool:
        return self.story is not None and self.story.words.long_mode is not None

    @property
    def last_number(self) -> int:
        return self.story.latest.number if self.story else 0

    def spoken(self, at: datetime, language: str) -> str:
        return times.spoken(at, self.page.time_zone, language, now=self.at)


@dataclass(frozen=True, slots=True)
class Given:
    """The blanks that the product fills by itself."""

    scene: Scene
    known: Known
    since: datetime | None
    until: datetime | None
    due: datetime | None
    forecast: Forecast | None
    certainty: str = ""

    def blanks(self, language: str) -> dict[str, str]:
        scene, components = self.scene, list(self.known.impacts)
        told = {
            "function": drafting.function_of(scene.page, scene.tree, components, language),
            "can_do": drafting.can_do_of(scene.page, scene.tree, components, language),
            "brand": scene.page.name,
            "status_url": address.incident_url(scene.page, self.known.id, language=language),
            "next_update_at": scene.spoken(self.due, language) if self.due else "",
            "since": scene.spoken(self.since, language) if self.since else "",
            "how_sure": self.certainty,
        }
        told["notice_day"] = self._day(scene.at, language)
        told["happened_on"] = self._day(self.since, language) if self.since else ""
        if self.since and self.until:
            told["duration"] = times.lasted(self.until - self.since, language)
        if self.forecast:
            told["range"] = self._range(language)
            told["basis"] = self.forecast.basis.get(language, "")
        return told

    def _day(self, at: datetime, language: str) -> str:
        return times.day(at.astimezone(ZoneInfo(self.scene.page.time_zone)).date(), language)

    def _range(self, language: str) -> str:
        assert self.forecast
        ends = (self.forecast.earliest, self.forecast.latest)
        first, last = (self.scene.spoken(at, language) for at in ends)
        return times.between(first, last, language)


def short_form(scene: Scene, words: Words, language: str) -> str:
    """The word as a text message has it (T-17)."""
    given = Given(scene, scene.known, words.since, words.until, words.next_word_at, None)
    return wording.preview(library.template("sms"), language, given.blanks(language)).body

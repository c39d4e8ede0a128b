"""What the story tests look at, and the words that they let people say."""

import email
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL, Actor
from tocsin.page import site
from tocsin.rehearse import reading
from tocsin.rehearse.linden import Cast
from tocsin.rehearse.player import Night
from tocsin.rehearse.playing import Play
from tocsin.statements import published, word
from tocsin.statements.published import Publication
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

NIGHTS = Path(__file__).parent / "nights"
CHECKOUT_DOWN: Mapping[str, State] = {"checkout": State.MAJOR}


@dataclass
class Telling:
    """A night, who acts in it, and what the outside can see of it."""

    night: Night
    olu: Actor
    lea: Actor
    plays_on: Play | None = field(default=None, init=False)

    @property
    def page(self) -> Brand:
        return self.night.page

    def at(self, clock: str) -> datetime:
        return self.night.at(clock)

    def run_lanes(self) -> None:
        self.night.run_lanes()

    # What people do

    def plays(self, name: str, *, until: str = "") -> str:
        """Let what `nights/` has by this name happen, from where it was left. Return its id."""
        if self.plays_on is None:
            scenario = reading.read((NIGHTS / f"{name}.yaml").read_text("utf-8"))
            self.plays_on = Play(scenario, self.night, Cast(self.olu, self.lea), by=TERMINAL)
        return self.plays_on.whole(until=until)

    def declared(self, clock: str = "09:04") -> str:
        """Olu declares checkout down; nothing is said yet. Return the incident's id."""
        return declaration.declare(
            self.page.id,
            title="Checkout is failing",
            components=CHECKOUT_DOWN,
            by=self.olu,
            at=self.at(clock),
        ).id

    def said_first(self, clock: str = "09:07") -> str:
        """Olu declares, and the holding statement goes out in one action."""
        return word.declare(
            self.page.id,
            title="Checkout is failing",
            components=CHECKOUT_DOWN,
            next_word_at=self.night.when("09:25"),
            by=self.olu,
            at=self.at(clock),
        ).incident_id

    def said(self, clock: str, incident: str, saying: Saying, *, by: Actor) -> Publication:
        return word.say(incident, saying, by=by, at=self.at(clock)).publication

    def identified(self, headline: str, next_word: str) -> Saying:
        return Saying(
            phase=Phase.IDENTIFIED,
            layers=both(headline, "Nous savons pourquoi le paiement échoue"),
            posture=Posture.CHANGE,
            certainty=Certainty.VERIFIED,
            next_word_at=self.night.when(next_word),
        )

    def watching(self, next_word: str) -> Saying:
        return Saying(
            phase=Phase.MONITORING,
            layers=both("A repair is in place", "Une réparation est en place"),
            components={"checkout": State.DEGRADED},
            next_word_at=self.night.when(next_word),
        )

    # What the outside sees

    def live(self) -> str:
        """What the pointer names: "1.0"; empty before the first compile."""
        pointer = site.directory_of(self.page) / "live"
        return pointer.read_text().strip() if pointer.exists() else ""

    def reads(self, path: str) -> str:
        """A file of the page, as the front finds it: the head first, then the archive."""
        directory = site.directory_of(self.page)
        for root in (directory / "releases" / self.live(), directory / "archive"):
            for file in (root / path, root / path / "index.html"):
                if file.is_file():
                    return file.read_text("utf-8")
        raise AssertionError(f"the page has no {path!r}")

    def summary(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.reads("api/v2/summary.json"))
        return told

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What landed in a reader's mailbox, oldest first."""
        found = [read(path) for path in mails() if f"--{address}--" in path.name]
        return sorted(found, key=lambda mail: mail["Date"].datetime)

    def latest(self, incident: str) -> Publication:
        story = published.story(self.page.audience_id, incident)
        assert story is not None
        return story.latest


def mails() -> list[Path]:
    """Every mail that ever left."""
    return sorted(settings.TOCSIN.outbox_dir.glob("*.eml"))


def read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def both(en: str, fr: str) -> dict[str, Layer]:
    """A line in both languages, with a sentence each."""
    return {
        "en": Layer(headline=en, body=f"{en}. Cards are refused at the last step."),
        "fr": Layer(headline=fr, body=f"{fr}. Les cartes sont refusées à la dernière étape."),
    }

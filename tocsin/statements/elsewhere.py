"""Words for where the page does not reach: a voice menu, a reply to a ticket, a letter to somebody.

They are made from the newest word, for people to take along: nothing of them is published. What the
word does not know (whom a letter greets) is filled by whoever sends it.

NothingToTell    no newest word fits that use; says why
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import library, times, wording
from tocsin.disclosure.phases import FINAL
from tocsin.incidents import declaration
from tocsin.statements import drafting
from tocsin.statements.published import Story


class Use(StrEnum):
    """Where the words go; ``people`` are those whose personal data was touched."""

    VOICE = "voice"
    SUPPORT = "support"
    CUSTOMER = "customer"
    PEOPLE = "people"


TEMPLATES = {Use.VOICE: "voice", Use.SUPPORT: "support", Use.CUSTOMER: "T-19", Use.PEOPLE: "T-12"}


# "*What happened.* …": a letter is pasted where nobody reads Markdown.
LABEL = re.compile(r"^\*(?P<label>[^*\n]+)\*(?= )", re.MULTILINE)


class NothingToTell(Exception):
    """Nothing that was said so far fits; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Told:
    """A text for one use in one language; ``left`` names what somebody has to fill before it goes.

    ``headline`` is empty where the use has none. A blank that is left stands in brackets.
    """

    use: Use
    language: str
    headline: str
    body: str
    left: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, as it is copied."""
        return "\n\n".join(filter(None, (self.headline, self.body)))


def uses_of(story: Story | None, *, is_security: bool) -> Iterator[Use]:
    """What there is to say elsewhere now: of what is over, the letter to people alone."""
    if story is None:
        return
    if story.phase not in FINAL:
        yield from (Use.VOICE, Use.SUPPORT, Use.CUSTOMER)
    if is_security:
        yield Use.PEOPLE


def told(
    story: Story | None,
    use: Use,
    language: str,
    *,
    address: str,
    at: datetime,
    filled: Mapping[str, str] | None = None,
) -> Told:
    """The text for a use. ``address``: where readers find the incident; ``filled``: blanks by name.

    Raises NothingToTell.
    """
    if story is None:
        raise NothingToTell("Nothing was said of it yet. Say the first word; then this follows it.")
    known = declaration.known_of(story.incident_id)
    if use not in uses_of(story, is_security=known.is_security):
        raise NothingToTell(_why_not(use))
    if language not in story.words.layers:
        spoken = ", ".join(story.words.layers)
        raise NothingToTell(f"The newest word is not told in {language!r}, but in {spoken}.")
    page, made = shelf.seen_by(known.audience_id), library.template(TEMPLATES[use])
    blanks = _blanks(story, page, language, address=address, at=at) | dict(filled or {})
    words = wording.preview(made, language, blanks)
    body = LABEL.sub(r"\g<label>", words.body)
    return Told(use, language, words.headline, body, wording.missing(made, blanks))


def blanks_for(use: Use) -> tuple[str, ...]:
    """The names of the blanks that a use has, in the order of its text."""
    return tuple(one.name for one in wording.blanks_of(library.template(TEMPLATES[use]), "en"))


def _why_not(use: Use) -> str:
    if use is Use.PEOPLE:
        return "That letter is for what is about security. `tocsin update --security` says so."
    return "It is over, and this text says that it is not. Send the last word instead."


def _blanks(
    story: Story, page: Brand, language: str, *, address: str, at: datetime
) -> dict[str, str]:
    words, zone = story.words, page.time_zone
    layer, components = words.layers[language], list(words.impacts)
    site = urlsplit(address)
    blanks = {
        "function": drafting.function_of(page, shelf.components_of(page.id), components, language),
        "effect": layer.effect,
        "workaround": layer.workaround,
        "status_url": address,
        "spoken_url": site.netloc,
        "ref": words.name.get(language) or next(iter(words.name.values()), ""),
        "contact": page.contact,
    }
    if words.since:
        blanks["since"] = times.spoken(words.since, zone, language, now=at)
        blanks["happened_on"] = times.day(words.since.astimezone(ZoneInfo(zone)).date(), language)
    if words.next_word_at:
        blanks["next_update_at"] = times.spoken(words.next_word_at, zone, language, now=at)
    return blanks

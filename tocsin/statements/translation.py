"""Putting a word into another language of its page: the first goes first, the others follow.

CannotTranslate         there is nothing to be translated so; says what to do
NotFitToSay, Overtaken  see fitness.py, drafting.py

Each language is cleared and published by itself. What is owed is derived from what was said: a
word carries by when each language that it lacks is to follow.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.languages import called
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal.actors import Actor
from tocsin.statements import clearance, drafting, published, spoken
from tocsin.statements.published import Publication, Story
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer, Words

STILL_WANTED = timedelta(days=7)  # a closed incident's last word; later, nobody waits for it
LOOKED_AT = 20  # closed incidents


class CannotTranslate(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Owed:
    """A language that the word in force lacks, and by when it is to follow."""

    incident_id: str
    page_id: str
    title: str
    severity: Severity
    number: int
    publication_id: str
    language: str
    said_at: datetime
    by: datetime

    def is_overdue(self, at: datetime) -> bool:
        return at > self.by


def dues(
    page: Brand,
    layers: Mapping[str, Layer],
    *,
    within: timedelta,
    before: Words | None,
    at: datetime,
) -> dict[str, datetime]:
    """By when each language of the page that a word lacks is to follow. Pure.

    A reader who waits already waits no longer for a second word: what was stated still holds,
    unless it has passed.
    """
    found: dict[str, datetime] = {}
    for language in page.languages:
        if language in layers:
            continue
        stated = None
        if before and language not in before.layers:
            stated = before.translations_due.get(language)
        usual = at + within
        found[language] = min(stated, usual) if stated and stated > at else usual
    return found


@transaction.atomic
def translate(
    incident_id: str,
    *,
    language: str,
    layer: Layer,
    by: Actor,
    at: datetime,
    number: int | None = None,
    name: str = "",
    turn_reason: str = "",
    basis: str = "",
    announces: bool = True,
) -> Spoken:
    """Say a word of an incident in another language: the last one, or the one of that number.

    ``name``, ``turn_reason`` and a forecast's ``basis`` are those of that language. What was
    corrected since is told as it is right, times and severity too. Readers of the language are
    told, unless a newer word has been said since. Raises CannotTranslate, NotFitToSay,
    Overtaken, ``NotAllowed``; then nothing was said.
    """
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    story = published.story(known.audience_id, incident_id)
    original = _original(story, number)
    _check_wanted(page, original, language)
    assert story is not None
    as_it_reads = story.as_it_reads(original).words
    assert as_it_reads is not None
    words = _worded(as_it_reads, language, layer, name, turn_reason, basis)
    draft = drafting.open_draft(
        incident_id, based_on=original.number, translates=original.id, by=by, at=at
    )
    draft = drafting.revise(draft.id, words, follows=0, by=by, at=at)
    is_in_force = story.last_word.id == original.id
    told = announces and original.announces and is_in_force
    granted = clearance.request(draft, announces=told, by=by, at=at)
    return spoken.let_go(granted, incident_id, by=by, at=at, announces=told)


def _original(story: Story | None, number: int | None) -> Publication:
    if story is None:
        raise CannotTranslate("Nothing was said of this incident yet. Say a first word.")
    if number is None:
        return story.last_word
    for said in story.publications:
        if said.number == number:
            return said
    raise CannotTranslate(f"No. {number} is no word of this incident.")


def _check_wanted(page: Brand, original: Publication, language: str) -> None:
    assert original.words is not None
    if language not in page.languages:
        spoken = ", ".join(page.languages)
        raise CannotTranslate(f"This page does not speak {language!r}; it speaks {spoken}.")
    # One that came as a translation is a race, whose difference `publish` shows.
    came = {told.language for told in original.translations}
    if language in set(original.words.layers) - came:
        named = called(language, "en").name
        raise CannotTranslate(f"No. {original.number} is there in {named} already.")


def _worded(
    words: Words, language: str, layer: Layer, name: str, turn_reason: str, basis: str
) -> Words:
    """The word as its readers of that language have it, and nothing in any other."""
    forecast = words.forecast
    if forecast is not None:
        forecast = replace(forecast, basis={language: basis} if basis else {})
    # As for a first word: where nobody gave the incident a name, its headline is its name.
    called_so = name or words.name.get(language) or layer.headline
    return replace(
        words,
        name={language: called_so},
        layers={language: layer},
        forecast=forecast,
        turn_reason={language: turn_reason} if turn_reason else {},
        primary=language,
        translations_due={},
        correction=None,
        retrospective=None,
    )


def owed(pages: Iterable[Brand], *, at: datetime, also_closed: bool = True) -> list[Owed]:
    """Every translation owed on these pages, the soonest first."""
    found = [
        word
        for page in pages
        for story in _wanting(page, also_closed=also_closed)
        for word in owed_on(page, story, at=at)
    ]
    return sorted(found, key=lambda word: word.by)


def owed_on(page: Brand, story: Story, *, at: datetime) -> list[Owed]:
    """The languages that an incident's word in force lacks."""
    if not story.is_open and at - story.last_word.published_at > STILL_WANTED:
        return []
    said = story.last_word
    dues = ((language, said.translation_due(language)) for language in page.languages)
    return [
        Owed(
            incident_id=story.incident_id,
            page_id=page.id,
            title=story.name(page.language)[1],
            severity=story.severity,
            number=said.number,
            publication_id=said.id,
            language=language,
            said_at=said.published_at,
            by=due,
        )
        for language, due in dues
        if due is not None
    ]


def _wanting(page: Brand, *, also_closed: bool) -> Iterator[Story]:
    """The stories that may lack a language, each as those it was told to first know it."""
    first_told = {known.id: known.audience_id for known in declaration.open_incidents(page.id)}
    for audience in dict.fromkeys(first_told.values()):
        told = published.open_stories(audience)
        yield from (story for story in told if first_told.get(story.incident_id) == audience)
    if also_closed:
        lately = published.recent_stories(page.audience_id, limit=LOOKED_AT)
        yield from (story for story in lately if not story.is_open)

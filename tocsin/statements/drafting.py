"""Words in the making: opened on what was said last, revised, never overwritten.

CannotDraft             the draft cannot be opened or revised; says what to do
├── UnknownDraft        no live draft goes by that id
└── Overtaken           somebody else was quicker; carries the difference
NotFitToSay             see fitness.py
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, Tree
from tocsin.disclosure import times, wording
from tocsin.incidents import declaration
from tocsin.incidents.places import Place
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.journal.compiled import Compiled
from tocsin.people import access
from tocsin.statements import published, values
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.models import Draft, Revision
from tocsin.statements.values import Layer, Words


class CannotDraft(Exception):
    """The act is refused; the message says why and what to do."""


class UnknownDraft(CannotDraft):
    pass


class Overtaken(CannotDraft):
    """Somebody else was quicker. ``difference`` shows theirs against yours, line by line."""

    def __init__(self, message: str, difference: str) -> None:
        super().__init__(f"{message}\n{difference}" if difference else message)
        self.difference = difference


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as doors see it; ``revision`` is 0 before the first.

    ``audience_id`` is the audience that is told first, whose numbers ``based_on`` counts.
    ``translates`` is the id of the word that it puts into another language, if it does.
    """

    id: str
    incident_id: str
    page_id: str
    based_on: int
    revision: int
    words: Words | None
    audience_id: str
    translates: str = ""


@transaction.atomic
def open_draft(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    based_on: int | None = None,
    translates: str = "",
    is_held: bool = False,
) -> Drafted:
    """Begin a word on what was said of an incident last, or on what its author last saw.

    ``based_on`` is a publication's number; ``translates`` the id of the word to be translated;
    ``is_held`` is for words that wait for their moment.
    Raises UnknownIncident, NotAllowed.
    """
    place = declaration.place_of(incident_id, held=True)
    access.check(by, "draft", place.page_id)
    draft = Draft.objects.create(
        incident_id=incident_id,
        based_on=_last_number(place, incident_id) if based_on is None else based_on,
        translates_id=translates or None,
        opened_at=at,
        opened_by=str(by),
        is_held=is_held,
    )
    chain.note(
        "statements:draft:opened",
        by=by,
        at=at,
        subject=("draft", draft.id),
        page=place.page_id,
        incident=incident_id,
        based_on=draft.based_on,
    )
    return _drafted(draft, place, None)


@transaction.atomic
def revise(draft_id: str, words: Words, *, follows: int, by: Actor, at: datetime) -> Drafted:
    """Write down a draft's next revision. ``follows`` is the revision the author last saw.

    Raises Overtaken with the difference when another revision came between; UnknownDraft.
    """
    draft = _live(draft_id)
    place = declaration.place_of(draft.incident_id)
    access.check(by, "draft", place.page_id)
    last = newest_revision(draft.id)
    number = last.number if last else 0
    if last is not None and number != follows:
        raise _overtaken_by(last, words)
    try:
        with transaction.atomic():
            revision = _write(draft, number + 1, words, by=by, at=at)
    except IntegrityError:
        raise _overtaken_by(Revision.objects.get(draft=draft, number=number + 1), words) from None
    chain.note(
        "statements:draft:revised",
        by=by,
        at=at,
        subject=("draft", draft.id),
        page=place.page_id,
        revision=revision.number,
    )
    return _drafted(draft, place, revision)


def _write(draft: Draft, number: int, words: Words, *, by: Actor, at: datetime) -> Revision:
    return Revision.objects.create(
        draft=draft, number=number, words=values.written(words), at=at, by_id=by.id, by_name=str(by)
    )


def _overtaken_by(revision: Revision, yours: Words) -> Overtaken:
    theirs = values.read(revision.words)
    return Overtaken(
        f"{revision.by_name} revised this draft meanwhile. Nothing of yours is lost; here is "
        "the difference:",
        difference(theirs, yours),
    )


def difference(theirs: Words, yours: Words) -> str:
    """What differs between two words, as a unified diff a person can read."""
    lines = difflib.unified_diff(_lines(theirs), _lines(yours), "theirs", "yours", lineterm="", n=1)
    return "\n".join(lines)


def _lines(words: Words) -> list[str]:
    due = words.next_word_at.isoformat() if words.next_word_at else "-"
    told = [f"phase: {words.phase}", f"severity: {words.severity}", f"next word by: {due}"]
    if words.forecast:
        ends = (words.forecast.earliest, words.forecast.latest)
        told.append(f"repair forecast: {' to '.join(at.isoformat() for at in ends)}")
    if words.long_mode:
        told += [f"less often ({code}): {why}" for code, why in words.long_mode.reason.items()]
    for language, layer in sorted(words.layers.items()):
        for name in Layer.__dataclass_fields__:
            text = getattr(layer, name)
            told += [f"{name} ({language}): {line}" for line in text.splitlines()]
    return told


# Asked several times for each word: the SQL is written once.
_DRAFT = Compiled(lambda key: Draft.objects.filter(pk=key))
_NEWEST = Compiled(lambda draft: Revision.objects.filter(draft_id=draft).order_by("-number")[:1])


def drafted(draft_id: str) -> Drafted:
    """A draft with its newest revision. Raises UnknownDraft."""
    draft = _row(draft_id)
    place = declaration.place_of(draft.incident_id)
    return _drafted(draft, place, newest_revision(draft_id))


def _drafted(draft: Draft, place: Place, last: Revision | None) -> Drafted:
    return Drafted(
        id=draft.id,
        incident_id=draft.incident_id,
        page_id=place.page_id,
        based_on=draft.based_on,
        revision=last.number if last else 0,
        words=values.read(last.words) if last else None,
        audience_id=place.audience_id,
        translates=draft.translates_id or "",
    )


def newest_revision(draft_id: str) -> Revision | None:
    """What a draft says now."""
    return _NEWEST.first(draft_id)


def incident_of(draft_id: str) -> str:
    """The id of the incident that a draft is about. Raises UnknownDraft."""
    return _row(draft_id).incident_id


def live_draft_of(incident_id: str) -> Drafted | None:
    """The newest draft of an incident that was not published yet, if any."""
    drafts = Draft.objects.filter(incident_id=incident_id, spent_at=None, is_held=False)
    drafts = drafts.filter(translates=None).order_by("-opened_at")
    newest = drafts.values_list("id", flat=True).first()
    return drafted(newest) if newest else None


def _row(draft_id: str) -> Draft:
    draft = _DRAFT.first(draft_id)
    if draft is None:
        raise UnknownDraft("There is no such draft.")
    return draft


def _live(draft_id: str) -> Draft:
    draft = _row(draft_id)
    if draft.spent_at is not None:
        raise UnknownDraft("This draft was published already. Open a new one.")
    return draft


def last_number_of(incident_id: str) -> int:
    """The number of the newest publication about an incident; 0 before the first."""
    return _last_number(declaration.place_of(incident_id), incident_id)


def _last_number(place: Place, incident_id: str) -> int:
    told = published.story(place.audience_id, incident_id)
    return told.latest.number if told else 0


def holding_layers(
    page: Brand,
    components: list[str],
    *,
    next_word_at: datetime,
    at: datetime,
    since: datetime | None = None,
) -> dict[str, Layer]:
    """T-01 in every language of a page: publishable in one action, nothing to type."""
    tree = shelf.components_of(page.id)
    return {
        language: _holding(page, tree, components, language, next_word_at, since, at)
        for language in page.languages
    }


def _holding(
    page: Brand,
    tree: Tree,
    components: list[str],
    language: str,
    next_word_at: datetime,
    since: datetime | None,
    at: datetime,
) -> Layer:
    def spoken(moment: datetime) -> str:
        return times.spoken(moment, page.time_zone, language, now=at)

    told = spoken(next_word_at), spoken(since) if since else None, language
    own = wording.holding(function_of(page, tree, components, language), *told)
    # Nobody types this one: a long name gives way, so that it can never be refused for length.
    wider = (page.words[language].function, languages.of(language).stand_in["function"])
    made = (own, *(wording.holding(function, *told) for function in wider))
    fitting = (words.headline for words in made if len(words.headline) <= HEADLINE_LENGTH)
    return Layer(headline=next(fitting), body=own.body)


def function_of(page: Brand, tree: Tree, components: list[str], language: str) -> str:
    """What customers call the thing that fails: one component, what holds them all, or the page.

    Joining several names would break the templates' grammar, so the nearest group speaks for them.
    """
    for node in _holding_all(tree, components):
        if language in node.words and node.words[language].function:
            return node.words[language].function
    return page.words[language].function


def can_do_of(page: Brand, tree: Tree, components: list[str], language: str) -> str:
    """What customers do with the thing that fails, as an infinitive; chosen as the function is."""
    for node in _holding_all(tree, components):
        if language in node.words and node.words[language].can_do:
            return node.words[language].can_do
    return page.words[language].can_do


def _holding_all(tree: Tree, components: list[str]) -> list[Node]:
    """The nodes that hold every one of these, the nearest first."""
    paths = [tree.path_to(component_id) for component_id in components]
    levels = zip(*paths, strict=False)
    shared = [nodes[0] for nodes in levels if len({node.id for node in nodes}) == 1]
    return shared[::-1]


def named(page: Brand, title: str, layers: Mapping[str, Layer]) -> dict[str, str]:
    """An incident's public names: its title in the page's own language, the headline elsewhere."""
    others = {code: layer.headline for code, layer in layers.items() if code != page.language}
    return {page.language: title} | others

"""What the coach says of words that are about to be said, and what was let stand with a reason.

CannotWave    a phrase is let stand only with a reason in words
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.catalogue.tree import Tree
from tocsin.disclosure.coach import heeding, lexicon, reviewing
from tocsin.disclosure.coach.heeding import Heeded
from tocsin.disclosure.coach.manner import USUAL, Manner
from tocsin.disclosure.coach.substance import Substance
from tocsin.disclosure.coach.values import (
    Allowed,
    Component,
    Context,
    Finding,
    Findings,
    Kind,
    Strictness,
)
from tocsin.disclosure.phases import FINAL
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements.stories import Story
from tocsin.statements.values import Layer, Words

WAVED = "statements:finding:waved"
HEEDED = "statements:finding:heeded"
MOST_HEEDED = 100  # marks that one word is asked about
LONGEST_REASON, LONGEST_ENTRY = 300, 64
Waved = frozenset[tuple[str, str]]
MEANWHILE = frozenset({"workaround"})  # no question any more once it is over; no door asks it
GAP = "\n\n"  # between the headline and the body, as they are read in one go


class CannotWave(Exception):
    """A phrase is let stand only with a reason in words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the coach says of one language's words: ``text`` is headline and body as it read them.

    ``details`` are findings in the layer that is folded away, whose text is the layer's own.
    """

    language: str
    text: str
    findings: Findings
    details: tuple[Finding, ...]

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The few that people are shown, the worst first."""
        return reviewing.shown(self.findings.findings)


def heard(
    words: Words,
    *,
    kind: Kind,
    tree: Tree,
    story: Story | None,
    waved: Waved = frozenset(),
    manner: Manner = USUAL,
    circle: str = "",
    allowed: Allowed | None = None,
    posture: Posture | None = None,
) -> tuple[Heard, ...]:
    """What a careful reader would say, for each language that the coach reads.

    ``manner`` is how the page is read, ``circle`` who alone is told, where not everyone is.
    ``allowed`` is how far the policy lets words go in owning up, where it says. ``posture`` is what
    we take the cause to be; without it nobody was asked, and the words are not held against how
    sure we are either (a program's, for one).
    """
    own: dict[str, Any] = {"audience": manner.strictness(circle), "own": manner.own}
    if allowed is not None:
        own["allowed"] = allowed
    if posture is not None:
        own |= {"posture": posture, "certainty": words.certainty}
    return tuple(
        _heard(language, layer, words, own, kind=kind, tree=tree, story=story, waved=waved)
        for language, layer in words.layers.items()
        if language in reviewing.LANGUAGES
    )


@transaction.atomic
def wave(known: Known, *, rule: str, phrase: str, reason: str, by: Actor, at: datetime) -> None:
    """Let a phrase stand in one incident, with a reason that is kept. Raises CannotWave."""
    access.check(by, "draft", known.page_id)
    reason = " ".join(reason.split())
    if not reason:
        raise CannotWave("Say in a sentence why the phrase may stand; the journal keeps it.")
    if len(reason) > LONGEST_REASON:
        raise CannotWave(f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
    chain.note(
        WAVED,
        by=by,
        at=at,
        subject=("incident", known.id),
        page=known.page_id,
        entry=rule[:64],
        phrase=phrase[:200],
        reason=reason,
    )


@transaction.atomic
def heed(
    known: Known, *, marked: Iterable[str], standing: Iterable[str], by: Actor, at: datetime
) -> None:
    """Keep which marks its author acted on before a word was let go, and which were let stand.

    ``marked`` are the keys (:func:`key_of`) of what was shown while it was written, ``standing``
    those of all that the words still hold. The journal keeps entries, and no phrase.
    """
    still = frozenset(standing)
    shown = [key for key in dict.fromkeys(marked) if _entry_of(key)][:MOST_HEEDED]
    if not shown:
        return
    chain.note(
        HEEDED,
        by=by,
        at=at,
        subject=("incident", known.id),
        page=known.page_id,
        acted_on=[_entry_of(key) for key in shown if key not in still],
        stood=[_entry_of(key) for key in shown if key in still],
    )


def key_of(found: Finding) -> str:
    """A mark by its entry and its phrase, as forms hand it back: "en-min-01:a brief hiccup"."""
    return f"{found.rule}:{reviewing.phrase_of(found)}"


def _entry_of(key: str) -> str:
    """The entry of a mark; empty where no entry could be called so."""
    entry, _, phrase = key.partition(":")
    is_one = lexicon.is_id(entry) and entry.isprintable()  # what is not, no database may take
    return entry if phrase and len(entry) <= LONGEST_ENTRY and is_one else ""


def heeded(page_id: str) -> tuple[Heeded, ...]:
    """How often each entry was heeded on a page (metrics 6.4), the most marked first."""
    notes = [entry.detail for entry in chain.acts_on(page_id, HEEDED)]
    return heeding.tallied(
        (name for told in notes for name in _names(told["acted_on"])),
        (name for told in notes for name in _names(told["stood"])),
    )


def _names(told: object) -> list[str]:
    assert isinstance(told, list)
    return told


def waved(incident_id: str) -> Waved:
    """What was let stand in an incident: pairs of an entry and its phrase."""
    details = (entry.detail for entry in chain.acts(WAVED, ("incident", incident_id)))
    return frozenset((str(one["entry"]), str(one["phrase"])) for one in details)


def _heard(
    language: str,
    layer: Layer,
    words: Words,
    own: Mapping[str, Any],
    *,
    kind: Kind,
    tree: Tree,
    story: Story | None,
    waved: Waved,
) -> Heard:
    context = _context(
        language, layer, words, kind=kind, tree=tree, previous=_before(story, language)
    )
    context = replace(context, dismissed=waved, **own)
    text = text_of(layer)
    aside = Context(language=language, phase=words.phase, is_detail=True, dismissed=waved, **own)
    details = reviewing.review(layer.details, aside).findings if layer.details else ()
    return Heard(language, text, reviewing.review(text, context), details)


def measured(
    words: Words,
    language: str,
    *,
    kind: Kind,
    tree: Tree,
    previous: tuple[str, ...],
    manner: Manner,
    circle: str,
    posture: Posture,
) -> Substance | None:
    """What words that were said are worth in numbers, in one language; None where it reads none.

    ``previous`` are the two posts before them in that language. What one's own people may call
    jargon is counted on their pages too: a figure says how plain words are, and blames nobody.
    """
    layer = words.layers[language]
    strictness = manner.strictness(circle)
    is_internal = strictness is Strictness.INTERNAL
    context = replace(
        _context(language, layer, words, kind=kind, tree=tree, previous=previous),
        audience=Strictness.DEVELOPERS if is_internal else strictness,
        own=manner.own,
        posture=posture,
        certainty=words.certainty,
    )
    return reviewing.measure(text_of(layer), context)


def _context(
    language: str,
    layer: Layer,
    words: Words,
    *,
    kind: Kind,
    tree: Tree,
    previous: tuple[str, ...],
) -> Context:
    return Context(
        language=language,
        phase=words.phase,
        kind=kind,
        severity=words.severity,
        title=layer.headline,
        components=_components(tree, words, language),
        filled=_filled(words, layer),
        unasked=MEANWHILE if words.phase in FINAL else frozenset(),
        previous=previous,
    )


def text_of(layer: Layer) -> str:
    """Headline and body as they are read in one go; offsets of findings are those of this text."""
    return f"{layer.headline}{GAP}{layer.body}"


def _components(tree: Tree, words: Words, language: str) -> tuple[Component, ...]:
    """Every name that is nobody's wording; states while they last: a last word tells the past."""
    is_over = words.phase in FINAL
    return tuple(
        Component(
            node.name,
            function=f"{node.words[language].name} {node.words[language].function}"
            if language in node.words
            else node.name,
            state=None if is_over else words.impacts.get(node.id),
        )
        for node in tree
    )


def _filled(words: Words, layer: Layer) -> frozenset[str]:
    """The checks that a field of its own answers."""
    forecast = words.forecast
    told: Mapping[str, object] = {
        "next_update": words.next_word_at,
        "since": words.since,
        "end_time": words.until,
        "data_statement": words.data,
        "account_due": words.account_due,
        "certainty": words.certainty is not Certainty.UNKNOWN,
        "effect": layer.effect or layer.total,
        "who": layer.who or layer.total,
        "still_works": layer.still_works,
        "workaround": layer.workaround,
        "explanation": layer.cause,
        "customer_action": layer.customer_action,
        "estimate": forecast,
        "estimate_basis": forecast and any(forecast.basis.values()),
    }
    return frozenset(name for name, said in told.items() if said)


def _before(story: Story | None, language: str) -> tuple[str, ...]:
    """The two posts before this one, as they were read."""
    said = (
        (one.words.layers.get(language) for one in story.publications if one.words) if story else ()
    )
    posts = [text_of(layer) for layer in said if layer]
    return tuple(posts[-2:])

"""The first word of a drafted incident, ready to be said in one tap.

It is made of the catalogue's words and of nothing that an alert says: readers learn which function
fails, never what noticed it. It states a time, so it is made anew whenever somebody looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State, Tree, worst
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import drafted
from tocsin.incidents.drafted import CannotSettle, Drafted
from tocsin.journal.actors import Actor
from tocsin.statements import cadence, drafting, policies, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Spoken


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be said now: to whom it matters, how bad, and the exact words by language."""

    title: str
    names: Mapping[str, str]  # in the page's other languages
    impacts: Mapping[str, State]
    severity: Severity
    layers: Mapping[str, Layer]
    next_word_at: datetime


def prepared(draft: Drafted, *, at: datetime) -> Prepared | None:
    """The word as it stands; None where all is over, or nobody can tell what it is about."""
    page = shelf.brand(draft.page_id)
    tree = shelf.components_of(page.id)
    impacts = drafted.on_leaves(draft.noticed.impacts, tree)
    severity = draft.noticed.severity
    if not impacts or severity is None:
        return None
    wait = cadence.usual_wait(policies.policy_of(page.id), severity, Phase.HOLDING)
    components = list(impacts)
    state = worst(list(impacts.values()))
    return Prepared(
        title=title_of(page, tree, components, state),
        names=names_of(page, tree, components, state),
        impacts=impacts,
        severity=severity,
        layers=drafting.holding_layers(page, components, next_word_at=at + wait, at=at),
        next_word_at=at + wait,
    )


def title_of(
    page: Brand, tree: Tree, components: list[str], state: State, *, is_over: bool = False
) -> str:
    """A name for what fails (or failed), in the page's own language: "Checkout is failing"."""
    return _title(page, tree, components, state, page.language, is_over=is_over)


def names_of(page: Brand, tree: Tree, components: list[str], state: State) -> dict[str, str]:
    """The same name in the page's other languages."""
    others = page.languages[1:]
    return {code: _title(page, tree, components, state, code, is_over=False) for code in others}


def _title(
    page: Brand, tree: Tree, components: list[str], state: State, language: str, *, is_over: bool
) -> str:
    function = drafting.function_of(page, tree, components, language)
    spoken = languages.of(language)
    name = (spoken.failed if is_over else spoken.failing)[state].format(function=function)
    return name[:1].upper() + name[1:]


@transaction.atomic
def say(drafted_id: str, *, by: Actor, at: datetime, revision: int | None = None) -> Spoken:
    """Declare what alerts suggest, and say the holding statement; once, whoever taps twice.

    ``revision`` is what its author saw. Raises CannotSettle, CannotDeclare, ``NotAllowed``.
    """
    draft = drafted.claim(drafted_id, revision=revision, by=by, at=at)
    ready = prepared(draft, at=at)
    if ready is None:
        raise CannotSettle(_why_not(draft))
    spoken = word.declare(
        draft.page_id,
        title=ready.title,
        names=ready.names,
        components=ready.impacts,
        severity=ready.severity,
        is_security=drafted.speaks_of_security(draft.noticed),
        next_word_at=ready.next_word_at,
        detected_at=draft.noticed.detected_at,
        by=by,
        at=at,
    )
    drafted.become(draft.id, spoken.incident_id, by=by, at=at)
    return spoken


def _why_not(draft: Drafted) -> str:
    if draft.noticed.is_over:
        return "Every alert of it is over. Tell it afterwards, or dismiss it."
    return "Nobody can tell what these alerts are about. Declare it, and choose what is affected."

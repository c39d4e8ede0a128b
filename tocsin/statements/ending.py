"""Whether a last word tells what its readers wait for, as the policy has it (R-22, R-50).

NotWhole    it lacks something, and nobody said why; ``lacking`` has what, and ``is_named`` whether
            the page's policy names it or only the usual one does

Held by the doors through which people speak. Programs, and what is said in an emergency, are not
held up; and neither is anybody who gives the reason in a sentence, which the journal keeps.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.disclosure.closing import CHECKS, Element
from tocsin.disclosure.coach.values import Kind
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import OWING_AN_ACCOUNT
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import Actor
from tocsin.statements import coaching, manners, policies, published, word
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Words
from tocsin.statements.word import Saying

RULE = "closing"  # under which the reason is kept, like that of any objection that was set aside


class NotWhole(Exception):
    """A last word lacks what its readers wait for."""

    def __init__(self, lacking: tuple[Element, ...], *, is_named: bool) -> None:
        super().__init__(f"The last word does not say: {', '.join(lacking)}.")
        self.lacking, self.is_named = lacking, is_named


@transaction.atomic
def say(
    incident_id: str, saying: Saying, *, because: str, by: Actor, at: datetime, **told: Any
) -> Spoken:
    """Say a word; a last one only if it is whole, or with the reason ``because`` it is not.

    ``told`` is as in :func:`word.say`. Raises NotWhole, CannotWave, and what that raises.
    """
    known = declaration.known_of(incident_id)
    lacking = lacking_of(known, saying, at=at)
    if lacking and not because.strip():
        asked = policies.policy_of(known.page_id)
        raise NotWhole(lacking, is_named=asked.names_closing)
    if lacking:
        phrase = ", ".join(lacking)
        coaching.wave(known, rule=RULE, phrase=phrase, reason=because, by=by, at=at)
    return word.say(incident_id, saying, by=by, at=at, **told)


def lacking_of(known: Known, saying: Saying, *, at: datetime) -> tuple[Element, ...]:
    """What a word would lack if it were said now; nothing of one that is no last word."""
    if saying.phase is not Phase.RESOLVED or not known.is_open or known.is_planned:
        return ()
    # The opener of a late word is ours, and tells nothing of the incident.
    return lacking_in(known, word.compose(known, replace(saying, opens_late=False), at=at))


def lacking_in(known: Known, words: Words) -> tuple[Element, ...]:
    """What a last word lacks of that which the policy asks for at its severity.

    A field says it, or the words do in each language that the coach reads.
    """
    asked = policies.policy_of(known.page_id).closings[words.severity]
    if not asked:
        return ()
    heard = coaching.heard(
        words,
        kind=Kind.SECURITY if known.is_security else Kind(known.kind),
        tree=shelf.components_of(known.page_id),
        story=published.story(known.audience_id, known.id),
        manner=manners.manner_of(known.page_id),
    )
    unsaid = {lack.check for one in heard for lack in one.findings.missing}
    read = {*CHECKS} if heard else set()
    if words.severity not in OWING_AN_ACCOUNT:
        read -= {Element.ACCOUNT}  # there the coach does not ask for it
    in_words = {element for element in read if CHECKS[element] not in unsaid}
    return tuple(one for one in asked if one not in _in_fields(words) | in_words)


def _in_fields(words: Words) -> set[Element]:
    """What a field of its own says, in every language in which the word is said."""
    layers = words.layers.values()
    told = {
        Element.START: words.since is not None,
        Element.EFFECT: all(layer.effect or layer.total for layer in layers),
        Element.LINGERING: all(layer.lingering for layer in layers),
        Element.DATA: words.data is not None,
        Element.ACTION: all(layer.customer_action for layer in layers),
        Element.ACCOUNT: words.account_due is not None,
    }
    return {element for element, is_said in told.items() if is_said}

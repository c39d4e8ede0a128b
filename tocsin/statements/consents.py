"""Whose consent a draft needs, as the page's policy has it, and who could give it. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.db.models import QuerySet

from tocsin.disclosure import consent
from tocsin.disclosure.coach.values import Context, Register
from tocsin.disclosure.consent import Consent, Reviewer, Spoken
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import Policy
from tocsin.incidents import declaration, judgements
from tocsin.incidents.declaration import Known
from tocsin.incidents.judgements import Judgement
from tocsin.people import access
from tocsin.people.models import Operator, Role
from tocsin.statements import policies
from tocsin.statements.drafting import Drafted
from tocsin.statements.models import ClearanceKind, Ending, Publication, Request
from tocsin.statements.values import Layer, Words


@dataclass(frozen=True, slots=True)
class Needed:
    """Somebody's consent that a word cannot do without, and the policy that says so."""

    reviewer: Reviewer
    consent: Consent


def of_incident(incident_id: str) -> Consent:
    """What the policy asks for words about an incident as we know it now."""
    known = declaration.known_of(incident_id)
    return of_known(known)


def of_known(known: Known) -> Consent:
    """What the policy asks for words about what we know so."""
    policy = policies.policy_of(known.page_id)
    return policy.consent(known.severity, is_security=known.is_security)


def needed(draft: Drafted) -> Needed | None:
    """The consent that a draft's newest words need; None where they need nobody's.

    Making light of an incident gets no word around a consent: what says so is judged by both, and
    so are later ones, until whoever was asked in vain has cleared one.
    """
    words = draft.words
    assert words is not None
    spoken = consent.spoken_as(
        Phase.ACCOUNT if words.is_progress else words.phase,
        is_correction=words.correction is not None,
        is_translation=bool(draft.translates),
    )
    if spoken is None or words.is_planned:
        return None
    policy = policies.policy_of(draft.page_id)
    if not policy.asks_anybody:
        return None  # asked at every word, so the incident is not read for it
    for asked in _cases(policy, draft.incident_id):
        reviewer = asked.reviewer(spoken, _registers(words) if asked.allowed else frozenset())
        if reviewer:
            return Needed(reviewer, asked)
    return None


def _cases(policy: Policy, incident_id: str) -> Iterator[Consent]:
    """What is asked of an incident as we know it, and as it was held since a word went out."""
    yield of_incident(incident_id)
    for held in reversed(_held(incident_id)):
        yield policy.consent(held.severity, is_security=held.is_security)


def _held(incident_id: str) -> list[Judgement]:
    """What it was held to be since its last own word; where one was asked for in vain, since then.

    A word from templates says nothing that anybody was asked about, so it ends no such wait.
    """
    said = Publication.objects.filter(incident_id=incident_id).order_by("-published_at")
    consented = _latest(said.filter(clearance__kind=ClearanceKind.REVIEW))
    asked = Request.objects.filter(clearance__revision__draft__incident_id=incident_id)
    in_vain = asked.exclude(ended_as=Ending.GRANTED).order_by("asked_at")
    if consented is not None:
        in_vain = in_vain.filter(asked_at__gt=consented)
    since = in_vain.values_list("asked_at", flat=True).first()
    if since is not None:
        return judgements.held_since(incident_id, since, and_before=True)
    own = _latest(said.exclude(clearance__kind=ClearanceKind.HOLDING))
    return judgements.held_since(incident_id, own)


def _latest(said: "QuerySet[Publication]") -> datetime | None:
    return said.values_list("published_at", flat=True).first()


def is_free_to_name(known: Known, names: Mapping[str, str]) -> bool:
    """Whether these names may be told of an incident before anybody consented to a word."""
    policy = policies.policy_of(known.page_id)
    if not policy.asks_anybody:
        return True
    asked = of_known(known)
    voices = _voices(names, Phase.INVESTIGATING) if asked.allowed else frozenset()
    reviewer = asked.reviewer(Spoken.INVESTIGATING, voices)
    return reviewer is None or not holders(reviewer, known.page_id, besides="")


def _registers(words: Words) -> frozenset[Register]:
    """In which voices a word speaks (R-31), over its languages, its layers and its names."""
    texts = {code: [words.name.get(code, "")] for code in {*words.layers, *words.name}}
    for code, layer in words.layers.items():
        texts[code] += [getattr(layer, part.name) for part in fields(Layer)]
    return _voices({code: "\n\n".join(parts) for code, parts in texts.items()}, words.phase)


def _voices(texts: Mapping[str, str], phase: Phase) -> frozenset[Register]:
    # Imported here: whoever declares an incident waits for every import, and few policies ask.
    from tocsin.disclosure.coach.lexicon import LANGUAGES as JUDGED
    from tocsin.disclosure.coach.reviewing import review

    found: frozenset[Register] = frozenset()
    for language, text in texts.items():
        if text.strip() and language not in JUDGED:
            found |= {Register.LIABILITY}  # whoever answers for it has to read it themselves
        found |= review(text, Context(language=language, phase=phase)).registers
    return found


def holders(reviewer: str, page_id: str, *, besides: str) -> list[Operator]:
    """Everybody who could answer: who holds the role today and is not the author."""
    found = access.holders_of(Role(reviewer), page_id)
    return [operator for operator in found if operator.id != besides]


def unheld(reviewer: str) -> str:
    """Why the policy grants by itself, as the journal has it."""
    return f"nobody but its author could have cleared it ({reviewer})"

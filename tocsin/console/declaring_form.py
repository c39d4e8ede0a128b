"""What stands in the declaration's form, read into what is declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State, Tree
from tocsin.console import clocks
from tocsin.console.refusals import Unread
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents.models import IncidentKind
from tocsin.statements import cadence, policies, prepared
from tocsin.statements.published import Layer

HOW_BAD = (State.DEGRADED, State.PARTIAL, State.MAJOR)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the form says, whole or not. ``layers`` is empty for the holding statement."""

    components: tuple[str, ...]
    state: State | None
    title: str
    severity: Severity
    posture: Posture
    layers: Mapping[str, Layer]
    started_at: datetime | None
    detected_at: datetime | None
    zone: str
    next_word_at: datetime
    announces: bool
    problems: tuple[str, ...]
    audience: str = ""
    is_security: bool = False

    @property
    def impacts(self) -> dict[str, State]:
        return dict.fromkeys(self.components, self.state) if self.state else {}


def read(
    told: Mapping[str, str],
    chosen: Sequence[str],
    *,
    page: Brand,
    tree: Tree,
    at: datetime,
    is_over: bool = False,
) -> Declared:
    """Read the form; what cannot be read is left out and named in ``problems``."""
    problems: list[str] = []
    components = _components(chosen, tree, problems)
    state = _state(told.get("state", ""), problems)
    severity = _severity(told.get("severity", ""), state, problems)
    zone = told.get("zone") or page.time_zone
    layers = _own_words(told, page)
    phase = Phase.INVESTIGATING if layers else Phase.HOLDING
    return Declared(
        components=components,
        state=state,
        title=told.get("title", "").strip()
        or suggestion(page, tree, components, state, is_over=is_over),
        severity=severity,
        posture=_posture(told.get("posture", ""), problems),
        layers=layers,
        started_at=_past(told.get("started", ""), zone, at, problems),
        detected_at=_past(told.get("detected", ""), zone, at, problems),
        zone=zone,
        next_word_at=_due(told.get("next_at", ""), page, severity, phase, at, problems),
        announces=told.get("quietly") != "on",
        problems=tuple(problems),
        audience=told.get("audience", "")[:12],
        is_security=told.get("kind") == IncidentKind.SECURITY,
    )


def _components(chosen: Sequence[str], tree: Tree, problems: list[str]) -> tuple[str, ...]:
    """The leaves that were ticked, a ticked group standing for all below it."""
    leaves: dict[str, None] = {}
    for ref in chosen:
        node = tree.find(ref)
        if node is None:
            problems.append(_("One of the components is no longer on this page. Choose again."))
        else:
            leaves |= dict.fromkeys(leaf.id for leaf in tree.leaves_of(node.id))
    if not leaves:
        problems.append(_("Say what is affected; one component is enough."))
    return tuple(leaves)


def _state(said: str, problems: list[str]) -> State | None:
    if said in HOW_BAD:
        return State(said)
    problems.append(_("Say how bad it is: slow, partly failing or down."))
    return None


def _severity(said: str, state: State | None, problems: list[str]) -> Severity:
    """As told, else as the state has it."""
    if said in list(Severity):
        return Severity(said)
    if said:
        problems.append(_("Choose a severity from those offered."))
    return SEVERITY_OF[state] if state else Severity.SEV1


def _posture(said: str, problems: list[str]) -> Posture:
    if said in list(Posture):
        return Posture(said)
    if said:
        problems.append(_("Choose what it comes from among those offered."))
    return Posture.UNKNOWN


def _past(said: str, zone: str, at: datetime, problems: list[str]) -> datetime | None:
    try:
        return clocks.past(said, zone=zone, now=at)
    except Unread as error:
        problems += error.sentences
        return None


def _due(
    said: str,
    page: Brand,
    severity: Severity,
    phase: Phase,
    at: datetime,
    problems: list[str],
) -> datetime:
    usual = at + cadence.usual_wait(policies.policy_of(page.id), severity, phase)
    try:
        return clocks.future(said, zone=page.time_zone, now=at) or usual
    except Unread as error:
        problems += error.sentences
        return usual


def _own_words(told: Mapping[str, str], page: Brand) -> dict[str, Layer]:
    """Words of the operator's own, in each language in which there are some."""
    layers = {}
    for code in page.languages:
        headline = told.get(f"headline.{code}", "").strip()
        body = told.get(f"body.{code}", "").strip()
        if headline or body:
            layers[code] = Layer(headline=headline, body=body)
    return layers


def suggestion(
    page: Brand,
    tree: Tree,
    components: Sequence[str],
    state: State | None,
    *,
    is_over: bool = False,
) -> str:
    """A name for the incident, in the page's own language; empty before anything was chosen."""
    if not components or state is None:
        return ""
    return prepared.title_of(page, tree, list(components), state, is_over=is_over)


def names(page: Brand, tree: Tree, declared: Declared) -> dict[str, str]:
    """The name in the page's other languages, where it is one of our making."""
    components, state = list(declared.components), declared.state
    if state is None or declared.title != suggestion(page, tree, components, state):
        return {}
    return prepared.names_of(page, tree, components, state)


@dataclass(frozen=True, slots=True)
class Offered:
    """A component as the form offers it."""

    node: Node
    name: str
    depth: int
    is_chosen: bool
    state_now: State


def offered(
    tree: Tree, chosen: Sequence[str], states: Mapping[str, State], language: str
) -> list[Offered]:
    """The tree in order, named as customers name things."""
    return [
        Offered(
            node=node,
            name=node.named(language),
            depth=tree.indent_of(node.id),
            is_chosen=node.id in chosen or node.slug in chosen,
            state_now=node.rolled_up(states),
        )
        for node in tree
    ]

"""Trouble as clients tell it: declared, told more of, told afterwards, renamed, put right."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tocsin.api.v1.calls import Call
from tocsin.api.v1.failures import Unread
from tocsin.api.v1.incident_fields import (
    PHASES,
    SEVERITIES,
    Closing,
    IncidentFields,
    IncidentStatus,
)
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.phases import FINAL, STATUSPAGE, Phase, scheduled_status
from tocsin.disclosure.severity import (
    INDICATOR_OF,
    SEVERITY_OF,
    Indicator,
    Severity,
    worst_indicator,
)
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.statements import corrections, publication, retrospective, states, word
from tocsin.statements.asking import Pending
from tocsin.statements.corrections import Amending, CannotCorrect
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Publication, Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

QUOTED = 300


def declare(call: Call, told: IncidentFields) -> str:
    """Open an incident, and say its first word; answers its id."""
    status = told.status or IncidentStatus.INVESTIGATING
    if status == IncidentStatus.POSTMORTEM:
        raise Unread(["incident.status: a postmortem is published; see /postmortem."])
    phase = PHASES[status]
    layers = _layers(call, told.name or "", told.words)
    spoken = word.declare(
        call.page.id,
        title=told.name or "",
        components=dict.fromkeys(told.linked, State.OPERATIONAL) | told.states,
        severity=_severity(told, told.states.values()),
        is_security=bool(told.is_security),
        layers=layers,
        phase=phase if layers or phase != Phase.INVESTIGATING else Phase.HOLDING,
        impact=_impact(told, told.states.values()),
        announces=told.announces,
        by=call.by,
        at=call.at,
    )
    if spoken.pending is None:
        _set_aside(call, told, is_over=phase in FINAL)
    return spoken.incident_id


def tell_afterwards(call: Call, told: IncidentFields) -> str:
    """Tell of what is over: a client's ``backfilled``; nobody is written to about it."""
    when = told.backfill_date or call.at
    if when > call.at:
        raise Unread(["incident.backfill_date: that is still to come."])
    name, language = told.name or "", call.page.language
    layers = _layers(call, name, told.words) or {language: Layer(short(name), name)}
    spoken = retrospective.tell(
        call.page.id,
        title=name,
        components={},
        since=when,
        until=when,
        layers=layers,
        severity=_severity(told, ()),
        is_security=bool(told.is_security),
        impact=_impact(told, ()),
        announces=False,
        by=call.by,
        at=call.at,
    )
    return spoken.incident_id


def update(
    call: Call, story: Story, known: Known, told: IncidentFields, *, override: Indicator | None
) -> None:
    """Say more of an incident, as far as anything changes. ``override``: an impact told before."""
    phase = _phase(story, told)
    kind = _kind(known, told)
    tree = shelf.components_of(call.page.id)
    landed = declaration.landed(tree, told.states, may_be_none=True)
    fresh = [key for key in told.linked if key not in told.states]
    linked = declaration.landed(tree, dict.fromkeys(fresh, State.OPERATIONAL), may_be_none=True)
    impacts = {key: state for key, state in linked.items() if key not in known.impacts} | {
        key: state for key, state in landed.items() if known.impacts.get(key) != state
    }
    severity = _worse(told, known.severity, landed.values())
    impact = told.impact_override or override or _told_so_far(story, landed.values())
    changes = phase != story.phase or impact != story.impact or severity is not None
    if told.words or changes or (impacts and known.is_open):
        renamed = {call.page.language: told.name} if told.name else None
        layers = _layers(call, told.name or story.name(call.page.language)[1], told.words) or {}
        end = told.closing if phase is Phase.RESOLVED else Closing()
        saying = Saying(
            phase=_spoken(phase, told),
            layers={code: replace(layer, **end.in_a_layer) for code, layer in layers.items()},
            data=end.data,
            account_due=end.account_by,
            components=impacts or None,
            severity=severity if phase not in FINAL else None,
            is_security=kind,
            names=renamed,
            impact=impact,
        )
        spoken = word.say(known.id, saying, announces=told.announces, by=call.by, at=call.at)
        if spoken.pending is not None:
            return  # nothing changes in public before somebody consents
    else:
        if kind is not None and known.is_open:
            declaration.escalate(known.id, is_security=kind, as_told=True, by=call.by, at=call.at)
        if told.name:
            rename(call, story, told.name)
    _set_aside(call, told, is_over=phase in FINAL)


def word_anew(call: Call, first: Pending, told: IncidentFields) -> None:
    """Say a first word anew while the one before waits for consent; what is left out stays."""
    if told.status == IncidentStatus.POSTMORTEM:
        raise Unread(["incident.status: a postmortem is published; see /postmortem."])
    words, known = first.words, declaration.known_of(first.incident_id)
    phase = PHASES[told.status] if told.status else words.phase
    name = told.name or words.name.get(call.page.language, known.title)
    is_changed = told.status is not None and phase != words.phase
    layers = _layers(call, name, told.words) or ({} if is_changed else words.layers)
    saying = Saying(
        phase=phase,
        layers=layers,
        components=told.states or None,
        names={call.page.language: told.name} if told.name else (words.name if layers else None),
        is_security=_kind(known, told),
        impact=_told_most(words.impact, told),
    )
    word.say(known.id, saying, announces=told.announces, by=call.by, at=call.at)


def _kind(known: Known, told: IncidentFields) -> bool | None:
    """Whether it is about security from now on; None where that stays as it was."""
    return None if told.is_security == known.is_security else told.is_security


def _told_most(before: Indicator, told: IncidentFields) -> Indicator:
    now = INDICATOR_OF[worst(list(told.states.values()))]
    return told.impact_override or worst_indicator([before, now])


def _phase(story: Story, told: IncidentFields) -> Phase:
    """The phase that a status means, seen from where the incident stands."""
    stands = {STATUSPAGE[story.phase], scheduled_status(story.phase)}
    if told.status is None or told.status.value in stands:
        return story.phase
    if told.status == IncidentStatus.RESOLVED and story.phase == Phase.ACCOUNT:
        return story.phase  # whoever sends back all that was read means no change
    if told.status == IncidentStatus.POSTMORTEM:
        raise Unread(["incident.status: a postmortem is published; see /postmortem."])
    if told.status not in PHASES:
        raise Unread([f"incident.status: {told.status} is for planned work; this is none."])
    return PHASES[told.status]


def _spoken(phase: Phase, told: IncidentFields) -> Phase:
    return Phase.INVESTIGATING if phase == Phase.HOLDING and told.words else phase


def _told_so_far(story: Story, now: Iterable[State]) -> Indicator:
    """It grows with what is told of components, and does not shrink by itself."""
    return worst_indicator([story.impact, INDICATOR_OF[worst(list(now))]])


def _severity(told: IncidentFields, now: Iterable[State]) -> Severity:
    if told.impact_override:
        return SEVERITIES[told.impact_override]
    return SEVERITY_OF[worst(list(now))]


def _impact(told: IncidentFields, now: Iterable[State]) -> Indicator:
    return told.impact_override or INDICATOR_OF[worst(list(now))]


def _worse(told: IncidentFields, before: Severity, now: Iterable[State]) -> Severity | None:
    """The severity, if it changes."""
    after = _severity(told, now)
    if told.impact_override is None:
        after = min(before, after)  # sev1 is the worst
    return after if after != before else None


def _layers(call: Call, name: str, words: str) -> dict[str, Layer] | None:
    """What is said, in the page's own language; None for what the templates say."""
    return {call.page.language: Layer(headline=short(name), body=words)} if words else None


def short(name: str) -> str:
    """A name in the length of a headline, cut between words."""
    name = " ".join(name.split())
    if len(name) <= HEADLINE_LENGTH:
        return name
    return name[: HEADLINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _set_aside(call: Call, told: IncidentFields, *, is_over: bool) -> None:
    """What was said of a component without words gives way to what is now said of it.

    To a client the last word about a component counts. One that leaves a component in trouble when
    the incident is over means that it still is.
    """
    if not told.states:
        return
    tree = shelf.components_of(call.page.id)
    landed = declaration.landed(tree, told.states)
    before = states.overrides(call.page.audience_id)
    after: Mapping[str, State] = {
        key: state if is_over else State.OPERATIONAL for key, state in landed.items()
    }
    changed = {
        key: state
        for key, state in after.items()
        if before.get(key, State.OPERATIONAL) != state
        and (is_over or landed[key] == State.OPERATIONAL)
    }
    if changed:
        publication.publish_state(call.page.id, changed, by=call.by, at=call.at)


def rename(call: Call, story: Story, name: str) -> None:
    """Call it otherwise: a correction, for readers know it by its name."""
    language = call.page.language
    before = story.name(language)[1]
    if name == before:
        return
    if not name.strip():
        raise Unread(["incident.name: give the incident a name."])
    layer = story.words.layers.get(language)
    if layer is None:
        raise CannotCorrect("The incident was not told of in the page's own language yet.")
    layers = {language: Layer(headline=short(name), body=layer.body, details=layer.details)}
    amending = Amending(layers=layers, names={language: name}, **_quotes(language, before, name))
    corrections.correct(story.incident_id, amending, by=call.by, at=call.at)


def put_right(call: Call, story: Story, said: Publication, body: str) -> None:
    """Let an earlier update read otherwise: a correction, with both in public."""
    language = call.page.language
    layer = story.as_corrected(said).get(language)
    if layer is None:
        raise CannotCorrect("This update was not said in the page's own language.")
    if layer.body.strip() == body.strip():
        return
    layers = {language: Layer(headline=layer.headline, body=body, details=layer.details)}
    quotes = _quotes(language, layer.body, body)
    amending = Amending(number=said.number, layers=layers, **quotes)
    corrections.correct(story.incident_id, amending, by=call.by, at=call.at)


def _quotes(language: str, before: str, after: str) -> dict[str, Any]:
    """Both whole: what was only added, or only taken away, cannot be quoted by itself."""
    return {"wrong": {language: _quoted(before)}, "correct": {language: _quoted(after)}}


def _quoted(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return f"“{text[:QUOTED].rstrip()}…”" if len(text) > QUOTED else f"“{text}”"

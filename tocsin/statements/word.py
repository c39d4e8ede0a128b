"""What an operator does in one go: declare and say, say more, close.

Each verb is one transaction over what we know and what we say, so that a refused word leaves
nothing half done. A door calls one of these; the single steps are there for those who need them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import FINAL, Phase, needs_reason
from tocsin.disclosure.policy import Policy
from tocsin.disclosure.posture import SIDE_OF, Certainty, Posture
from tocsin.disclosure.severity import Indicator, Severity
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import (
    asking,
    cadence,
    clearance,
    consents,
    drafting,
    lateness,
    long_incident,
    naming,
    policies,
    published,
    spoken,
    translation,
    wordless,
)
from tocsin.statements.drafting import CannotDraft, Drafted
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.published import Publication, Story
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Forecast, Layer, Words

__all__ = ["Saying", "Spoken", "compose", "declare", "say", "wait_of"]


@dataclass(frozen=True, slots=True)
class Saying:
    """What an operator says; what is left out stays as it was said last.

    ``layers`` by language, empty for the holding statement in every language of the page.
    ``components``: {id or slug: state}. Times are aware; ``zone`` is that in which ``since`` and
    ``until`` were told, the page's own unless named. A word that comes late says so first, with
    ``late_reason``, unless ``opens_late`` is taken back. ``long_reason`` declares long-incident
    mode or says why anew; ``ends_long`` goes back to the usual pace. ``impact`` is what a program
    tells that was made for another kind of page: then the word may say what such a page takes
    (see ``declaration.declare``), also when all is over, and goes back without a reason of its own.
    ``account_due`` is the day by which a last word promises the account. ``is_made``: a template
    made the layers, so nobody's consent is asked for them.
    """

    phase: Phase
    layers: Mapping[str, Layer]
    next_word_at: datetime | None = None
    components: Mapping[str, State] | None = None
    severity: Severity | None = None
    posture: Posture | None = None
    is_security: bool | None = None
    certainty: Certainty | None = None
    since: datetime | None = None
    until: datetime | None = None
    forecast: Forecast | None = None
    turn_reason: Mapping[str, str] | None = None
    names: Mapping[str, str] | None = None
    zone: str = ""
    opens_late: bool = True
    late_reason: Mapping[str, str] | None = None
    long_reason: Mapping[str, str] | None = None
    ends_long: bool = False
    data: DataStatement | None = None
    account_due: date | None = None
    impact: Indicator | None = None
    is_made: bool = False


@transaction.atomic
def declare(
    page_id: str,
    *,
    title: str,
    components: Mapping[str, State],
    by: Actor,
    at: datetime,
    severity: Severity | None = None,
    posture: Posture = Posture.UNKNOWN,
    is_security: bool = False,
    layers: Mapping[str, Layer] | None = None,
    next_word_at: datetime | None = None,
    started_at: datetime | None = None,
    detected_at: datetime | None = None,
    zone: str = "",
    names: Mapping[str, str] | None = None,
    announces: bool = True,
    audience: str = "",
    phase: Phase | None = None,
    impact: Indicator | None = None,
) -> Spoken:
    """Open an incident and say the first word; without ``layers``, the holding statement.

    ``title`` is the incident's name in the page's own language; ``names`` are those in others.
    With ``audience``, by id or slug, nobody else is told. ``phase`` is that of the first word;
    ``impact`` as in :class:`Saying`.
    Raises CannotDeclare, NotFitToSay, ``NotAllowed``; then nothing was opened.
    """
    known = declaration.declare(
        page_id,
        title=title,
        components=components,
        severity=severity,
        posture=posture,
        is_security=is_security,
        started_at=started_at,
        detected_at=detected_at,
        zone=zone,
        audience=audience,
        as_told=impact is not None,
        by=by,
        at=at,
    )
    saying = Saying(
        phase=phase or (Phase.INVESTIGATING if layers else Phase.HOLDING),
        layers=layers or {},
        next_word_at=next_word_at,
        since=started_at,
        names=names,
        zone=zone,
        impact=impact,
    )
    return say(known.id, saying, by=by, at=at, announces=announces)


@transaction.atomic
def say(
    incident_id: str,
    saying: Saying,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    draft_id: str = "",
    follows: int = 0,
    based_on: int | None = None,
) -> Spoken:
    """Say more of an incident; a word of phase ``resolved`` closes it, going back reopens it.

    Where the policy asks for somebody's consent, it waits for that (``Spoken.pending``): nothing
    changes in public, and a last word closes the incident once it is said.
    With ``draft_id`` the word is that draft's next revision, following revision ``follows``;
    without, ``based_on`` is the number of the publication that its author last saw, if told.
    Raises NotFitToSay, Overtaken, CannotDeclare, ``NotAllowed``; then nothing was changed.
    """
    if saying.account_due:
        _check_account_due(incident_id, saying.account_due, at=at)
    known = _brought_up_to_date(incident_id, saying, by=by, at=at)
    draft = _draft_for(incident_id, draft_id, based_on, by=by, at=at)
    waits = saying.phase == Phase.RESOLVED and known.is_open
    words = _foreseen(known, saying, by=by, at=at) if waits else compose(known, saying, at=at)
    long_incident.check(known, words, at=at)
    draft = drafting.revise(
        draft.id, words, follows=follows if draft_id else draft.revision, by=by, at=at
    )
    granted = clearance.request(draft, is_made=_is_made(saying), announces=announces, by=by, at=at)
    if waits and granted.granted_at:
        _close(known, saying, by=by, at=at)
    done = spoken.let_go(granted, incident_id, by=by, at=at, announces=announces)
    if done.said:
        _let_waiting_follow(draft, done.said, saying, by=by, at=at)
    return done


def _check_account_due(incident_id: str, day: date, *, at: datetime) -> None:
    """Refuse to promise an account for a day that is past; one that was promised before may stay.

    Days are the page's own. Raises NotFitToSay.
    """
    known = declaration.known_of(incident_id)
    zone = ZoneInfo(shelf.seen_by(known.audience_id).time_zone)
    if day >= at.astimezone(zone).date():
        return
    told = published.story(known.audience_id, known.id)
    if told is None or told.words.account_due != day:
        raise NotFitToSay([f"The account is promised by {day}, which is past. Say a later day."])


def _let_waiting_follow(
    draft: Drafted, said: Publication, saying: Saying, *, by: Actor, at: datetime
) -> None:
    """What waits for consent stands on a word of templates; any other one has taken its place."""
    if _is_made(saying) and saying.phase not in FINAL:
        asking.keep_up(draft.incident_id, before=draft.based_on, now=said.number)
    else:
        asking.supersede(draft.incident_id, by=by, at=at)


def _is_made(saying: Saying) -> bool:
    """Whether templates alone made the words: those were cleared beforehand."""
    if saying.is_made:
        return True
    # Names are no reason to wait for the holding statement: naming.py says which it may tell.
    names = saying.names if saying.phase != Phase.HOLDING else None
    typed = (saying.layers, saying.late_reason, saying.long_reason, saying.turn_reason)
    return not any((*typed, saying.forecast, names))


class _OnlyForeseenError(Exception):
    pass


def _foreseen(known: Known, saying: Saying, *, by: Actor, at: datetime) -> Words:
    """What a last word would say once the incident is closed; it stays open until it is said."""
    try:
        with transaction.atomic():
            words = compose(_close(known, saying, by=by, at=at), saying, at=at)
            raise _OnlyForeseenError
    except _OnlyForeseenError:
        return words


def _draft_for(
    incident_id: str, draft_id: str, based_on: int | None, *, by: Actor, at: datetime
) -> Drafted:
    if not draft_id:
        return drafting.open_draft(incident_id, based_on=based_on, by=by, at=at)
    draft = drafting.drafted(draft_id)
    if draft.incident_id != incident_id:
        raise CannotDraft("This draft belongs to another incident.")
    return draft


def _brought_up_to_date(incident_id: str, saying: Saying, *, by: Actor, at: datetime) -> Known:
    """Let what we know follow what the operator tells together with the word."""
    known = declaration.known_of(incident_id)
    if known.is_planned:
        _check_planned(known, saying)
        access.check(by, "draft", known.page_id)
        return known
    follow = _closed if saying.phase in FINAL else _kept_open
    return follow(known, saying, by=by, at=at)


def _check_planned(known: Known, saying: Saying) -> None:
    """Planned work turns by verbs of its own (maintenance.py); here its phase stays."""
    told = published.story(known.audience_id, known.id)
    if told is None or saying.phase != told.phase or saying.components or saying.severity:
        raise declaration.CannotDeclare(
            f"{known.title!r} is planned work. Move, extend, cancel, begin or end it by "
            "`tocsin maintenance`; a further word leaves phase, severity and states as they are."
        )


def _kept_open(known: Known, saying: Saying, *, by: Actor, at: datetime) -> Known:
    as_told = saying.impact is not None
    if not known.is_open:
        if not (saying.components or as_told):
            raise declaration.CannotDeclare(
                f"{known.title!r} is resolved. To go back, say which components are affected again."
            )
        known = declaration.reopen(
            known.id, components=saying.components or {}, as_told=as_told, by=by, at=at
        )
    changes = (saying.severity, saying.components, saying.posture)
    if any(changes) or saying.is_security is not None:
        known = declaration.escalate(
            known.id,
            severity=saying.severity,
            components=saying.components,
            posture=saying.posture,
            is_security=saying.is_security,
            as_told=as_told,
            by=by,
            at=at,
        )
    return _begun(known, saying, by=by, at=at)


def _closed(known: Known, saying: Saying, *, by: Actor, at: datetime) -> Known:
    if not known.is_open and saying.impact is not None:
        return known
    if saying.posture or saying.is_security is not None:
        known = declaration.escalate(
            known.id, posture=saying.posture, is_security=saying.is_security, by=by, at=at
        )
    known = _begun(known, saying, by=by, at=at)
    if saying.phase == Phase.RESOLVED and not _may_wait(known, saying):
        known = _close(known, saying, by=by, at=at)
    return known


def _close(known: Known, saying: Saying, *, by: Actor, at: datetime) -> Known:
    return declaration.resolve(known.id, ended_at=saying.until, zone=saying.zone, by=by, at=at)


def _may_wait(known: Known, saying: Saying) -> bool:
    """Whether somebody may have to consent first, before it is closed."""
    if not known.is_open or _is_made(saying):
        return False
    return consents.of_known(known).asks_anybody


def _begun(known: Known, saying: Saying, *, by: Actor, at: datetime) -> Known:
    """Correct when it began, if the word tells it otherwise."""
    if saying.since is None or saying.since == known.moments.get(MomentKind.STARTED):
        return known
    return declaration.set_moment(
        known.id,
        kind=MomentKind.STARTED,
        moment_at=saying.since,
        zone=saying.zone,
        by=by,
        at=at,
    )


def compose(known: Known, saying: Saying, *, at: datetime) -> Words:
    """All that the word would say, from what is told now and was said before. Writes nothing."""
    page = shelf.seen_by(known.audience_id)
    told = published.story(known.audience_id, known.id)
    before = told.words if told else None
    carried = None if saying.ends_long else before
    long_mode = long_incident.mode(known, saying.phase, saying.long_reason, carried, at=at)
    policy = policies.policy_of(known.page_id)
    due = _due(known, saying, before, policy, is_long=long_mode is not None, at=at)
    layers = saying.layers or _made(page, known, saying, due, at=at)
    if saying.opens_late:
        late = lateness.of(known, told, at=at)
        layers = lateness.opened(layers, late, page, saying.late_reason or {}, at=at)
    spoken = [code for code in page.languages if code in layers] or [*layers]
    within = policy.translated_within(known.severity)
    return Words(
        name=_names(page, known, saying, told, layers),
        layers=dict(layers),
        phase=saying.phase,
        severity=known.severity,
        impacts=dict(before.impacts) if before and known.is_planned else dict(known.impacts),
        cause_side=SIDE_OF[known.posture],
        certainty=saying.certainty or (before.certainty if before else Certainty.UNKNOWN),
        since=saying.since or (before.since if before else None),
        until=known.moments.get(MomentKind.ENDED) if saying.phase in FINAL else None,
        next_word_at=due,
        forecast=saying.forecast,
        turn_reason=dict(saying.turn_reason or _going_back(before, saying, layers)),
        long_mode=long_mode,
        data=saying.data or (before.data if before else None),
        account_due=saying.account_due or (before.account_due if before else None),
        primary=next(iter(spoken), ""),
        translations_due=translation.dues(page, layers, within=within, before=before, at=at),
        window=before.window if before else None,
        impact_told=_impact(known, saying, before),
    )


def _made(
    page: Brand, known: Known, saying: Saying, due: datetime | None, *, at: datetime
) -> Mapping[str, Layer]:
    """Words that nobody typed: the holding statement, or that it is understood, mended or over."""
    components = list(known.impacts)
    if saying.phase in wordless.TEMPLATES:
        return wordless.layers(page, components, saying.phase, next_word_at=due, at=at)
    return drafting.holding_layers(
        page, components, next_word_at=due or at, since=saying.since, at=at
    )


def _going_back(
    before: Words | None, saying: Saying, layers: Mapping[str, Layer]
) -> Mapping[str, str]:
    """Why it goes back, where a program says so that knows no reasons: its own first sentence."""
    if saying.impact is None or not needs_reason(before.phase if before else None, saying.phase):
        return {}
    return {code: wordless.first_sentence(layer.body) for code, layer in layers.items()}


def _impact(known: Known, saying: Saying, before: Words | None) -> Indicator | None:
    """As it was told, until somebody says that it is better or worse."""
    if saying.impact is not None or before is None:
        return saying.impact
    return before.impact_told if before.severity == known.severity else None


def wait_of(known: Known, story: Story) -> timedelta:
    """How long until the next word, at the pace that an incident has now."""
    policy, is_long = policies.policy_of(known.page_id), story.words.long_mode is not None
    return cadence.usual_wait(policy, known.severity, story.phase, is_long=is_long)


def _due(
    known: Known,
    saying: Saying,
    before: Words | None,
    policy: Policy,
    *,
    is_long: bool,
    at: datetime,
) -> datetime | None:
    if saying.phase in FINAL:
        return None
    if known.is_planned:
        return saying.next_word_at or (before.next_word_at if before else None)
    usual = cadence.usual_wait(policy, known.severity, saying.phase, is_long=is_long)
    return saying.next_word_at or at + usual


def _names(
    page: Brand, known: Known, saying: Saying, told: Story | None, layers: Mapping[str, Layer]
) -> dict[str, str]:
    names = saying.names or {}
    if _is_made(saying):
        return dict(naming.held(page, known, told, layers, names=names))
    return dict(naming.told(page, known, told, layers)) | dict(names)

"""Planned work, said: announced, moved, cancelled, begun, checked and over, or past its window.

What the clock says by itself (the reminders, that it begins, that it is over or takes longer) is
cleared with the announcement and kept as rows; :func:`turn` says each at its moment, once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tocsin.catalogue.tree import worst
from tocsin.disclosure import recurrence
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import SEVERITY_OF
from tocsin.incidents import locking, planning, plans, series
from tocsin.incidents.plans import Plan, Planned, Stage
from tocsin.journal.actors import WORKER, Actor
from tocsin.statements import (
    cadence,
    clearance,
    drafting,
    fitness,
    notices,
    policies,
    publication,
    ready,
)
from tocsin.statements.models import Cue, Ready
from tocsin.statements.models import Script as ScriptRow
from tocsin.statements.notices import Scene, Script
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Correction, Words

BEFORE = {Cue.WEEK_BEFORE: timedelta(days=7), Cue.DAY_BEFORE: timedelta(hours=24)}
Act = Callable[[str, datetime], int]
Said = Mapping[str, str]  # a body by language, in place of the template's
LATE = timedelta(minutes=2)  # after which a held word's own times are made anew
PHASES = {
    Stage.ANNOUNCED: Phase.ANNOUNCED,
    Stage.BEGUN: Phase.BEGUN,
    Stage.CHECKING: Phase.CHECKING,
}


@transaction.atomic
def announce(
    page_id: str,
    plan: Plan,
    script: Script,
    *,
    by: Actor,
    at: datetime,
    rule: str = "",
    audience: str = "",
    announces: bool = True,
    said: Said | None = None,
) -> list[Spoken]:
    """Plan work and say so, and clear all that the clock will say of it.

    With ``rule`` (an RRULE) it comes again; readers are told of the first window, and reminded of
    each. With ``audience``, by id or slug, only that circle ever hears of it. ``said`` stands, by
    language, where the template's words would. Raises CannotPlan, NotFitToSay, ``CannotKeep``,
    ``NotAllowed``; then nothing was planned.
    """
    if rule:
        made = series.repeat(page_id, plan, rule=rule, audience=audience, by=by, at=at)
        _keep(script, series_id=made[0].series_id, by=by, at=at)
    else:
        made = [planning.plan(page_id, plan, audience=audience, by=by, at=at)]
    return [
        _announce(
            planned, script, by=by, at=at, announces=announces and planned is made[0], said=said
        )
        for planned in made
    ]


def preview(page_id: str, plan: Plan, script: Script, *, at: datetime) -> Words:
    """What an announcement would say. Writes nothing. Raises CannotPlan, NotFitToSay."""
    told = notices.scene(plans.unwritten(page_id, plans.checked(page_id, plan, at=at)), script)
    words = notices.announcement(told, at=at)
    fitness.check(words, before=None, languages=told.page.languages, at=at)
    return words


def _announce(
    planned: Planned,
    script: Script,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
    said: Said | None = None,
) -> Spoken:
    _keep(script, incident_id=planned.id, by=by, at=at)
    told = notices.scene(planned, script)
    words = notices.announcement(told, at=at)
    spoken = _say(planned.id, words, by=by, at=at, announces=announces, said=said)
    _hold_all(told, by=by, at=at)
    return spoken


def _keep(
    script: Script, *, by: Actor, at: datetime, incident_id: str = "", series_id: str = ""
) -> None:
    ScriptRow.objects.create(
        incident_id=incident_id or None,
        series_id=series_id or None,
        told=script.told(),
        at=at,
        by_name=str(by),
    )


def script_of(planned: Planned) -> Script:
    """What was typed about planned work last."""
    row = ScriptRow.objects.filter(incident_id=planned.id).order_by("-id").first()
    return Script(**row.told) if row else Script()


def _series_script(series_id: str) -> Script:
    row = ScriptRow.objects.filter(series_id=series_id).order_by("-id").first()
    return Script(**row.told) if row else Script()


def _say(
    incident_id: str,
    words: Words,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    words = notices.in_own_words(words, said or {})
    draft = drafting.open_draft(incident_id, by=by, at=at)
    draft = drafting.revise(draft.id, words, follows=0, by=by, at=at)
    # Planned work asks nobody; past its window it is templates that speak here.
    granted = clearance.request(draft, is_made=not said, announces=announces, by=by, at=at)
    return Spoken(incident_id, publication.publish(granted, by=by, at=at, announces=announces))


@transaction.atomic
def move(
    incident_id: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
    reason: Mapping[str, str] | None = None,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Let it take place at another time, and say so. Raises CannotPlan, ``NotAllowed``."""
    former = planning.planned_of(incident_id).plan
    planned = planning.move(incident_id, starts_at=starts_at, ends_at=ends_at, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(incident_id, by=by, at=at)
    words = notices.moved(_with(told, reason), former, at=at)
    spoken = _say(incident_id, words, by=by, at=at, announces=announces, said=said)
    _hold_all(told, by=by, at=at)
    return spoken


@transaction.atomic
def extend(
    incident_id: str,
    *,
    ends_at: datetime,
    by: Actor,
    at: datetime,
    reason: Mapping[str, str] | None = None,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Let it end at another time, and say so before it is over. Raises CannotPlan."""
    former = planning.planned_of(incident_id).plan
    planned = planning.extend(incident_id, ends_at=ends_at, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(incident_id, by=by, at=at)
    words = notices.longer(_with(told, reason), former, PHASES[planned.stage], at=at)
    spoken = _say(incident_id, words, by=by, at=at, announces=announces, said=said)
    _hold_all(told, by=by, at=at)
    return spoken


@transaction.atomic
def cancel(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: Mapping[str, str] | None = None,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Give it up before it has begun, and say so: it stays to be seen. Raises TooLate."""
    planned = planning.cancel(incident_id, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(incident_id, by=by, at=at)
    words = notices.cancelled(_with(told, reason), at=at)
    return _say(incident_id, words, by=by, at=at, announces=announces, said=said)


@transaction.atomic
def cancel_series(
    series_id: str, *, by: Actor, at: datetime, reason: Mapping[str, str] | None = None
) -> list[Spoken]:
    """Let a series bring no further window, and cancel those that were announced."""
    left = series.end_series(series_id, by=by, at=at)
    locking.lock(planned.id for planned in left)
    return [cancel(planned.id, reason=reason, by=by, at=at) for planned in left]


@transaction.atomic
def begin(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Say that it has begun, before the clock does. Raises TooLate."""
    planned = planning.begin(incident_id, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(incident_id, by=by, at=at)
    words = notices.begun(told, at=at)
    spoken = _say(incident_id, words, by=by, at=at, announces=announces, said=said)
    _hold_all(told, by=by, at=at)
    return spoken


@transaction.atomic
def check(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Say that the work is done and being checked. Raises TooLate."""
    planned = planning.check(incident_id, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    words = notices.checking(told, at=at)
    return _say(incident_id, words, by=by, at=at, announces=announces, said=said)


@transaction.atomic
def end(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    announces: bool = True,
    said: Said | None = None,
) -> Spoken:
    """Say that it is over. Raises TooLate."""
    planned = planning.end(incident_id, by=by, at=at)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(incident_id, by=by, at=at)
    words = notices.ended(told, at=at)
    return _say(incident_id, words, by=by, at=at, announces=announces, said=said)


@transaction.atomic
def adopt(incident_id: str, *, by: Actor, at: datetime) -> bool:
    """Let the clock say of planned work that was announced elsewhere what it says of ours.

    Nothing is said now. False where it cannot: its moment has passed, or the words would not fit.
    """
    planned = planning.planned_of(incident_id)
    plan = planned.plan
    edge = plan.starts_at if planned.begun_at is None else plan.ends_at
    ready.withdraw(incident_id, by=by, at=at)
    if edge <= at or not plan.effects:
        return False
    try:
        with transaction.atomic():
            _hold_all(notices.scene(planned, script_of(planned)), by=by, at=at)
    except (fitness.NotFitToSay, drafting.CannotDraft, clearance.CannotClear):
        return False
    return True


def _with(told: Scene, reason: Mapping[str, str] | None) -> Scene:
    if not reason:
        return told
    return Scene(told.page, told.tree, told.planned, told.script.and_why(reason))


@dataclass(frozen=True, slots=True)
class Held:
    """A word to be cleared now and said later."""

    cue: Cue
    due_at: datetime
    before: Phase
    words: Words


def _hold_all(told: Scene, *, by: Actor, at: datetime) -> None:
    for held in _to_hold(told, at=at):
        ready.hold(
            told.planned.id,
            held.cue,
            held.words,
            due_at=held.due_at,
            before=held.before,
            by=by,
            at=at,
        )


def hold_anew(incident_id: str, told: Correction, *, by: Actor, at: datetime) -> None:
    """Let what the clock will say not repeat what a correction has put right."""
    planned = planning.planned_of(incident_id)
    before = script_of(planned)
    script = before.put_right(told)
    if script is before:
        return
    _keep(script, incident_id=incident_id, by=by, at=at)
    if ready.withdraw(incident_id, by=by, at=at):
        _hold_all(notices.scene(planned, script), by=by, at=at)


def _to_hold(told: Scene, *, at: datetime) -> Iterator[Held]:
    """All that the clock is to say from now on."""
    plan, is_ahead = told.plan, told.planned.begun_at is None
    if is_ahead:
        for cue, due_at in _reminders(told.planned, at=at):
            yield Held(cue, due_at, Phase.ANNOUNCED, notices.reminder(told, at=due_at))
        begun = notices.begun(told, at=plan.starts_at)
        yield Held(Cue.BEGIN, plan.starts_at, Phase.ANNOUNCED, begun)
    if plan.ends_itself:
        yield Held(Cue.END, plan.ends_at, Phase.BEGUN, notices.ended(told, at=plan.ends_at))
    else:
        yield Held(Cue.OVERRUN, plan.ends_at, Phase.BEGUN, _overrun(told, at=plan.ends_at))


def _overrun(told: Scene, *, at: datetime) -> Words:
    severity = SEVERITY_OF[worst(list(plans.overrun_states(told.plan).values()))]
    policy = policies.policy_of(told.page.id)
    wait = cadence.usual_wait(policy, severity, Phase.IDENTIFIED)
    return notices.overrun(told, next_word_at=at + wait, at=at)


def _reminders(planned: Planned, *, at: datetime) -> Iterator[tuple[Cue, datetime]]:
    """A week and a day before, as far as that lies ahead: of a series, never before the window
    that comes first is over."""
    begins_at = planned.plan.starts_at
    free_from = max(at, _former_end(planned) or at)
    for cue, lead in BEFORE.items():
        if begins_at - lead > free_from:
            yield cue, begins_at - lead


def _former_end(planned: Planned) -> datetime | None:
    """When the window before this one of its series is over."""
    if planned.rule is None or planned.occurs_at is None:
        return None
    former = recurrence.before(planned.rule, planned.occurs_at)
    return former + (planned.plan.ends_at - planned.plan.starts_at) if former else None


def turn(at: datetime) -> int:
    """Say all that is due by the clock, and open the windows of series that have come near.

    Each word in a transaction of its own: what is killed half-way is said by the next turn.
    """
    faults: list[Exception] = []
    done = 0
    for act, key in _due(at):
        try:
            done += act(key, at)
        except Exception as fault:  # one work's trouble must not keep the others from being said
            faults.append(fault)
    if faults:
        raise faults[0]
    return done


def _due(at: datetime) -> Iterator[tuple[Act, str]]:
    yield from ((_unroll, series_id) for series_id in series.unrolling(at))
    yield from ((_say_held, str(row_id)) for row_id in ready.due(at))


@transaction.atomic
def _unroll(series_id: str, at: datetime) -> int:
    """Announce the windows that came near, in the words that were cleared with the series."""
    script = _series_script(series_id)
    made = series.unroll(series_id, by=WORKER, at=at)
    for planned in made:
        _announce(planned, script, by=WORKER, at=at, announces=False)
    return len(made)


@transaction.atomic
def _say_held(row_id: str, at: datetime) -> int:
    row = ready.locked(int(row_id))
    if row is None:
        return 0  # another worker said it in this instant
    if row.cue in BEFORE and ready.is_overtaken(row, at=at):
        return ready.withdraw(row.incident_id, Cue(row.cue), by=WORKER, at=at)
    _take_in(row, at=at)
    if row.cue == Cue.OVERRUN and at > row.due_at + LATE:
        return _overrun_late(row, at=at)
    if row.cue == Cue.BEGIN and planning.planned_of(row.incident_id).plan.ends_at <= at:
        return _begun_late(row, at=at)
    # Whoever was kept waiting past the next word too is told that one alone.
    ready.say(row, by=WORKER, at=at, announces=not ready.is_overtaken(row, at=at))
    return 1


def _take_in(row: Ready, *, at: datetime) -> None:
    """Let what we know follow the clock."""
    if row.cue == Cue.BEGIN:
        planning.begin(row.incident_id, begun_at=row.due_at, by=WORKER, at=at)
    elif row.cue == Cue.END:
        planning.end(row.incident_id, ended_at=row.due_at, by=WORKER, at=at)
    elif row.cue == Cue.OVERRUN:
        planning.overrun(row.incident_id, by=WORKER, at=at)


def _begun_late(row: Ready, *, at: datetime) -> int:
    """The same words without a promise whose time has passed."""
    planned = planning.planned_of(row.incident_id)
    told = notices.scene(planned, script_of(planned))
    announces = not ready.is_overtaken(row, at=at)
    ready.withdraw(row.incident_id, Cue.BEGIN, by=WORKER, at=at)
    _say(
        row.incident_id,
        notices.begun_late(told, at=row.due_at),
        by=WORKER,
        at=at,
        announces=announces,
    )
    return 1


def _overrun_late(row: Ready, *, at: datetime) -> int:
    """The same words with a next time that can still be kept."""
    planned = planning.planned_of(row.incident_id)
    told = notices.scene(planned, script_of(planned))
    ready.withdraw(row.incident_id, Cue.OVERRUN, by=WORKER, at=at)
    _say(row.incident_id, _overrun(told, at=at), by=WORKER, at=at)
    return 1

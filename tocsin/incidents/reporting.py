"""Which reports an incident may owe, and what was done about them. For our own eyes.

CannotReport        the act is refused; says what to do
BadClocks           the text says no clocks; its faults name their lines (disclosure/clocks)

Reminders, never advice: whatever shows anything of this shows its source with it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from tocsin.catalogue import adopting, shelf
from tocsin.catalogue.adopting import File
from tocsin.disclosure.clocks import due, reading
from tocsin.disclosure.clocks.reading import BadClocks
from tocsin.disclosure.clocks.values import MOMENTS, Clock, Due, Known, Stage
from tocsin.incidents import declaration
from tocsin.incidents.declaration import SLACK
from tocsin.incidents.models import Answer, ClockText, Done, Incident, Report, Touched
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

__all__ = ["BadClocks", "CannotReport"]

LONGEST, LONGEST_RECEIPT = 255, 20_000


class CannotReport(Exception):
    """The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The two questions. ``clocks`` is None while nobody has said which regimes apply."""

    personal_data: Touched = Touched.UNKNOWN
    clocks: tuple[str, ...] | None = None
    by: str = ""
    at: datetime | None = None

    @property
    def are_complete(self) -> bool:
        return self.personal_data != Touched.UNKNOWN and self.clocks is not None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done about one report: when, with whom, under which reference; and who told us."""

    clock: str
    stage: str
    done: Done
    done_at: datetime
    recipient: str
    reference: str
    receipt: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Owed:
    """How an incident stands with everyone whom it may have to be reported to.

    ``receipts`` are all that was ever recorded, ``in_force`` what was not withdrawn since.
    ``gone``: chosen clocks that no file has any more. ``to_consider``: clocks about people's data
    that nobody chose although such data is touched.
    """

    answers: Answers
    dues: tuple[Due, ...]
    receipts: tuple[Receipt, ...]
    in_force: tuple[Receipt, ...]
    thresholds: tuple[Clock, ...]
    gone: tuple[str, ...]
    to_consider: tuple[Clock, ...]

    @property
    def upcoming(self) -> list[Due]:
        """What is owed and already runs; the first is due next."""
        return due.upcoming(self.dues)


@transaction.atomic
def answer(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    personal_data: Touched | None = None,
    clocks: Collection[str] | None = None,
) -> Answers:
    """Answer one question or both; what is left out stays as it was. Raises CannotReport."""
    known = declaration.known_of(incident_id)
    access.check(by, "draft", known.page_id)
    before = answers_of(incident_id)
    chosen = before.clocks if clocks is None else _chosen(known.page_id, clocks)
    touched = before.personal_data if personal_data is None else personal_data
    row = Answer.objects.create(
        incident_id=incident_id,
        personal_data=touched,
        clocks=None if chosen is None else list(chosen),
        at=at,
        recorded_by=str(by),
    )
    chain.note(
        "incidents:incident:answered",
        by=by,
        at=at,
        subject=("incident", incident_id),
        page=known.page_id,
        personal_data=touched,
        clocks=row.clocks,
    )
    return answers_of(incident_id)


def _chosen(page_id: str, clocks: Collection[str]) -> tuple[str, ...]:
    there = clocks_of(page_id)
    for key in clocks:
        if key not in there:
            raise CannotReport(f"No clock {key!r}. See `tocsin clocks list`.")
    return tuple(dict.fromkeys(clocks))


@transaction.atomic
def submit(
    incident_id: str,
    *,
    clock: str,
    stage: str,
    by: Actor,
    at: datetime,
    submitted_at: datetime | None = None,
    recipient: str = "",
    reference: str = "",
    receipt: str = "",
) -> Receipt:
    """Record that a report was submitted, with its receipt. Raises CannotReport."""
    submitted_at = submitted_at or at
    if submitted_at.tzinfo is None:
        raise CannotReport("Say the time with its zone, such as 09:12+01:00 or 09:12Z.")
    if submitted_at > at + SLACK:
        raise CannotReport("That time is still to come. Record it once it is submitted.")
    told = Receipt(
        clock, stage, Done.SUBMITTED, submitted_at, recipient, reference, receipt, at, str(by)
    )
    return _record(incident_id, told, by=by)


@transaction.atomic
def set_aside(
    incident_id: str, *, clock: str, stage: str, reason: str, by: Actor, at: datetime
) -> Receipt:
    """Record that a report is not owed, and why. Raises CannotReport."""
    if not reason.strip():
        raise CannotReport("Say why it is not owed; somebody will ask.")
    told = Receipt(clock, stage, Done.SET_ASIDE, at, "", "", reason, at, str(by))
    return _record(incident_id, told, by=by)


@transaction.atomic
def withdraw(
    incident_id: str, *, clock: str, stage: str, by: Actor, at: datetime, reason: str = ""
) -> Receipt:
    """Say that what was recorded of a report is wrong; it stays to be read, and counts no more."""
    before = _in_force(receipts_of(incident_id))
    if not any((one.clock, one.stage) == (clock, stage) for one in before):
        raise CannotReport(f"Nothing is recorded of {stage!r} of {clock!r}.")
    told = Receipt(clock, stage, Done.WITHDRAWN, at, "", "", reason, at, str(by))
    return _record(incident_id, told, by=by)


def _record(incident_id: str, told: Receipt, *, by: Actor) -> Receipt:
    known = declaration.known_of(incident_id)
    access.check(by, "draft", known.page_id)
    stage = stage_of(clock_of(known.page_id, told.clock), told.stage)
    if told.done == Done.SUBMITTED:
        told = replace(told, recipient=told.recipient.strip() or stage.recipient)
    told = replace(told, reference=told.reference.strip(), receipt=told.receipt.strip())
    _check_room(told)
    Report.objects.create(
        incident_id=incident_id, **{name: getattr(told, name) for name in Receipt.__slots__}
    )
    # What people typed stays out of the chain: it could not be taken out of there again.
    chain.note(
        f"incidents:report:{told.done}",
        by=by,
        at=told.recorded_at,
        subject=("incident", incident_id),
        page=known.page_id,
        clock=told.clock,
        stage=told.stage,
    )
    return told


def clock_of(page_id: str, key: str) -> Clock:
    """One clock by its id. Raises CannotReport."""
    clock = clocks_of(page_id).get(key)
    if clock is None:
        raise CannotReport(f"No clock {key!r}. See `tocsin clocks list`.")
    return clock


def stage_of(clock: Clock, name: str) -> Stage:
    """One stage of a clock by its name. Raises CannotReport."""
    stage = clock.stage(name)
    if stage is None:
        names = ", ".join(each.name for each in clock.stages) or "none"
        raise CannotReport(f"{clock.id} has no stage {name!r}. It has: {names}.")
    return stage


def _check_room(told: Receipt) -> None:
    for name in ("recipient", "reference"):
        if len(getattr(told, name)) > LONGEST:
            raise CannotReport(f"The {name} has more than {LONGEST} characters.")
    if len(told.receipt) > LONGEST_RECEIPT:
        raise CannotReport(f"The receipt has more than {LONGEST_RECEIPT:,} characters.")


@transaction.atomic
def adopt(page_id: str, text: str, *, by: Actor, at: datetime) -> File:
    """Let a page have a file's clocks beside ours from now on. Raises BadClocks, ``NotAllowed``."""
    access.check(by, "pages:write", page_id)
    reading.read(text)
    return adopting.adopt(ClockText, "incidents:clocks:adopted", page_id, text, by=by, at=at)


def adopted(page_id: str) -> File:
    """The page's own clocks in force, as their text; number 0 are none."""
    row = ClockText.objects.filter(page_id=page_id).order_by("-number").first()
    return adopting.of(row) if row else File(0, "", "", None)


def clocks_of(page_id: str) -> dict[str, Clock]:
    """Every clock that a page may choose from, by id: ours and its own."""
    return dict(reading.of(adopted(page_id).text))


def answers_of(incident_id: str) -> Answers:
    """The two answers, as given last."""
    row = Answer.objects.filter(incident_id=incident_id).order_by("-id").first()
    if row is None:
        return Answers()
    chosen = None if row.clocks is None else tuple(row.clocks)
    return Answers(Touched(row.personal_data), chosen, row.recorded_by, row.at)


def receipts_of(incident_id: str) -> tuple[Receipt, ...]:
    """Everything that was ever recorded of its reports, oldest first."""
    rows = Report.objects.filter(incident_id=incident_id).order_by("id")
    return tuple(map(_receipt, rows))


def _receipt(row: Report) -> Receipt:
    told = {name: getattr(row, name) for name in Receipt.__slots__}
    return Receipt(**told | {"done": Done(row.done)})


def owed(incident_id: str) -> Owed:
    """How an incident stands with everyone whom it may have to be reported to."""
    known = declaration.known_of(incident_id)
    there, answers = clocks_of(known.page_id), answers_of(incident_id)
    receipts, chosen = receipts_of(incident_id), answers.clocks or ()
    clocks = [there[key] for key in chosen if key in there]
    zone = shelf.brand(known.page_id).time_zone
    told = due.dues(clocks, _known(known.moments, receipts), zone=zone)
    return Owed(
        answers,
        tuple(told),
        receipts,
        tuple(_in_force(receipts)),
        thresholds=tuple(
            clock
            for clock in there.values()
            if not clock.stages and (clock.id in chosen or clock.feeds in chosen)
        ),
        gone=tuple(key for key in chosen if key not in there),
        to_consider=_to_consider(there.values(), answers),
    )


def dues_among(
    page_id: str,
    incidents: QuerySet[Incident],
    moments: Mapping[str, Mapping[str, datetime]],
    *,
    zone: str,
) -> dict[str, tuple[Due, ...]]:
    """What is owed of each of a page's incidents of which somebody said which regimes apply.

    In three questions, however many there are; ``moments`` are theirs, by incident and kind.
    """
    answers = Answer.objects.filter(incident__in=incidents).order_by("id")
    told = dict(answers.values_list("incident_id", "clocks"))  # the newest counts
    chosen = {key: clocks for key, clocks in told.items() if clocks is not None}
    if not any(chosen.values()):
        return dict.fromkeys(chosen, ())
    there, receipts = clocks_of(page_id), _receipts_among(chosen)
    return {
        key: tuple(
            due.dues(
                [there[clock] for clock in clocks if clock in there],
                _known(moments.get(key, {}), receipts.get(key, ())),
                zone=zone,
            )
        )
        for key, clocks in chosen.items()
    }


def _receipts_among(keys: Collection[str]) -> dict[str, list[Receipt]]:
    found: dict[str, list[Receipt]] = {}
    for row in Report.objects.filter(incident_id__in=keys).order_by("id"):
        found.setdefault(row.incident_id, []).append(_receipt(row))
    return found


def unfinished(page_ids: Collection[str]) -> list[tuple[declaration.Known, Owed]]:
    """The incidents, open or over, of which a report is owed that already runs."""
    newest = Answer.objects.values("incident_id").annotate(newest=Max("id")).values("newest")
    answers = Answer.objects.filter(id__in=newest, incident__page_id__in=page_ids)
    chosen = dict(answers.order_by("id").values_list("incident_id", "clocks"))
    found = ((declaration.known_of(key), owed(key)) for key in _open_among(chosen))
    return [(known, told) for known, told in found if told.upcoming]


def _open_among(chosen: Mapping[str, list[str] | None]) -> list[str]:
    """Those whose chosen clocks are not all done with, told by what was recorded alone: asked
    often, and of years of incidents most have nothing left."""
    rows = Report.objects.filter(incident_id__in=chosen).order_by("id")
    stages: dict[str, set[tuple[str, str]]] = {}
    for key, clock, stage, done in rows.values_list("incident_id", "clock", "stage", "done"):
        act = set.discard if done == Done.WITHDRAWN else set.add
        act(stages.setdefault(key, set()), (clock, stage))
    return [key for key, clocks in chosen.items() if _lacks(clocks or (), stages.get(key, set()))]


def _lacks(clocks: Iterable[str], done: Collection[tuple[str, str]]) -> bool:
    """Whether a stage of these is neither submitted nor set aside. A page's own clocks may have
    changed since, so of one that isn't ours the answer is always yes."""
    ours = reading.of("")
    return any(
        key not in ours
        or any(
            (key, stage.name) not in done
            for stage in ours[key].stages
            if stage.offset.word != "on_request"
        )
        for key in clocks
    )


def _to_consider(there: Iterable[Clock], answers: Answers) -> tuple[Clock, ...]:
    about = tuple(clock for clock in there if clock.is_personal_data)
    chosen = answers.clocks or ()
    if answers.personal_data != Touched.YES or any(clock.id in chosen for clock in about):
        return ()
    return about


def counted(incident_id: str) -> Known:
    """What is counted from: its moments, and what was submitted when."""
    return _known(declaration.moments_of(incident_id), receipts_of(incident_id))


def _known(moments: Mapping[str, datetime], receipts: Iterable[Receipt]) -> Known:
    """What the counting needs; our moments go by the files' names there."""
    named = {f"{kind}_at": at for kind, at in moments.items()}
    submitted: dict[tuple[str, str], list[datetime]] = {}
    for one in _in_force(receipts):
        if one.done == Done.SUBMITTED:
            submitted.setdefault((one.clock, one.stage), []).append(one.done_at)
    aside = {(one.clock, one.stage) for one in _in_force(receipts) if one.done == Done.SET_ASIDE}
    return Known(
        {name: at for name, at in named.items() if name in MOMENTS}, submitted, frozenset(aside)
    )


def _in_force(receipts: Iterable[Receipt]) -> list[Receipt]:
    """Without what was withdrawn since."""
    found: list[Receipt] = []
    for one in receipts:
        if one.done == Done.WITHDRAWN:
            key = (one.clock, one.stage)
            found = [other for other in found if (other.clock, other.stage) != key]
        else:
            found.append(one)
    return found

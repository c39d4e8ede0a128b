"""The prevention register: what we took on after an incident, and what became of it (R-54 to R-56).

Nothing of a promise is ever overwritten: each turn is a row, with its reason. What is public is
said as a word of kind ``progress`` once readers were told that the incident is over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import FINAL
from tocsin.followup import pledges, reporting_back
from tocsin.followup.models import Act, PromiseTurn
from tocsin.followup.models import Promise as PromiseRow
from tocsin.followup.pledges import CannotPromise, NoLongerOpen, NoPromise, Pledge, Proof
from tocsin.incidents import declaration, locking
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.statements import progress, promised, published
from tocsin.statements.promised import Fate, Promise, Promised
from tocsin.statements.spoken import Spoken

FATES = {Act.PROVED: Fate.DONE, Act.DROPPED: Fate.DROPPED}


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a promise as it was taken, by whom."""

    act: Act
    texts: Mapping[str, Promised]
    due_on: date
    is_public: bool
    at: datetime
    by: str
    link: str = ""
    proof_link: str = ""

    @property
    def note(self) -> str:
        """What the journal calls it."""
        return f"followup:promise:{self.act}"

    def text(self, *languages: str) -> Promised:
        """The words in the first of these languages that it has, else in any."""
        return next(self.texts[code] for code in (*languages, *self.texts) if code in self.texts)


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise with its whole history, oldest turn first."""

    id: str
    incident_id: str
    keeper_id: str
    turns: tuple[Turn, ...]

    @property
    def now(self) -> Turn:
        return self.turns[-1]

    @property
    def fate(self) -> Fate:
        return FATES.get(self.now.act, Fate.OPEN)

    @property
    def is_public(self) -> bool:
        """Whether readers know it: what was public once can be dropped, and never hidden."""
        return self.now.is_public

    @property
    def due_on(self) -> date:
        return self.now.due_on

    @property
    def due_before(self) -> tuple[date, ...]:
        """The days for which it was promised before, oldest first."""
        days = dict.fromkeys(turn.due_on for turn in self.turns)
        return tuple(on for on in days if on != self.due_on)

    @property
    def link(self) -> str:
        return self.now.link

    def text(self, *languages: str) -> Promised:
        """Its words as they stand now, in the first of these languages that it has, else in any."""
        return self.now.text(*languages)

    def is_late(self, on: date) -> bool:
        return self.fate == Fate.OPEN and self.due_on < on

    def told(self, zone: str) -> Promise:
        """As readers are told of it; days are those of the page's zone."""
        on = [turn.at.astimezone(ZoneInfo(zone)).date() for turn in self.turns]
        return Promise(
            id=self.id,
            fate=self.fate,
            texts=self.now.texts,
            made_on=on[0],
            due_on=self.due_on,
            due_before=self.due_before,
            settled_on=None if self.fate == Fate.OPEN else on[-1],
            link=self.link,
            proof_link=self.now.proof_link,
        )


@dataclass(frozen=True, slots=True)
class Turned:
    """A promise after a turn, and what readers were told of it, if they were."""

    promise: Kept
    spoken: Spoken | None = None


@transaction.atomic
def promise(incident_id: str, pledge: Pledge, *, by: Actor, at: datetime) -> Turned:
    """Take an action on after an incident. Raises CannotPromise, UnknownIncident, NotAllowed.

    A public one is told without a mail: with the account, or on the page.
    """
    known = _held(incident_id, by)
    page = shelf.brand(known.page_id)
    pledges.check(page, pledge, at=at)
    row = PromiseRow.objects.create(
        incident_id=incident_id, keeper_id=pledge.keeper_id, made_at=at, made_by=str(by)
    )
    turn = Turn(
        Act.MADE, _trimmed(pledge.texts), pledge.due_on, pledge.is_public, at, str(by), pledge.link
    )
    return _turned(known, row, turn, by=by, at=at, announces=False)


@transaction.atomic
def reword(promise_id: str, pledge: Pledge, *, by: Actor, at: datetime) -> Turned:
    """Say a promise better, or let readers know of it; its day stays (see :func:`slip`)."""
    known, row, kept = _open(promise_id, by)
    if kept.is_public and not pledge.is_public:
        raise CannotPromise("Readers know of this promise. Drop it, with a reason, to end it.")
    pledge = replace(pledge, due_on=kept.due_on)
    pledges.check(shelf.brand(known.page_id), pledge, at=at)
    turn = replace(
        kept.now,
        act=Act.REWORDED,
        texts=_trimmed(pledge.texts),
        is_public=pledge.is_public,
        link=pledge.link,
    )
    return _turned(known, row, turn, by=by, at=at, announces=False)


@transaction.atomic
def slip(
    promise_id: str,
    *,
    due_on: date,
    reason: Mapping[str, str],
    by: Actor,
    at: datetime,
    announces: bool = True,
) -> Turned:
    """Give a promise another day, and say why. Raises CannotPromise, NotAllowed."""
    known, row, kept = _open(promise_id, by)
    page = shelf.brand(known.page_id)
    if due_on == kept.due_on:
        raise CannotPromise(f"It is due on {due_on} already. Say another day.")
    if due_on <= pledges.today(page, at):
        raise CannotPromise(f"{due_on} is not to come. Say a day to come, or prove or drop it.")
    if pledges.is_out_of_sight(due_on, page, at):
        raise CannotPromise(pledges.too_far(due_on))
    texts = _with_reason(page, kept, reason)
    turn = replace(kept.now, act=Act.SLIPPED, texts=texts, due_on=due_on)
    return _turned(known, row, turn, by=by, at=at, announces=announces)


@transaction.atomic
def prove(
    promise_id: str, proof: Proof, *, by: Actor, at: datetime, announces: bool = True
) -> Turned:
    """Say that a promise was kept, and what shows it. Raises CannotPromise, NotAllowed."""
    known, row, kept = _open(promise_id, by)
    page = shelf.brand(known.page_id)
    if not proof.link and not any(text.strip() for text in proof.texts.values()):
        raise CannotPromise("Say what shows that it is done, or where it can be looked at.")
    pledges.check_link(proof.link)
    if proof.texts and kept.is_public:
        pledges.check_every_language(page, proof.texts)
    texts = {
        code: replace(text, proof=proof.texts.get(code, "").strip(), reason="")
        for code, text in kept.now.texts.items()
    }
    turn = replace(kept.now, act=Act.PROVED, texts=texts, proof_link=proof.link)
    return _turned(known, row, turn, by=by, at=at, announces=announces)


@transaction.atomic
def drop(
    promise_id: str,
    *,
    reason: Mapping[str, str],
    by: Actor,
    at: datetime,
    announces: bool = True,
) -> Turned:
    """Give a promise up, and say why: better than open for ever (R-56). Raises CannotPromise."""
    known, row, kept = _open(promise_id, by)
    page = shelf.brand(known.page_id)
    texts = _with_reason(page, kept, reason)
    turn = replace(kept.now, act=Act.DROPPED, texts=texts)
    return _turned(known, row, turn, by=by, at=at, announces=announces)


@transaction.atomic
def tell(
    incident_id: str,
    *,
    by: Actor,
    at: datetime,
    announces: bool,
) -> Spoken:
    """Tell readers how all public promises of an incident stand. Raises CannotTell, NotAllowed.

    The day of a report that they were told of already is told again, and no other.
    """
    known = _held(incident_id, by)
    zone = shelf.brand(known.page_id).time_zone
    return progress.tell(
        incident_id,
        told_of(incident_id, zone),
        announces=announces,
        report_on=reporting_back.announced_day(known, zone, at=at),
        by=by,
        at=at,
    )


def may_tell(known: Known) -> bool:
    """Whether there is something to tell readers of, and they know already that it is over."""
    story = published.story(known.audience_id, known.id)
    if story is None or story.phase not in FINAL:
        return False
    return any(kept.is_public for kept in of_incident(known.id))


def of_incident(incident_id: str) -> tuple[Kept, ...]:
    """Every promise that was made after an incident, in the order in which they were."""
    return _read(PromiseRow.objects.filter(incident_id=incident_id).order_by("made_at", "id"))


def of_page(page_id: str = "") -> tuple[Kept, ...]:
    """Every promise of a page, or of all; what is due first leads, what is settled comes last."""
    rows = PromiseRow.objects.order_by("made_at", "id")
    found = _read(rows.filter(incident__page_id=page_id) if page_id else rows)
    return tuple(sorted(found, key=lambda kept: (kept.fate != Fate.OPEN, kept.due_on)))


def kept(promise_id: str) -> Kept:
    """One promise. Raises NoPromise."""
    found = _read(PromiseRow.objects.filter(pk=promise_id))
    if not found:
        raise NoPromise(f"No promise {promise_id!r}. `tocsin promise list` shows them.")
    return found[0]


def told_of(incident_id: str, zone: str) -> tuple[Promise, ...]:
    """What is public of an incident's promises, as readers are told of it."""
    return tuple(kept.told(zone) for kept in of_incident(incident_id) if kept.is_public)


def _read(rows: Iterable[PromiseRow]) -> tuple[Kept, ...]:
    found = list(rows)
    turns: dict[str, list[Turn]] = {}
    ordered = PromiseTurn.objects.filter(promise__in=found).order_by("promise_id", "number")
    for row in ordered:
        turns.setdefault(row.promise_id, []).append(_turn(row))
    return tuple(
        Kept(row.id, row.incident_id, row.keeper_id, tuple(turns[row.id])) for row in found
    )


def _turn(row: PromiseTurn) -> Turn:
    return Turn(
        Act(row.act),
        promised.read_texts(row.texts),
        row.due_on,
        row.is_public,
        row.at,
        row.by_name,
        row.link,
        row.proof_link,
    )


def _held(incident_id: str, by: Actor) -> Known:
    """The incident, locked until the transaction ends."""
    locking.lock([incident_id])
    known = declaration.known_of(incident_id)
    access.check(by, "publish", known.page_id)
    if known.is_planned:
        raise CannotPromise("Planned work has no promises. Make them after an incident.")
    return known


def _open(promise_id: str, by: Actor) -> tuple[Known, PromiseRow, Kept]:
    row = PromiseRow.objects.filter(pk=promise_id).first()
    if row is None:
        raise NoPromise(f"No promise {promise_id!r}. `tocsin promise list` shows them.")
    known = _held(row.incident_id, by)
    now = kept(promise_id)
    if now.fate != Fate.OPEN:
        told = "proved" if now.fate == Fate.DONE else "dropped"
        raise NoLongerOpen(f"It was {told} on {now.now.at:%Y-%m-%d}. Make another promise.")
    return known, row, now


def _turned(
    known: Known, row: PromiseRow, turn: Turn, *, by: Actor, at: datetime, announces: bool
) -> Turned:
    number = PromiseTurn.objects.filter(promise=row).count() + 1
    PromiseTurn.objects.create(
        promise=row,
        number=number,
        act=turn.act,
        texts={code: asdict(text) for code, text in turn.texts.items()},
        due_on=turn.due_on,
        is_public=turn.is_public,
        link=turn.link,
        proof_link=turn.proof_link,
        at=at,
        by_id=by.id,
        by_name=str(by),
    )
    chain.note(
        turn.note,
        by=by,
        at=at,
        subject=("incident", known.id),
        page=known.page_id,
        promise=row.id,
        due_on=turn.due_on.isoformat(),
        public=turn.is_public,
    )
    told = _tell(known, by=by, at=at, announces=announces) if turn.is_public else None
    return Turned(kept(row.id), told)


def _tell(known: Known, *, by: Actor, at: datetime, announces: bool) -> Spoken | None:
    """Tell readers, once they were told that the incident is over; before, the account will."""
    story = published.story(known.audience_id, known.id)
    if story is None or story.phase not in FINAL:
        return None
    told = told_of(known.id, shelf.brand(known.page_id).time_zone)
    # That nothing is left open is news to everyone who follows it, whatever the turn was.
    is_settled = all(promise.fate != Fate.OPEN for promise in told)
    return tell(known.id, announces=announces or is_settled, by=by, at=at)


def _with_reason(page: Brand, kept: Kept, reason: Mapping[str, str]) -> dict[str, Promised]:
    told = {code: text.strip() for code, text in reason.items() if text.strip()}
    if not told:
        raise CannotPromise("Say why, in a sentence. It stays with the promise.")
    if any(len(text) > pledges.LONGEST_REASON for text in told.values()):
        raise CannotPromise(
            f"The reason is longer than {pledges.LONGEST_REASON} characters. Shorten it."
        )
    if kept.is_public:
        pledges.check_every_language(page, told)
    first = next(iter(told.values()))
    return {
        code: replace(text, reason=told.get(code, first)) for code, text in kept.now.texts.items()
    }


def _trimmed(texts: Mapping[str, Promised]) -> dict[str, Promised]:
    return {
        code: Promised(**{name: value.strip() for name, value in asdict(text).items()})
        for code, text in texts.items()
    }

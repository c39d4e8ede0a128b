"""What to do next: the whole data flow on one screen.

Three lanes, each a loop of its own (and a process of its own where one can be had), so that a slow
mail server can never delay the bell. Order holds within a lane. Each entry is ``(at) -> int``, the
units done: idempotent, and safe to kill at any line. What is pending is a row, so nothing is handed
from one entry to the next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps

from django.conf import settings

from tocsin.announcements import admissions, audience, concerns, ledger, throttle
from tocsin.followup import account_nudges, reminders, reporting_back, staff_notes
from tocsin.incidents import intake
from tocsin.journal import chain
from tocsin.page import seen, site, twins
from tocsin.people import sessions
from tocsin.post import letters
from tocsin.scorecard import site as score_site
from tocsin.statements import (
    appraisals,
    asking_reminders,
    circles,
    fallback,
    maintenance,
    nudges,
    report_nudges,
    scrubbing,
    shouts,
    translation_nudges,
)
from tocsin.watch import metrics

Entry = Callable[[datetime], int]
Lane = tuple[Entry, ...]
Moment = Callable[[datetime], datetime | None]  # the next one after a time, if there is one


@dataclass(frozen=True, slots=True)
class Pace:
    """How turns follow each other, in seconds.

    ``least``: from the beginning of any turn to the next. ``most``: how long a turn's own length
    may be rested for, once it was the second in a row that found something to do.
    """

    least: float = 0.0
    most: float = 0.0


def hourly(entry: Entry) -> Entry:
    """The same entry, asked once an hour while it has nothing to do: what it clears is days old."""
    return _rarely(entry, timedelta(hours=1))


def every_minute(entry: Entry) -> Entry:
    """The same entry, asked once a minute while it has nothing to do: hours are counted there."""
    return _rarely(entry, timedelta(minutes=1))


def _rarely(entry: Entry, rest: timedelta) -> Entry:
    next_at = datetime.min.replace(tzinfo=UTC)

    @wraps(entry)
    def now_and_then(at: datetime) -> int:
        nonlocal next_at
        if at < next_at:
            return 0
        done = entry(at)
        next_at = at if done else at + rest
        return done

    return now_and_then


def seal(at: datetime) -> int:
    """Seal the journal, and keep the chain's end outside the database."""
    sealed = chain.seal(at)
    if sealed:
        chain.keep_anchor(settings.TOCSIN.data_dir / "journal.anchor")
    return sealed


WORDS: Lane = (  # no network: nothing may delay these
    shouts.take_in,
    fallback.fall_back,  # to the second: a storm of alerts comes after it
    intake.take_up,
    maintenance.turn,
    site.compile,
    ledger.announce,
)
NETWORK: Lane = (
    ledger.deliver_due,
    letters.deliver_due,
    twins.mirror_due,  # both only begin what takes time, and take up what has ended
    seen.confirm_due,
)
HOUSEKEEPING: Lane = (
    seal,
    circles.join_due,
    nudges.nudge,
    asking_reminders.remind,
    translation_nudges.nudge,
    every_minute(report_nudges.nudge),
    scrubbing.scrub,
    every_minute(appraisals.read_due),
    every_minute(score_site.refresh),
    site.settle,
    concerns.raise_due,
    hourly(reminders.remind),
    hourly(account_nudges.nudge),
    hourly(staff_notes.send),
    hourly(reporting_back.report),
    hourly(intake.lapse),
    hourly(audience.purge_unconfirmed),
    hourly(throttle.purge),
    hourly(admissions.purge_passes),
    hourly(metrics.purge),
    hourly(sessions.purge),
    site.compress,
)

# Before a lane's process ends: what is still under way elsewhere is waited for, a little.
ENDINGS: dict[str, Lane] = {"network": (ledger.finish, letters.finish)}
LANES: dict[str, Lane] = {"words": WORDS, "network": NETWORK, "housekeeping": HOUSEKEEPING}
# What a lane meets to the moment; all else that is timed it comes upon every wake.IDLE_FOR.
MOMENTS: dict[str, tuple[Moment, ...]] = {"words": (fallback.next_deadline,)}

# How turns of a lane follow each other while there is always something to do: what comes meanwhile
# is done together. Heads are made a few times a second for however many words, the journal is
# sealed so, and half of the machine stays for who speaks. What comes after a rest is done at once.
PACES: dict[str, Pace] = {
    "words": Pace(most=0.2),
    "housekeeping": Pace(least=0.5),
}
# What looks through the whole record and whom nobody awaits by the second, asked at most so often
# (seconds) however busy its lane is: each of them asked some dozens of questions at every turn.
SELDOM: dict[Entry, float] = {
    nudges.nudge: 1.0,
    translation_nudges.nudge: 1.0,
    concerns.raise_due: 1.0,
}
# A turn in which only these did something is followed by the next at once: they take small steps.
UNPACED: frozenset[Entry] = frozenset({site.compress})

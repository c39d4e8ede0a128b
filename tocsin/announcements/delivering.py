"""Telling: claim what is due, compose for each reader, hand over, settle.

A reader is told of one incident in order: a delivery is claimed only once no earlier one about
the same incident is pending for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from tocsin.announcements import accounts, asking, brakes, composing
from tocsin.announcements.brakes import Limits
from tocsin.announcements.composing import Addressee, NothingToSay
from tocsin.announcements.models import Delivery, Subscription
from tocsin.announcements.reach import LET_IN
from tocsin.catalogue import shelf
from tocsin.channels.message import ChannelError, Message, Receipt
from tocsin.channels.registry import channel
from tocsin.journal import chain
from tocsin.journal.actors import WORKER
from tocsin.post import calls, claims
from tocsin.post.claims import Claim, Queue, Settlement, stamp
from tocsin.post.handover import CHUNK, Answer, Handover, Parcel
from tocsin.post.models import Outcome
from tocsin.statements import published
from tocsin.statements.published import Publication

CLAIMED_A_TURN = 1000
HOUR = timedelta(hours=1)

# Kept in the ledger as they stand here; whoever shows them translates them.
LEFT = gettext_noop("Unsubscribed before it was sent.")
SHUT = gettext_noop("The page was closed, and this reader is not let in.")
BOUNCED = gettext_noop("The address no longer exists.")
LATE = gettext_noop("It would have come too late.")
UNFIT = gettext_noop("The message cannot be composed.")
NOTHING = gettext_noop("Nothing in it concerns a reader of this format.")
WITHHELD = gettext_noop("Waits for a digest: the hour's mails are used up.")

# Of a subscription ``s``: columns that say in this order why nothing is sent.
WHY_NOT = f"s.unsubscribed_at IS NOT NULL, NOT {LET_IN}, s.bounced_at IS NOT NULL"
_COLUMNS = ("publication_id", "subscription_id", "channel", "withheld_at", "reason")
IN_ORDER = """NOT EXISTS (
    SELECT 1 FROM announcements_delivery earlier
    WHERE earlier.subscription_id = d.subscription_id AND earlier.about = d.about
      AND earlier.id < d.id AND earlier.next_at IS NOT NULL)"""
DELIVERIES = Queue("announcements_delivery", _COLUMNS)
MAILS = replace(DELIVERIES, only=f"d.channel = 'email' AND {IN_ORDER}")


@dataclass(slots=True)
class Turn:
    """One batch on its way: what was claimed, whom it is for, what it says."""

    at: datetime
    limits: Limits
    readers: Mapping[str, Addressee]
    leaving: Mapping[str, str]  # why somebody is not written to any more
    said: Mapping[str, Publication]
    mailed: Mapping[str, int]
    redactions: Mapping[str, int] = field(default_factory=dict)  # of each audience, when last read
    settled: list[Settlement] = field(default_factory=list)
    withheld: list[Settlement] = field(default_factory=list)
    letters: list[tuple[Claim, ...]] = field(default_factory=list)


def deliver_due(at: datetime, limits: Limits) -> int:
    """Write to whoever is due; answers how many deliveries were settled or put off."""
    rows = claims.claim(MAILS, at=at, limit=CLAIMED_A_TURN)
    if not rows:
        return 0
    turn = sorted_out(rows, at, limits)
    return settle(turn) + _hand_over(turn)


def sorted_out(
    rows: list[Claim], at: datetime, limits: Limits, *, lease: timedelta = claims.LEASE
) -> Turn:
    """What is to become of claimed rows: not any more, later, or in which message."""
    rows += _others_withheld(rows, at, lease)
    turn = _turn(rows, at, limits)
    _sort_out(turn, rows)
    return turn


def settle(turn: Turn) -> int:
    """Write down what is not sent now; answers how many that were."""
    done = claims.settle(DELIVERIES, turn.settled, at=turn.at) + _withhold(turn)
    turn.settled.clear()
    return done


def publication(row: Claim) -> str:
    return str(row.values[0])


def reader(row: Claim) -> str:
    return str(row.values[1])


def channel_of(row: Claim) -> str:
    return str(row.values[2])


def _is_withheld(row: Claim) -> bool:
    return row.values[3] is not None


def _others_withheld(rows: Sequence[Claim], at: datetime, lease: timedelta) -> list[Claim]:
    """Everything else that is due to readers whose digest is due: one mail carries it all."""
    waiting = sorted({reader(row) for row in rows if _is_withheld(row)})
    if not waiting:
        return []
    marks = ", ".join(["%s"] * len(waiting))
    theirs = replace(DELIVERIES, only=f"d.subscription_id IN ({marks})", values=tuple(waiting))
    return claims.claim(theirs, at=at, limit=10 * CLAIMED_A_TURN, lease=lease)


def _turn(rows: Sequence[Claim], at: datetime, limits: Limits) -> Turn:
    ids = sorted({reader(row) for row in rows})
    people, leaving = _readers(ids, at)
    return Turn(
        at=at,
        limits=limits,
        readers=people,
        leaving=leaving,
        said=_said_now({publication(row) for row in rows}),
        mailed=_mailed(ids, since=at - HOUR),
    )


def _readers(ids: Sequence[str], at: datetime) -> tuple[dict[str, Addressee], dict[str, str]]:
    marks = ", ".join(["%s"] * len(ids))
    sql = f"""
        SELECT s.id, s.channel, s.address, s.language, s.token, s.about,
               {WHY_NOT}
        FROM announcements_subscription s WHERE s.id IN ({marks})
    """
    rows = _rows(sql, ids)
    machines = [row[0] for row in rows if row[1] in accounts.MACHINES]
    known = accounts.accounts_of(machines, at=at) if machines else {}
    people = {
        key: Addressee(key, name, address, language, token, known.get(key), bool(about))
        for key, name, address, language, token, about, *_ in rows
    }
    return people, {row[0]: why for row in rows if (why := _why_not(*row[6:]))}


def _why_not(has_left: bool, is_shut_out: bool, has_bounced: bool) -> str:
    if has_left:
        return LEFT
    return SHUT if is_shut_out else BOUNCED if has_bounced else ""


def _mailed(ids: Sequence[str], *, since: datetime) -> dict[str, int]:
    """How many mails each reader's address got since then, whatever it follows."""
    marks = ", ".join(["%s"] * len(ids))
    sql = f"""
        SELECT mine.id, count(*) FROM announcements_subscription mine
        JOIN announcements_subscription s
          ON s.channel = mine.channel AND s.address = mine.address
        JOIN announcements_delivery d ON d.subscription_id = s.id
        WHERE mine.id IN ({marks}) AND d.outcome = 'delivered' AND d.told_with_id IS NULL
          AND d.settled_at > %s
        GROUP BY mine.id
    """
    return dict(_rows(sql, [*ids, stamp(since)]))


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _sort_out(turn: Turn, rows: Sequence[Claim]) -> None:
    """Decide for each row: not any more, in a mail of its own, in a digest, or later."""
    going: dict[str, list[Claim]] = {}
    for row in sorted(rows, key=lambda row: row.id):
        if ending := _ending(turn, row):
            turn.settled.append(ending)
        else:
            going.setdefault(reader(row), []).append(row)
    for whom, theirs in going.items():
        _within_the_cap(turn, whom, theirs)


def _ending(turn: Turn, row: Claim) -> Settlement | None:
    said = turn.said[publication(row)]
    if why := turn.leaving.get(reader(row)):
        return Settlement(row.id, row.held, row.attempts, outcome=Outcome.SKIPPED, reason=why)
    # A machine that was tried in time is told to the end of its plan: it goes by the event's time.
    is_on_plan = channel_of(row) in accounts.MACHINES and row.attempts > 1
    if not is_on_plan and brakes.is_too_old(said.published_at, at=turn.at, limits=turn.limits):
        reason = f"{LATE} {row.values[4]}".strip()
        return Settlement(row.id, row.held, row.attempts, outcome=Outcome.GIVEN_UP, reason=reason)
    return None


def _within_the_cap(turn: Turn, whom: str, theirs: list[Claim]) -> None:
    room = max(0, turn.limits.mails_an_hour - turn.mailed.get(whom, 0))
    if room and any(_is_withheld(row) for row in theirs):
        turn.letters.append(tuple(theirs))
        return
    turn.letters += [(row,) for row in theirs[:room]]
    if over := theirs[room:]:
        until = _room_again(turn, whom, sending=len(theirs) - len(over))
        # Not sent is not tried: the attempt that the claim counted is given back.
        turn.withheld += [claims.put_back(row, next_at=until, reason=WITHHELD) for row in over]


def _room_again(turn: Turn, whom: str, *, sending: int) -> datetime:
    """When the mails of the last hour, and those being sent, leave room for one more."""
    place = turn.limits.mails_an_hour - sending
    if place <= 0:
        return turn.at + HOUR
    mailed = Delivery.objects.filter(
        subscription__channel=turn.readers[whom].channel,
        subscription__address=turn.readers[whom].address,
        outcome=Outcome.DELIVERED,
        told_with=None,
        settled_at__gt=turn.at - HOUR,
    )
    oldest = mailed.order_by("-settled_at").values_list("settled_at", flat=True)[place - 1 : place]
    return max([*(at + HOUR for at in oldest if at), turn.at + timedelta(seconds=1)])


def _withhold(turn: Turn) -> int:
    if not turn.withheld:
        return 0
    with transaction.atomic():
        done = claims.settle(DELIVERIES, turn.withheld, at=turn.at)
        ids = [row.id for row in turn.withheld]
        Delivery.objects.filter(pk__in=ids, reason=WITHHELD, withheld_at=None).update(
            withheld_at=turn.at
        )
    return done


def _hand_over(turn: Turn) -> int:
    held = {row.id: row.held for letter in turn.letters for row in letter}
    handover = Handover(DELIVERIES, channel("email"), turn.at, held, followed)
    return handover.run(parcels(turn)) + settle(turn)


def parcels(turn: Turn) -> Iterator[Parcel]:
    """The messages of a turn, each composed as it is asked for; what cannot be is settled."""
    composer = composing.Composer(settings.TOCSIN.mail_from, at=turn.at)
    for rows in _still_wanted(turn):
        composer.heed(turn.redactions)
        try:
            yield Parcel(rows, _composed(turn, composer, rows))
        except NothingToSay:
            _end(turn, rows, Outcome.SKIPPED, NOTHING)
        except ValueError as error:
            # One word that no message can carry must not keep all others from their readers.
            _end(turn, rows, Outcome.GIVEN_UP, f"{UNFIT} {error}")


def _end(turn: Turn, rows: Sequence[Claim], outcome: Outcome, reason: str) -> None:
    turn.settled += [
        Settlement(row.id, row.held, row.attempts, None, outcome, reason) for row in rows
    ]


def _still_wanted(turn: Turn) -> Iterator[tuple[Claim, ...]]:
    """Look again, a chunk at a time, for who left or is shut out since the claim.

    A slow relay gives them time.
    """
    for start in range(0, len(turn.letters), CHUNK):
        chunk = turn.letters[start : start + CHUNK]
        left = _left(sorted({reader(rows[0]) for rows in chunk}))
        _heed_redactions(turn)
        for rows in chunk:
            if why := left.get(reader(rows[0])):
                _end(turn, rows, Outcome.SKIPPED, why)
            else:
                yield rows


def _heed_redactions(turn: Turn) -> None:
    """Take up what was redacted since the claim: it must not leave as it was."""
    now = published.redaction_counts({said.audience_id for said in turn.said.values()})
    if now != turn.redactions:
        turn.redactions, turn.said = now, _said_now(turn.said)


def _said_now(keys: Iterable[str]) -> dict[str, Publication]:
    said = {key: published.publication(key) for key in keys}
    return {key: value for key, value in said.items() if value is not None}


def _left(ids: Sequence[str]) -> dict[str, str]:
    """Who is written to no more, and why."""
    # Asked for every chunk: by the ORM it took a sixth of the time of a mail.
    marks = ", ".join(["%s"] * len(ids))
    sql = f"""
        SELECT s.id, {WHY_NOT} FROM announcements_subscription s
        WHERE s.id IN ({marks}) AND (s.unsubscribed_at IS NOT NULL OR NOT {LET_IN})
    """
    return {key: _why_not(*whether) for key, *whether in _rows(sql, ids)}


def _composed(turn: Turn, composer: composing.Composer, rows: tuple[Claim, ...]) -> Message:
    said = [turn.said[publication(row)] for row in rows]
    return composer.message(said, turn.readers[reader(rows[0])])


def followed(parcel: Parcel, answer: Answer, at: datetime) -> None:
    """What else follows from an answer: a digest's rows know its mail, a dead address rests.

    So does a machine that failed for the whole of its plan, and whoever answers for it is told.
    """
    first, *others = parcel.rows
    if others and isinstance(answer, Receipt):
        ids = [row.id for row in others]
        Delivery.objects.filter(pk__in=ids, outcome=Outcome.DELIVERED).update(told_with=first.id)
    if isinstance(answer, ChannelError):
        is_at_its_end = channel_of(first) in accounts.MACHINES and claims.is_at_the_end(first)
        if answer.is_address_gone or is_at_its_end:
            _rest(reader(first), at, is_told=is_at_its_end)


@transaction.atomic
def _rest(subscription_id: str, at: datetime, *, is_told: bool) -> None:
    """Write no more to an address that does not exist, until its reader asks again."""
    row = Subscription.objects.select_for_update().get(pk=subscription_id)
    if row.bounced_at:
        return
    row.bounced_at = at
    row.save(update_fields=["bounced_at"])
    subject = ("subscription", row.pk)
    chain.note(
        "announcements:subscription:bounced", by=WORKER, at=at, subject=subject, page=row.page_id
    )
    if is_told:
        asking.owe_farewell(shelf.seen_by(row.audience_id), row, at=at)


def hasten(about: str, *, at: datetime) -> int:
    """Bring retries about an incident forward when there is news of it; answers how many.

    A hold within a lease may be a send under way, and is left alone; a mail's is renewed meanwhile.
    """
    waiting = Delivery.objects.filter(about=about, withheld_at=None)
    mails = waiting.filter(channel="email", next_at__gt=at + 2 * claims.LEASE)
    called = waiting.exclude(channel="email").filter(next_at__gt=at + calls.LEASE)
    return mails.update(next_at=at) + called.update(next_at=at)

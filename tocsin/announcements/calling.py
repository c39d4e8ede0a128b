"""Telling machines and chat rooms: like telling by mail, but none of them is waited for.

Each turn takes what came back, lets others leave, and goes on; who is on their way meanwhile is
held by a claim that outlasts any call.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection

from tocsin.announcements import delivering
from tocsin.announcements.brakes import Limits
from tocsin.announcements.delivering import DELIVERIES, IN_ORDER
from tocsin.channels.registry import calling
from tocsin.post import calls, claims
from tocsin.post.calls import Calls, Came
from tocsin.post.claims import Claim

_calls = Calls(DELIVERIES)
CALLED = f"NOT (d.channel = 'email') AND {IN_ORDER}"  # spelled as the index on it is
ELSEWHERE = """
    AND d.subscription_id NOT IN (
        SELECT s.id FROM announcements_subscription s WHERE s.channel <> 'email'
          AND s.host IN ({marks}))
"""


def call_due(at: datetime, limits: Limits) -> int:
    """Tell whoever is due; answers how many were settled or put off, and if any are under way."""
    done = _taken(_calls.came(), at)
    if _calls.room and _is_any_due(at):
        done += _let_leave(_claimed(at), at, limits)
    if not done:
        done = _taken(_calls.came(within=calls.GLANCE), at)
    return done + int(_calls.is_under_way)


def finish(at: datetime) -> int:
    """Wait a little for what is under way, before this process ends; answers how many came."""
    return _taken(_calls.came(within=calls.PATIENCE, wait_for_all=True), at)


def _is_any_due(at: datetime) -> bool:
    """Asked by reading, so that a turn without calls writes nothing."""
    sql = """
        SELECT 1 FROM announcements_delivery d
        WHERE d.next_at IS NOT NULL AND d.next_at <= %s AND NOT (d.channel = 'email') LIMIT 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [claims.stamp(at)])
        return cursor.fetchone() is not None


def _claimed(at: datetime) -> list[Claim]:
    """Rows as many as may leave now, none of them for a host that has all the calls it gets."""
    full = _calls.full_hosts()
    elsewhere = ELSEWHERE.format(marks=", ".join(["%s"] * len(full))) if full else ""
    queue = replace(DELIVERIES, only=CALLED + elsewhere, values=tuple(full))
    return claims.claim(queue, at=at, limit=_calls.room, lease=calls.LEASE)


def _let_leave(rows: list[Claim], at: datetime, limits: Limits) -> int:
    if not rows:
        return 0
    turn = delivering.sorted_out(rows, at, limits, lease=calls.LEASE)
    done = delivering.settle(turn)
    for parcel in delivering.parcels(turn):
        carrier = calling(delivering.channel_of(parcel.rows[0]))
        if not _calls.begin(parcel, carrier):
            turn.settled += [
                claims.put_back(row, next_at=at, reason=row.values[4]) for row in parcel.rows
            ]
    return done + delivering.settle(turn)


def _taken(came: Sequence[Came], at: datetime) -> int:
    done = _calls.settle(came, at=at)
    for one in came:
        delivering.followed(one.call.parcel, one.answer, at)
    return done

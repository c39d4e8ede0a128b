"""Real nights as numbers, under neutral names: what a correct score reads from them is known.

The times are those of public posts (shared facts, none of their sentences).
"""

from datetime import UTC, datetime, timedelta

from tocsin.disclosure.severity import Severity
from tocsin.scorecard.history import Account, Incident, Word

MINUTE = timedelta(minutes=1)
LATER = datetime(2026, 11, 24, tzinfo=UTC)


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def words(day: str, *told: str | tuple[str, float]) -> tuple[Word, ...]:
    """Words at times of a day (a "+1" before the time is the next one); the last one is final.

    A pair says in how many minutes the next was promised.
    """
    made = []
    for number, one in enumerate(told, 1):
        clock, promised = one if isinstance(one, tuple) else (one, None)
        shift, _, time = clock.rpartition(" ")
        at = moment(f"{day}T{time}") + timedelta(days=int(shift or 0))
        due = at + timedelta(minutes=promised) if promised else None
        made.append(Word(at, is_final=number == len(told), next_word_at=due))
    return tuple(made)


def an_edge_network() -> Incident:
    """A setting of a customer's met a change of ours; seen a minute after it began."""
    return Incident(
        id="edge",
        severity=Severity.SEV1,
        declared_at=moment("2021-06-08T09:48"),
        started_at=moment("2021-06-08T09:47"),
        detected_at=moment("2021-06-08T09:48"),
        ended_at=moment("2021-06-08T12:35"),
        limit=10 * MINUTE,
        words=words("2021-06-08", "09:58", "10:27", "11:00", "12:44"),
        owes_account=True,
        account=Account(moment("2021-06-08T23:59"), moment("2021-06-08T20:00")),
    )


def a_code_host() -> Incident:
    """A rule against traffic was aimed too widely."""
    return Incident(
        id="code",
        severity=Severity.SEV3,
        declared_at=moment("2025-04-15T13:30"),
        started_at=moment("2025-04-15T12:45"),
        words=words(
            "2025-04-15",
            *("13:30:04", "13:30:20", ("13:46:12", 15), ("13:59:19", 30), "14:11:49", "14:12:03"),
        ),
    )


def a_storage_domain() -> Incident:
    """A registrar suspended a domain; customers knew first."""
    return Incident(
        id="domain",
        severity=Severity.SEV2,
        declared_at=moment("2024-11-28T22:38"),
        started_at=moment("2024-11-28T22:38"),
        detected_at=moment("2024-11-28T22:44"),
        customer_first_at=moment("2024-11-28T22:57"),
        words=words(
            "2024-11-29",
            *("00:21:30", "00:34:33", "01:10:49", "01:31:31", "01:50:11", "02:38:38", "03:04:44"),
            *("03:36:48", "03:47:22", "04:24:53", "05:35:22"),
        ),
    )


def a_password_safe() -> Incident:
    """Sign-in failed; a promise was broken, and a night passed in silence."""
    return Incident(
        id="safe",
        severity=Severity.SEV1,
        declared_at=moment("2022-04-27T14:40"),
        words=words(
            "2022-04-27",
            *(("14:42:25", 30), ("15:56:09", 30), "16:24:27", "16:52:40", "17:29:26", "18:06:54"),
            *("18:54:51", "+1 14:47:30", "+1 17:42:12", "+1 18:42:41"),
        ),
    )


def the_same_team_later() -> Incident:
    """Slow service, three years on: a word every quarter of an hour."""
    return Incident(
        id="slow",
        severity=Severity.SEV2,
        declared_at=moment("2025-09-26T16:35"),
        started_at=moment("2025-09-26T16:20"),
        detected_at=moment("2025-09-26T16:29"),
        words=words(
            "2025-09-26",
            *("16:51:38", "17:06", "17:25", "17:41", "17:57", "18:11", "18:32:51", "18:44"),
            *("18:57", "19:13", "19:28:45", "19:53:27", "20:24:58"),
        ),
    )


def a_carrier() -> Incident:
    """A ladder of promises, kept but for one that came 28 seconds late."""
    return Incident(
        id="carrier",
        severity=Severity.SEV2,
        declared_at=moment("2024-12-13T23:40"),
        words=words(
            "2024-12-13",
            *(("23:46:55", 60), ("+1 00:47:23", 120), ("+1 02:47:10", 240), ("+1 06:00:25", 120)),
            *(("+1 08:00:06", 60), "+1 08:52:33", ("+1 08:54:09", 120), "+1 10:39:05"),
        ),
    )

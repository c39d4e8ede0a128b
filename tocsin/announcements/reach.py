"""Who is to be told of something: the one condition that counts, previews and fixes an audience."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from tocsin.announcements.models import Subscription
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access, Audience
from tocsin.disclosure.severity import Severity
from tocsin.post.claims import stamp
from tocsin.statements.published import Kind, Publication

# Of a subscription: whoever may not read what is said there is told nothing of it either.
# Where a password is asked for, who signed up before it was set never needed it. They are let in by
# coming through the door and confirming once more, or by an operator who answers for them.
_DOOR = """EXISTS (
    SELECT 1 FROM catalogue_audience door
    WHERE door.id = {s}.audience_id AND (door.access = 'public'
      OR door.access = 'password' AND {s}.asked_at >= door.locked_at {confirmed}
      OR door.access = 'named' AND {s}.channel = 'email' AND EXISTS (
        SELECT 1 FROM announcements_admission let_in
        WHERE let_in.audience_id = {s}.audience_id AND let_in.address = {s}.address
          AND let_in.expelled_at IS NULL)))"""


def _let_in(s: str) -> str:
    return _DOOR.format(s=s, confirmed=f"AND {s}.subscribed_at >= {s}.asked_at")


LET_IN = _let_in("s")
MAY_CONFIRM = _DOOR.format(s="s", confirmed="")
SLICE = 5000  # subscriptions looked at in one transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a publication is for. ``components`` holds every followed id that it speaks to; empty
    when it speaks of the whole page. ``is_closed``: for those alone who are let in.
    ``machines_only``: nothing was said that people could read. With a
    ``language``, it is for its readers alone."""

    audience_id: str
    components: frozenset[str]
    severity: Severity
    about: str
    subscribed_by: datetime
    is_closed: bool = False
    machines_only: bool = False
    language: str = ""


def wanted(said: Publication) -> Wanted:
    """Whom a publication is for: fixed by its own time, not by the clock."""
    spoken_of = {change.component_id for change in said.changes}
    if said.words:
        spoken_of |= set(said.words.impacts)
    is_translation = said.kind == Kind.TRANSLATION
    return Wanted(
        audience_id=said.audience_id,
        components=kin(said.page_id, spoken_of),
        # A change of state without words, or a planned work, is for those who want everything.
        severity=said.words.severity if said.words else Severity.SEV4,
        about=said.incident_id or said.id,
        subscribed_by=said.published_at,
        is_closed=is_closed(said.audience_id),
        machines_only=not said.announces,
        # Those who read another language had these words before.
        language=next(iter(said.words.layers)) if is_translation and said.words else "",
    )


def is_closed(audience_id: str) -> bool:
    """Whether only those who are let in may read what an audience is told."""
    return Audience.objects.filter(pk=audience_id).exclude(access=Access.PUBLIC).exists()


def shut_out(audience_id: str) -> int:
    """How many readers signed up when more people might read, and are told nothing any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM announcements_subscription s"
            " WHERE s.audience_id = %s AND s.subscribed_at IS NOT NULL"
            f" AND s.unsubscribed_at IS NULL AND s.bounced_at IS NULL AND NOT {LET_IN}",
            [audience_id],
        )
        return int(cursor.fetchone()[0])


def is_let_in(subscription_id: str) -> bool:
    """Whether a reader may be told what their audience is."""
    return _holds(LET_IN, subscription_id)


def may_confirm(subscription_id: str) -> bool:
    """Whether a reader may be told what their audience is, once they have confirmed."""
    return _holds(MAY_CONFIRM, subscription_id)


def _holds(condition: str, subscription_id: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM announcements_subscription s WHERE s.id = %s AND {condition}",
            [subscription_id],
        )
        return cursor.fetchone() is not None


def kin(page_id: str, component_ids: Iterable[str]) -> frozenset[str]:
    """The components, all above them and all below: whoever follows one of these is concerned."""
    tree = shelf.components_of(page_id, retired=True)
    nodes, found = tree.by_id(), set()
    for key in component_ids:
        if key in nodes:
            found |= {node.id for node in tree.path_to(key)}
            found |= {node.id for node in nodes[key].walk()}
    return frozenset(found)


def count(whom: Wanted) -> int:
    """How many readers are to be told."""
    condition, values = _condition(whom)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM announcements_subscription s WHERE {condition}", values
        )
        return int(cursor.fetchone()[0])


def active(audience_id: str, *, about: str = "") -> int:
    """How many readers an audience has, those who follow one incident with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM announcements_subscription s"
            " WHERE s.audience_id = %s AND s.subscribed_at IS NOT NULL"
            " AND s.unsubscribed_at IS NULL AND s.bounced_at IS NULL AND s.about IN ('', %s)",
            [audience_id, about],
        )
        return int(cursor.fetchone()[0])


def has_machines(audience_id: str) -> bool:
    """Whether any machine is to be told of what this audience is."""
    rows = Subscription.objects.filter(audience_id=audience_id, channel="webhook")
    return rows.filter(subscribed_at__isnull=False, unsubscribed_at=None).exists()


def end_of_slice(audience_id: str, *, after: str) -> str:
    """The last subscription of the slice that follows ``after``; empty when there is none."""
    last = f"""
        SELECT max(id) FROM (
            SELECT id FROM announcements_subscription
            WHERE audience_id = %s AND id > %s ORDER BY id LIMIT {SLICE}
        ) slice
    """
    with connection.cursor() as cursor:
        cursor.execute(last, [audience_id, after])
        return str(cursor.fetchone()[0] or "")


def fix(whom: Wanted, publication_id: str, *, after: str, until: str, at: datetime) -> int:
    """Owe a delivery to each reader in (after, until]; a replay adds nothing. Answers how many."""
    condition, values = _condition(whom)
    sql = f"""
        INSERT INTO announcements_delivery
            (publication_id, subscription_id, channel, about, next_at, attempts,
             outcome, reason, receipt)
        SELECT %s, s.id, s.channel, %s, %s, 0, '', '', ''
        FROM announcements_subscription s
        WHERE s.id > %s AND s.id <= %s AND {condition}
        ORDER BY s.id
        ON CONFLICT DO NOTHING
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [publication_id, whom.about, stamp(at), after, until, *values])
        return max(int(cursor.rowcount), 0)


def refresh_statistics() -> None:
    """Tell PostgreSQL about the new rows: claims are several times quicker for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE announcements_delivery")


def _condition(whom: Wanted) -> tuple[str, list[Any]]:
    """Of a subscription ``s``: whether it is told. Who hears it as a reader of the page is not told
    once more for following the incident."""
    there, present = _is_there("s", whom)
    hears, values = _hears("s", whom)
    if not whom.about:
        return f"{there} AND {hears}", [*present, *values]
    also_there, also_present = _is_there("r", whom)
    also_hears, also_values = _hears("r", whom)
    sql = f"""
        {there} AND ({hears} OR s.about = %s AND NOT EXISTS (
            SELECT 1 FROM announcements_subscription r
            WHERE r.audience_id = s.audience_id AND r.channel = s.channel
              AND r.address = s.address AND {also_there} AND {also_hears}))
    """
    return sql, [*present, *values, whom.about, *also_present, *also_values]


def _is_there(s: str, whom: Wanted) -> tuple[str, list[Any]]:
    """Who is among those that could be told."""
    parts = [
        f"{s}.audience_id = %s AND {s}.subscribed_at <= %s",
        f"{s}.unsubscribed_at IS NULL AND {s}.bounced_at IS NULL",
    ]
    values: list[Any] = [whom.audience_id, stamp(whom.subscribed_by)]
    if whom.machines_only:
        parts.append(f"{s}.channel = 'webhook'")
    if whom.language:
        # A machine is told every language of a word.
        parts.append(f"({s}.language = %s OR {s}.channel = 'webhook')")
        values.append(whom.language)
    if whom.is_closed:
        parts.append(_let_in(s))
    return " AND ".join(parts), values


def _hears(s: str, whom: Wanted) -> tuple[str, list[Any]]:
    """Which readers of the page it concerns, or has concerned before: they hear it to its end."""
    follows, followed = "1 = 1", sorted(whom.components)
    if followed:
        marks = ", ".join(["%s"] * len(followed))
        follows = f"""{s}.follows_all OR EXISTS (
            SELECT 1 FROM announcements_follow f
            WHERE f.subscription_id = {s}.id AND f.component_id IN ({marks}))"""
    sql = f"""{s}.about = '' AND (({s}.minimum_severity >= %s AND ({follows})) OR EXISTS (
        SELECT 1 FROM announcements_delivery told
        WHERE told.subscription_id = {s}.id AND told.about = %s AND told.outcome = 'delivered'))"""
    return sql, [str(whom.severity), *followed, whom.about]

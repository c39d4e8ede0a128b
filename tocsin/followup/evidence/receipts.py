"""Who was told of an incident's words, by which channel, with which receipt: never an address."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from tocsin.announcements.models import Announcement, Delivery
from tocsin.followup.evidence import marks
from tocsin.journal.ids import rfc3339
from tocsin.page.models import Sight

AT_ONCE = 1000
COLUMNS = (
    *("publication_id", "publication__number", "channel", "outcome", "reason", "receipt"),
    *("attempts", "settled_at", "subscription__address", "subscription__host"),
)


def deliveries(incident_id: str, publications: Collection[str]) -> Iterator[dict[str, Any]]:
    """Each delivery, word by word."""
    rows = Delivery.objects.filter(publication__in=publications)
    ordered = rows.order_by("publication__number", "publication_id", "pk").values_list(*COLUMNS)
    for told in ordered.iterator(chunk_size=AT_ONCE):
        key, number, channel, outcome, reason, receipt, attempts, settled_at, address, host = told
        known = (address, host)
        yield {
            "publication": key,
            "number": number,
            "reader": marks.of_reader(incident_id, address),
            "channel": channel,
            "outcome": outcome or "pending",
            "settled_at": rfc3339(settled_at) if settled_at else None,
            "attempts": attempts,
            "reason": marks.without_addresses(reason, known=known),
            "receipt": marks.without_addresses(receipt, known=known),
        }


def announcements(publications: Collection[str]) -> Iterator[dict[str, Any]]:
    """What became of each word's announcement."""
    rows = Announcement.objects.filter(publication__in=publications)
    for row in rows.order_by("number", "pk"):
        found = Delivery.objects.filter(publication_id=row.pk).count()
        yield {
            "publication": row.pk,
            "number": row.number,
            # Half fixed, it is for as many as there are by now.
            "total": row.total if row.announced_at else found,
            "reason": row.reason,
            "held_at": rfc3339(row.held_at) if row.held_at else None,
            "released_at": rfc3339(row.released_at) if row.released_at else None,
            "announced_at": rfc3339(row.announced_at) if row.announced_at else None,
        }


def sights(publications: Collection[str]) -> Iterator[dict[str, Any]]:
    """When each word was found where readers look."""
    rows = Sight.objects.filter(pk__in=publications).order_by("number", "pk")
    for row in rows:
        yield {
            "publication": row.pk,
            "number": row.number,
            "state": row.state,
            "seen_at": rfc3339(row.seen_at) if row.seen_at else None,
        }


def counted(rows: Iterator[dict[str, Any]], into: "Counter[tuple[str, str, str]]") -> Iterator[Any]:
    """Pass deliveries on, and count them by word, channel and outcome."""
    for row in rows:
        into[row["publication"], row["channel"], row["outcome"]] += 1
        yield row

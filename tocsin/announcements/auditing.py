"""Whether the ledger adds up: everything said was dealt with, and every delivery has an end."""

from collections.abc import Iterator

from django.db.models import Count, Max, Q

from tocsin.announcements.models import Announcement, Delivery
from tocsin.statements import published


def faults() -> list[str]:
    """Sentences on what does not add up; empty when all is well."""
    return [*_passed_over(), *_miscounted(), *_without_end()]


def _passed_over() -> Iterator[str]:
    """Words that nobody looked at although a later one was announced."""
    newest = Announcement.objects.values("audience_id").annotate(newest=Max("number"))
    for audience_id, last in newest.values_list("audience_id", "newest"):
        number, seen = 0, _numbers(audience_id)
        while number < last and (batch := published.numbered(audience_id, after=number)):
            for said in batch:
                if said.number <= last and said.number not in seen:
                    yield f"No. {said.number} was never looked at by the ledger."
            number = batch[-1].number


def _numbers(audience_id: str) -> set[int]:
    rows = Announcement.objects.filter(audience_id=audience_id)
    return set(rows.values_list("number", flat=True))


def _miscounted() -> Iterator[str]:
    """Deliveries that are missing from, or were slipped into, an announcement's fixed audience."""
    counted = dict(
        Delivery.objects.order_by()
        .values("publication_id")
        .annotate(found=Count("pk"))
        .values_list("publication_id", "found")
    )
    for key, number, total in Announcement.objects.values_list("pk", "number", "total"):
        found = counted.pop(key, 0)
        if found != total:
            yield f"No. {number} was for {total} readers; the ledger holds {found}."
    for found in counted.values():
        yield f"{found} deliveries belong to no announcement."


def _without_end() -> Iterator[str]:
    """A delivery is either due at some time, or settled with an outcome; never both or neither."""
    is_settled = Q(settled_at__isnull=False) & ~Q(outcome="")
    is_due = Q(next_at__isnull=False, settled_at=None, outcome="")
    stuck = Delivery.objects.exclude(is_settled & Q(next_at=None)).exclude(is_due).count()
    if stuck:
        yield f"{stuck} deliveries are neither due nor settled."

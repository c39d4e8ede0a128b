"""What a transaction locks, in which order. Two that kept to different ones could wait for each
other for ever: PostgreSQL then ends one of them, and its words are lost.

Whatever changes what we know or say of an incident locks, as far as it needs them:

1. the series of its window
2. the incident, and with it its window; of several, all before anything else, by id
3. the audiences of the page, by id (see statements/publication.py)
4. the rest: drafts, held words, pages, whatever else is changed on the way
"""

from collections.abc import Iterable

from django.db import transaction

from tocsin.incidents.models import Incident, Series


def lock(incident_ids: Iterable[str]) -> None:
    """Hold incidents and their windows until the transaction ends."""
    if transaction.get_connection().in_atomic_block:
        rows = Incident.objects.select_for_update().filter(pk__in=list(incident_ids))
        list(rows.order_by("pk").values_list("pk"))


def lock_page(page_id: str) -> None:
    """Hold every series and every incident of a page, for what goes through them all."""
    for rows in (Series.objects.filter(page_id=page_id), Incident.objects.filter(page_id=page_id)):
        list(rows.select_for_update().order_by("pk").values_list("pk"))

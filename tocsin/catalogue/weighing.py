"""Saying how much each kind of trouble counts as down on a page.

CannotKeep          see shelf.py; the message says what to mend
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tocsin.catalogue import shelf, weights
from tocsin.catalogue.models import Page
from tocsin.catalogue.shelf import Brand, CannotKeep, NotFound
from tocsin.catalogue.weights import NoWeight, Weights
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access


@transaction.atomic
def weigh(page_id: str, chosen: Mapping[str, str], *, by: Actor, at: datetime) -> Brand:
    """Change how much kinds of trouble count; what is left out stays. Raises CannotKeep.

    ``chosen`` is {major, partial or degraded: "0.3"}. What every page says of uptime follows, the
    past included: a figure is only comparable with others that were weighed alike.
    """
    access.check(by, "pages:write", page_id)
    page = Page.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise NotFound(f"No page {page_id!r}. See `tocsin page list`.")
    before = weights.read(page.weights)
    now = _checked(before, chosen)
    if now == before:
        return shelf.brand(page_id)
    page.weights = weights.kept(now)
    page.changed_at = shelf.after(page, at)
    page.save()
    chain.note(
        "catalogue:page:weighed",
        by=by,
        at=at,
        subject=("page", page.id),
        page=page.id,
        weights=now.spelled,
    )
    return shelf.brand(page_id)


def _checked(before: Weights, chosen: Mapping[str, str]) -> Weights:
    unknown = ", ".join(repr(name[:30]) for name in chosen if name not in weights.STATES)
    if unknown:
        raise CannotKeep(f"There is no weight {unknown}. There are: {', '.join(weights.STATES)}.")
    try:
        read = {name: weights.thousandths(told) for name, told in chosen.items()}
    except NoWeight as error:
        raise CannotKeep(
            f"{str(error)[:30]!r} is no weight. Say a share from 0 (counts not at all) to 1 "
            "(counts in full), such as 0.3, with three digits at most."
        ) from error
    now = replace(before, **read)
    if not now.degraded <= now.partial <= now.major:
        told = ", ".join(f"{name} {share}" for name, share in now.spelled.items())
        raise CannotKeep(f"What is worse cannot count for less: {told}.")
    return now

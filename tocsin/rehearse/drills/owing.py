"""What a drill still owes its readers: a word that is not on the page, or has not reached them."""

from collections.abc import Iterator

from tocsin.announcements import progress
from tocsin.announcements.models import Delivery
from tocsin.catalogue.shelf import Brand
from tocsin.page import site
from tocsin.statements import published

UNDER_WAY = ("waiting", "announcing", "telling")


def owed(page: Brand) -> Iterator[str]:
    """What comes by itself in a while, in sentences."""
    said, live = published.last_number(page.audience_id), site.live(page)
    if said and (live is None or live.number < said):
        yield f"The page shows no. {live.number if live else 0}; no. {said} was said."
    for one in published.numbered(page.audience_id, after=0, limit=said):
        if progress.progress_of(one.id).state in UNDER_WAY:
            yield f"Not everybody was told of no. {one.number}."
    unsent = Delivery.objects.filter(next_at__isnull=False).count()
    if unsent:
        yield f"{unsent} notices have not left."


def held(page: Brand) -> Iterator[str]:
    """What only a person lets go."""
    for one in progress.held(page.audience_id):
        yield f"No. {one.number} was held, as in a storm, and nobody let it go."

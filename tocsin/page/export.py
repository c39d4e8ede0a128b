"""A page's whole public site as static files at one folder's root, for any web server."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from tocsin.catalogue.shelf import Brand
from tocsin.page import archive, disk, head, record
from tocsin.page.archivist import Archivist
from tocsin.page.reviews import Reviews
from tocsin.statements import published
from tocsin.statements.published import Shout

Progress = Callable[[int, int], None]


def export(
    page: Brand,
    folder: Path,
    *,
    at: datetime,
    overlay: Path,
    shouts: Sequence[Shout] = (),
    former: disk.Release | None = None,
    reviews: Reviews = record.NO_REVIEWS,
    progress: Progress = lambda done, of: None,
) -> int:
    """Write everything; returns the number of files. ``progress`` hears (done, of) in months.

    What else is in the folder stays. ``overlay`` holds what others placed, ``shouts`` what was said
    by hand and is not in the record yet; ``former`` is what is live, so that the files say so;
    ``reviews`` what was handed in here.
    """
    snapshot = record.gather(page, former=former, at=at, reviews=reviews)
    archivist = Archivist(snapshot, folder)
    months = list(_months(page, at))
    archivist.prepare(anew=True)
    for done, month in enumerate(months):
        progress(done, len(months))
        stories = published.stories_between(page.audience_id, *month)
        archivist.write_closed(stories)
        archivist.draw(stories)
        archivist.pay(f"month {archive.month_of(month[0], page.time_zone):%Y-%m}")
    for item in archivist.owed_to_all():
        archivist.pay(item)
    archivist.write(head.files(snapshot, overlay=disk.contents(overlay), shouts=shouts))
    progress(len(months), len(months))
    return sum(1 for _ in disk.files_under(folder))


def _months(page: Brand, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When each month since the first incident began and ended, newest first."""
    first = published.first_told_at(page.audience_id)
    moment = max(at, published.last_placed_at(page.audience_id) or at)
    while first and moment >= first:
        begin, end = archive.bounds_of(archive.month_of(moment, page.time_zone), page.time_zone)
        yield begin, end
        moment = begin - timedelta(microseconds=1)

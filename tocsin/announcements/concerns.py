"""Letters to the owners when words do not get to where they should: a twin, readers' eyes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Link, Sheet, paragraph
from tocsin.page import seen, twins
from tocsin.page.address import url_of
from tocsin.page.seen import Seen
from tocsin.page.twins import TwinState
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters


def raise_due(at: datetime) -> int:
    """Tell every owner, once for each stretch, of a twin left behind and of words not seen."""
    behind = timedelta(minutes=settings.TOCSIN.twin_late_minutes)
    within = timedelta(seconds=settings.TOCSIN.seen_within_seconds)
    pages = {page.id: page for page in shelf.pages()}
    late = {sight.page_id: sight for sight in reversed(seen.late(at, within=within))}
    done = 0
    for twin in twins.states():
        if twin.behind_for(at) > behind:
            done += _owe_of_twin(twin, pages[twin.page_id], at)
    for page_id, sight in late.items():
        done += _owe_of_sight(sight, pages[page_id], at)
    return done


def _owe_of_twin(twin: TwinState, page: Brand, at: datetime) -> int:
    assert twin.behind_since is not None
    stretch = f"{twin.key}:{page.id}:{twin.behind_since:%Y%m%d%H%M%S}"
    done = 0
    for owner, key in _unwritten(f"twin:{stretch}", page):
        with translation.override(owner.language or page.language):
            minutes = int(twin.behind_for(at).total_seconds()) // 60
            done += _owe(
                key,
                owner,
                page,
                title=_("%(page)s: a twin has been left behind") % {"page": page.name},
                eyebrow=_("A copy of the page is old"),
                headline=_("%(twin)s is %(minutes)d minutes behind the page")
                % {"twin": twin.name, "minutes": minutes},
                text=_(
                    "Who reads the page there reads old words; the copy says when it was last "
                    "confirmed. The page itself and the telling are not held up."
                ),
                reason=twin.trouble,
                at=at,
            )
    return done


def _owe_of_sight(sight: Seen, page: Brand, at: datetime) -> int:
    last = seen.last_seen(page.id)
    done = 0
    for owner, key in _unwritten(f"unseen:{page.id}:{last.number if last else 0}", page):
        with translation.override(owner.language or page.language):
            done += _owe(
                key,
                owner,
                page,
                title=_("%(page)s: readers may not see what was said") % {"page": page.name},
                eyebrow=_("Published, and not seen"),
                headline=_("No. %(number)d was not found at %(url)s")
                % {"number": sight.number, "url": url_of(page)},
                text=_(
                    "It is live here, and readers are told of it. But where they look, the page "
                    "does not show it yet: look at the address from outside."
                ),
                reason=sight.reason,
                at=at,
            )
    return done


def _unwritten(about: str, page: Brand) -> Iterator[tuple[Operator, str]]:
    """The owners who were not written to about it yet, each with the key of their letter."""
    for owner in access.owners(page.id):
        key = f"{about}:{owner.id}"
        if not letters.is_owed(key):
            yield owner, key


def _owe(
    key: str,
    owner: Operator,
    page: Brand,
    *,
    title: str,
    eyebrow: str,
    headline: str,
    text: str,
    reason: str,
    at: datetime,
) -> bool:
    sheet = Sheet(
        language=owner.language or page.language,
        sender=page.name,
        eyebrow=eyebrow,
        headline=headline,
        preview=reason or text,
        blocks=[paragraph(text), *([paragraph(reason)] if reason else [])],
        action=Link(_("Open the console"), f"{settings.TOCSIN.base_url}/console/"),
        bar=BARS["sev2"],
    )
    return letters.owe_sheet(key, sheet, to=owner.email, subject=title, at=at)

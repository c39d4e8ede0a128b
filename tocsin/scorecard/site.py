"""A page's score where its readers are: compiled, and laid over the page where that chose so.

And how each incident was told, in sentences that the page compiles beside the account.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Tree
from tocsin.disclosure import times
from tocsin.page import site
from tocsin.page.address import prefix_of, url_of
from tocsin.page.edition import edition_of
from tocsin.page.frame import frame, written
from tocsin.page.reviews import Reviews
from tocsin.page.snapshot import Snapshot
from tocsin.scorecard import gathering, readers, recent, showing
from tocsin.scorecard.history import Sort
from tocsin.scorecard.measures import Card
from tocsin.scorecard.recent import Mark, Scored
from tocsin.statements.promising import promising_ids

PATH = "score"
FEWEST = 3  # incidents: of fewer, a figure says more about chance, and about customers, than of us

# By page: what the files that lie there were made of, so that idle minutes read nothing.
_made: dict[str, tuple[Mark, str]] = {}


def refresh(at: datetime) -> int:
    """Bring every page's score up to date, or take it away; returns how many files changed."""
    return sum(_refresh(page, at) for page in shelf.pages())


def forget() -> None:
    """Let all be looked at anew."""
    _made.clear()
    recent.forget()


def _refresh(page: Brand, at: datetime) -> int:
    if not page.shows_score:
        _made.pop(page.id, None)
        return _taken_away(page, set(), at) + site.review(page, {})
    made_of = (recent.mark_of(page, at=at), edition_of(page))
    if _made.get(page.id) == made_of and site.placed(page, _path(page, page.language)) is not None:
        return 0
    scored = recent.scored(page, at=at, is_public=True)
    wanted = {_path(page, code): html(page, scored, code, at=at) for code in page.languages}
    changed = 0
    for path, content in wanted.items():
        if site.placed(page, path) != content:
            site.place(page, path, content, at=at)
            changed += 1
    changed += site.review(page, _reviews(page, scored, at))
    _made[page.id] = made_of
    return changed + _taken_away(page, set(wanted), at)


def _reviews(page: Brand, scored: Scored, at: datetime) -> Reviews:
    """How each incident with an account was told; what lies further back stays as it was told."""
    cards = {card.incident.id: card for card in scored.cards}
    began = gathering.beginning(at, page.time_zone, quarters=gathering.QUARTERS)
    before = site.reviewed(page)
    further_back = gathering.declared_before(before.keys() - cards.keys(), began)
    given = {key: card for key, card in cards.items() if _is_given(card)}
    return {key: before[key] for key in further_back} | {
        key: readers.reviews(page, card) for key, card in given.items()
    }


def _is_given(card: Card) -> bool:
    account = card.incident.account
    return account is not None and account.at is not None


def _taken_away(page: Brand, wanted: set[str], at: datetime) -> int:
    """Let go what lies there in a language that is not wanted."""
    every = {f"{PATH}/index.html", *(f"{code}/{PATH}/index.html" for code in languages.every())}
    left = [path for path in sorted(every - wanted) if site.placed(page, path) is not None]
    return sum(site.take_away(page, path, at=at) for path in left)


def _path(page: Brand, language: str) -> str:
    return f"{prefix_of(page, language)}{PATH}/index.html"


def html(page: Brand, scored: Scored, language: str, *, at: datetime) -> bytes:
    """The page of a score, in one language."""
    with translation.override(language):
        title = _("How well we tell you")
        shared = frame(_nothing(page, at), language, path=PATH, title=title)
        began = gathering.beginning(at, page.time_zone, quarters=gathering.QUARTERS)
        told = showing.context(scored, language, at=at)
        return written(
            "scorecard/score.html",
            shared,
            **told,
            hidden=_hidden(scored),
            since=times.day(began.date(), language),
            day=times.day(at.astimezone(ZoneInfo(page.time_zone)).date(), language),
        ).encode()


def _hidden(scored: Scored) -> str:
    """Why nothing is shown; empty where something is."""
    count = scored.whole.counts[Sort.LIVE]
    if count >= FEWEST:
        return ""
    return _(
        "There are no figures yet: they are shown from three incidents on, and in this time this "
        "page told of %(count)s as they happened."
    ) % {"count": count}


def _nothing(page: Brand, at: datetime) -> Snapshot:
    """A page at a moment as far as its frame asks: where it leads, nothing of how things stand."""
    return Snapshot(
        page=page,
        url=url_of(page),
        tree=Tree(()),
        everything=Tree(()),
        open=(),
        recent=(),
        spans=(),
        states={},
        touched={},
        number=0,
        revision=0,
        said_at=None,
        at=at,
        has_promises=bool(promising_ids(page.audience_id)),
    )

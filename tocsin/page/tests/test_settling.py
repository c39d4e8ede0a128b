"""What the archive is owed is paid off the road, and no kill and no race leaves it half true."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import feedparser
import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.shelf import Brand
from tocsin.page import archive, archivist, disk, settling, site, turn
from tocsin.page.models import Live
from tocsin.page.tests.compiling import answer, archived, compiled, resolve, served

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for ``kill -9``: nothing may catch it."""


def test_a_long_past_is_rebuilt_in_slices_the_head_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archivist, "STORIES_A_TURN", 2)
    page = cast.a_page()
    ids = []
    for n in range(7):
        spoken = cast.an_incident(page, at=later(-n * 60 * 24 * 9))
        resolve(spoken.incident_id, at=later(-n * 60 * 24 * 9 + 30))
        ids.append(spoken.incident_id)

    site.compile(later(31))

    assert disk.pointed_at(site.directory_of(page))
    assert not all(f"incidents/{key}/index.html" in archived(page) for key in ids)

    compiled(later(31))

    assert all(f"incidents/{key}/index.html" in archived(page) for key in ids)
    assert {"history/2026-09/index.html", "history/2026-10/index.html"} <= set(archived(page))
    assert Live.objects.get().rebuilt_down_to is None


def test_what_the_archive_is_owed_gives_way_to_a_later_word() -> None:
    page = cast.a_page()
    cast.an_incident(page)
    site.compile(NOON)
    before = Live.objects.get().owed
    assert before

    cast.an_incident(page, component="sign-in", at=later(1))

    assert site.settle(later(1)) == 0
    assert Live.objects.get().owed == before
    site.compile(later(1))
    assert Live.objects.get().number == 2
    assert site.settle(later(1)) > 0


def test_of_a_page_with_a_word_that_is_not_live_nothing_is_drawn_and_nothing_packed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = cast.a_page()
    cast.an_incident(page)
    site.compile(NOON)
    cast.an_incident(page, component="sign-in", at=later(1))
    drawn: list[Live] = []

    with monkeypatch.context() as patch:
        patch.setattr(site, "Settling", lambda page, folder, row, **_: drawn.append(row))
        done = site.settle(later(1)), site.compress(later(1))

    assert (done, drawn) == ((0, 0), [])
    site.compile(later(1))
    assert site.settle(later(1)) > 0
    assert site.compress(later(1)) == 1


@pytest.mark.parametrize("happens", ["word", "redaction", "closed", "elsewhere"])
def test_what_was_drawn_before_something_happened_is_not_written(
    monkeypatch: pytest.MonkeyPatch, happens: str
) -> None:
    page = cast.a_page()
    cast.an_incident(page)
    site.compile(NOON)
    written = archived(page)

    def meanwhile() -> None:
        if happens == "word":
            cast.an_incident(page, component="sign-in", at=later(1))
            site.compile(later(1))
        elif happens == "redaction":
            Live.objects.update(redactions=1)
        elif happens == "closed":
            shutil.rmtree(site.directory_of(page))
        else:
            Live.objects.update(owed=Live.objects.get().owed[1:])

    draw = archivist.Archivist.drawn

    def drawn(self: archivist.Archivist, item: str) -> archive.Files:
        files = draw(self, item)
        meanwhile()
        return files

    monkeypatch.setattr(archivist.Archivist, "drawn", drawn)
    owed = [item for item in Live.objects.get().owed if item != "history"]

    assert site.settle(NOON) == 0

    if happens == "closed":
        assert not (site.directory_of(page) / disk.ARCHIVE).exists()
    else:
        assert archived(page) == written
    assert set(owed[1:]) <= set(Live.objects.get().owed)


def test_words_that_come_fast_are_drawn_once_they_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    page = cast.a_page()
    cast.an_incident(page)
    site.compile(NOON)
    drawn: list[str] = []
    draw = archivist.Archivist.drawn

    def overtaken(self: archivist.Archivist, item: str) -> archive.Files:
        drawn.append(item)
        cast.an_incident(page, component="sign-in", at=seconds(1))
        site.compile(seconds(1))
        return draw(self, item)

    with monkeypatch.context() as patch:
        patch.setattr(archivist.Archivist, "drawn", overtaken)
        assert site.settle(NOON) == 0
        for second in (1.5, 1.9):
            assert site.settle(seconds(second)) == 0
            assert site.compress(seconds(second)) == 0
        assert len(drawn) == 1, "the next word may come at once, too"

    assert site.settle(seconds(2.6)) > 0, "nothing was said for a second"


def test_an_archive_waits_for_a_pause_no_longer_than_ten_seconds() -> None:
    patience = settling.Patience()
    patience.note_overtaken(1, at=NOON)

    waited = [patience.waits(1 + half, at=seconds(half / 2)) for half in range(1, 30)]

    assert waited[:19] == [True] * 19
    assert not any(waited[19:])


def test_a_clock_that_is_set_back_makes_no_archive_wait() -> None:
    patience = settling.Patience()
    patience.note_overtaken(1, at=NOON)

    assert not patience.waits(1, at=later(-60))


def test_while_one_brand_s_words_come_fast_no_other_brand_s_archive_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet = cast.a_page()
    loud = cast.a_page(name="Fennel")
    for page in (quiet, loud):
        cast.an_incident(page)
    site.compile(NOON)
    drawn: list[str] = []
    draw = archivist.Archivist.drawn

    def overtaken(self: archivist.Archivist, item: str) -> archive.Files:
        drawn.append(item)
        cast.an_incident(loud, component="sign-in", at=seconds(1))
        site.compile(seconds(1))
        return draw(self, item)

    with monkeypatch.context() as patch:
        patch.setattr(archivist.Archivist, "drawn", overtaken)
        site.settle(seconds(1))
        for second in (1.5, 1.9):
            assert site.settle(seconds(second)) == 0
            assert site.compress(seconds(second)) == 0
        assert len(drawn) == 1

    assert site.settle(seconds(2.6)) > 0, "nobody said anything for a second"


def seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (archivist.Archivist, "write_closed"),
        (disk, "_holds"),
        (disk, "_linked"),
        (disk, "release"),
        (disk, "replace_all"),
        (turn.Turn, "_keep"),
        (settling.Settling, "_pay_one"),
        (settling.Settling, "_if_still_true"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_compile_killed_at_any_line_is_done_again(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, when: str
) -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    compiled(NOON)
    resolve(spoken.incident_id, at=later(30))
    with monkeypatch.context() as dying:
        dying.setattr(owner, name, _killed(getattr(owner, name), when))
        with pytest.raises(Killed):
            compiled(later(30))
    assert served(page, "")

    compiled(later(30))

    live = site.live(page)
    assert live
    assert disk.pointed_at(site.directory_of(page)) == (live.number, live.revision)
    assert live.number == 2
    assert answer(page, f"incidents/{spoken.incident_id}")["incident"]["status"] == "resolved"
    assert b"Everything is working." in served(page, "")


def _killed(act: Callable[..., Any], when: str) -> Callable[..., Any]:
    def dying(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            act(*args, **kwargs)
        raise Killed

    return dying


def test_every_entry_of_the_past_is_found_along_the_feed_s_archive() -> None:
    page = cast.a_page()
    told = set()
    for days in (0, 40, 45, 130):  # of one month two, of another none
        at = later(-days * 24 * 60)
        spoken = cast.an_incident(page, at=at)
        resolve(spoken.incident_id, at=at + timedelta(minutes=30))
        told.add(spoken.incident_id)
    compiled(later(31))

    assert _along(page, "history/2026-11.atom") == told


def test_a_month_that_comes_to_be_told_of_later_is_led_to() -> None:
    page = cast.a_page()
    for days in (0, 130):
        spoken = cast.an_incident(page, at=later(-days * 24 * 60))
        resolve(spoken.incident_id, at=later(-days * 24 * 60 + 30))
    compiled(later(31))
    between = cast.an_incident(page, at=later(-60 * 24 * 60))
    resolve(between.incident_id, at=later(-60 * 24 * 60 + 30))

    compiled(later(32))

    assert between.incident_id in _along(page, "history/2026-11.atom")


def _along(page: Brand, path: str) -> set[str]:
    """The incidents of a month of the feed, and of all that it leads to."""
    parsed = feedparser.parse(served(page, path))
    found = {entry.id.rpartition("/")[2] for entry in parsed.entries}
    back = [link.href for link in parsed.feed.links if link.rel == "prev-archive"]
    for url in back:
        found |= _along(page, url.removeprefix("https://status.linden.example/"))
    return found

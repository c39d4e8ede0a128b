"""What the clock alone changes is on the page in time: no visitor asks, and nobody publishes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import cast
from tests.cast import NOON, later
from tocsin.page import site
from tocsin.worker import lanes, wake

WITHIN = timedelta(seconds=2)


class TurnedClock:
    """The lane's clock and what wakes it: nothing ever does, so each wait is as long as it gets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def wait(self, is_over: Callable[[], bool]) -> None:
        self.at += timedelta(seconds=wake.IDLE_FOR)

    def tell(self) -> None:
        """Nobody else listens."""

    def close(self) -> None:
        """Nothing is held."""


@pytest.mark.django_db
def test_overdue_is_on_the_page_within_two_seconds_of_its_moment(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, data_dir=tmp_path, site_dir=tmp_path / "site")
    page = cast.a_page()
    cast.an_incident(page, at=NOON)  # sev1: again by 12:20, and five minutes of grace
    overdue_at = later(25)
    clock = TurnedClock(overdue_at - timedelta(seconds=30))
    monkeypatch.setattr(lanes, "Clock", lambda: clock)
    monkeypatch.setattr(wake, "waker", lambda: clock)
    said: dict[datetime, bool] = {}

    def is_over() -> bool:
        index = site.directory_of(page) / "releases"
        live = site.directory_of(page) / "live"
        if live.exists():
            html = (index / live.read_text().strip() / "index.html").read_text("utf-8")
            said.setdefault(clock.at, "This word is overdue." in html)
        return clock.at > overdue_at + WITHIN

    lanes.run("words", is_over=is_over)

    first = min(at for at, is_overdue in said.items() if is_overdue)
    assert overdue_at <= first <= overdue_at + WITHIN
    assert not any(is_overdue for at, is_overdue in said.items() if at <= overdue_at)

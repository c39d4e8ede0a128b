"""What programs measure stands on the page as a line of the last day, and no word goes with it."""

from datetime import timedelta

import time_machine

from tests.machine import a_machine
from tests.story.telling import Telling, mails
from tocsin.page import site
from tocsin.page.tests.compiling import served


def test_a_programs_points_become_a_chart_that_readers_see(night: Telling) -> None:
    machine, at = a_machine(night.page, at=night.at("09:01")), night.at("09:10")
    site.compile(at - timedelta(seconds=1))
    with time_machine.travel(at, tick=False):
        provider = machine.post("metrics_providers", {"metrics_provider": {"type": "Self"}})
        metric = machine.post(
            f"metrics_providers/{provider['id']}/metrics",
            {"metric": {"name": "Response time", "suffix": "ms"}},
        )
        now = int(at.timestamp())
        points = [{"timestamp": now - 60 * n, "value": 100 + n} for n in range(60)]
        machine.read(machine.call("POST", "metrics/data", {"data": {metric["id"]: points}}), 202)

    later = at + timedelta(seconds=1)
    assert site.compile(later) == 1
    page = served(night.page, "").decode()
    assert "What we measure" in page
    assert "Response time over the last 24 hours: between 100" in page
    assert "Ce que nous mesurons" in served(night.page, "fr/").decode()
    assert site.compile(later) == 0

    with time_machine.travel(later + timedelta(seconds=1), tick=False):
        machine.patch(f"metrics/{metric['id']}", {"metric": {"display": False}})
    assert site.compile(later + timedelta(seconds=2)) == 1
    assert "What we measure" not in served(night.page, "").decode()
    assert mails() == []

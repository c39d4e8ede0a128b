"""What a component's page says of its uptime, and what the manage API answers, are one figure."""

import re
from datetime import UTC, datetime, time, timedelta
from math import floor

import pytest
import time_machine

from tests.cast import NOON, a_page, an_incident
from tests.machine import Machine, a_machine
from tocsin.catalogue import shelf, weighing
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page.statuspage import stamp
from tocsin.page.tests.compiling import compiled, resolve, served

pytestmark = pytest.mark.django_db
NOW = NOON + timedelta(days=50, minutes=7)
WINDOW = re.compile(r"<dt>(\d+) days</dt><dd>([^<\s]+)")
MONTH = re.compile(r"(November|December|January) (\d{4})(?:</a>)?<br><span class=.soft.>([^\s<]+)")
BEGIN = {"November": 11, "December": 12, "January": 1}


@pytest.fixture
def page() -> Brand:
    page = a_page()
    weighing.weigh(page.id, {"partial": "0.41", "degraded": "0.07"}, by=TERMINAL, at=NOON)
    for day, component, state, minutes in (
        (1, "checkout", State.MAJOR, 91),
        (20, "cart", State.DEGRADED, 3000),
        (38, "checkout", State.PARTIAL, 777),
        (49, "cart", State.PARTIAL, 401),
    ):
        began = NOON + timedelta(days=day)
        spoken = an_incident(page, component=component, state=state, at=began)
        resolve(spoken.incident_id, at=began + timedelta(minutes=minutes))
    an_incident(page, component="sign-in", at=NOON + timedelta(days=50))
    compiled(NOW)
    return shelf.brand(page.id)


def asked(machine: Machine, path: str, start: datetime, end: datetime) -> float:
    told = machine.get(f"{path}/uptime?start={stamp(start)}&end={stamp(end)}")
    cut: float = floor(told["uptime_percentage"] * 100 + 1e-6) / 100
    return cut


def shown(figure: str) -> float:
    return float(figure.replace("\N{NO-BREAK SPACE}", "").rstrip("%"))


@pytest.mark.parametrize("slug", ["checkout", "cart", "sign-in", "shop"])
def test_the_page_and_the_api_say_the_same(page: Brand, slug: str) -> None:
    node = shelf.components_of(page.id).find(slug)
    assert node
    told = served(page, f"c/{slug}").decode()
    path = f"component-groups/{node.id}" if node.is_group else f"components/{node.id}"

    with time_machine.travel(NOW, tick=False):
        machine = a_machine(page, at=NOW)
        midnight = datetime.combine(NOW.date(), time.min, UTC)
        lengths = {int(days): shown(figure) for days, figure in WINDOW.findall(told)}
        months = {name: shown(figure) for name, _year, figure in MONTH.findall(told)}

        for days in (30, 90):
            start = midnight - timedelta(days=days - 1)
            assert lengths[days] == asked(machine, path, start, NOW)
        assert set(lengths) == {30, 90, 365}
        for name, end in (("December", datetime(2027, 1, 1, tzinfo=UTC)), ("January", NOW)):
            start = datetime(end.year if end == NOW else 2026, BEGIN[name], 1, tzinfo=UTC)
            assert months[name] == asked(machine, path, start, end)
    assert any(figure < 100 for figure in lengths.values())

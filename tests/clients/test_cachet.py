from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.clients.conftest import Town

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("clients")]


def test_cachet_s_client_tells_a_night(town: Town) -> None:
    there = ZoneInfo(town.house.summary()["page"]["time_zone"])
    now = datetime.now(there).replace(microsecond=0, second=0, tzinfo=None)

    told = town.runs("with_cachet.py", town.url, town.key, now.isoformat())

    assert told.pop("version").startswith("2.")
    assert told.pop("code") < 2**63
    assert told == {
        "ping": True,
        "group": ["Parcel tracking"],
        "component": ["Where your parcel is, and when it comes", 2, "Performance Issues"],
        "components": True,
        "incident": ["Parcels cannot be tracked", "Investigating", True],
        "down": "Major Outage",
        "fixed": ["Fixed", "Parcels can be tracked again."],
        "updates": ["Fixed", "Identified"],
        "up": "Operational",
        "newest": "Parcels cannot be tracked",
        "incidents": True,
        "metric": ["Parcels found", "parcels", 41.5, True],
        "points": [41.5],
        "reader": ["sam@reader.example", True, True],
        "readers": 1,
        "left": 0,
        "work": [
            "We move the map",
            "Parcels cannot be tracked for half an hour.",
            True,
        ],
    }

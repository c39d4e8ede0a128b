"""A storm of alerts, and `kill -9` in the middle of it. `make faults ARGS=alerts` is the large one.

Slow, for it starts a whole installation: what is answered must outlast the process that answered.
"""

from pathlib import Path

import pytest

from tests.burst import Burst, a_hook, bodies
from tests.faults.family import family_of, is_whole
from tests.serving import House, kill, until

ALERTS, EACH = 400, 5


@pytest.fixture
def house(tmp_path: Path, own_database_url: str) -> House:
    made = House(tmp_path / "house", told={"TOCSIN_DATABASE_URL": own_database_url})
    made.data_dir.mkdir(parents=True)
    return made


def test_no_alert_is_lost_when_django_is_killed_in_mid_burst(house: House) -> None:
    with house:
        house.start("--no-demo")
        assert house.process is not None
        serve = house.process.pid
        until(lambda: is_whole(serve), "every process runs", within=60)
        burst = Burst(house.port, a_hook(house), bodies(ALERTS, each=EACH), senders=8)

        burst.run(meanwhile=lambda: kill(family_of(serve)["web's child"]))
        again = Burst(house.port, burst.path, burst.bodies, senders=8)
        again.run()

        assert burst.answers["200"] == again.answers["200"] == ALERTS / EACH
        until(lambda: _firing(house) == ALERTS, "every alert is drafted", within=60, glance=0.5)


def _firing(house: House) -> int:
    """How many alerts fire, all in one drafted incident that has said the same from the first."""
    (draft,) = house.told_by("drafted", "list")
    assert draft["components"] == {"checkout": "major_outage"}
    assert draft["revision"] == 1
    return int(draft["firing"])

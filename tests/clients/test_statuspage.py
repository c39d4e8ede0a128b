import pytest

from tests.clients.conftest import Town

pytestmark = [pytest.mark.clients, pytest.mark.xdist_group("clients")]


def test_statuspage_s_client_tells_a_night(town: Town) -> None:
    told = town.runs("with_statuspage.py", town.url, town.key, town.page_id)

    assert told.pop("id")
    assert told == {
        "page": town.house.summary()["page"]["name"],
        "made": ["Wish list", "operational"],
        "changed": "degraded_performance",
        "listed": True,
        "incident": ["Wish lists are empty", "investigating", "major"],
        "unresolved": True,
        "updates": [
            ["resolved", "Wish lists are back."],
            ["investigating", "Wish lists show nothing."],
        ],
        "newest": "Wish lists are empty",
        "reader": "bao@reader.example",
        "readers": True,
        "left": True,
        "metric": ["Wishes", 12.5],
        "refused": 422,
        "stranger": 401,
    }

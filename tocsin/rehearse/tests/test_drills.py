"""A drill's parts: its place, how a scenario is recast, who consents when, when its night was."""

import http.client
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import a_component, a_page
from tocsin.catalogue import shelf
from tocsin.disclosure.consent import Reviewer
from tocsin.people.models import Role
from tocsin.rehearse import reading
from tocsin.rehearse import scenario as values
from tocsin.rehearse.drills import (
    answering,
    company,
    course,
    directing,
    ground,
    recast,
    rooms,
    shipped,
    sink,
)
from tocsin.rehearse.drills.ground import CannotDrill, Ground, NoDrill, StillOn
from tocsin.rehearse.scenario import Asked, NoScenario, Refused, Scenario, Trouble

AT = datetime(2026, 11, 26, 22, 15, tzinfo=UTC)


def scenario(name: str = "alone") -> Scenario:
    return reading.read(shipped.text(name))


def test_each_drill_has_a_place_of_its_own(tmp_path: Path) -> None:
    one, other = (ground.open_ground(tmp_path, "A night / alone", at=AT) for _ in "ab")

    assert (one.name, other.name) == (
        "20261126-221500-a-night-alone",
        "20261126-221500-a-night-alone-2",
    )
    assert [found.name for found in ground.grounds(tmp_path)] == [other.name, one.name]
    assert one.path.stat().st_mode & 0o077 == 0, "for its owner's eyes alone"
    ground.remove(one)
    assert [found.name for found in ground.grounds(tmp_path)] == [other.name]


@pytest.mark.parametrize("name", ["..", "../drills", "", "20261126-221500-../../x", "nothing"])
def test_what_is_no_drill_is_neither_found_nor_removed(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoDrill):
        ground.find(tmp_path, name)


def test_a_link_is_no_drill(tmp_path: Path) -> None:
    ground.open_ground(tmp_path, "alone", at=AT)
    elsewhere = tmp_path / "precious"
    elsewhere.mkdir()
    (tmp_path / "drills" / "20261126-221500-linked").symlink_to(elsewhere)

    with pytest.raises(NoDrill):
        ground.find(tmp_path, "20261126-221500-linked")


def test_a_drill_that_is_on_stays(tmp_path: Path) -> None:
    found = ground.open_ground(tmp_path, "alone", at=AT)

    with found.hold():
        assert found.is_on
        with pytest.raises(StillOn):
            ground.remove(found)
    assert not found.is_on
    assert found.path.is_dir()


def test_of_our_environment_a_drill_is_told_hardly_anything() -> None:
    told = Ground(Path("/drill")).environ({"PATH": "/bin", "TOCSIN_SMTP_URL": "x", "SECRET": "y"})

    assert "SECRET" not in told
    assert "TOCSIN_SMTP_URL" not in told
    assert (told["PATH"], told["TOCSIN_FENCED"]) == ("/bin", "true")


@pytest.mark.django_db
def test_what_a_page_has_plays_itself_and_the_rest_is_played_in_its_order() -> None:
    page = a_page()
    a_component(page, "Wires")
    tree = shelf.components_of(page.id)

    assert recast.parts(scenario("alone"), tree) == {"checkout": "checkout"}
    assert recast.parts(scenario("supplier"), tree) == {"transfers": "checkout"}
    assert recast.parts(scenario("data"), tree) == {"accounts": "checkout"}
    nowhere = shelf.components_of(a_page(name="Empty").id)
    empty = type(nowhere)(())
    with pytest.raises(CannotDrill, match="shows no component"):
        recast.parts(scenario(), empty)


def test_words_come_in_the_pages_languages_and_its_own_falls_back_to_english() -> None:
    told = recast.recast(scenario("supplier"), {"transfers": "wires"}, ("de", "fr"))

    assert told.readers == ()
    alert, _tap, said = told.story[:3]
    assert isinstance(alert.act, values.Alert)
    assert alert.act.component == "wires"
    assert isinstance(said.act, values.Say)
    assert set(said.act.words) == {"de", "fr"}
    assert said.act.words["de"].headline.startswith("A supplier does not answer us")
    assert "{wires}" in said.act.words["de"].body
    assert "{13:02}" in said.act.words["fr"].body, "times stay"


def test_whoever_is_slow_takes_their_time_and_others_five_minutes() -> None:
    slow = Asked(Reviewer.LEGAL, after=timedelta(minutes=25))
    never = Asked(Reviewer.LEGAL)

    assert answering.answers_after(slow, Role.LEGAL) == timedelta(minutes=25)
    assert answering.answers_after(slow, Role.SECURITY) == answering.USUALLY_AFTER
    assert answering.answers_after(never, Role.LEGAL) is None
    assert answering.answers_after(None, Role.LEGAL, usually=None) is None, "there in person"


def test_the_night_was_over_before_it_is_played() -> None:
    opens = directing.opening(scenario("alone"), "Europe/Paris", before=AT)

    assert opens == datetime(2026, 11, 25, 21, 0, tzinfo=UTC), "22:00 in Paris, the day before"
    assert opens + timedelta(minutes=85) + directing.AFTERWARDS <= AT


def test_a_clock_goes_on_past_midnight() -> None:
    assert course.clock_of("22:00", timedelta(hours=2, seconds=5)) == "00:00:05"


def test_what_failed_is_told_once_with_how_long_it_did() -> None:
    told = course.Course()
    told.begin(Trouble.MAIL, "22:20", at=AT)
    told.begin(Trouble.MAIL, "22:21", at=AT + timedelta(minutes=1))
    told.end(Trouble.MAIL, at=AT + timedelta(minutes=15))
    told.end(Trouble.MAIL, at=AT + timedelta(minutes=16))
    told.end(Trouble.DATABASE, at=AT)

    assert told.faults == [{"what": "mail", "at": "22:20", "seconds": 900}]


@pytest.mark.parametrize("total", [1, 2, 12, 77, 300])
def test_as_many_mailboxes_refuse_as_the_scenario_says(total: int) -> None:
    kinds = list(company._kinds(total, Refused(for_good=8, for_now=15)))

    assert len({number for number, _ in kinds}) == total
    counts = Counter(kind for _, kind in kinds)
    assert counts["hard"] >= 1, "at least one where any are to refuse"
    if total >= 12:
        assert counts["hard"] == -(-total * 8 // 100)
        assert counts["soft"] == -(-total * 15 // 100)


def test_a_room_takes_refuses_or_puts_off_as_its_name_says(tmp_path: Path) -> None:
    places = rooms.Rooms(tmp_path)

    def told(place: str, **head: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", places.server_port, timeout=5)
        try:
            line.request("POST", place, b'{"text": "It fails."}', head)
            return line.getresponse().status
        finally:
            line.close()

    try:
        assert told("/slack/well-0001") == 200
        assert told("/teams/hard-0002") == 410
        assert [told("/webhook/soft-0003") for _ in range(3)] == [503, 503, 200]
        assert [told("/"), told("/slack/../well-0001"), told("/slack/well-1")] == [404] * 3
        assert told("/slack/well-0001", **{"Content-Length": str(rooms.LONGEST + 1)}) == 413
    finally:
        places.close()

    assert places.counts == {sink.TAKEN: 2, sink.HARD: 1, sink.SOFT: 2}
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["000001--slack-well-0001.json", "000002--webhook-soft-0003.json"]
    assert (tmp_path / kept[0]).read_text("utf-8") == '{"text": "It fails."}'


def test_a_scenario_that_does_not_come_along_is_refused() -> None:
    with pytest.raises(NoScenario, match="alone"):
        shipped.text("../../secrets")

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.cast import later
from tocsin.disclosure.phases import Phase
from tocsin.page import quarters
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import a_brand, a_closed_story, a_snapshot, a_story, a_word
from tocsin.statements.published import Story, Window

NEW_YEAR = datetime(2027, 1, 10, 12, tzinfo=UTC)


def pages(*stories: Story, at: datetime = NEW_YEAR, zone: str = "Etc/UTC") -> dict[str, Any]:
    """Every page that such stories make, read; they are kept by the month in which they began."""
    snapshot = a_snapshot(*stories, at=at, page=a_brand(zone=zone))
    months = [_month(snapshot, story) for story in stories]
    return {path: json.loads(body) for path, body in quarters.files(snapshot, months).items()}


def _month(snapshot: Snapshot, story: Story) -> quarters.Json:
    of = story.placed_at.date().replace(day=1)
    told: quarters.Json = json.loads(quarters.month(snapshot, of, [story]))
    return told


def codes(page: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [
        (month["name"], [entry["code"] for entry in month["incidents"]]) for month in page["months"]
    ]


def test_the_first_page_is_the_quarter_so_far_and_each_further_one_a_quarter_earlier() -> None:
    may = a_closed_story(incident="may000000000", at=datetime(2026, 5, 3, tzinfo=UTC))
    november = a_closed_story(incident="november0000", at=datetime(2026, 11, 3, tzinfo=UTC))

    told = pages(november, may)

    assert list(told) == [
        "history.json",
        "history/page-2.json",
        "history/page-3.json",
        "history/page-4.json",
        "history/beyond.json",
    ]
    assert codes(told["history.json"]) == [("January", [])]
    assert codes(told["history/page-2.json"]) == [
        ("December", []),
        ("November", ["november0000"]),
        ("October", []),
    ]
    assert codes(told["history/page-4.json"])[1] == ("May", ["may000000000"])
    assert told["history/beyond.json"]["months"] == []


def test_a_month_says_on_which_weekday_it_starts_and_how_long_it_is() -> None:
    (month,) = pages()["history.json"]["months"]

    assert (month["name"], month["year"], month["starts_on"], month["days"]) == (
        "January",
        2027,
        5,  # a Friday
        31,
    )


def test_an_incident_is_told_as_readers_parse_it() -> None:
    story = a_closed_story(at=datetime(2026, 12, 3, 9, 5, tzinfo=UTC))

    december = pages(story)["history/page-2.json"]["months"][0]

    assert december["incidents"] == [
        {
            "code": "closed000000",
            "name": "Checkout is failing",
            "message": "Card payments are refused.",
            "impact": "critical",
            "timestamp": "Dec <var data-var='date'>3</var>, <var data-var='time'>09:05</var>"
            " - <var data-var='time'>09:35</var> UTC",
        }
    ]


def test_what_spans_two_months_stands_in_the_one_in_which_it_ended() -> None:
    story = a_closed_story(at=datetime(2026, 12, 31, 23, 45, tzinfo=UTC))

    told = pages(story)

    assert codes(told["history.json"]) == [("January", ["closed000000"])]
    (entry,) = told["history.json"]["months"][0]["incidents"]
    assert "Dec <var data-var='date'>31</var>" in entry["timestamp"]
    assert " - Jan <var data-var='date'>1</var>" in entry["timestamp"]


def test_what_goes_on_has_no_end() -> None:
    story = a_story(a_word(at=NEW_YEAR))

    (entry,) = pages(story)["history.json"]["months"][0]["incidents"]

    assert " - " not in entry["timestamp"]


def test_times_and_quarters_are_the_page_s_own() -> None:
    evening = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # the new year in Tokyo already

    told = pages(a_closed_story(at=evening), at=evening, zone="Asia/Tokyo")

    page = told["history.json"]
    assert codes(page) == [("January", ["closed000000"])]
    assert page["start_time"] == "2027-01-01T00:00:00+09:00"
    assert page["end_time"] == "2027-03-31T23:59:59+09:00"
    assert page["page_status"]["page"] == {"name": "Linden", "time_zone": "Asia/Tokyo"}


def test_a_quiet_page_has_one_page_and_what_lies_beyond() -> None:
    assert set(pages()) == {"history.json", "history/beyond.json"}


def test_nothing_told_of_a_month_depends_on_the_day_it_is_drawn() -> None:
    story = a_closed_story()
    early = a_snapshot(story)

    late = replace(early, at=early.at + timedelta(days=40))

    of = date(2026, 11, 1)
    assert quarters.month(early, of, [story]) == quarters.month(late, of, [story])


def test_a_month_that_an_older_tocsin_wrote_is_counted_too() -> None:
    snapshot, of = a_snapshot(), date(2026, 11, 1)
    window = Window(later(60), later(120), {})
    word = a_word(incident="work00000000", phase=Phase.ANNOUNCED)
    assert word.words
    work = a_story(replace(word, words=replace(word.words, window=window)))
    today = json.loads(quarters.month(snapshot, of, [a_closed_story(), work]))
    older = {"incidents": [dict(entry) for entry in today["incidents"]]}
    for entry in older["incidents"]:
        del entry["is_planned"]

    assert quarters.planned_in(today) == quarters.planned_in(older) == 1

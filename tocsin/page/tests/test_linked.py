import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tocsin.page import html, linked
from tocsin.page.snapshot import Snapshot
from tocsin.page.tests.telling import (
    a_brand,
    a_closed_story,
    a_snapshot,
    a_story,
    a_word,
    later,
)
from tocsin.statements.published import Layer, Story

URL = "https://status.linden.example"


def read(page: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    told: dict[str, Any] = json.loads(found[0])
    return told


def of(story: Story, snapshot: Snapshot | None = None, language: str = "en") -> dict[str, Any]:
    return read(html.incident(snapshot or a_snapshot(story), language, story))


def test_the_front_page_says_whose_it_is_and_not_how_things_stand() -> None:
    trouble, calm = a_snapshot(a_story()), a_snapshot()

    assert (
        read(html.front(trouble, "en"))
        == read(html.front(calm, "en"))
        == {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "url": f"{URL}/",
            "name": "Linden",
            "inLanguage": "en",
        }
    )
    assert "ld+json" not in html.front(trouble, "fr")


def test_an_incident_is_reported_live_with_its_newest_words_first() -> None:
    told = of(a_story(a_word(), a_word(number=2, headline="We have found it", at=later(9))))

    assert told["@type"] == "LiveBlogPosting"
    assert told["url"] == f"{URL}/incidents/incident0000"
    assert told["headline"] == "Checkout is failing"
    assert told["coverageStartTime"] == told["datePublished"] == "2026-11-23T12:00:00Z"
    assert told["dateModified"] == "2026-11-23T12:09:00Z"
    assert "coverageEndTime" not in told
    assert told["publisher"] == {"@type": "Organization", "name": "Linden", "url": URL}
    newest, first = told["liveBlogUpdate"]
    assert newest["headline"] == "We have found it"
    assert first["url"] == f"{URL}/incidents/incident0000#n1"
    assert first["articleBody"] == "Card payments are refused."


def test_one_that_is_over_says_when_it_ended() -> None:
    assert of(a_closed_story())["coverageEndTime"] == "2026-11-23T12:30:00Z"


def test_of_a_long_night_only_the_newest_words_are_told_one_by_one() -> None:
    words = [a_word(number=n, at=later(n)) for n in range(1, 301)]

    told = of(a_story(*words))["liveBlogUpdate"]

    assert [each["url"].rpartition("#")[2] for each in told] == [
        f"n{n}" for n in range(300, 290, -1)
    ]


@pytest.mark.parametrize(
    "hostile", ["</script><script>alert(1)</script>", "<!--", '"}', "a\u2028b", "a\u202ec", "\\"]
)
def test_no_words_end_the_element(hostile: str) -> None:
    layer = Layer(headline=hostile, body=hostile)
    story = a_story(a_word(layers={"en": layer}, names={"en": hostile}))
    snapshot = a_snapshot(story, page=replace(a_brand(), name=hostile))

    element = linked.incident(snapshot, "en", story, "incidents/incident0000")

    assert element.count("<") == 2
    assert not set(element) & {"\u2028", "\u202e"}
    assert of(story, snapshot)["liveBlogUpdate"][0]["articleBody"] == hostile.replace("\u202e", "")
    assert read(html.front(snapshot, "en"))["name"] == hostile.replace("\u202e", "")

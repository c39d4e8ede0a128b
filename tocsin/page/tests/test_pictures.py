"""The picture of an incident: named by its page, drawn after it, gone with its words."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.models import Access, Page
from tocsin.catalogue.shelf import Brand
from tocsin.front import headers
from tocsin.journal.actors import TERMINAL
from tocsin.page import disk, html, site
from tocsin.page.models import Live
from tocsin.page.tests.compiling import compiled, resolve, served
from tocsin.page.tests.telling import a_brand, a_closed_story, a_snapshot, a_story
from tocsin.statements import redaction
from tocsin.statements.values import Layer

META = re.compile(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">')


def told_of(text: str) -> dict[str, str]:
    return {name: unescape(content) for name, content in META.findall(text)}


def file_of(page: Brand, path: str) -> str:
    """Where the picture is that a page names."""
    url = told_of(served(page, path).decode())["og:image"]
    return url.removeprefix("https://status.linden.example/")


def pictures(page: Brand) -> set[str]:
    folder = site.directory_of(page) / disk.ARCHIVE
    return {path.relative_to(folder).as_posix() for path in folder.rglob("picture.*")}


def test_a_page_says_in_its_language_what_its_picture_shows() -> None:
    story = a_story()

    told = told_of(html.incident(a_snapshot(story), "fr", story))

    assert told["twitter:card"] == "summary_large_image"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["og:image:alt"].startswith("Linden\N{NO-BREAK SPACE}: Panne majeure, ")
    assert "depuis 12:00 UTC le 23 novembre 2026. " in told["og:image:alt"]
    assert told["og:url"] == f"https://status.linden.example/fr/incidents/{story.incident_id}"
    assert re.fullmatch(
        rf"https://status\.linden\.example/fr/incidents/{story.incident_id}/"
        r"picture\.[0-9a-f]{12}\.png",
        told["og:image"],
    )


def test_other_words_are_another_file() -> None:
    named = {
        told_of(html.incident(a_snapshot(story), language, story))["og:image"].rpartition("/")[2]
        for story in (a_story(), a_closed_story())
        for language in ("en", "fr")
    }

    assert len(named) == 4


def test_only_what_is_talked_of_has_a_picture() -> None:
    story = a_closed_story()

    snapshot = a_snapshot(story, at=NOON + timedelta(days=91))

    assert "og:image" not in html.incident(snapshot, "en", story)
    assert "og:image" in html.incident(a_snapshot(story, at=later(60)), "en", story)


def test_where_only_some_may_read_nothing_is_drawn() -> None:
    closed = replace(a_brand(), access=Access.NAMED)
    story = a_story()

    assert "og:image" not in html.incident(a_snapshot(story, page=closed), "en", story)


@pytest.mark.django_db
def test_it_is_drawn_after_the_page_is_live_and_first_of_what_is_owed() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)

    site.compile(NOON)

    path = file_of(page, f"incidents/{spoken.incident_id}")
    assert pictures(page) == set()
    assert Live.objects.get().owed[0] == f"picture {spoken.incident_id}"
    compiled(NOON)
    assert Image.open(io.BytesIO(served(page, path))).size == (1200, 630)
    assert pictures(page) == {path, file_of(page, f"fr/incidents/{spoken.incident_id}")}


@pytest.mark.django_db
def test_a_later_word_retires_the_picture_of_the_former() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    compiled(NOON)
    before = pictures(page)

    resolve(spoken.incident_id, at=later(30))
    compiled(later(31))

    assert len(pictures(page)) == 2
    assert not pictures(page) & before
    assert file_of(page, f"incidents/{spoken.incident_id}") in pictures(page)


@pytest.mark.django_db
def test_what_is_drawn_already_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = cast.a_page()
    cast.an_incident(page)
    compiled(NOON)
    monkeypatch.setattr("tocsin.page.drawing.drawn", lambda picture: pytest.fail("drawn again"))
    Live.objects.update(edition="another")

    compiled(later(6))

    assert len(pictures(page)) == 2


@pytest.mark.django_db
def test_another_colour_of_the_brand_is_another_picture() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(31))
    before = pictures(page)

    Page.objects.filter(pk=page.id).update(
        look={"light": {"accent": "#0b5fff"}}, changed_at=later(32)
    )
    compiled(later(33))

    assert len(pictures(page)) == 2
    assert not pictures(page) & before
    assert file_of(page, f"incidents/{spoken.incident_id}") in pictures(page)


@pytest.mark.django_db
def test_words_that_are_taken_out_take_their_picture_with_them_at_once() -> None:
    page = cast.a_page()
    headline = "Nobody can reach hunter2-9f3ab77c"
    layers = {code: Layer(headline=headline, body="Wait.") for code in ("en", "fr")}
    spoken = cast.an_incident(page, layers=layers)
    compiled(NOON)
    before = pictures(page)

    redaction.redact(
        page.id, "hunter2-9f3ab77c", reason={"en": "A password."}, by=TERMINAL, at=later(5)
    )
    site.compile(later(5))

    assert not pictures(page) & before
    assert file_of(page, f"incidents/{spoken.incident_id}") in pictures(page)


@pytest.mark.django_db
def test_the_exported_site_holds_the_pictures_that_it_names(tmp_path: Path) -> None:
    page = cast.a_page()
    resolve(cast.an_incident(page, at=later(-60 * 24)).incident_id, at=later(-60 * 24 + 30))
    cast.an_incident(page, component="sign-in")

    site.export(page, tmp_path / "out", at=NOON)

    told = [told_of(file.read_text()) for file in (tmp_path / "out").rglob("*.html")]
    named = {Path(of["og:image"]).name for of in told if "og:image" in of}
    assert len(named) == 4
    assert {file.name for file in (tmp_path / "out").rglob("picture.*")} == named


def test_other_sites_may_show_it() -> None:
    told = dict(headers.headers_of("/fr/incidents/k3m9x2p7qa4d/picture.0123456789ab.png", {}))

    assert told["content-type"] == "image/png"
    assert told["cross-origin-resource-policy"] == "cross-origin"
    assert told["cache-control"] == "public, max-age=5"

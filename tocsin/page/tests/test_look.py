"""A brand's look on its own pages: one policy, and every file that it wears."""

import hashlib
import json
import re
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cast import a_page, an_incident, later, olu
from tocsin.catalogue import dressing
from tocsin.catalogue.look import DARK, LIGHT
from tocsin.catalogue.shelf import Brand, CannotKeep
from tocsin.catalogue.tests.test_logos import HEAD, a_png
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import assets, site
from tocsin.people.access import NotAllowed
from tocsin.statements import word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.worker import lanes

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    page = a_page()
    spoken = an_incident(page)
    layers = {"en": Layer("It works again", "All is well."), "fr": Layer("Réparé", "Tout va bien.")}
    word.say(spoken.incident_id, Saying(Phase.RESOLVED, layers), by=TERMINAL, at=later(5))
    compiled(later(6))
    return page


def compiled(at: datetime) -> None:
    lanes.drain((site.compile, site.settle), at)


def dressed(page: Brand) -> Brand:
    return dressing.dress(
        page.id,
        chosen={LIGHT: {"paper": "#ffffff", "accent": "#0a5cff"}, DARK: {"paper": "#000"}},
        css=".brand { letter-spacing: .1em }\n/* ours */",
        by=TERMINAL,
        at=later(10),
    )


def release_of(page: Brand) -> Path:
    folder = site.directory_of(page)
    return folder / "releases" / (folder / "live").read_text().strip()


def header_of(page: Brand) -> str:
    told = json.loads((release_of(page) / "headers.json").read_bytes())
    return str(told["html"]["Content-Security-Policy"])


def digests_in(html: str) -> list[str]:
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    assert styles
    return [b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]


def pages_of(page: Brand) -> list[Path]:
    folder = site.directory_of(page)
    found = [*release_of(page).rglob("*.html"), *(folder / "archive").rglob("*.html")]
    # What stands in others' pages has a sheet of its own, and a policy of its own.
    return [path for path in found if "embed" not in path.parts]


def test_every_page_wears_it_under_one_policy(page: Brand) -> None:
    page = dressed(page)
    compiled(later(11))

    for path in pages_of(page):
        html = path.read_text()
        worn = [f"'sha256-{digest}'" for digest in digests_in(html)]
        assert "--accent:#0a5cff;--paper:#ffffff;--on:#ffffff" in html
        assert ".brand { letter-spacing: .1em }" in html
        assert "/* ours" not in html
        assert f"style-src {' '.join(worn)};" in html
        assert all(digest in header_of(page) for digest in worn)
        assert "unsafe" not in header_of(page)


def test_until_the_archive_wears_it_the_old_is_allowed_too(page: Brand) -> None:
    before = assets.digest_of(assets.style(page.look))
    page = dressed(page)

    site.compile(later(11))
    for path in pages_of(page):
        for digest in digests_in(path.read_text()):
            assert f"'sha256-{digest}'" in header_of(page), path
    compiled(later(12))
    site.compile(later(30))

    assert before not in header_of(page)


def test_a_light_colour_does_not_shine_through_in_the_dark(page: Brand) -> None:
    style = assets.style(dressed(page).look)

    assert "@media not all and (prefers-color-scheme:dark){:root{--accent:#0a5cff" in style
    assert "@media(prefers-color-scheme:dark){:root{--paper:#000000}}" in style


def test_a_logo_stands_beside_the_page_and_in_it(page: Brand) -> None:
    page, left_out = dressing.put_up_logo(page.id, LIGHT, a_png(), by=TERMINAL, at=later(10))
    page, _ = dressing.put_up_logo(
        page.id, DARK, f"{HEAD}<script/></svg>".encode(), by=TERMINAL, at=later(10)
    )
    compiled(later(11))

    front = (release_of(page) / "index.html").read_text()
    assert page.look.logo
    assert page.look.dark_logo
    assert f'<img src="/{page.look.logo.file}" width="4" height="2" alt="Linden">' in front
    assert f'srcset="/{page.look.dark_logo.file}"' in front
    for mark in (page.look.logo, page.look.dark_logo):
        assert (site.directory_of(page) / "archive" / mark.file).is_file()

    page = dressing.take_down_logo(page.id, LIGHT, by=TERMINAL, at=later(12))
    page = dressing.take_down_logo(page.id, DARK, by=TERMINAL, at=later(12))
    compiled(later(13))

    assert "<img" not in (release_of(page) / "index.html").read_text()
    assert list((site.directory_of(page) / "archive" / "assets").glob("logo.*")) == []
    assert left_out == ()


def test_what_cannot_be_worn_is_refused_and_nothing_changes(page: Brand) -> None:
    for told in ({"chosen": {LIGHT: {"ink": "#eeeeee"}}}, {"css": "@import 'x';"}):
        with pytest.raises(CannotKeep):
            dressing.dress(page.id, by=TERMINAL, at=later(10), **told)
    with pytest.raises(CannotKeep):
        dressing.put_up_logo(page.id, LIGHT, b"GIF89a", by=TERMINAL, at=later(10))
    with pytest.raises(NotAllowed):
        dressing.dress(page.id, css="", by=olu().actor, at=later(10))

    compiled(later(10) + timedelta(seconds=1))
    assert "--accent:" not in (release_of(page) / "index.html").read_text()


def test_a_colour_that_is_left_empty_is_the_house_s_again(page: Brand) -> None:
    dressed(page)

    page = dressing.dress(page.id, chosen={LIGHT: {"accent": ""}}, by=TERMINAL, at=later(12))

    assert page.look.colours(LIGHT) == {"paper": "#ffffff"}
    assert page.look.colours(DARK) == {"paper": "#000000"}

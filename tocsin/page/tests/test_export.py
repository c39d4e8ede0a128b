import re
from pathlib import Path

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.statements import word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db

DYNAMIC = {"/subscribe"}  # answered by a process, not by a file


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A page with a past of three months, one incident open, as static files."""
    page = cast.a_page()
    for days in (3, 20, 55):
        spoken = cast.an_incident(page, at=later(-days * 1440))
        layers = {"en": Layer(headline="Working again", body="All well. [More](https://x.example)")}
        saying = Saying(phase=Phase.RESOLVED, layers=layers)
        word.say(spoken.incident_id, saying, by=TERMINAL, at=later(-days * 1440 + 30))
    cast.an_incident(page, component="sign-in", title="Nobody can sign in")
    heard: list[tuple[int, int]] = []

    count = site.export(
        page, tmp_path / "out", at=NOON, progress=lambda done, of: heard.append((done, of))
    )

    assert count > 40
    assert heard[-1] == (3, 3)
    return tmp_path / "out"


def test_every_link_inside_the_site_leads_somewhere(exported: Path) -> None:
    pages = list(exported.rglob("*.html"))
    links = {
        re.split(r"[#?]", link)[0]
        for page in pages
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', page.read_text())
    }

    assert len(links) > 20
    for link in links - DYNAMIC:
        file = exported / link.lstrip("/")
        assert file.is_file() or (file / "index.html").is_file(), link


def test_every_fragment_leads_to_an_element_of_its_page(exported: Path) -> None:
    for page in exported.rglob("*.html"):
        text = page.read_text()
        ids = set(re.findall(r'id="([^"]+)"', text))
        assert set(re.findall(r'href="#([^"]+)"', text)) <= ids


def test_ids_are_unique_on_each_page(exported: Path) -> None:
    for page in exported.rglob("*.html"):
        ids = re.findall(r' id="([^"]+)"', page.read_text())
        assert len(ids) == len(set(ids)), page


def test_the_same_moment_is_exported_to_the_same_bytes(exported: Path, tmp_path: Path) -> None:
    from tocsin.catalogue import shelf

    site.export(shelf.brand("linden"), tmp_path / "again", at=NOON)

    for file in exported.rglob("*"):
        if file.is_file():
            again = tmp_path / "again" / file.relative_to(exported)
            assert again.read_bytes() == file.read_bytes()

"""Two brands side by side in one house: each its own name, look, languages, zone and readers."""

import json
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from tests import cast
from tests.story.reading import Reader, link_in, mails_to
from tests.story.telling import Telling, text_of
from tocsin.announcements import audience, readers
from tocsin.announcements.audience import Choice
from tocsin.catalogue import dressing, shelf
from tocsin.catalogue.look import LIGHT
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.people import access
from tocsin.people.models import Role
from tocsin.statements import word

NOE = "noe@lecteur.example"


@pytest.fixture
def told(night: Telling) -> tuple[Telling, Brand, str, str]:
    """Linden fails in English, and Le Chêne, French first and of Paris, in French."""
    chene = shelf.open_page(
        name="Le Chêne",
        slug="chene",
        domain="etat.chene.example",
        languages=("fr", "en"),
        time_zone="Europe/Paris",
        by=TERMINAL,
        at=night.at("09:00"),
    )
    words = {"fr": {"name": "Caisse", "function": "la caisse", "can_do": "payer"}}
    shelf.add_component(
        chene.id, name="Caisse", slug="caisse", words=words, by=TERMINAL, at=night.at("09:00")
    )
    dressing.dress(
        chene.id, chosen={LIGHT: {"accent": "#7a3e00"}}, by=TERMINAL, at=night.at("09:00")
    )
    choice = Choice(language="fr")
    audience.subscribe(
        chene.id, address=NOE, choice=choice, confirmed=True, by=TERMINAL, at=night.at("09:01")
    )
    ours = night.said_first("09:07")
    theirs = word.declare(
        chene.id,
        title="La caisse ne répond plus",
        components={"caisse": State.PARTIAL},
        by=TERMINAL,
        at=night.at("09:08"),
    ).incident_id
    night.run_lanes()
    return night, shelf.brand(chene.id), ours, theirs


def files_of(page: Brand) -> dict[str, bytes]:
    folder = site.directory_of(page)
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def head(page: Brand, path: str) -> str:
    folder = site.directory_of(page)
    return (folder / "releases" / (folder / "live").read_text().strip() / path).read_text()


def test_each_speaks_its_own_language_first_and_keeps_its_own_time(
    told: tuple[Telling, Brand, str, str],
) -> None:
    night, chene, _ours, _theirs = told

    assert '<html lang="en"' in head(night.page, "index.html")
    assert '<html lang="fr"' in head(chene, "index.html")
    assert '<html lang="en"' in head(chene, "en/index.html")
    assert "10:08 CET" in head(chene, "index.html")
    assert "la caisse" in head(chene, "index.html")
    assert "09:07 UTC" in head(night.page, "index.html")


def test_each_wears_its_own_look(told: tuple[Telling, Brand, str, str]) -> None:
    night, chene, _ours, _theirs = told

    assert "--accent:#7a3e00" in head(chene, "index.html")
    assert "--accent:#7a3e00" not in head(night.page, "index.html")
    assert head(chene, "headers.json") != head(night.page, "headers.json")


def test_no_file_of_one_knows_the_other(told: tuple[Telling, Brand, str, str]) -> None:
    night, chene, ours, theirs = told
    of_theirs = ("Chêne", "chene", "caisse", theirs, chene.id)
    of_ours = ("Linden", "linden", "checkout", ours, night.page.id)

    for page, foreign in ((night.page, of_theirs), (chene, of_ours)):
        for path, content in files_of(page).items():
            assert not [name for name in foreign if name.encode() in content], path


def test_each_host_leads_to_its_page(told: tuple[Telling, Brand, str, str]) -> None:
    _night, chene, _ours, _theirs = told
    hosts = json.loads(Path(settings.TOCSIN.site_dir, "hosts.json").read_bytes())

    assert hosts == {
        "default": "linden",
        "hosts": {
            "chene.localhost": "chene",
            "etat.chene.example": "chene",
            "linden.localhost": "linden",
        },
    }
    for host, name, other in (
        ("etat.chene.example", "Le Chêne", "Linden"),
        ("chene.localhost:8000", "Le Chêne", "Linden"),
        ("linden.localhost", "Linden", "Chêne"),
        ("nobody.example", "Linden", "Chêne"),
    ):
        shown = Reader(host).get("/subscribe").content.decode()
        assert name in shown
        assert other not in shown
    assert chene.domain == "etat.chene.example"


def test_each_reader_hears_of_their_own(told: tuple[Telling, Brand, str, str]) -> None:
    _night, chene, ours, theirs = told
    (to_sam,), (to_noe,) = mails_to(cast.SAM), mails_to(NOE)

    assert "Linden" in to_sam["From"]
    assert "Chêne" in to_noe["From"]
    assert link_in(to_sam, "/incidents/").endswith(ours)
    assert link_in(to_noe, "/incidents/") == f"/incidents/{theirs}"
    assert "https://etat.chene.example/subscribe/unsubscribe/" in text_of(to_noe)
    assert "https://etat.chene.example/" in to_noe["List-Unsubscribe"]
    assert chene.name not in text_of(to_sam)


def test_a_sign_up_at_one_host_is_for_that_page(told: tuple[Telling, Brand, str, str]) -> None:
    night, chene, _ours, _theirs = told
    form = {"email": "lou@lecteur.example", "follow": "all", "severity": "sev4", "language": "fr"}

    with time_machine.travel(night.at("09:10"), tick=False):
        Reader("etat.chene.example").post("/subscribe", form)
    night.run_lanes()
    (asked,) = mails_to("lou@lecteur.example")
    link = link_in(asked, "/subscribe/confirm/")

    assert "https://etat.chene.example/" in text_of(asked)
    assert "Le Chêne" in Reader("etat.chene.example").get(link).content.decode()
    assert Reader("etat.chene.example").post(link).status_code == 200
    (lou,) = (one for one in readers.subscribers(chene.id) if one.address == "lou@lecteur.example")
    assert lou.audience_id == chene.audience_id


def test_a_held_word_alarms_the_owners_of_its_own_page(
    told: tuple[Telling, Brand, str, str],
) -> None:
    night, chene, _ours, _theirs = told
    owen = cast.an_operator("Owen", Role.OWNER, page_id=night.page.id)
    ada = cast.ada()

    assert access.owners(chene.id) == [ada]
    assert set(access.owners(night.page.id)) == {ada, owen}

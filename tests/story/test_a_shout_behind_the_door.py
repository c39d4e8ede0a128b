"""A shout where only some may read: they see it, the record takes it in, and Eve sees nothing."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from tests import cast
from tests.story.reading import Reader, mails_to
from tests.story.telling import Telling, text_of
from tests.story.test_when_all_is_down import shouted
from tocsin.announcements import admissions, audience
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli import shout
from tocsin.disclosure.phases import Phase
from tocsin.incidents import declaration
from tocsin.journal.actors import TERMINAL
from tocsin.page import site
from tocsin.statements import circles, published, shouts, word
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

HOST, ACME = "linden.localhost", "/for/acme"
DOWN = "Nobody can reach us at the moment. We are on our way."
SECRET = "the warehouse of Acme"


@pytest.fixture
def behind(night: Telling, monkeypatch: pytest.MonkeyPatch) -> Telling:
    """A public page with a circle that Sam is in, and an operator with a terminal alone."""
    monkeypatch.setenv("TOCSIN_SITE_DIR", str(settings.TOCSIN.site_dir))
    monkeypatch.setenv("TOCSIN_PRIVATE_DIR", str(settings.TOCSIN.private_dir))
    at = night.at("09:00")
    seen = circles.open_circle(night.page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=at)
    admissions.admit(seen.audience_id, address=cast.SAM, by=TERMINAL, at=at)
    audience.subscribe(
        seen.id, audience="acme", address=cast.SAM, confirmed=True, by=TERMINAL, at=at
    )
    night.run_lanes()
    return night


def acme(night: Telling) -> Brand:
    return shelf.audience(night.page.id, "acme")


def closed(night: Telling) -> Brand:
    """The page is for named readers from now on."""
    audiences.change_access(night.page.audience_id, Access.NAMED, by=TERMINAL, at=night.at("09:02"))
    night.run_lanes()
    return shelf.brand(night.page.id)


def known_to_acme(night: Telling) -> str:
    """Something that Acme alone was told of."""
    incident = word.declare(
        night.page.id,
        title=f"Trouble at {SECRET}",
        components={"checkout": State.DEGRADED},
        layers={"en": Layer("Your orders are late", f"It concerns {SECRET}.")},
        audience="acme",
        by=night.olu,
        at=night.at("09:05"),
    ).incident_id
    night.run_lanes()
    return incident


def head(seen: Brand) -> Path:
    directory = site.directory_of(seen)
    return directory / "releases" / (directory / "live").read_text().strip()


def front(seen: Brand) -> str:
    return (head(seen) / "index.html").read_text("utf-8")


def public_bytes() -> bytes:
    folder = settings.TOCSIN.site_dir
    return b"".join(
        str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file()
    )


def test_1_what_everyone_is_told_each_circle_reads_too(behind: Telling) -> None:
    said = shouted(DOWN, at=behind.at("09:12"))

    assert "Nobody can reach us" in front(behind.page)
    assert "Nobody can reach us" in front(acme(behind))
    link = f'href="{ACME}/incidents/{said["incident"]}"'
    assert link in front(acme(behind))
    summary = json.loads((head(acme(behind)) / "api/v2/summary.json").read_bytes())
    assert [one["id"] for one in summary["incidents"]] == [said["incident"]]

    behind.at("09:31")
    behind.run_lanes()
    behind.run_lanes()

    assert shouts.waiting() == []
    for seen in (behind.page, acme(behind)):
        story = published.story(seen.audience_id, said["incident"])
        assert story is not None
        assert [one.published_at for one in story.publications] == [behind.night.when("09:12")]
        assert front(seen).count("<h1") == 1
        assert "Written in an emergency, by hand." in front(seen)


def test_2_a_closed_page_says_it_to_its_readers_and_no_public_file_does(behind: Telling) -> None:
    page = closed(behind)
    before = public_bytes()

    said = shouted(DOWN, at=behind.at("09:12"))

    assert "Nobody can reach us" in front(page)
    assert said["notes"] == ["In fr the words stand as they are in en (--lang)."]
    assert public_bytes() == before
    eve = Reader(HOST, machine="198.51.100.66")
    assert b"Nobody can reach us" not in eve.get("/").content
    behind.at("09:31")
    behind.run_lanes()
    assert shouts.waiting() == []
    assert behind.latest(said["incident"]).published_at == behind.night.when("09:12")
    assert "Written in an emergency, by hand." in front(page)
    assert public_bytes() == before


def test_3_what_a_circle_alone_knows_is_shouted_on_there_alone(behind: Telling) -> None:
    incident = known_to_acme(behind)
    before = public_bytes()

    shouted(f"It burns at {SECRET}.", "--about", incident, at=behind.at("09:12"))

    assert f"It burns at {SECRET}" in front(acme(behind))
    assert public_bytes() == before
    behind.at("09:31")
    behind.run_lanes()
    story = published.story(acme(behind).audience_id, incident)
    assert story is not None
    assert story.latest.published_at == behind.night.when("09:12")
    assert story.words.impacts, "what was said of components before still holds"
    assert published.story(behind.page.audience_id, incident) is None
    assert SECRET.encode() not in public_bytes()
    assert any(f"It burns at {SECRET}" in text_of(mail) for mail in mails_to(cast.SAM))
    assert not any(SECRET in text_of(mail) for mail in mails_to("bao@reader.example"))


def test_4_closed_meanwhile_it_is_one_of_its_own_for_the_same_circle(behind: Telling) -> None:
    incident = known_to_acme(behind)
    shouted(f"It burns at {SECRET}.", "--about", incident, at=behind.at("09:12"))
    layers = {"en": Layer("Your orders are on time", "All is well.")}
    over = Saying(phase=Phase.RESOLVED, layers=layers)
    word.say(incident, over, by=behind.olu, at=behind.at("09:13"))

    behind.at("09:31")
    behind.run_lanes()

    (own,) = declaration.open_incidents(behind.page.id)
    assert (own.audience_id, own.is_for_everyone) == (acme(behind).audience_id, False)
    assert f"It burns at {SECRET}" in front(acme(behind))
    assert SECRET.encode() not in public_bytes()


def test_5_one_circle_alone_can_be_shouted_to(
    behind: Telling, capsys: pytest.CaptureFixture[str]
) -> None:
    before = public_bytes()

    said = shouted(f"Smoke at {SECRET}.", "--audience", "acme", at=behind.at("09:12"))

    assert f"Smoke at {SECRET}" in front(acme(behind))
    assert public_bytes() == before
    behind.at("09:31")
    behind.run_lanes()
    assert not declaration.known_of(said["incident"]).is_for_everyone
    assert SECRET.encode() not in public_bytes()
    assert shout.main(["a", "--audience", "nobody"]) == 1
    assert "No circle 'nobody' of linden" in capsys.readouterr().err


def test_6_nobody_may_read_the_words_who_may_not_read_the_page(behind: Telling) -> None:
    folder = site.directory_of(acme(behind))
    folder.chmod(0o700)

    shouted(DOWN, at=behind.at("09:12"))

    kept = [*(folder / "shouts").rglob("*"), folder / "live", head(acme(behind)) / "index.html"]
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
    assert (head(behind.page) / "index.html").stat().st_mode & 0o044, "the public page stays so"

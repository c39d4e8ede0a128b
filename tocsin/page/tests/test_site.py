import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.page import disk, site
from tocsin.page.tests.compiling import answer, archived, compiled, resolve, served
from tocsin.statements import publication, shouted, shouts, word
from tocsin.statements.shouted import Shout
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db


def test_a_new_page_stands_at_once() -> None:
    page = cast.a_page()

    compiled(NOON)

    assert b"Everything is working." in served(page, "")
    assert b"Tout fonctionne." in served(page, "fr")
    for path in ("history", "fr/history", "c/checkout", "fr/c/checkout", "404.html"):
        assert served(page, path)


def test_what_was_published_is_live() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)

    compiled(NOON)

    live = site.live(page)
    assert live
    assert (live.number, live.revision) == (spoken.publication.number, 0)
    assert served(page, f"incidents/{spoken.incident_id}")
    assert answer(page, "status")["status"]["indicator"] == "critical"


def test_once_nothing_is_due_nothing_is_done() -> None:
    page = cast.a_page()
    compiled(NOON)
    before = disk.pointed_at(site.directory_of(page))

    assert site.compile(NOON + timedelta(seconds=30)) == 0
    assert disk.pointed_at(site.directory_of(page)) == before


def test_a_resolved_incident_moves_to_the_archive() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    compiled(NOON)
    path = f"incidents/{spoken.incident_id}"
    assert f"{path}/index.html" not in archived(page)

    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))

    assert {f"{path}/index.html", f"fr/{path}/index.html"} <= set(archived(page))
    assert answer(page, path)["incident"]["status"] == "resolved"
    assert b"Checkout is working again" in served(page, path)


def test_a_reopened_incident_is_shown_open_again() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))

    again = {"en": Layer(headline="Checkout fails again", body="It came back.")}
    word.say(
        spoken.incident_id,
        Saying(
            phase=Phase.INVESTIGATING,
            layers=again,
            components={"checkout": State.MAJOR},
            turn_reason={"en": "The errors came back.", "fr": "Les erreurs reviennent."},
        ),
        by=TERMINAL,
        at=later(40),
    )
    compiled(later(40))

    assert answer(page, f"incidents/{spoken.incident_id}")["incident"]["status"] == "investigating"
    assert b"Checkout fails again" in served(page, "")


def test_a_word_writes_only_what_it_changes_in_the_archive() -> None:
    page = cast.a_page()
    old = cast.an_incident(page, component="cart", title="Cart is slow", at=later(-9000))
    resolve(old.incident_id, at=later(-8970))
    new = cast.an_incident(page, component="sign-in", title="Nobody can sign in")
    compiled(NOON)
    before = archived(page)

    resolve(new.incident_id, at=later(20))
    compiled(later(20))

    after = archived(page)
    changed = {path for path, inode in after.items() if before.get(path) != inode}
    touched = {re.split("/index.html|/picture.", path.removeprefix("fr/"))[0] for path in changed}
    assert touched == {
        f"incidents/{new.incident_id}",
        f"api/v2/incidents/{new.incident_id}.json",
        "c/sign-in",
        "c/sign-in/badge.svg",
        "history/2026-11",
        "history/2026-11/sign-in",
        "history/2026-11.atom",
        "history/2026-11.json",
        "history.json",
        "log",
        "log/1.jsonl",
        "log/head.json",
        "sitemap-2026-11.xml",
    }


def test_the_same_number_again_raises_the_revision() -> None:
    page = cast.a_page()
    cast.an_incident(page)
    compiled(NOON)

    compiled(later(5))
    compiled(later(10))

    assert disk.pointed_at(site.directory_of(page)) == (1, 2)


def test_overdue_appears_with_the_clock_alone() -> None:
    page = cast.a_page()
    cast.an_incident(page)  # sev1 speaks every 20 minutes; its grace is 5
    compiled(NOON)

    compiled(later(25))
    assert b"This word is overdue." not in served(page, "")
    compiled(later(25.1))

    assert b"This word is overdue." in served(page, "")
    assert "Ce point est en retard." in served(page, "fr").decode()


def test_overdue_appears_though_the_clock_was_set_back() -> None:
    page = cast.a_page()
    cast.an_incident(page)
    compiled(NOON + timedelta(days=365))

    compiled(later(1))
    assert b"This word is overdue." not in served(page, "")
    compiled(later(26))

    assert b"This word is overdue." in served(page, "")


def test_midnight_moves_the_bars_of_every_component() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))
    assert b"M89 0h.75" in served(page, "c/checkout")

    compiled(later(12 * 60))

    assert b"M88 0h.75" in served(page, "c/checkout")
    assert b"M88 0h.75" in served(page, "")


def test_a_change_of_state_without_words_says_that_they_are_to_follow() -> None:
    page = cast.a_page()
    compiled(NOON)

    publication.publish_state(page.id, {"cart": State.PARTIAL}, by=TERMINAL, at=later(9))
    compiled(later(9))

    assert b"words are to follow" in served(page, "")
    assert answer(page, "summary")["status"]["indicator"] == "major"
    assert answer(page, "incidents")["incidents"] == []


def test_a_change_of_the_catalogue_is_compiled_everywhere() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))
    node = shelf.components_of(page.id).find("checkout")
    assert node

    words = {"en": {"name": "Paying"}, "fr": {"name": "Payer"}}
    shelf.reword_component(node.id, words=words, by=TERMINAL, at=later(40))
    compiled(later(40))

    assert b">Paying<" in served(page, "")
    assert b">Paying<" in served(page, f"incidents/{spoken.incident_id}")


def test_a_component_that_was_taken_off_has_no_page_any_more() -> None:
    page = cast.a_page()
    compiled(NOON)
    node = shelf.components_of(page.id).find("cart")
    assert node

    shelf.retire_component(node.id, by=TERMINAL, at=later(1))
    compiled(later(1))

    assert not [path for path in archived(page) if "c/cart" in path]


def test_hosts_name_each_page() -> None:
    cast.a_page()
    shelf.open_page(name="Ash", domain="status.ash.example", by=TERMINAL, at=NOON)

    compiled(NOON)

    told = json.loads((site.directory_of(shelf.brand("ash")).parent / "hosts.json").read_bytes())
    assert told == {
        "default": "linden",
        "hosts": {
            "ash.localhost": "ash",
            "linden.localhost": "linden",
            "status.ash.example": "ash",
        },
    }


def test_what_was_placed_is_shown_at_once_and_carried_over() -> None:
    page = cast.a_page()
    compiled(NOON)

    site.place(page, "score/index.html", b"how well we did", at=later(1))
    compiled(later(1))
    cast.an_incident(page, at=later(2))
    compiled(later(2))

    assert served(page, "score") == b"how well we did"


@pytest.mark.parametrize("is_closed", [True, False])
def test_what_was_shouted_before_a_page_is_closed_or_opened_comes_into_the_record(
    is_closed: bool, tmp_path: Path, settings: Settings
) -> None:
    settings.TOCSIN = replace(
        settings.TOCSIN, site_dir=tmp_path / "site", private_dir=tmp_path / "private"
    )
    page = cast.a_page()
    before, after = (Access.PUBLIC, Access.NAMED) if is_closed else (Access.NAMED, Access.PUBLIC)
    page = audiences.change_access(page.audience_id, before, by=TERMINAL, at=NOON)
    compiled(NOON)
    a_shout_beside(page)

    page = audiences.change_access(page.audience_id, after, by=TERMINAL, at=later(2))
    compiled(later(2))

    assert b"We are down" in served(page, "index.html"), "it is read until it is taken in"
    assert shouts.take_in(later(3)) == 1
    assert shouts.waiting() == []


def a_shout_beside(page: Brand) -> None:
    told = Shout(
        id="shout0000001",
        about="shout0000001",
        page_id=page.id,
        is_over=False,
        severity="sev1",
        layers={"en": "We are down."},
        at=later(1),
        next_word_at=later(31),
        by="root at db1",
    )
    beside = site.directory_of(page) / "shouts"
    disk.replace(beside / "shout0000001.json", shouted.written(told))


def test_files_that_were_lost_are_made_again() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))

    shutil.rmtree(site.directory_of(page))
    compiled(later(31))

    assert served(page, f"incidents/{spoken.incident_id}")
    assert served(page, "history/2026-11")


def test_packing_puts_a_twin_beside_each_file_and_ends() -> None:
    page = cast.a_page()
    compiled(NOON)

    packed = sum(1 for _ in iter(lambda: site.compress(NOON), 0))

    index = disk.release_dir(site.directory_of(page), (0, 0)) / "index.html.br"
    assert packed > 5
    assert index.exists()
    assert site.compress(NOON) == 0


def test_no_twin_outlives_its_file(site_dir: Path) -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))
    while site.compress(later(30)):
        pass

    cast.an_incident(page, at=later(40))
    compiled(later(40))

    folder = site_dir / page.slug / disk.ARCHIVE
    for path, file in disk.files_under(folder):
        twin = file.with_name(file.name + ".br")
        assert not twin.exists() or twin.stat().st_mtime_ns >= file.stat().st_mtime_ns, path


def test_a_language_that_was_taken_off_has_no_pages_any_more() -> None:
    page = cast.a_page()
    compiled(NOON)
    assert "fr/c/cart/index.html" in archived(page)

    shelf.change_page(page.id, languages=("en",), by=TERMINAL, at=later(1))
    compiled(later(1))

    assert not [path for path in archived(page) if path.startswith("fr/")]


def test_one_pages_trouble_does_not_keep_another_from_being_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = cast.a_page()
    other = shelf.open_page(name="Ash", by=TERMINAL, at=NOON)
    directory = site.directory_of(first)
    directory.parent.mkdir(parents=True)
    directory.write_bytes(b"a file where the folder should be")

    with pytest.raises(OSError, match="linden"):
        site.compile(NOON)

    assert b"Nothing is listed here yet." in served(other, "")


def test_the_history_in_json_follows_every_word_and_turns_with_the_quarter() -> None:
    page = cast.a_page()
    spoken = cast.an_incident(page)
    resolve(spoken.incident_id, at=later(30))
    compiled(later(30))
    november = json.loads(served(page, "history.json"))["months"][0]
    assert [one["code"] for one in november["incidents"]] == [spoken.incident_id]

    compiled(later(60 * 24 * 45))

    january = json.loads(served(page, "history.json"))["months"]
    assert [(month["name"], month["incidents"]) for month in january] == [("January", [])]
    (before, *_) = (
        month
        for month in json.loads(served(page, "history/page-2.json"))["months"]
        if month["incidents"]
    )
    assert before == november

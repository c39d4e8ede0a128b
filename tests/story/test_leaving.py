"""A whole record leaves in one file and comes back from it: the same bytes, and nobody is told."""

import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.conf import settings as installed
from django.core.management import call_command
from django.test import override_settings

from tests.cast import NOON, later
from tests.furnishing import fill, furnish
from tests.story.test_worlds_apart import World
from tocsin.announcements.models import Announcement, Delivery
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access, Page
from tocsin.cli.main import main
from tocsin.page import memory, site
from tocsin.people import factors
from tocsin.people.models import Operator
from tocsin.people.tests.test_factors import code_of
from tocsin.post.models import Outcome

STEPS = (
    *("declare say plan declare run circle say resolve correct state run").split(),
    *("plan change run declare close say run").split(),
)


def tocsin(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """Three brands with closed circles, and all that happens to them in three hours."""
    told = replace(
        installed.TOCSIN,
        data_dir=tmp_path,
        site_dir=tmp_path / "site",
        private_dir=tmp_path / "private",
        outbox_dir=tmp_path / "outbox",
        smtp_url=None,
    )
    with override_settings(TOCSIN=told):
        memory.forget()
        made = World()
        made.open_page(Access.PUBLIC, (Access.NAMED, Access.PASSWORD))
        made.open_page(Access.NAMED, ())
        made.open_page(Access.PUBLIC, (Access.NAMED,))
        for turn, step in enumerate(STEPS):
            made.live((step, turn, turn // 2, turn + 1))
        furnish(made)
        made._run()
        fill()
        yield made


def wiped() -> None:
    """As in a new place: no row, and no word of the former chain's end."""
    call_command("flush", interactive=False, verbosity=0)
    (installed.TOCSIN.data_dir / "journal.anchor").unlink(missing_ok=True)
    memory.forget()
    assert not Page.objects.exists()


def told_to(outbox: Path) -> list[str]:
    return sorted(path.name for path in outbox.glob("*.eml"))


@pytest.mark.parametrize("secrets", [(), ("--with-secrets",)], ids=["without", "with secrets"])
def test_what_comes_back_is_what_left(
    world: World, tmp_path: Path, secrets: tuple[str, ...]
) -> None:
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    pages = published_pages(world, tmp_path / "as it was")
    tocsin("export", str(before), *secrets)
    wiped()

    told = tocsin("import", "tocsin", str(before))

    assert told["files"]["catalogue/page.jsonl"]["rows"] == 3
    assert tocsin("verify")["ok"]
    tocsin("export", str(after), *secrets)
    assert after.read_bytes() == before.read_bytes()
    assert published_pages(world, tmp_path / "as it is") == pages


def published_pages(world: World, folder: Path) -> dict[str, bytes]:
    """Every file of every public page, as it is compiled at one moment."""
    found = {}
    for page in shelf.pages():
        if page.is_public:
            site.export(page, folder / page.slug, at=world.now)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    assert found
    return found


def test_nobody_is_told_of_what_comes_back(world: World, tmp_path: Path) -> None:
    """Neither of what was told before, nor of what was still to be told."""
    world.live(("declare", 0, 0, 1))
    assert site.compile(world.now)
    half_way(world)
    world.live(("state", 0, 0, 2))
    file, again = tmp_path / "record.zip", tmp_path / "again.zip"
    tocsin("export", str(file))
    assert Delivery.objects.filter(settled_at=None).exists()
    wiped()
    mailed = told_to(tmp_path / "outbox")

    tocsin("import", "tocsin", str(file))
    for _turn in range(3):
        world._run()
        world.minute += 1

    assert told_to(tmp_path / "outbox") == mailed
    assert not Delivery.objects.filter(settled_at=None).exists()
    moved = Announcement.objects.filter(reason="moved")
    assert moved.exists()
    left = Delivery.objects.filter(publication__in=moved.values("pk"))
    assert set(left.values_list("outcome", flat=True)) <= {Outcome.SKIPPED.value}
    assert tocsin("verify")["ok"]
    wiped()
    tocsin("import", "tocsin", str(file))
    tocsin("export", str(again))
    assert again.read_bytes() == file.read_bytes()


def half_way(world: World) -> None:
    """The audience of the newest word is half fixed: a kill came in between."""
    from tocsin.announcements import ledger

    assert ledger.announce(world.now)
    newest = Announcement.objects.filter(total__gt=0).order_by("-begun_at", "-number")[0]
    Announcement.objects.filter(pk=newest.pk).update(announced_at=None)


def test_one_page_leaves_alone(world: World, tmp_path: Path) -> None:
    """Of the others not one mark goes along, and the page stands by itself where it comes to."""
    file, again = tmp_path / "one.zip", tmp_path / "again.zip"
    page = shelf.pages()[-1]
    tocsin("export", str(file), "--page", page.slug)

    with zipfile.ZipFile(file) as parcel:
        whole = b"".join(parcel.read(name) for name in parcel.namelist())
    assert {owner for owner, _ in world.found(whole)} == {page.slug}
    wiped()
    tocsin("import", "tocsin", str(file))

    assert [kept.slug for kept in shelf.pages()] == [page.slug]
    assert shelf.brand_for_host("any.example") is not None
    assert tocsin("verify")["ok"]
    tocsin("export", str(again), "--page", page.slug)
    assert again.read_bytes() == file.read_bytes()


def test_every_table_goes_along(world: World, tmp_path: Path) -> None:
    """The world holds a row of each, so that what is compared above is everything."""
    told = tocsin("export", str(tmp_path / "all.zip"), "--with-secrets")

    assert [name for name, file in told["files"].items() if not file["rows"]] == []


def test_life_goes_on_where_it_came_to(world: World, tmp_path: Path) -> None:
    """The next number follows the last, on every page and in the journal."""
    file = tmp_path / "record.zip"
    tocsin("export", str(file), "--with-secrets")
    wiped()
    tocsin("import", "tocsin", str(file))

    for turn in itertools.count():
        world.live(("declare", turn, 0, 1))
        if turn == 2:
            break
    world._run()

    assert tocsin("verify")["ok"]
    assert later(world.minute) == world.now


def test_no_second_factor_leaves(world: World, tmp_path: Path) -> None:
    """Sealed under a key that stays, or kept to an address: each adds their own anew."""
    file = tmp_path / "record.zip"
    operator = Operator.objects.get(email="olu@linden.example")
    secret = factors.new_secret()
    codes = factors.add_app(operator, secret, code=code_of(secret), at=NOON)
    kept = str(Authenticator.objects.get(type="totp").data["secret"])

    tocsin("export", str(file), "--with-secrets")

    with zipfile.ZipFile(file) as parcel:
        whole = b"".join(parcel.read(name) for name in parcel.namelist())
    assert b"people:factor:added" in whole
    for hidden in (secret, kept, *codes):
        assert hidden.encode() not in whole
    wiped()
    tocsin("import", "tocsin", str(file))
    assert not factors.is_enrolled(operator.id)

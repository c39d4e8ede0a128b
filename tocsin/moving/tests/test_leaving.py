"""Every column of every table can leave and come back, and none that lets somebody in unasked."""

import json
import re
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests import cast
from tests.cast import NOON
from tests.furnishing import plain_value
from tocsin.catalogue.models import Audience, Page
from tocsin.moving.leaving import departing, parts, returning
from tocsin.moving.leaving.departing import CannotLeave
from tocsin.moving.leaving.parcel import MANIFEST, Manifest, Packing
from tocsin.moving.leaving.parts import (
    LEFT_BEHIND,
    NO_SECRETS,
    OF_THE_HOUSE,
    OURS,
    SECRETS,
    Part,
    ways,
)
from tocsin.moving.leaving.returning import CannotReturn
from tocsin.moving.leaving.rows import Reading, Unfit, line, written
from tocsin.people.models import Operator

LIKE_A_SECRET = re.compile(r"(?:^|_)(?:secrets?|former|passwords?|tokens?|keys?|pins?|hash)(?:_|$)")


def quiet(_what: str, _done: int, _of: int) -> None:
    pass


def every_part() -> list[Part]:
    return parts.parts()


def a_value(column: "models.Field[Any, Any]") -> Any:
    kind = column.target_field if isinstance(column, models.ForeignKey) else column
    if kind.choices:
        return next(key for key, _ in kind.flatchoices if key)
    return plain_value(kind)


@pytest.mark.parametrize("part", every_part(), ids=lambda part: str(part.label))
def test_every_column_comes_back_as_it_left(part: Part) -> None:
    row = {column.name: a_value(column) for column in part.columns}

    told = written(part, row, with_secrets=True)
    back = Reading(part, has_secrets=True).row(told)

    assert {column.name: getattr(back, column.attname) for column in part.columns} == row
    assert written(part, row, with_secrets=True) == told


@pytest.mark.parametrize("part", every_part(), ids=lambda part: str(part.label))
def test_what_is_empty_comes_back_empty(part: Part) -> None:
    row = {c.name: None if c.null else a_value(c) for c in part.columns}

    back = Reading(part, has_secrets=True).row(written(part, row, with_secrets=True))

    assert {column.name: getattr(back, column.attname) for column in part.columns} == row


def test_every_table_goes_along_or_its_reason_is_said() -> None:
    there = {m._meta.label for m in apps.get_models() if m.__module__.startswith(OURS)}

    assert there - {part.label for part in every_part()} == set(LEFT_BEHIND)
    assert LEFT_BEHIND.keys() <= there


def test_of_every_column_that_is_called_like_a_secret_it_is_said_whether_it_is_one() -> None:
    called = {
        f"{part.label}.{column.name}"
        for part in every_part()
        for column in part.columns
        if LIKE_A_SECRET.search(column.name)
    }
    named = {f"{label}.{name}" for label, names in SECRETS.items() for name in names}

    assert called - named == set(NO_SECRETS)


def test_every_row_belongs_to_a_page_or_to_the_whole_house() -> None:
    lost = {part.label for part in every_part() if not ways(part.model)}

    assert lost - OF_THE_HOUSE == {"people.Operator"}


def test_a_secret_stays_and_something_else_takes_its_place() -> None:
    for label, names in SECRETS.items():
        part = Part(apps.get_model(label))
        row = {column.name: a_value(column) for column in part.columns}
        row |= {name: ["telltale"] if name == "secrets" else "telltale" for name in names}

        told = written(part, row, with_secrets=False)
        back = Reading(part, has_secrets=False).row(told)

        assert b"telltale" not in told
        assert "telltale" not in {str(getattr(back, name)) for name in names}
        again = {column.name: getattr(back, column.attname) for column in part.columns}
        assert written(part, again, with_secrets=False) == told


def test_no_password_opens_what_came_without_its_own() -> None:
    operator = Reading(Part(Operator), has_secrets=False)
    told = written(Part(Operator), _blank(Operator), with_secrets=False)

    row = operator.row(told)

    assert isinstance(row, Operator)
    assert not row.has_usable_password()
    assert not row.check_password("")
    door = Reading(Part(Audience), has_secrets=False)
    shut = door.row(written(Part(Audience), _blank(Audience), with_secrets=False))
    assert isinstance(shut, Audience)
    assert shut.password == ""


def _blank(model: type[models.Model]) -> dict[str, Any]:
    return {column.name: a_value(column) for column in Part(model).columns}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": None}, "has nothing in 'name'"),
        ({"more": 1}, "has 'more', which this version of Tocsin does not know"),
        ({"created_at": "yesterday"}, "has something in 'created_at'"),
        ({"created_at": "2026-11-23T12:00:00"}, "has a time without its zone"),
        ({"slug": "No Slug"}, "has something in 'slug'"),
        ({"name": "n" * 101}, "has something in 'name'"),
        ({"name": {"a": 1}}, "has something in 'name'"),
        ({"is_default": "perhaps"}, "has something in 'is_default'"),
        ({"created_at": "9999-12-31T23:59:59-23:00"}, "has something in 'created_at'"),
    ],
)
def test_a_row_that_cannot_stand_is_refused(change: dict[str, Any], why: str) -> None:
    row = {**json.loads(written(Part(Page), _blank(Page), with_secrets=True)), **change}

    with pytest.raises(Unfit, match=re.escape(why)):
        Reading(Part(Page), has_secrets=True).row(line(row))


@pytest.mark.parametrize(
    "told",
    [
        b"{",
        b"[]\n",
        b"[" * 200_000 + b"\n",
        b"\xff\n",
        b'{"name": NaN}\n',
        b'{"name": "\\ud800"}\n',
    ],
)
def test_what_is_no_row_is_refused(told: bytes) -> None:
    with pytest.raises(Unfit):
        Reading(Part(Page), has_secrets=True).row(told)


def test_a_file_of_an_earlier_version_may_lack_what_came_later() -> None:
    row = json.loads(written(Part(Page), _blank(Page), with_secrets=True))
    del row["contact"], row["look"]

    back = Reading(Part(Page), has_secrets=True).row(line(row))

    assert isinstance(back, Page)
    assert (back.contact, back.look) == ("", {})
    del row["name"]
    with pytest.raises(Unfit, match="lacks 'name'"):
        Reading(Part(Page), has_secrets=True).row(line(row))


# The file


@pytest.fixture
def record(db: None, own_directories: Path) -> Path:
    """An export of Linden's page with one incident."""
    page = cast.a_page()
    cast.an_incident(page)
    file = own_directories / "record.zip"
    departing.export(file, progress=quiet)
    return file


def test_only_its_owner_may_read_the_file(record: Path) -> None:
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert [path.name for path in record.parent.glob(".*")] == []


def test_a_second_look_gives_the_same_bytes(record: Path) -> None:
    again = record.with_name("again.zip")

    departing.export(again, progress=quiet)

    assert again.read_bytes() == record.read_bytes()


def test_any_zip_reader_reads_it_line_by_line(record: Path) -> None:
    with zipfile.ZipFile(record) as parcel:
        assert parcel.testzip() is None
        assert {told.date_time for told in parcel.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        manifest = json.loads(parcel.read(MANIFEST))
        lines = parcel.read("statements/publication.jsonl").splitlines()

    assert manifest["format"] == "tocsin-export"
    assert manifest["files"]["statements/publication.jsonl"]["rows"] == len(lines) == 1
    said = json.loads(lines[0])
    assert said["published_at"] == "2026-11-23T12:00:00.000000Z"
    assert said["number"] == 1
    assert len(said["digest"]) == 64


def test_nothing_is_left_of_an_export_that_failed(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_told: Any, **_more: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(departing, "written", broken)

    with pytest.raises(OSError, match="No space"):
        departing.export(record.with_name("other.zip"), progress=quiet)

    assert sorted(path.name for path in record.parent.glob("*.zip*")) == ["record.zip"]
    assert [path.name for path in record.parent.glob(".*")] == []


def test_an_export_needs_a_folder(record: Path) -> None:
    for path in (record.parent / "nowhere" / "x.zip", record.parent):
        with pytest.raises(CannotLeave):
            departing.export(path, progress=quiet)


def test_a_record_comes_into_an_empty_installation_alone(record: Path) -> None:
    with pytest.raises(CannotReturn, match="holds something already"):
        returning.bring_back(record, progress=quiet)


Change = Callable[[dict[str, bytes]], None]


def changed(record: Path, change: Change) -> Path:
    """The file with other content, its manifest as it was."""
    with zipfile.ZipFile(record) as parcel:
        inside = {name: parcel.read(name) for name in parcel.namelist()}
    change(inside)
    other = record.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as parcel:
        for name, told in inside.items():
            parcel.writestr(name, told)
    return other


def _lose_a_table(inside: dict[str, bytes]) -> None:
    del inside["statements/publication.jsonl"]


def _reword(inside: dict[str, bytes]) -> None:
    name = "catalogue/page.jsonl"
    inside[name] = inside[name].replace(b"Linden", b"Alder!")


def _cut_a_line(inside: dict[str, bytes]) -> None:
    inside["catalogue/page.jsonl"] = inside["catalogue/page.jsonl"][:-9]


def _lose_the_manifest(inside: dict[str, bytes]) -> None:
    del inside[MANIFEST]


def _garble_the_manifest(inside: dict[str, bytes]) -> None:
    inside[MANIFEST] = b"[1]"


def _from_the_future(inside: dict[str, bytes]) -> None:
    inside[MANIFEST] = inside[MANIFEST].replace(b'"version": 1', b'"version": 2')


def _something_more(inside: dict[str, bytes]) -> None:
    inside["../../etc/cron"] = b"{}"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_lose_a_table, "other files than its manifest says"),
        (_reword, "is not what was packed"),
        (_cut_a_line, "has no end"),
        (_lose_the_manifest, "no readable manifest"),
        (_garble_the_manifest, "no readable manifest"),
        (_from_the_future, "version 2 of the format"),
        (_something_more, "other files than its manifest says"),
    ],
)
def test_what_was_changed_on_its_way_is_refused(record: Path, change: Change, why: str) -> None:
    other = changed(record, change)
    _wipe()

    with pytest.raises(CannotReturn, match=why):
        returning.bring_back(other, progress=quiet)

    assert not Page.objects.exists()


@pytest.mark.parametrize(
    "told",
    [b"", b"PK\x03\x04 nothing more", bytes(range(256)) * 4],
    ids=["nothing", "a beginning", "any bytes"],
)
def test_what_is_no_zip_is_refused(record: Path, told: bytes) -> None:
    other = record.with_name("other.zip")
    other.write_bytes(told)

    with pytest.raises(CannotReturn, match="is no zip"):
        returning.bring_back(other, progress=quiet)


def test_a_record_that_does_not_verify_comes_in_only_as_it_is(record: Path) -> None:
    """Somebody who packs it anew can change a word, but not so that it verifies."""
    other = record.with_name("other.zip")
    with zipfile.ZipFile(record) as parcel:
        inside = {n: parcel.read(n) for n in parcel.namelist() if n != MANIFEST}
    with Packing(other, Manifest(page="", has_secrets=False)) as packed:
        for name, told in inside.items():
            told = told.replace(b"identified", b"no concern")
            told = told.replace(b'"number":1', b'"number":2') if "publication" in name else told
            packed.add(name, told.splitlines(keepends=True))
    _wipe()

    with pytest.raises(CannotReturn, match="does not verify"):
        returning.bring_back(other, progress=quiet)
    assert not Page.objects.exists()
    returning.bring_back(other, progress=quiet, as_is=True)

    assert Page.objects.exists()


def test_a_dry_run_goes_all_the_way_and_leaves_nothing(record: Path) -> None:
    _wipe()
    seen: list[tuple[int, int]] = []

    told = returning.bring_back(
        record, progress=lambda what, done, of: seen.append((done, of)), is_dry=True
    )

    assert told.files["catalogue/page.jsonl"]["rows"] == 1
    assert seen[-1][0] == seen[-1][1] > 0
    assert not Page.objects.exists()


def _wipe() -> None:
    from django.db import connection

    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        kept = [name for name in tables if name != "django_content_type"]
        if connection.vendor == "postgresql":
            quoted = ", ".join(connection.ops.quote_name(name) for name in kept)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # none may wait past the rows
            cursor.execute(f"TRUNCATE {quoted}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return
        for name in kept:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def test_a_time_is_written_to_the_microsecond() -> None:
    told = written(
        Part(Page),
        _blank(Page) | {"created_at": NOON + timedelta(microseconds=1)},
        with_secrets=True,
    )

    assert json.loads(told)["created_at"] == "2026-11-23T12:00:00.000001Z"
    assert datetime(2026, 11, 23, 12, tzinfo=UTC) == NOON

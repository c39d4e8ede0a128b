"""`tocsin export`, `import tocsin` and `apply` are given what was damaged, or made to do harm."""

import json
import os
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cast import a_page, an_incident
from tests.hostile.ground import is_sentence, nothing_written
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Page
from tocsin.cli.main import main
from tocsin.moving.leaving import departing, returning
from tocsin.moving.leaving.parcel import MANIFEST, Manifest, NoParcel, Packing, Unpacking
from tocsin.moving.leaving.returning import CannotReturn

REFUSED, WRONG_USAGE = 1, 2
HOSTS = Path("/etc/hosts")
OURS = b'{"format": "tocsin-export", "version": 1, "page": null, "secrets": false, "files": '


def quiet(_what: str, _done: int, _of: int) -> None:
    pass


def tocsin(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, words, input=stdin)


def refused(result: Result, status: int = REFUSED) -> str:
    """The sentence of a refusal."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == status, result.output
    assert is_sentence(result.stderr), result.stderr
    return result.stderr


# Taking along


@pytest.mark.django_db
def test_an_export_replaces_files_alone(own_directories: Path) -> None:
    a_page()
    pipe, folder = own_directories / "pipe", own_directories / "folder"
    os.mkfifo(pipe)
    folder.mkdir()

    refused(tocsin("export", str(pipe)))
    refused(tocsin("export", str(folder)), WRONG_USAGE)
    refused(tocsin("export", "/dev/null"))
    refused(tocsin("export", str(own_directories / "nowhere" / "x.zip")))
    refused(tocsin("export", str(own_directories / ("x" * 300))))
    refused(tocsin("export", str(own_directories / "x.zip"), "--page", "nowhere"))

    assert pipe.is_fifo()
    assert Path("/dev/null").is_char_device()
    assert sorted(path.name for path in own_directories.iterdir() if "x" in path.name) == []


@pytest.mark.django_db
def test_an_export_writes_where_a_link_leads_and_keeps_the_link(own_directories: Path) -> None:
    a_page()
    link, there = own_directories / "newest.zip", own_directories / "kept" / "record.zip"
    there.parent.mkdir()
    link.symlink_to(there)

    assert tocsin("export", str(link)).exit_code == 0

    assert link.is_symlink()
    assert zipfile.is_zipfile(there)


# Coming back


@pytest.fixture
def record(db: None, own_directories: Path) -> Path:
    """An export of Linden's page, with a word of it; nothing is left but the file."""
    page = a_page()
    an_incident(page)
    file = own_directories / "record.zip"
    departing.export(file, progress=quiet)
    return file


def read_through(path: Path) -> int:
    """Every line of a file. Raises NoParcel."""
    with Unpacking(path) as parcel:
        return sum(1 for name in parcel.manifest.files for _ in parcel.lines(name))


def inside_of(record: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(record) as parcel:
        return {name: parcel.read(name) for name in parcel.namelist()}


def packed(record: Path, change: Callable[[dict[str, bytes]], None], **how: Any) -> Path:
    """The file packed by another hand, its manifest as that hand would have it."""
    inside = inside_of(record)
    change(inside)
    other = record.with_name("other.zip")
    with zipfile.ZipFile(other, "w", **how) as parcel:
        for name, told in inside.items():
            parcel.writestr(name, told)
    return other


def repacked(record: Path, name: str, lines: list[bytes]) -> Path:
    """The file with other rows in one table, its sums put right: so packed by ourselves."""
    inside = inside_of(record)
    other = record.with_name("other.zip")
    with Packing(other, Manifest(page="", has_secrets=False)) as parcel:
        for table in sorted(inside.keys() - {MANIFEST}):
            kept = inside[table].splitlines(keepends=True)
            parcel.add(table, lines if table == name else kept)
    return other


def test_a_file_that_lost_its_end_is_refused_wherever_it_was_cut(record: Path) -> None:
    whole, other = record.read_bytes(), record.with_name("other.zip")
    for place in range(0, len(whole), max(1, len(whole) // 400)):
        other.write_bytes(whole[:place])
        with pytest.raises(NoParcel):
            read_through(other)


def test_a_file_with_a_wrong_byte_anywhere_is_refused_or_the_very_same(record: Path) -> None:
    whole, other, chance = record.read_bytes(), record.with_name("other.zip"), random.Random(7)
    lines, came = read_through(record), 0
    for _turn in range(600):
        place = chance.randrange(len(whole))
        other.write_bytes(
            whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]
        )
        try:
            assert read_through(other) == lines
            came += 1
        except NoParcel:
            pass

    assert came < 300, "what tells nothing is a small part of it"


def test_a_file_whose_tail_was_garbled_is_refused(record: Path) -> None:
    """The list of what is inside stands last; places and lengths in it may be anything."""
    whole, other, chance = record.read_bytes(), record.with_name("other.zip"), random.Random(9)
    start = whole.rindex(b"PK\x01\x02")
    for _turn in range(300):
        told = bytearray(whole)
        for _byte in range(6):
            told[chance.randrange(start, len(whole))] = chance.randrange(256)
        other.write_bytes(told)
        with suppress(NoParcel):
            read_through(other)


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_file_that_was_packed_otherwise_is_read_or_refused(record: Path, how: int) -> None:
    other = packed(record, lambda inside: None, compression=how)
    whole = other.read_bytes()

    assert read_through(other) == read_through(record)
    for place in range(60, len(whole) // 2, max(1, len(whole) // 200)):
        other.write_bytes(whole[:place] + b"\xff\x00\xfe" + whole[place + 3 :])
        with suppress(NoParcel):
            read_through(other)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"null",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"format": "tocsin-export"}',
        b'{"format": "other", "version": 1, "files": {}, "page": null, "secrets": false}',
        b'{"format": "tocsin-export", "version": "1", "files": {}, "page": null, "secrets": 0}',
        b'{"format": "tocsin-export", "version": 0, "files": {}, "page": null, "secrets": false}',
        b'{"format": "tocsin-export", "version": -4, "files": {}, "page": null, "secrets": false}',
        b'{"format": "tocsin-export", "version": 2, "files": {}, "page": null, "secrets": false}',
        b'{"format": "tocsin-export", "version": 1e9, "files": {}, "page": null, "secrets": 0}',
        b'{"format": "tocsin-export", "version": 1, "files": [], "page": null, "secrets": false}',
        b'{"format": "tocsin-export", "version": 1, "files": {"x": 7}, "page": 0, "secrets": 0}',
        OURS + b'{"catalogue/page.jsonl": {"rows": Infinity, "sha256": "x"}}}',
        OURS + b'{"catalogue/page.jsonl": {"rows": 1' + b"0" * 9000 + b', "sha256": "x"}}}',
        OURS + b'{"../../../etc/cron.d/tocsin": {"rows": 1, "sha256": "x"}}}',
    ],
)
def test_a_manifest_that_is_none_is_refused(record: Path, told: bytes) -> None:
    other = packed(record, lambda inside: inside.update({MANIFEST: told}))

    with pytest.raises(NoParcel):
        read_through(other)
    sentence = refused(tocsin("import", "tocsin", str(other)))
    assert "Nothing was taken in" in sentence


def test_a_name_that_leads_elsewhere_writes_nothing(record: Path) -> None:
    """Nothing is written under a name that stands in an archive, whatever its manifest says."""
    name = "../../../tmp/tocsin-was-here"
    other = record.with_name("other.zip")
    with Packing(other, Manifest(page="", has_secrets=False)) as parcel:
        parcel.add(name, [b"{}\n"])

    with nothing_written():
        sentence = refused(tocsin("import", "tocsin", str(other)))

    assert "does not know" in sentence
    assert not Path("/tmp/tocsin-was-here").exists()
    assert not (other.parent / name).exists()


def test_a_line_without_end_is_not_read_for_ever(record: Path) -> None:
    """A few kilobytes of a zip may hold a line of gigabytes."""
    longest = 40 * 1024 * 1024
    other = packed(
        record,
        lambda inside: inside.update({"catalogue/page.jsonl": b"[" * longest}),
        compression=zipfile.ZIP_DEFLATED,
    )
    assert other.stat().st_size < longest // 100

    with pytest.raises(NoParcel, match="has no end"):
        read_through(other)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "a\x00b"),
        ("name", "x" * 500_000),
        ("name", "a\ud800"),
        ("name", ["Linden"]),
        ("created_at", "0000-00-00T00:00:00Z"),
        ("created_at", 10**40),
        ("is_default", 10**40),
        ("words", "no object"),
        ("languages", {"a": ["b"] * 1000}),
        ("slug", "../../etc"),
        ("id", ""),
        ("id", None),
        ("id", "x" * 200),
    ],
)
def test_a_row_that_was_written_to_do_harm_is_refused_whole(
    record: Path, column: str, value: Any
) -> None:
    name = "catalogue/page.jsonl"
    row = json.loads(inside_of(record)[name])
    other = repacked(record, name, [json.dumps(row | {column: value}).encode() + b"\n"])
    everything_gone()

    with nothing_written(), pytest.raises(CannotReturn) as refusal:
        returning.bring_back(other, progress=quiet, is_dry=True)

    assert is_sentence(str(refusal.value))


def test_a_number_that_is_none_is_refused(record: Path) -> None:
    name = "catalogue/page.jsonl"
    told = inside_of(record)[name].replace(b'"is_default":', b'"look":{"a":1e999},"is_default":')
    other = repacked(record, name, [told])
    everything_gone()

    with pytest.raises(CannotReturn, match="line 1 is not JSON"):
        returning.bring_back(other, progress=quiet)


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["/nowhere.zip", "/dev/null", "/dev/zero", ".", "", "a\udcff"])
def test_what_is_no_file_does_not_come_back(own_directories: Path, source: str) -> None:
    refused(tocsin("import", "tocsin", source))


@pytest.mark.django_db
def test_a_pipe_keeps_nobody_waiting(own_directories: Path) -> None:
    pipe = own_directories / "pipe"
    os.mkfifo(pipe)

    assert "no file" in refused(tocsin("import", "tocsin", str(pipe)))


def everything_gone() -> None:
    from tocsin.moving.tests.test_leaving import _wipe

    _wipe()
    assert not Page.objects.exists()


# Pages as code


LINDEN = """\
pages:
  - slug: linden
    look:
      {part}: {name}
"""


@pytest.fixture
def folder(db: None, own_directories: Path) -> Path:
    a_page()
    made = own_directories / "pages"
    made.mkdir()
    return made


def applied(folder: Path, text: str | bytes) -> Result:
    file = folder / "pages.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tocsin("apply", str(file))


@pytest.mark.parametrize("part", ["logo", "dark_logo", "css_file"])
@pytest.mark.parametrize(
    "name",
    [
        "/etc/hosts",
        "../secret.css",
        "../../../../../../../../etc/hosts",
        "link.css",
        "there/../../secret.css",
        "around.css",
        "pipe.css",
        "/dev/zero",
        "/proc/self/environ",
        ".",
        "nowhere.css",
    ],
)
def test_a_path_that_escapes_is_read_by_nobody(folder: Path, part: str, name: str) -> None:
    (folder.parent / "secret.css").write_text(".secret { color: red }")
    (folder / "link.css").symlink_to(folder.parent / "secret.css")
    (folder / "around.css").symlink_to(folder / "around.css")
    (folder / "there").mkdir()
    os.mkfifo(folder / "pipe.css")

    with nothing_written():
        sentence = refused(applied(folder, LINDEN.format(part=part, name=name)))

    assert sentence.startswith("Line 4: ")
    assert "secret {" not in sentence
    assert shelf.brand("linden").look.css == ""


def test_a_policy_that_lies_elsewhere_is_shown_to_nobody(folder: Path) -> None:
    (folder.parent / "passwords").write_text("root: hunter2\n")
    text = "pages:\n  - slug: linden\n    policy_file: ../passwords\n"

    with nothing_written():
        sentence = refused(applied(folder, text))

    assert "hunter2" not in sentence
    assert "root" not in sentence


def test_a_file_in_a_folder_beside_it_is_read(folder: Path) -> None:
    (folder / "look").mkdir()
    (folder / "look" / "linden.css").write_text(".brand { color: red }")
    (folder / "linden.css").symlink_to(folder / "look" / "linden.css")

    for name in ("look/linden.css", "linden.css", "./look/../linden.css"):
        result = applied(folder, LINDEN.format(part="css_file", name=name))
        assert result.exit_code == 0, result.output
    assert "color:red" in shelf.brand("linden").look.css.replace(" ", "")


def bomb(levels: int = 30) -> str:
    """A few lines that would be billions of values."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, levels)]
    return "\n".join([*lines, f"pages: [*a{levels - 1}]"])


def tree_bomb(levels: int = 25) -> str:
    """The same, in the shape that is asked for."""
    lines = ["pages:", "  - slug: linden", "    components:"]
    lines += ["      - &c0 {slug: c0}"]
    for n in range(1, levels):
        above = f"*c{n - 1}"
        lines += [f"      - &c{n} {{slug: c{n}, components: [{above}, {above}]}}"]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb(),
        tree_bomb(),
        "pages: &p [*p]",
        "pages:\n  - &p {slug: linden, components: [*p]}",
        "pages:\n  - &c {slug: a, components: [&d {slug: b, components: [*c]}]}",
        "pages: [{slug: linden, <<: *nobody}]",
        "pages: [{slug: linden, <<: {name: Other}}]",
        "pages: !!python/object/apply:os.system ['touch /tmp/tocsin-was-here']",
        "pages: [!!python/name:os.system {slug: linden}]",
        "!!python/object/new:type {}",
        "pages: [{slug: !!binary aGVsbG8=, name: x}, {slug: linden, name: !!int '7'}]",
        "--- {pages: []}\n--- {pages: []}",
        "%YAML 9.9\n---\npages: []",
        "? [a, b]\n: c\npages: []",
        "[" * 200_000,
        "{" * 200_000,
        "- " * 200_000,
        "pages: [" + "x," * 300_000 + "]",
        "pages:\n" + "- x\n" * 200_000,
        "pages: '" + "x" * 900_000 + "'",
        "x" * 900_000 + ": 1",
        "pages: [{slug: '" + "a" * 900_000 + "'}]",
        'pages: [{slug: "linden\\n"}]',
        'pages: [{slug: linden, name: "a\\0b"}]',
        'pages: [{slug: linden, name: "a\\ud800b"}]',
        'pages: [{slug: linden, "\\ud800": x}]',
        'pages: [{slug: linden, look: {css_file: "a\\0b.css"}}]',
        "pages: [{slug: linden, name: 'a\x07b'}]",
        "pages: [{slug: linden, time_zone: ../../etc/passwd}]",
        "pages: [{slug: linden, time_zone: /etc/hosts}]",
        "pages: [{slug: linden, domain: 'status.example/../x'}]",
        "pages: [{slug: linden, look: {css: '@import url(https://x.example/y.css);'}}]",
        "pages: [{slug: linden, hooks: [{source: generic, name: x, rules: ['(' ]}]}]",
        'pages: [{slug: linden, components: [{slug: a, start_date: "2026-01-01\\n"}]}]',
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
def test_a_file_that_was_written_to_do_harm_is_refused(folder: Path, text: str) -> None:
    with nothing_written():
        sentence = refused(applied(folder, text))

    assert sentence.startswith("Line "), sentence[:200]
    assert len(sentence) < 20_000
    assert not Path("/tmp/tocsin-was-here").exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe" + "pages: []".encode("utf-16-le"),
        b"pages: \xff",
        b"x" * (1024 * 1024 + 1),
        "é".encode() * 600_000,
        b"\x00" * 2_000_000,
    ],
    ids=["another code", "no text", "too long", "too long, cut within", "nothing, at length"],
)
def test_what_is_no_text_is_wrong_usage(folder: Path, raw: bytes) -> None:
    with nothing_written():
        refused(applied(folder, raw), WRONG_USAGE)


def test_what_comes_by_a_pipe_is_held_to_the_same(folder: Path) -> None:
    with nothing_written():
        for text in (bomb(), "pages: &p [*p]", LINDEN.format(part="css_file", name=str(HOSTS))):
            assert refused(tocsin("apply", "-", stdin=text)).startswith("Line ")

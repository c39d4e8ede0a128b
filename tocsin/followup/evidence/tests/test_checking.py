"""Whatever was changed in a bundle is found, by a sentence that says where."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.followup.evidence import agreeing, checking
from tocsin.followup.evidence.agreeing import JOURNAL, PUBLICATIONS
from tocsin.followup.evidence.box import NoBundle, Writing
from tocsin.followup.evidence.checking import check
from tocsin.followup.evidence.tests.bundles import (
    Row,
    bundled,
    names_of,
    respun,
    rows_of,
    the_parts,
)
from tocsin.journal.linking import LINKED, link

SAME_FOLDER = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bundle as it was sealed."""
    return bundled(tmp_path_factory.mktemp("bundle") / "b.zip", the_parts()).read_bytes()


def faults_of(path: Path) -> list[str]:
    """What is wrong with a file, be it no bundle at all."""
    try:
        return check(path).faults
    except NoBundle as fault:
        return [str(fault)]


def test_what_was_sealed_is_whole(tmp_path: Path) -> None:
    verdict = check(bundled(tmp_path / "b.zip", the_parts()))

    assert verdict.faults == []
    assert verdict.facts["journal"]["first"] == 7
    assert verdict.facts["journal"]["last"] == 13


def test_any_zip_program_opens_it(tmp_path: Path) -> None:
    path = bundled(tmp_path / "b.zip", the_parts())

    with zipfile.ZipFile(path) as parts:
        assert parts.testzip() is None
        assert parts.namelist() == names_of(path)
        assert parts.read(PUBLICATIONS) == the_parts()[PUBLICATIONS]


@SAME_FOLDER
@given(data=st.data())
def test_any_changed_byte_is_found(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    path, content = tmp_path / "b.zip", bytearray(whole)
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    assert faults_of(path)


@SAME_FOLDER
@given(start=st.integers(0, 5000), length=st.integers(1, 200), again=st.booleans())
def test_any_gap_and_any_repeat_is_found(
    tmp_path: Path, whole: bytes, start: int, length: int, again: bool
) -> None:
    path, content = tmp_path / "b.zip", whole
    start %= len(content)
    piece = content[start : start + length]
    middle = piece * 2 if again else b""
    path.write_bytes(content[:start] + middle + content[start + length :])

    assert faults_of(path)


def test_parts_in_another_order_are_found(tmp_path: Path) -> None:
    names = [name for name in the_parts() if name != "ends"]
    sealed = bundled(tmp_path / "b.zip", the_parts())
    content = dict(zip(names_of(sealed), _contents(sealed), strict=True))
    rest = [name for name in content if name not in names]
    order = [names[1], names[0], *names[2:]]

    moved = tmp_path / "moved.zip"
    with Writing(moved) as writing:
        for name in (*order, *rest):
            writing.add(name, [content[name]])
        writing.placed()

    assert "The parts stand in another order than they were sealed in." in faults_of(moved)


def _contents(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as parts:
        return [parts.read(name) for name in parts.namelist()]


@SAME_FOLDER
@given(data=st.data())
def test_a_line_that_is_changed_moved_or_gone_is_found_though_sealed_anew(
    tmp_path: Path, data: st.DataObject
) -> None:
    """Whoever seals a bundle anew has still to make its journal fit, link by link."""
    rows = rows_of(the_parts()[JOURNAL])
    places = range(len(rows))
    how = data.draw(st.sampled_from(["gone", "moved", "changed"]))
    place = data.draw(st.sampled_from(places))
    if how == "gone":
        changed = [*rows[:place], *rows[place + 1 :]]
    elif how == "moved":
        changed = data.draw(st.permutations(rows).filter(lambda order: order != rows))
    else:
        changed = [dict(row) for row in rows]
        changed[place] = _changed(changed[place], data)

    assert faults_of(respun(tmp_path / "b.zip", JOURNAL, lambda _rows: changed))


def _changed(row: Row, data: st.DataObject) -> Row:
    if "note" not in row:
        return row | {"to": row["to"] + data.draw(st.integers(1, 5))}
    name = data.draw(st.sampled_from(LINKED))
    return row | {"note": row["note"] | {name: {"other": 1}}}


def _said(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"content": {"words": "Nothing happened."}}, *rows[1:]]


def _unsaid(rows: list[Row]) -> list[Row]:
    return rows[1:]


def _unredacted(rows: list[Row]) -> list[Row]:
    return [rows[0], rows[1] | {"redactions": [], "content": {"words": "We know why."}}]


def _more(rows: list[Row]) -> list[Row]:
    return [*rows, rows[-1]]


def _total(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"total": 3}, *rows[1:]]


def _other_words(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"words": {"headline": "y"}}, *rows[1:]]


def _other_leave(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"id": "c2"}]


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        (PUBLICATIONS, _said, "no. 1 is not what was published"),
        (PUBLICATIONS, _unsaid, "which the bundle does not hold"),
        (PUBLICATIONS, _unredacted, "the journal knows the redaction of no. 2 otherwise"),
        (agreeing.DELIVERIES, _more, "was for 1 readers; there are 2 receipts"),
        (agreeing.DELIVERIES, _unsaid, "was for 2 readers; there are 1 receipts"),
        (agreeing.ANNOUNCEMENTS, _total, "was for 3 readers; there are 2 receipts"),
        (agreeing.VERSIONS, _other_words, "version 1 of draft d is not what was written"),
        (agreeing.CLEARANCES, _other_leave, "the journal knows no leave c2"),
    ],
)
def test_what_does_not_agree_is_said_though_it_was_sealed_anew(
    tmp_path: Path, part: str, change: Callable[[list[Row]], list[Row]], said: str
) -> None:
    told = faults_of(respun(tmp_path / "b.zip", part, change))

    assert any(said in fault for fault in told), told


def test_a_seal_that_was_told_on_another_way_is_compared(tmp_path: Path) -> None:
    path = bundled(tmp_path / "b.zip", the_parts())
    seal = check(path).seal

    assert check(path, seal=f" {seal.upper()}\n").faults == []
    assert "The seal is not the one you were given" in check(path, seal="0" * 64).faults[0]


# Made to do harm


def _zipped(name: str, content: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        file.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\xff" * 26,
        _zipped("manifest.json", b"{}"),
        _zipped("manifest.json", b"0" * 10_000_000, zipfile.ZIP_DEFLATED),
        _zipped("../../etc/passwd", b"root"),
        _zipped("/etc/passwd", b"root"),
        _zipped("a\\b", b"x"),
    ],
    ids=["empty", "text", "cut", "huge sizes", "packed anew", "a bomb", "up", "root", "backslash"],
)
def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)

    with pytest.raises(NoBundle, match=r"^x\.zip .*\.$"):
        check(path)


@pytest.mark.parametrize(
    "row",
    [
        b"[" * 100_000,
        b"null",
        b"[]",
        b'{"position": null}',
        b'{"position": 1e999, "previous": 1, "digest": []}',
        b'{"position": ' + b"9" * 5000 + b"}",
        b'{"position": 7, "previous": "", "digest": "", "note": {}}',
        b'{"from": "a", "to": []}',
        b"\xff\xfe",
    ],
    ids=["deep", "null", "list", "no place", "endless", "long", "empty note", "letters", "no text"],
)
@pytest.mark.parametrize("part", [JOURNAL, PUBLICATIONS, agreeing.DELIVERIES])
def test_a_line_made_to_do_harm_is_a_fault_in_a_sentence(
    tmp_path: Path, row: bytes, part: str
) -> None:
    parts = the_parts()
    parts[part] = row + b"\n" + parts[part]

    told = faults_of(bundled(tmp_path / "b.zip", parts))

    assert any(f"{part}, line 1" in fault for fault in told), told


@pytest.mark.parametrize(
    "told",
    [
        b"null",
        b"[]",
        b'{"format": "tocsin-evidence"}',
        b'{"format": "tocsin-evidence", "version": 1, "parts": [1]}',
        b'{"format": "tocsin-evidence", "version": 1, "incident": 1, "parts": 5}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_manifest_made_to_do_harm_is_refused_in_a_sentence(tmp_path: Path, told: bytes) -> None:
    with Writing(tmp_path / "m.zip") as writing:
        writing.add("manifest.json", [told])
        writing.placed()

    with pytest.raises(NoBundle, match="its manifest cannot be read"):
        check(tmp_path / "m.zip")


def test_faults_without_end_are_told_up_to_a_number(tmp_path: Path) -> None:
    told = faults_of(respun(tmp_path / "b.zip", agreeing.DELIVERIES, lambda rows: [{}] * 5000))

    assert len(told) == checking.MOST_FAULTS


def test_a_later_format_says_so(tmp_path: Path) -> None:
    about: dict[str, Any] = {"format": "tocsin-evidence", "version": 2, "parts": []}
    about |= {"incident": "i1", "internal": False, "page": {"name": "Linden"}}
    with Writing(tmp_path / "m.zip") as writing:
        writing.add("manifest.json", [json.dumps(about).encode()])
        writing.placed()

    with pytest.raises(NoBundle, match="version 2 of the format"):
        check(tmp_path / "m.zip")


def test_a_withheld_note_keeps_its_link(tmp_path: Path) -> None:
    """What stands in its place is the link of what was noted, and the next one follows it."""
    parts = the_parts()
    rows = rows_of(parts[JOURNAL])
    hidden = {key: value for key, value in rows[0].items() if key != "note"}
    assert link(rows[0]["previous"], list(rows[0]["note"].values())) == hidden["digest"]

    def withheld(_rows: list[Row]) -> list[Row]:
        return [hidden | {"withheld": "internal"}, *rows[1:]]

    told = faults_of(respun(tmp_path / "b.zip", JOURNAL, withheld))

    assert told == ["clearances.jsonl, line 1: the journal knows no leave c1."]

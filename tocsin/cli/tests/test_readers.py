from pathlib import Path

import pytest

from tests.cast import a_page
from tocsin.announcements import readers
from tocsin.announcements.readers import Standing
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin

pytestmark = pytest.mark.django_db

CONSENTED = "2026-11-01"


@pytest.fixture
def page() -> Brand:
    return a_page()


def a_file(tmp_path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> str:
    path = tmp_path / "readers.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return str(path)


def active(page: Brand) -> set[str]:
    found = readers.subscribers(page.id, standing=Standing.ACTIVE, limit=1000)
    return {reader.address for reader in found}


def test_a_reader_who_agreed_already_is_told_from_now_on(page: Brand) -> None:
    told = facts("subscribe", "--email", "sam@reader.example", "--confirmed", "--component", "cart")

    assert told["standing"] == "active"
    (reader,) = readers.subscribers(page.id)
    assert len(reader.components) == 1


def test_any_other_reader_is_asked_first(page: Brand) -> None:
    result = tocsin("subscribe", "--email", "sam@reader.example")

    assert "is asked by mail" in result.stdout
    assert active(page) == set()


def test_a_language_that_the_page_does_not_speak_is_refused(page: Brand) -> None:
    result = tocsin("subscribe", "--email", "sam@reader.example", "--language", "de")

    assert result.exit_code == 1
    assert "it speaks en, fr" in result.stderr


def test_readers_with_a_consent_date_are_confirmed_and_others_asked(
    page: Brand, tmp_path: Path
) -> None:
    path = a_file(
        tmp_path,
        "email,consented_at,language,components,source",
        f"sam@reader.example,{CONSENTED},en,checkout;cart,shop",
        f"bao@reader.example,{CONSENTED},fr,,",
        "ana@reader.example,,,,",
    )

    told = facts("subscribers", "import", path, "--page", "linden")

    assert (told["confirmed"], told["asked"], told["broken"]) == (2, 1, 0)
    assert active(page) == {"sam@reader.example", "bao@reader.example"}


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("utf-8", ";", "\r"),
    ],
)
def test_any_spreadsheet_s_file_is_read(
    page: Brand, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    rows = (
        ("E-mail", "Email", "Consented_at", "Source"),
        ("é", "sam@reader.example", CONSENTED, "Été"),
    )
    lines = [delimiter.join(row) for row in rows]

    result = tocsin("subscribers", "import", a_file(tmp_path, *lines, encoding=encoding, end=end))

    assert result.exit_code == 0, result.stderr
    assert "Columns that are not used: e-mail." in result.stderr
    (reader,) = readers.subscribers(page.id)
    assert reader.source == "Été"


def test_every_broken_row_is_named_by_its_line_and_nothing_is_written(
    page: Brand, tmp_path: Path
) -> None:
    path = a_file(
        tmp_path,
        "email,consented_at,components",
        f"sam@reader.example,{CONSENTED},",
        "",
        f"no address,{CONSENTED},",
        f'bao@reader.example,{CONSENTED},"check',
        'out"',
        "ana@reader.example,yesterday,",
        "one,two",
    )

    result = tocsin("subscribers", "import", path)

    assert result.exit_code == 1
    assert [line for line in (4, 5, 7, 8) if f"  line {line}: " in result.stderr] == [4, 5, 7, 8]
    assert "line 2:" not in result.stderr
    assert readers.count(page.id) == 0


def test_the_good_rows_are_kept_when_told_so(page: Brand, tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        "email,consented_at,phone",
        f"sam@reader.example,{CONSENTED},",
        f"nobody,{CONSENTED},",
        f",{CONSENTED},+33123456789",
        f"bao@reader.example,{CONSENTED},",
    )

    result = tocsin("subscribers", "import", path, "--keep-good")

    assert result.exit_code == 0
    assert "  line 3: " in result.stderr
    assert "  line 4: nobody is told by phone so far" in result.stderr
    assert active(page) == {"sam@reader.example", "bao@reader.example"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "name the columns"),
        (b"name,town\nSam,Paris\n", "name the columns"),
        (b"email,email\na@b.example,a@b.example\n", "names email twice"),
        (b"email\n\x00\x00\n", "NUL"),
        (b'email\n"unclosed\n', "no CSV"),
        (b"\xff\xfee\x00m", "no text that we know"),
    ],
)
def test_what_is_no_list_of_readers_is_wrong_usage(
    page: Brand, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "readers.csv"
    path.write_bytes(content)

    result = tocsin("subscribers", "import", str(path))

    assert result.exit_code == 2
    assert said in result.stderr
    assert readers.count(page.id) == 0


def test_a_reader_is_forgotten_by_their_address(page: Brand) -> None:
    facts("subscribe", "--email", "sam@reader.example", "--confirmed")

    unknown = tocsin("subscribers", "forget", "am@reader.example")
    done = tocsin("subscribers", "forget", "Sam@Reader.example")

    assert (unknown.exit_code, done.exit_code) == (1, 0)
    assert "Nobody at" in unknown.output
    assert "reader.example" not in tocsin("subscribers", "list", "--json").output


def test_readers_are_listed_newest_first_and_bounded(page: Brand) -> None:
    for name in ("sam", "bao", "ana"):
        facts("subscribe", "--email", f"{name}@reader.example", "--confirmed")

    result = tocsin("subscribers", "list", "--limit", "2")

    assert result.stdout.splitlines()[1].startswith("ana@reader.example")
    assert "… and 1 more" in result.stdout

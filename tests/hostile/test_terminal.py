from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cast import a_page, an_incident
from tests.hostile.ground import LONE_SURROGATE, NUL, is_sentence, nothing_written
from tocsin.catalogue.shelf import Brand
from tocsin.cli.main import main

pytestmark = pytest.mark.django_db

DOWN = ("--component", "checkout=major_outage")
REFUSED, WRONG_USAGE = 1, 2


@pytest.fixture
def page() -> Brand:
    return a_page()


def tocsin(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, words, input=stdin)


def assert_refused(result: Result, status: int) -> None:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == status, result.output
    assert is_sentence(result.stderr), result.stderr
    assert not result.stdout.strip()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("Down", "--page", "nowhere", *DOWN), REFUSED),
        (("Down", "--component", "nothing=major_outage"), REFUSED),
        (("Down", "--component", "checkout=on_fire"), WRONG_USAGE),
        (("Down", "--component", "checkout"), WRONG_USAGE),
        (("Down", "--component", "=major_outage"), WRONG_USAGE),
        (("Down", "--component", "checkout=operational", "--severity", "sev1"), REFUSED),
        (("Down",), WRONG_USAGE),
        (("", *DOWN), REFUSED),
        (("   ", *DOWN), REFUSED),
        (("x" * 256, *DOWN), REFUSED),
        ((NUL, *DOWN), REFUSED),
        ((LONE_SURROGATE, *DOWN), REFUSED),
        (("Down", *DOWN, "--severity", "sev9"), WRONG_USAGE),
        (("Down", *DOWN, "--posture", "nobody"), WRONG_USAGE),
        (("Down", *DOWN, "--since", "2026-11-23T09:12"), WRONG_USAGE),
        (("Down", *DOWN, "--since", "yesterday"), WRONG_USAGE),
        (("Down", *DOWN, "--since", "2999-01-01T00:00Z"), REFUSED),
        (("Down", *DOWN, "--since", "0001-01-01T00:00+14:00"), WRONG_USAGE),
        (("Down", *DOWN, "--next-update", "soon"), WRONG_USAGE),
        (("Down", *DOWN, "--next-update", "2026-11-23T09:12"), WRONG_USAGE),
        (("Down", *DOWN, "--next-update", "2020-01-01T00:00Z"), REFUSED),
        (("Down", *DOWN, "--next-update", "999d"), REFUSED),
        (("Down", *DOWN, "--next-update", "-30m"), WRONG_USAGE),
        (("Down", *DOWN, "--say", "x" * 25_001), REFUSED),
        (("Down", *DOWN, "--say", NUL), REFUSED),
        (("Down", *DOWN, "--say", LONE_SURROGATE), REFUSED),
        (("Down", *DOWN, "--say", "Ja.", "--lang", "de"), REFUSED),
        (("Down", *DOWN, "--say-in", "de", "Ja."), REFUSED),
        (("Down", *DOWN, "--say", "Down.", "--headline", "x" * 91), REFUSED),
        (("Down", *DOWN, "--say", "Down.", "--headline", "a\nb"), REFUSED),
        (("Down", *DOWN, "--headline", "A headline alone"), WRONG_USAGE),
        (("Down", *DOWN, "--details", "/no/such/file"), WRONG_USAGE),
        (("Down", *DOWN, "--no-such-option"), WRONG_USAGE),
    ],
)
def test_a_wrong_declaration_opens_nothing(
    page: Brand, words: tuple[str, ...], status: int
) -> None:
    with nothing_written():
        result = tocsin("declare", *words)

    assert_refused(result, status)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--say", "More."), REFUSED),
        (("--say", ""), WRONG_USAGE),
        ((), WRONG_USAGE),
        (("--say", "More.", "--phase", "cooking"), WRONG_USAGE),
    ],
)
@pytest.mark.parametrize(
    "incident", ["zzzzzzzzzzzz", "../../etc/passwd", "' OR 1=1 --", NUL, "x" * 5000]
)
def test_a_word_on_an_unknown_incident_is_not_said(
    page: Brand, incident: str, words: tuple[str, ...], status: int
) -> None:
    with nothing_written():
        result = tocsin("update", incident, *words)

    assert result.exit_code in {status, REFUSED}
    assert_refused(result, result.exit_code)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--say", "x" * 25_001), REFUSED),
        (("--say", "More.", "--phase", "holding"), WRONG_USAGE),
        (("--say", "More.", "--component", "nothing=major_outage"), REFUSED),
        (("--say", "More.", "--component", "checkout=operational"), REFUSED),
        (("--say", "More.", "--next-update", "2020-01-01T00:00Z"), REFUSED),
        (("--say", "More.", "--certainty", "maybe"), WRONG_USAGE),
        (("--say", "More.", "--until", "09:12"), WRONG_USAGE),
        (("--say", "More.", "--because", NUL), REFUSED),
    ],
)
def test_a_wrong_word_changes_nothing(page: Brand, words: tuple[str, ...], status: int) -> None:
    incident = an_incident(page).incident_id

    with nothing_written():
        result = tocsin("update", incident, *words)

    assert_refused(result, status)


def test_a_resolved_incident_is_not_resolved_again(page: Brand) -> None:
    incident = an_incident(page).incident_id
    assert tocsin("resolve", incident, "--say", "It works again.").exit_code == 0

    with nothing_written():
        result = tocsin("resolve", incident, "--say", "It works again.")

    assert_refused(result, REFUSED)


@pytest.mark.parametrize("given", [b"\xff\xfe not utf-8", b"x" * (1024 * 1024 + 1)])
def test_details_that_cannot_be_read_say_nothing(page: Brand, tmp_path: Path, given: bytes) -> None:
    file = tmp_path / "details.md"
    file.write_bytes(given)

    with nothing_written():
        by_file = tocsin("declare", "Down", *DOWN, "--say", "Down.", "--details", str(file))
        by_pipe = tocsin("declare", "Down", *DOWN, "--say", "-", stdin=given)

    assert_refused(by_file, WRONG_USAGE)
    assert_refused(by_pipe, WRONG_USAGE)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("page", "add", ""), REFUSED),
        (("page", "add", "Elm", "--zone", "Mars/Olympus"), REFUSED),
        (("page", "add", "Elm", "--language", "xx"), REFUSED),
        (("page", "add", "Linden"), REFUSED),
        (("page", "add", LONE_SURROGATE), REFUSED),
        (("page", "add", "Elm", "--slug", "../etc"), REFUSED),
        (("page", "add", "Elm", "--slug", "x" * 300), REFUSED),
        (("page", "add", "x" * 300), REFUSED),
        (("page", "add", "Elm", "--domain", "no domain/at all"), REFUSED),
        (("page", "words", "nowhere"), REFUSED),
        (("page", "words", "linden", "--lang", "de", "--function", "x"), REFUSED),
        (("component", "add", ""), REFUSED),
        (("component", "add", "Checkout"), REFUSED),
        (("component", "add", "Pay", "--under", "nothing"), REFUSED),
        (("component", "add", "x" * 300), REFUSED),
        (("component", "add", "Pay", "--slug", "a/b"), REFUSED),
        (("component", "retire", "nothing"), REFUSED),
        (("component", "retire", "shop"), REFUSED),
        (("component", "state", "checkout=on_fire"), WRONG_USAGE),
        (("component", "state", "nothing=operational"), REFUSED),
        (("component", "state"), WRONG_USAGE),
        (("invite", "nobody"), REFUSED),
        (("invite", "ada@linden.example", "--role", "king"), WRONG_USAGE),
        (("invite", "a" * 300 + "@linden.example"), REFUSED),
        (("shout",), REFUSED),
        (("no-such-command",), WRONG_USAGE),
    ],
)
def test_a_wrong_order_to_the_house_changes_nothing(
    page: Brand, words: tuple[str, ...], status: int
) -> None:
    with nothing_written():
        result = tocsin(*words)

    assert_refused(result, status)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--email", "no address"), REFUSED),
        (("--email", ""), REFUSED),
        (("--email", "sam@reader.example\nBcc: eve@reader.example"), REFUSED),
        (("--email", NUL + "@reader.example"), REFUSED),
        (("--email", "s" * 400 + "@reader.example"), REFUSED),
        (("--email", "sam@reader.example", "--component", "nothing"), REFUSED),
        (("--email", "sam@reader.example", "--language", "de"), REFUSED),
        (("--email", "sam@reader.example", "--severity", "sev9"), WRONG_USAGE),
        (("--email", "sam@reader.example", "--page", "nowhere"), REFUSED),
        ((), WRONG_USAGE),
    ],
)
def test_a_reader_who_cannot_be_told_is_not_taken_in(
    page: Brand, words: tuple[str, ...], status: int
) -> None:
    with nothing_written():
        result = tocsin("subscribe", *words)

    assert_refused(result, status)


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"\n\n\n",
        b"\x00\x01\x02",
        b"\xff\xfe\xfa",
        b"name,consented_at\nSam,2026-01-05T09:00:00Z\n",
        b"email,email\na@reader.example,b@reader.example\n",
        b"email\n" + b"x" * 200_000 + b"@reader.example\n",
        b'email\n"sam@reader.example\n',
        b"email,consented_at\nsam@reader.example,2026-01-05T09:00:00Z\nnobody,2026-01-05T09:00:00Z\n",
        b"email,consented_at\nsam@reader.example,2026-01-05T09:00:00\n",
        b"email,consented_at\nsam@reader.example,soon\n",
        b"email,consented_at\nsam@reader.example,2999-01-05T09:00:00Z\n",
        b"email,language\nsam@reader.example,de\n",
        b"email,components\nsam@reader.example,checkout;nothing\n",
        b"email,consented_at\nsam@reader.example,2026-01-05T09:00:00Z,one,too,many\n",
        b"email\nsam\x00@reader.example\n",
        b'email\n"sam@reader.example\r\nBcc: eve@reader.example"\n',
    ],
    ids=lambda sheet: ascii(sheet[-32:]),
)
def test_a_sheet_with_a_broken_row_brings_nobody_in(
    page: Brand, tmp_path: Path, sheet: bytes
) -> None:
    file = tmp_path / "readers.csv"
    file.write_bytes(sheet)

    with nothing_written():
        result = tocsin("subscribers", "import", str(file))

    assert_refused(result, result.exit_code)
    assert result.exit_code in {REFUSED, WRONG_USAGE}


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("play", "no-such-night"), REFUSED),
        (("play", "../../etc/passwd"), REFUSED),
        (("play", NUL), REFUSED),
        (("play", "no/such/night.yaml"), REFUSED),
        (("play", "checkout"), REFUSED),  # this page is nobody's demo
        (("play", "checkout", "--speed", "0"), WRONG_USAGE),
        (("play", "checkout", "--speed", "nan"), WRONG_USAGE),
        (("play", "checkout", "--speed", "1e9"), WRONG_USAGE),
        (("check", "/"), REFUSED),
        (("check",), WRONG_USAGE),
    ],
)
def test_no_night_is_played_that_is_none(page: Brand, words: tuple[str, ...], status: int) -> None:
    with nothing_written():
        result = tocsin("demo", *words)

    assert_refused(result, status)


@pytest.mark.parametrize(
    "given",
    [
        b"\xff\xfe",
        b"x" * (1024 * 1024 + 1),
        b"!!python/object/apply:os.system [id]",
        b"a: &a [*a, *a]",
        b"[" * 100_000,
        b"- 1",
        b"name: \x00",
    ],
    ids=lambda given: ascii(given[:24]),
)
def test_a_night_that_cannot_be_read_is_not_played(
    page: Brand, tmp_path: Path, given: bytes
) -> None:
    file = tmp_path / "night.yaml"
    file.write_bytes(given)

    with nothing_written():
        result = tocsin("demo", "play", str(file))

    assert result.exit_code in {REFUSED, WRONG_USAGE}
    assert_refused(result, result.exit_code)

from pathlib import Path

import pytest

from tests.cast import a_page
from tocsin.catalogue.tests.test_logos import HEAD
from tocsin.cli.tests.terminal import facts, tocsin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def page() -> None:
    a_page()


def test_a_look_is_put_on_shown_and_taken_off(tmp_path: Path) -> None:
    logo, css = tmp_path / "oak.svg", tmp_path / "oak.css"
    logo.write_text(f'{HEAD}<path d="M0 0h9v9z" onclick="x()"/></svg>')
    css.write_text("h1 { letter-spacing: 0 }")

    told = tocsin(
        *("page", "look", "linden", "--light", "accent=#0a5cff", "--dark", "accent=#8ab4ff"),
        *("--logo", str(logo), "--css", str(css)),
    )
    shown = facts("page", "look", "linden")
    bare = facts("page", "look", "linden", "--no-logo", "--no-css", "--light", "accent=")

    assert (told.exit_code, "onclick" in told.stderr) == (0, True)
    assert (shown["light"], shown["css"]) == ({"accent": "#0a5cff"}, "h1 { letter-spacing: 0 }")
    assert shown["logo"].endswith(".svg")
    assert (bare["logo"], bare["css"], bare["light"]) == (None, "", {})
    assert bare["dark"] == {"accent": "#8ab4ff"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--light", "ink=#eeeeee"), 1),
        (("--light", "ink"), 2),
        (("--light", "colour=#fff"), 2),
        (("--light", "ink=black"), 1),
    ],
)
def test_what_cannot_be_worn_is_told_in_a_sentence(words: tuple[str, ...], code: int) -> None:
    refused = tocsin("page", "look", "linden", *words)

    assert refused.exit_code == code
    assert len(refused.stderr.split()) > 6


def test_styles_that_fetch_are_refused(tmp_path: Path) -> None:
    refused = tocsin(
        "page", "look", "linden", "--css", "-", stdin="@import 'https://evil.example';"
    )

    assert refused.exit_code == 1
    assert "@import is not allowed" in refused.stderr

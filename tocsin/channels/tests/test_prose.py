"""Words in other media's marks: nothing lost, nothing added, nobody called."""

import pytest

from tocsin.channels import prose
from tocsin.channels.discord.layout import DIALECT as DISCORD
from tocsin.channels.prose import Dialect
from tocsin.channels.slack.layout import DIALECT as SLACK
from tocsin.channels.teams.layout import DIALECT as TEAMS
from tocsin.page import markup

DIALECTS = {"plain": prose.PLAIN, "slack": SLACK, "discord": DISCORD, "teams": TEAMS}
WORDS = """Card payments are **refused** since the *update*, see [the log](https://x.example/a(b)).
A second line with `code`.

- one
- two
  1. deep

> They said so.

| Region | State |
|---|---|
| Europe | ~~down~~ up |

```
GET /pay <503>
```
"""


def told(dialect: Dialect) -> str:
    return "\n\n".join(prose.paragraphs(markup.html_of(WORDS), dialect))


def test_plain_text_keeps_the_words_and_drops_the_marks() -> None:
    text = prose.plain(markup.html_of(WORDS))

    assert text.startswith(
        "Card payments are refused since the update, see the log (https://x.example/a(b)).\n"
        "A second line with code.\n\n- one\n- two\n  1. deep\n\n> They said so.\n\nRegion · State\n"
    )
    assert text.endswith("GET /pay <503>")


def test_slack_reads_its_own_marks() -> None:
    text = told(SLACK)

    assert "*refused* since the _update_, see <https://x.example/a(b)|the log>." in text
    assert "~down~ up" in text
    assert "```\nGET /pay &lt;503&gt;\n```" in text


def test_discord_reads_its_own_marks() -> None:
    text = told(DISCORD)

    assert "**refused** since the *update*, see [the log](https://x.example/a%28b%29)." in text
    assert "```\nGET /pay <503>\n```" in text


def test_teams_reads_its_own_marks() -> None:
    text = told(TEAMS)

    assert "**refused** since the _update_" in text
    assert "GET /pay \\<503\\>" in text


@pytest.mark.parametrize(
    ("dialect", "harmful", "shown"),
    [
        (SLACK, "<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"),
        (DISCORD, "@everyone **x** [y](z)", "@\u200beveryone \\*\\*x\\*\\* \\[y\\]\\(z\\)"),
        (TEAMS, "[y](https://evil.example)", "\\[y\\]\\(https://evil.example\\)"),
    ],
)
def test_words_never_become_marks(dialect: Dialect, harmful: str, shown: str) -> None:
    assert prose.shortened(harmful, 500, dialect.escape) == shown


def test_what_was_put_right_shows_in_every_medium() -> None:
    html = "<p>Since <del>09:00</del> <ins>08:40</ins></p>"

    shown = {name: prose.paragraphs(html, one)[0] for name, one in DIALECTS.items()}

    assert shown == {
        "plain": "Since (09:00) → 08:40",
        "slack": "Since ~09:00~ *08:40*",
        "discord": "Since ~~09:00~~ **08:40**",
        "teams": "Since (09:00) → **08:40**",
    }


def test_code_cannot_end_itself() -> None:
    html = "<p><code>a`b</code></p><pre><code>x ``` y</code></pre>"

    for dialect in (SLACK, DISCORD):
        inline, fenced = prose.paragraphs(html, dialect)
        assert inline == "`a'b`"
        assert fenced.count("```") == 2


@pytest.mark.parametrize("most", [20, 40, 100])
@pytest.mark.parametrize("dialect", [prose.PLAIN, SLACK, DISCORD, TEAMS])
def test_what_is_cut_fits_and_breaks_no_escape(dialect: Dialect, most: int) -> None:
    cut = prose.shortened("<&> *a* " * 40, most, dialect.escape)

    assert len(cut) <= most
    assert cut.endswith("…")
    assert not cut.removesuffix("…").endswith(("&", "&l", "&lt", "&g", "&am", "\\"))


def test_a_long_paragraph_is_cut_without_its_marks() -> None:
    (cut,) = prose.paragraphs(f"<p>{'<strong>so long</strong> ' * 50}</p>", SLACK, most=60)

    assert len(cut) <= 60
    assert "*" not in cut

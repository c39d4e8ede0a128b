"""The public log holds all that was said, and no change of it goes unseen."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.journal.actors import TERMINAL
from tocsin.page import disk, site
from tocsin.page.log import checking, format, tally
from tocsin.page.log.checking import CannotCheck, Known, Read
from tocsin.page.tests.compiling import archived, compiled, resolve, served
from tocsin.statements import publication, redaction
from tocsin.statements.models import Publication
from tocsin.statements.values import Layer

DOCS = Path(__file__).parents[3] / "docs" / "operating" / "log.md"
SECRET = "correct-horse-battery"
WORDS = {
    "en": Layer(headline="Checkout is failing", body=f"The password is {SECRET}, sorry."),
    "fr": Layer(headline="Le paiement échoue", body="Nous cherchons\u2028la cause."),
}


@pytest.fixture
def page(db: None, monkeypatch: pytest.MonkeyPatch) -> Brand:
    """A page with a word of each kind, in files of three entries."""
    monkeypatch.setattr(format, "PER_FILE", 3)
    tally._tallies.clear()
    page = cast.a_page()
    spoken = cast.an_incident(page, layers=WORDS)
    publication.publish_state(page.id, {"cart": State.DEGRADED}, by=TERMINAL, at=later(1))
    resolve(spoken.incident_id, at=later(30))
    cast.an_incident(page, component="sign-in", at=later(40))
    compiled(later(40))
    return page


def reading(page: Brand) -> Read:
    folder = site.directory_of(page) / disk.ARCHIVE

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.exists() else None

    return read


def instead(read: Read, path: str, change: Callable[[bytes], bytes]) -> Read:
    """The same files, but for one."""

    def changed(asked: str) -> bytes | None:
        content = read(asked)
        return change(content) if asked == path and content is not None else content

    return changed


def is_refused(read: Read) -> bool:
    try:
        return not checking.check(read).is_whole
    except CannotCheck:
        return True


def test_the_log_holds_every_word_in_order_and_is_whole(page: Brand) -> None:
    verdict = checking.check(reading(page))

    assert (verdict.faults, verdict.number) == ([], 4)
    lines = [json.loads(line) for line in served(page, "log/1.jsonl").decode().split("\n") if line]
    assert [(line["number"], line["kind"]) for line in lines] == [
        (1, "word"),
        (2, "state"),
        (3, "word"),
    ]
    assert SECRET in lines[0]["told"]


def test_a_new_word_writes_the_last_file_alone(page: Brand) -> None:
    before = archived(page)

    cast.an_incident(page, component="cart", at=later(50))
    compiled(later(50))

    after = archived(page)
    assert after["log/1.jsonl"] == before["log/1.jsonl"]
    assert after["log/2.jsonl"] != before["log/2.jsonl"]
    assert checking.check(reading(page)).number == 5


def test_a_change_of_the_catalogue_writes_no_file_of_the_log_that_stands(page: Brand) -> None:
    before = archived(page)["log/1.jsonl"]

    cast.a_component(page, "Stock")
    compiled(later(60))

    assert archived(page)["log/1.jsonl"] == before


def test_a_file_that_was_lost_is_written_again_with_the_rest(page: Brand) -> None:
    (site.directory_of(page) / disk.ARCHIVE / "log" / "1.jsonl").unlink()

    cast.a_component(page, "Stock")
    compiled(later(60))

    assert checking.check(reading(page)).is_whole


def test_a_redaction_keeps_number_digest_and_link_and_says_why(page: Brand) -> None:
    kept = checking.check(reading(page))

    redaction.redact(
        page.id, SECRET, reason={"en": "It held a password."}, by=TERMINAL, at=later(60)
    )
    compiled(later(60))

    verdict = checking.check(reading(page), known=Known(kept.number, kept.link), key=kept.key)
    assert (verdict.faults, verdict.redacted) == ([], 1)
    first = json.loads(served(page, "log/1.jsonl").decode().split("\n")[0])
    assert SECRET not in json.dumps(first)
    assert "It held a password." in first["told"]
    assert "something was taken out" in served(page, "log").decode()


def test_nobody_takes_out_anything_unseen(page: Brand) -> None:
    """Who forges an entry as redacted cannot make the head vouch for it."""

    def forged(content: bytes) -> bytes:
        lines = [json.loads(line) for line in content.splitlines()]
        lines[0]["told"] = lines[0]["told"].replace(SECRET, "gone")
        lines[0]["left"] = format.hashed(lines[0]["salt"] + lines[0]["told"])
        return "".join(f"{json.dumps(line)}\n" for line in lines).encode()

    verdict = checking.check(instead(reading(page), "log/1.jsonl", forged))

    assert verdict.faults == ["What was taken out is not what the head vouches for."]


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_that_is_another_is_found(page: Brand, data: st.DataObject) -> None:
    read = reading(page)
    path = data.draw(st.sampled_from([format.HEAD, "log/1.jsonl", "log/2.jsonl"]))
    content = read(path)
    assert content is not None
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 255))

    def change(told: bytes) -> bytes:
        return told[:place] + bytes([told[place] ^ other]) + told[place + 1 :]

    if _means_the_same(content, change(content)):
        return
    assert is_refused(instead(read, path, change)), (path, place, other)


def _means_the_same(before: bytes, after: bytes) -> bool:
    """White space between what JSON tells is no part of what is told."""
    try:
        told = [[json.loads(line) for line in text.splitlines()] for text in (before, after)]
    except ValueError:
        try:
            told = [json.loads(before), json.loads(after)]
        except ValueError:
            return False
    return told[0] == told[1]


@pytest.mark.parametrize(
    "forged",
    [
        *({"told": told} for told in ("{", "7", "[]", "{}", "[" * 100_000)),
        *({name: "\ud800"} for name in ("told", "salt", "kind", "incident", "digest", "left")),
        {"left": {}},
        {"left": 7},
    ],
)
def test_what_somebody_made_up_is_refused_in_words(page: Brand, forged: dict[str, Any]) -> None:
    """Whoever checks a log trusts nobody, least of all who wrote it."""

    def change(content: bytes) -> bytes:
        first, *others = content.splitlines(keepends=True)
        entry = json.loads(first) | forged
        with suppress(UnicodeEncodeError):  # what cannot be hashed keeps the digest that it had
            entry["digest"] = format.hashed(entry["salt"] + entry["told"])
        return json.dumps(entry | forged).encode() + b"\n" + b"".join(others)

    assert is_refused(instead(reading(page), "log/1.jsonl", change))


@pytest.mark.parametrize("file", ["log/1.jsonl", "log/2.jsonl"])
@pytest.mark.parametrize("change", ["gap", "order", "twice", "end"])
def test_any_gap_and_any_other_order_is_found(page: Brand, file: str, change: str) -> None:
    cast.an_incident(page, component="cart", at=later(50))
    compiled(later(50))

    def changed(content: bytes) -> bytes:
        first, second, *rest = content.splitlines(keepends=True)
        told = {
            "gap": [second, *rest],
            "order": [second, first, *rest],
            "twice": [first, first, second, *rest],
            "end": [first, second, *rest][:-1],
        }
        return b"".join(told[change])

    assert is_refused(instead(reading(page), file, changed))


def test_a_past_that_was_written_anew_is_seen_by_whoever_kept_its_end(page: Brand) -> None:
    """All of it is whole and signed, and yet it is not what was said."""
    kept = checking.check(reading(page))
    row = Publication.objects.get(number=2)
    at = row.published_at - timedelta(minutes=5)
    digest = publication.digest_of(row.pk, row.number, row.content, salt=row.salt, at=at)
    Publication.objects.filter(pk=row.pk).update(published_at=at, digest=digest)
    tally._tallies.clear()
    (site.directory_of(page) / disk.ARCHIVE / "log" / "1.jsonl").unlink()
    cast.a_component(page, "Stock")
    compiled(later(60))
    assert checking.check(reading(page)).is_whole

    verdict = checking.check(reading(page), known=Known(kept.number, kept.link))

    assert verdict.faults == [
        "No. 4 is linked otherwise than you knew it: the past was changed.",
    ]


def test_a_log_that_ends_before_what_was_seen_is_refused(page: Brand) -> None:
    verdict = checking.check(reading(page), known=Known(9, "0" * 64))

    assert verdict.faults == ["You knew of no. 9, and the log ends before it."]


def test_another_key_is_told(page: Brand) -> None:
    verdict = checking.check(reading(page), key="bm90IHRoaXMgb25l")

    assert verdict.faults == ["It is signed by another key than the one that you know."]


def test_a_place_without_a_log_says_so() -> None:
    with pytest.raises(CannotCheck, match=r"log/head\.json is missing"):
        checking.check(lambda path: None)


def test_links_are_counted_afresh_where_a_backup_was_put_back(page: Brand) -> None:
    counted = tally.of(page.audience_id)
    assert counted.at(4) != counted.at(3)
    Publication.objects.filter(number=4).update(digest="0" * 64)

    other = tally.Tally(page.audience_id)

    assert counted.at(4) == other.at(4)


def test_a_file_follows_what_stands_before_it_once_a_backup_was_put_back(page: Brand) -> None:
    counted = tally.of(page.audience_id)
    assert counted.before_file(2, newest=4) == counted.at(3)
    Publication.objects.filter(number__in=[3, 4]).update(digest="0" * 64)

    other = tally.Tally(page.audience_id)

    assert counted.before_file(2, newest=4) == other.at(3)


def test_the_page_of_the_log_is_told_in_each_language(page: Brand) -> None:
    english, french = served(page, "log").decode(), served(page, "fr/log").decode()
    end = checking.check(reading(page))

    assert "Checkout is failing" in english
    assert "Le paiement échoue" in french
    for told in (english, french):
        assert f"{end.number}:{end.link}" in told
        assert end.key in told
    assert "Journal public" in french


def test_thirty_lines_that_use_nothing_of_ours_check_it(page: Brand, tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert block
    assert len(block[1].splitlines()) <= 30
    script = tmp_path / "check.py"
    script.write_text(block[1], "utf-8")
    folder = site.directory_of(page) / disk.ARCHIVE
    end = checking.check(reading(page))

    def run(*known: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-I", str(script), folder.as_uri(), *known],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    whole = run(f"{end.number}:{end.link}")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert f"Keep {end.number}:{end.link}" in whole.stdout
    assert "not what you knew" in run(f"2:{'0' * 64}").stderr
    last, file = folder / "log" / "2.jsonl", folder / "log" / "1.jsonl"
    last.write_bytes(b"")
    assert "does not end as its head says" in run().stderr
    file.write_bytes(file.read_bytes().replace(SECRET.encode(), SECRET.upper().encode()))
    assert "No. 1 was changed" in run().stderr


def test_of_nothing_said_there_is_an_empty_log(db: None) -> None:
    page = cast.a_page()
    compiled(NOON)

    assert checking.check(reading(page)).number == 0
    assert "Nothing was said here yet." in served(page, "log").decode()

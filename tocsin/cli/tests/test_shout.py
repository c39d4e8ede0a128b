import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pytest_django.fixtures import Settings

from tests import cast
from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.cli import shout
from tocsin.disclosure.severity import IMPACT_OF, Indicator, Severity
from tocsin.disclosure.severity import INDICATORS as ORDER
from tocsin.incidents.plans import Plan
from tocsin.journal.actors import TERMINAL
from tocsin.page import disk, memory, packing, record, site, twins
from tocsin.page.emergency import phrases
from tocsin.page.emergency.answers import DESCRIPTIONS, IMPACTS, INDICATORS
from tocsin.page.markup import UNSEEN
from tocsin.page.standing import DESCRIPTIONS as STANDING
from tocsin.statements import fitness, maintenance, published, shouted, shouts
from tocsin.statements.notices import Script
from tocsin.worker import lanes

HOSTILE = "<script>alert('a')</script> \\1 \\g<0> %s {time} <!--/shout--> & \u202eevil\u0007 ' \""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell that knows where the site is, and nothing more."""
    monkeypatch.setenv("TOCSIN_SITE_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "none.toml"))
    return tmp_path / "site"


@pytest.fixture
def served(db: None, alone: Path, settings: Settings) -> Iterator[Path]:
    """Linden's page, compiled; returns its folder."""
    settings.TOCSIN = replace(
        settings.TOCSIN, site_dir=alone, base_url="https://status.linden.example"
    )
    cast.a_page()
    site.compile(cast.NOON)
    memory.forget()
    yield alone / "linden"
    memory.forget()


Shouting = Callable[..., Any]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Shouting:
    """`tocsin shout … --json`: what it prints, once it exits 0."""

    def said(*words: str) -> Any:
        capsys.readouterr()
        assert shout.main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return said


def read(directory: Path, path: str) -> str:
    live = (directory / "live").read_text().strip()
    return (directory / "releases" / live / path).read_text("utf-8")


def answer(directory: Path, name: str) -> Any:
    return json.loads(read(directory, f"api/v2/{name}.json"))


def test_what_is_shouted_stands_first_in_every_language(served: Path, said: Shouting) -> None:
    told = said("We are down.", "--lang", "fr", "Nous sommes en panne.", "--next-update", "1h")

    assert told["release"] == "0.1"
    for path, words in (("index.html", "We are down"), ("fr/index.html", "Nous sommes en panne")):
        page = read(served, path)
        assert f"<h1>{words}</h1>" in page
        assert f"<title>{words} · Linden</title>" in page
        assert 'data-live="0.1"' in page
        assert "data-due=" in page
        assert page.index("data-shout") < page.index('<details class="more"><summary>')
        assert page.count("<details") == page.count("</details>")
        assert "Everything is working." not in page
        assert "Tout fonctionne" not in page
    assert "Next word by <time" in read(served, "index.html")
    assert "Last confirmed by our systems at" in read(served, "index.html")


@pytest.mark.parametrize(
    ("text", "headline", "rest"),
    [
        ("We are down.", "We are down", ""),
        ("We are down", "We are down", ""),
        ("We are down! Wait.", "We are down!", "Wait."),
        ("We are down. Wait.\n\nMore.", "We are down", "Wait.\n\nMore."),
        ("Version 2.4 is down. Wait.", "Version 2.4 is down", "Wait."),
        ("We  are   down. Wait.", "We are down", "We  are   down. Wait."),
        ("x" * 120, "x" * 89 + "…", "x" * 120),
    ],
)
def test_the_first_sentence_is_the_headline(text: str, headline: str, rest: str) -> None:
    assert (shouted.headline_of(text), shouted.rest_of(text)) == (headline, rest)


def test_words_in_one_language_are_marked_in_the_other(
    served: Path, said: Shouting, capsys: pytest.CaptureFixture[str]
) -> None:
    said("We are down.")

    assert '<h1 lang="en">We are down</h1>' in read(served, "fr/index.html")
    assert "Message d’urgence" in read(served, "fr/index.html")


def test_clients_see_an_open_incident_of_that_kind(served: Path, said: Shouting) -> None:
    told = said("We are down. Everything is.", "--severity", "sev2")

    (incident,) = answer(served, "summary")["incidents"]
    assert incident == answer(served, f"incidents/{told['incident']}")["incident"]
    assert incident == answer(served, "incidents/unresolved")["incidents"][0]
    assert incident == answer(served, "incidents")["incidents"][0]
    assert (incident["name"], incident["status"]) == ("We are down", "investigating")
    assert incident["impact"] == "major"
    assert incident["incident_updates"][0]["body"] == "We are down. Everything is."
    assert incident["metadata"] == {"tocsin": {"shout": True}}
    assert incident["shortlink"] == told["url"]
    assert answer(served, "status")["status"] == answer(served, "summary")["status"]
    assert answer(served, "status")["status"]["indicator"] == "major"
    assert len(answer(served, "summary")["components"]) == 4


def test_feed_readers_hear_of_it(served: Path, said: Shouting) -> None:
    told = said(HOSTILE)

    feed = ElementTree.fromstring(read(served, "fr/history.atom"))

    entry = feed.find("{*}entry")
    assert entry is not None
    assert entry.findtext("{*}id", "").endswith(f"Incident/{told['incident']}/fr")
    assert "alert" in entry.findtext("{*}content", "")


def test_hostile_words_are_words(served: Path, said: Shouting) -> None:
    said(HOSTILE, "--lang", "fr", HOSTILE)
    said("A second one.")

    for path in ("index.html", "fr/index.html"):
        page = read(served, path)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&#x27;a&#x27;)&lt;/script&gt; \\1 \\g&lt;0&gt; %s" in page
        assert "\u202e" not in page
        assert page.count("data-shout") == 2
        assert page.count("<!--/shout-->") == 1


def test_shouting_again_lays_all_anew(served: Path, said: Shouting) -> None:
    first = said("We are down.")["incident"]
    said("Half of it is back.", "--about", first)
    said("All is well again.", "--over", first)

    page = read(served, "index.html")
    assert page.count("data-shout") == 1
    assert "<h1>All is well again</h1>" in page
    assert "We are down" in page
    assert answer(served, "summary")["incidents"] == []
    assert answer(served, "status")["status"]["indicator"] == "none"
    (incident,) = answer(served, "incidents")["incidents"]
    assert [update["status"] for update in incident["incident_updates"]] == [
        "resolved",
        "investigating",
        "investigating",
    ]
    assert (served / "live").read_text() == "0.3\n"
    assert read(served, "history.atom").count("<entry>") == 1


def test_over_alone_has_words(served: Path, said: Shouting) -> None:
    told = said("We are down.")
    said("--over", told["incident"])

    assert "<h1>This is over</h1>" in read(served, "index.html")


def test_nothing_packed_from_the_old_words_is_left(served: Path, said: Shouting) -> None:
    while packing.pack_one(served):
        pass
    before = served / "releases" / "0.0"
    assert (before / "index.html.br").exists()

    said("We are down.")

    packed = {path.name for path in (served / "releases" / "0.1").rglob("*.br")}
    assert not packed & {"index.html.br", "summary.json.br", "history.atom.br", "record.json.br"}
    assert (served / "releases" / "0.1" / "404.html.br").exists()


def test_what_claims_that_all_is_well_and_cannot_be_made_again_goes(
    served: Path, said: Shouting
) -> None:
    site.place(shelf.brand("linden"), "badge.svg", b"<svg>operational</svg>", at=cast.NOON)
    site.compile(cast.later(1))
    live = (served / "live").read_text().strip()
    (served / "releases" / live / "history.atom").write_text("no feed at all")

    told = said("We are down.")

    assert {"badge.svg", "status.txt", "fr/feed.json", "history.atom"} <= set(told["removed"])
    assert not (served / "releases" / told["release"] / "badge.svg").exists()


def test_twins_in_folders_say_it_too_and_are_mended_afterwards(
    served: Path, said: Shouting, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = served.parent.parent / "twin"
    named = f"{twin}?page=linden {twin}-not-yet s3://bucket/status"
    settings.TOCSIN = replace(settings.TOCSIN, site_twins=(f"{twin}?page=linden",))
    monkeypatch.setenv("TOCSIN_SITE_TWINS", named)
    mirrored()
    assert "Everything is working." in (twin / "index.html").read_text("utf-8")

    told = said("We are down.")

    assert "<h1>We are down</h1>" in (twin / "index.html").read_text("utf-8")
    assert (
        "We are down" in (twin / "fr" / "incidents" / told["incident"] / "index.html").read_text()
    )
    assert any("s3://bucket/status stands still" in note for note in told["notes"])
    assert any("holds no copy yet" in note for note in told["notes"])
    (served / "shouts" / f"{told['shout']}.json").unlink()
    site.compile(cast.later(1))
    mirrored()
    assert "Everything is working." in (twin / "index.html").read_text("utf-8")
    assert not (twin / "incidents").exists()
    twins.forget()


def mirrored() -> None:
    for minutes in range(3):
        twins.mirror_due(cast.later(minutes + 2))
        assert twins.await_runs(within=30)


def test_the_next_compile_carries_what_is_not_taken_in(served: Path, said: Shouting) -> None:
    told = said("We are down.")

    site.compile(cast.later(2))

    assert (served / "live").read_text() == "0.2\n"
    page = read(served, "index.html")
    assert page.count(f'data-shout="{told["incident"]}"') == 1
    assert 'data-live="0.2"' in page
    out = served.parent.parent / "out"
    site.export(shelf.brand("linden"), out, at=cast.later(2))
    assert "We are down" in (out / "index.html").read_text("utf-8")


def test_a_killed_shout_is_laid_on_by_the_next_compile(
    served: Path, said: Shouting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(shout, "_lay", killed)
    with pytest.raises(KeyboardInterrupt):
        shout.main(["We are down."])
    monkeypatch.undo()

    site.compile(cast.later(6))

    assert "<h1>We are down</h1>" in read(served, "index.html")


def test_one_who_holds_the_files_for_ever_is_not_waited_for(
    served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (served / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        assert shout.main(["We are down."]) == 0

    assert "does not let go. The words were laid on all the same." in capsys.readouterr().err
    assert "We are down" in read(served, "index.html")


def test_with_several_pages_one_is_named(
    served: Path, said: Shouting, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shelf.open_page(name="Harbour", by=TERMINAL, at=cast.NOON)
    site.compile(cast.NOON)

    assert shout.main(["We are down."]) == 1
    assert "--page linden|harbour" in capsys.readouterr().err
    assert shout.main(["We are down.", "--page", "nobody"]) == 1
    assert "No page 'nobody'" in capsys.readouterr().err
    told = said("We are down.", "--page", other.id)
    assert told["page"] == "harbour"
    assert "We are down" not in read(served, "index.html")
    assert said("Still.", "--about", told["incident"])["page"] == "harbour"
    assert shout.main(["Both.", "--page", "harbour", "--page", "linden"]) == 0
    both = [
        {thread["id"] for thread in json.loads(read(one, "record.json"))["shouts"]}
        for one in (served, served.parent / "harbour")
    ]
    assert not both[0] & both[1]


def test_without_any_page_a_plain_one_is_written(
    alone: Path, said: Shouting, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(HOSTILE)

    (note,) = [note for note in told["notes"] if "Is this the folder" in note]
    assert note.startswith(f"No compiled page was found in {alone}/status")
    page = read(alone / "status", "index.html")
    assert "&lt;script&gt;" in page
    assert "Written in an emergency, by hand, at" in page
    assert json.loads((alone / "hosts.json").read_bytes())["default"] == "status"
    assert "style-src 'sha256-" in read(alone / "status", "headers.json")
    assert answer(alone / "status", "summary")["status"]["indicator"] == "critical"
    more = said("More.", "--about", told["incident"])
    assert more["release"] == "0.2"


@pytest.mark.parametrize(
    "breakage",
    [
        lambda page: (page / "live").write_text("nonsense"),
        lambda page: (page / "live").unlink(),
        lambda page: (page / "live").write_text("900.7\n"),
        lambda page: (page / "releases" / "0.0" / "record.json").unlink(),
        lambda page: (page / "releases" / "0.0" / "record.json").write_text("[1, 2"),
        lambda page: (page / "releases" / "0.0" / "index.html").write_bytes(b"\xff\xfe\x00"),
        lambda page: (page / "releases" / "0.0" / "api" / "v2" / "summary.json").write_text("[]"),
        lambda page: (page.parent / "hosts.json").write_text("{"),
        lambda page: (page.parent / "hosts.json").unlink(),
    ],
)
def test_a_broken_head_gets_a_page_all_the_same(
    breakage: Callable[[Path], object], served: Path, said: Shouting
) -> None:
    breakage(served)

    told = said("We are down.")

    assert told["page"] == "linden"
    assert "We are down" in read(served, "index.html")
    assert "We are down" in read(served, "fr/index.html")
    assert answer(served, "summary")["incidents"][0]["name"] == "We are down"
    assert disk.pointed_at(served) == tuple(map(int, told["release"].split(".")))


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 1, "Say what is to stand on the page."),
        (["  \n "], 1, "Say what is to stand on the page."),
        (["x" * 25_001], 1, "25000 characters are the most."),
        (["a", "--lang", "../x", "b"], 1, "is no language"),
        (["a", "--next-update", "soon"], 1, "'soon' is no wait."),
        (["a", "--about", "unknown00000"], 1, "No open notice 'unknown00000'"),
        (["a", "--over", "unknown00000"], 1, "None is open."),
        (["a", "--id", "NO"], 1, "'NO' is no id"),
    ],
)
def test_a_refusal_is_a_sentence_and_says_nothing(
    words: list[str],
    code: int,
    sentence: str,
    served: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert shout.main(words) == code

    assert sentence in capsys.readouterr().err
    assert (served / "live").read_text() == "0.0\n"
    assert shouted.waiting(served) == ()


def test_wrong_usage_exits_2(alone: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        shout.main(["a", "--loudly"])

    assert ended.value.code == 2


def test_a_folder_that_cannot_be_written_is_a_sentence(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone.write_text("no folder")

    assert shout.main(["a", "--page", "linden"]) == 1

    assert "cannot be written" in capsys.readouterr().err


def test_the_settings_are_read_where_django_would_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Shouting
) -> None:
    monkeypatch.delenv("TOCSIN_SITE_DIR")
    monkeypatch.delenv("TOCSIN_DATA_DIR")
    (tmp_path / "none.toml").write_text(f'TOCSIN_DATA_DIR = "{tmp_path}/kept"\n')

    said("We are down.")
    assert (tmp_path / "kept" / "site" / "status" / "live").exists()

    (tmp_path / "none.toml").write_text("this is no toml")
    monkeypatch.setenv("TOCSIN_DATA_DIR", str(tmp_path / "other"))
    said("We are down.")
    assert (tmp_path / "other" / "site" / "status" / "live").exists()


def test_the_same_id_on_two_machines_is_one_shout(served: Path, said: Shouting) -> None:
    first = said("We are down.")

    assert said("We are down.", "--id", first["shout"])["incident"] == first["incident"]


def test_what_is_said_twice_in_the_code_is_the_same() -> None:
    assert {key: value.value for key, value in IMPACT_OF.items()} == {
        Severity(key): value for key, value in IMPACTS.items()
    }
    assert {key.value: text for key, text in STANDING.items()} == DESCRIPTIONS
    assert tuple(Indicator(one).value for one in ORDER) == INDICATORS
    assert record._phrases("en") == phrases.ENGLISH
    assert shouted.HEADLINE_LENGTH == fitness.HEADLINE_LENGTH
    assert shouted.LONGEST == fitness.BODY_LENGTH
    assert set(UNSEEN.pattern) <= set(shouted.UNSEEN.pattern)


def test_what_root_writes_belongs_to_whom_the_site_belongs(alone: Path, said: Shouting) -> None:
    owner = 1234 if os.geteuid() == 0 else os.getuid()  # only root may give files away
    alone.mkdir()
    os.chown(alone, owner, -1)

    said("We are down.", "--page", "linden")

    assert {path.lstat().st_uid for path in alone.rglob("*")} == {owner}


def test_a_time_is_said_with_its_day_in_the_page_s_zone(
    served: Path, said: Shouting, settings: Settings
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)

    said("We are down.")

    (word,) = shouted.waiting(served)
    assert before < word.at <= datetime.now(UTC)
    assert f"{word.at:%Y-%m-%d, %H:%M} UTC</time>." in read(served, "index.html")


def test_planned_work_that_outlasted_its_window_is_an_open_notice(
    served: Path, said: Shouting
) -> None:
    page = shelf.brand("linden")
    starts = cast.later(60)
    plan = Plan("Moving the orders", {"checkout": State.PARTIAL}, starts, cast.later(120))
    work = maintenance.announce(page.id, plan, Script(), by=TERMINAL, at=cast.NOON)[0].incident_id
    lanes.drain((maintenance.turn, site.compile, site.settle), starts)
    assert shout.main(["It has begun.", "--about", work]) == 1, "planned work has words of its own"
    lanes.drain((maintenance.turn, site.compile, site.settle), cast.later(121))

    told = said("The database went with it.", "--about", work)

    (thread,) = json.loads(read(served, "record.json"))["shouts"]
    assert (told["incident"], thread["id"]) == (work, work)
    assert [word.severity for word in shouted.waiting(served)] == ["sev2"]
    lanes.drain((shouts.take_in, site.compile, site.settle), cast.later(130))
    story = published.story(page.audience_id, work)
    assert story
    assert story.words.window, "it stays what it was: planned work, past its window"
    assert story.words.layers["en"].body == "The database went with it."
    assert "The database went with it" in read(served, "index.html")
    assert said("Done.", "--over", work)["incident"] == work


def test_more_of_an_incident_is_as_bad_as_it_was_said_to_be(served: Path, said: Shouting) -> None:
    page = shelf.brand("linden")
    incident = cast.an_incident(page, severity=Severity.SEV3, at=cast.later(1)).incident_id
    site.compile(cast.later(1))

    said("Still.", "--about", incident)
    said("Worse.", "--about", incident, "--severity", "sev2")
    said("Still worse.", "--about", incident)
    said("Something else.")

    told = {word.layers["en"]: word.severity for word in shouted.waiting(served)}
    assert told == {
        "Still.": "sev3",
        "Worse.": "sev2",
        "Still worse.": "sev2",
        "Something else.": "sev1",
    }

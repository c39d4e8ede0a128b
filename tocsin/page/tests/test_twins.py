import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

import obstore
import pytest
from obstore.store import S3Store
from pytest_django.fixtures import Settings

from tests import cast
from tests.bucket import FAILURES, Proxy, moto, proxy
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.journal.actors import TERMINAL
from tocsin.page import site, twins
from tocsin.page.mirrors import BadTarget, copying, stores
from tocsin.page.mirrors.targets import target
from tocsin.page.mirrors.tree import tree_of
from tocsin.page.models import Live, Twin
from tocsin.page.twins import TwinState

pytestmark = pytest.mark.xdist_group("bucket")  # one server is started, once


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto")) as url:
        yield url


@pytest.fixture
def line(s3: str) -> Iterator[Proxy]:
    with proxy(s3) as told:
        yield told


@pytest.fixture
def bucket(line: Proxy) -> str:
    """An empty bucket; its name."""
    name = f"twin-{token_hex(6)}"
    ask = urllib.request.Request(f"{line.url}/{name}", method="PUT")
    urllib.request.urlopen(ask, timeout=10).close()
    line.seen.clear()
    return name


@pytest.fixture(autouse=True)
def unremembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, seconds in (("CONNECT", 1), ("ANSWER", 1), ("TRIES", 1)):
        monkeypatch.setattr(stores, name, timedelta(seconds=seconds))
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    yield
    twins.forget()


@pytest.fixture
def page(db: None) -> Brand:
    """Linden's page, compiled to the end."""
    page = cast.a_page()
    compiled(cast.NOON)
    return page


def compiled(at: datetime) -> None:
    while site.compile(at) + site.settle(at):
        pass


def twinned(settings: Settings, *targets: str) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, site_twins=targets)


def mirrored(at: datetime) -> list[TwinState]:
    """Let runs begin, end, and be taken up, until nothing more is to be done at this moment."""
    for _ in range(10):
        twins.mirror_due(at)
        assert twins.await_runs(within=30)
        if not twins.mirror_due(at) and twins.await_runs(within=30) and not twins.mirror_due(at):
            break
    return twins.states()


def at_s3(line: Proxy, bucket: str) -> str:
    return f"s3://key:very-secret@{bucket}/status?page=linden&endpoint={line.url}"


def get(line: Proxy, bucket: str, path: str) -> tuple[dict[str, str], bytes]:
    """An object as it stands in the bucket, past the proxy."""
    client = S3Store(
        bucket,
        prefix="status",
        endpoint=f"http://127.0.0.1:{line.upstream}",
        region="us-east-1",
        access_key_id="key",
        secret_access_key="very-secret",
        client_options={"allow_http": True},
    )
    found = obstore.get(client, path)
    told = {str(name): str(value) for name, value in found.attributes.items()}
    return {"type": told["Content-Type"], "keep": told["Cache-Control"]}, bytes(found.bytes())


def keys(line: Proxy, bucket: str) -> set[str]:
    url = f"http://127.0.0.1:{line.upstream}/{bucket}?list-type=2"
    told = target(f"s3://key:very-secret@{bucket}/status?endpoint=http://{url.split('/')[2]}")
    return set(stores.store(told).held())


def test_a_folder_becomes_what_any_web_server_can_serve(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    twinned(settings, f"{tmp_path}/twin")

    (state,) = mirrored(cast.NOON)

    twin = tmp_path / "twin"
    assert (state.number, state.revision, state.behind_since, state.trouble) == (0, 0, None, "")
    assert json.loads((twin / "hosts.json").read_bytes())["default"] == "linden"
    for path in ("index.html", "fr/index.html", "history/index.html", "api/v2/summary.json"):
        assert (twin / "linden" / path).is_file(), path
    assert list((twin / "linden" / "assets").glob("live.*.js"))
    assert not (twin / "linden" / "headers.json").exists()
    assert not list(twin.rglob("*.br"))


def test_a_bucket_gets_types_and_how_long_to_keep_them(
    page: Brand, settings: Settings, line: Proxy, bucket: str
) -> None:
    twinned(settings, at_s3(line, bucket))

    (state,) = mirrored(cast.NOON)

    assert (state.number, state.trouble) == (0, "")
    assert state.name == f"s3://{bucket}/status (linden)"
    front, body = get(line, bucket, "index.html")
    assert front == {
        "type": "text/html; charset=utf-8",
        "keep": "no-cache",
    }
    assert b"Everything is working." in body
    assert get(line, bucket, "api/v2/summary.json")[0]["keep"] == "public, max-age=5"
    script, _french = [path for path in line.written() if "/assets/live." in path]
    assert "immutable" in get(line, bucket, script.removeprefix("status/"))[0]["keep"]


def test_only_what_changed_is_written_and_the_front_pages_last(
    page: Brand, settings: Settings, line: Proxy, bucket: str
) -> None:
    twinned(settings, at_s3(line, bucket))
    mirrored(cast.NOON)
    line.seen.clear()

    spoken = cast.an_incident(page, at=cast.later(1))
    site.compile(cast.later(1))
    (state,) = mirrored(cast.later(1))

    written = [path.removeprefix("status/") for path in line.written()]
    fronts, own = written.index("index.html"), f"incidents/{spoken.incident_id}/index.html"
    assert state.number == 1
    assert written.index(own) < written.index("fr/index.html") < fronts
    assert written.index("api/v2/summary.json") < fronts < written.index("record.json")
    assert "404.html" not in written
    line.seen.clear()
    mirrored(cast.later(1))
    assert line.written() == []


@pytest.mark.parametrize("way", FAILURES)
def test_a_twin_in_trouble_says_so_and_is_tried_again(
    way: str, page: Brand, settings: Settings, line: Proxy, bucket: str
) -> None:
    twinned(settings, at_s3(line, bucket))
    mirrored(cast.NOON)
    cast.an_incident(page, at=cast.later(1))
    compiled(cast.later(1))
    line.fault = lambda method, path: way if "summary.json" in path else ""

    (state,) = mirrored(cast.later(1))

    if way != "torn":  # a torn answer to a PUT that was taken may be found out or not
        assert state.number == 0
        assert state.behind_since == cast.later(1)
        assert state.trouble
        assert "very-secret" not in state.trouble
        assert b"Everything is working." in get(line, bucket, "index.html")[1]
    line.fault = lambda method, path: ""
    (state,) = mirrored(cast.later(3))
    assert (state.number, state.behind_since, state.trouble) == (1, None, "")
    assert b"We are looking into" in get(line, bucket, "index.html")[1]
    assert len(json.loads(get(line, bucket, "api/v2/summary.json")[1])["incidents"]) == 1


def test_it_is_tried_ever_less_often(page: Brand, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    twinned(settings, f"{tmp_path}/file/twin")

    for minutes in range(60):
        mirrored(cast.later(minutes))

    row = Twin.objects.get()
    assert row.behind_since == cast.NOON
    assert 10 < row.attempts < 25


def test_a_worker_that_starts_anew_asks_the_twin_what_it_holds(
    page: Brand, settings: Settings, line: Proxy, bucket: str
) -> None:
    twinned(settings, at_s3(line, bucket))
    mirrored(cast.NOON)
    Twin.objects.update(is_whole=False)
    line.seen.clear()

    twins.forget()
    mirrored(cast.later(1))

    assert any(one.method == "GET" for one in line.seen)
    assert line.written() == []


def test_what_another_took_away_is_put_back(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    twinned(settings, f"{tmp_path}/twin")
    mirrored(cast.NOON)
    (tmp_path / "twin" / "linden" / "index.html").write_text("defaced")
    (tmp_path / "twin" / "linden" / "extra.html").write_text("left here")

    twins.forget()
    Twin.objects.update(is_whole=False)
    mirrored(cast.later(1))

    assert "Everything is working." in (tmp_path / "twin" / "linden" / "index.html").read_text()
    assert not (tmp_path / "twin" / "linden" / "extra.html").exists()


def test_what_is_gone_from_the_page_goes_from_the_twin(
    page: Brand, settings: Settings, line: Proxy, bucket: str
) -> None:
    site.place(page, "notes/old.txt", b"for a while", at=cast.NOON)
    compiled(cast.NOON)
    twinned(settings, at_s3(line, bucket))
    mirrored(cast.NOON)
    assert "notes/old.txt" in keys(line, bucket)

    (site.directory_of(page) / "overlay" / "notes" / "old.txt").unlink()
    compiled(cast.later(6))
    mirrored(cast.later(6))

    assert "notes/old.txt" not in keys(line, bucket)


def test_a_folder_with_others_files_is_left_alone(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("ten years of work")
    twinned(settings, f"{tmp_path}/home")

    (state,) = mirrored(cast.NOON)

    assert "holds files that Tocsin did not put there" in state.trouble
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["thesis.txt"]


def test_one_twin_that_hangs_delays_neither_the_others_nor_the_lane(
    page: Brand, settings: Settings, line: Proxy, bucket: str, tmp_path: Path
) -> None:
    line.fault = lambda method, path: "slow"
    twinned(settings, at_s3(line, bucket), f"{tmp_path}/twin")

    twins.mirror_due(cast.NOON)  # returns while both run

    folder = next(run for run in twins._crew.runs.values() if run.target.folder)
    folder.thread.join(30)
    assert twins.mirror_due(cast.NOON) >= 1
    by_name = {state.name: state for state in twins.states()}
    assert by_name[f"{tmp_path}/twin"].number == 0
    assert by_name[f"s3://{bucket}/status (linden)"].number is None
    line.over.set()
    assert twins.await_runs(within=30)


def test_each_page_stands_in_a_folder_of_its_own(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    shelf.open_page(name="Harbour", by=TERMINAL, at=cast.NOON)
    compiled(cast.NOON)
    twinned(settings, f"{tmp_path}/twin", f"{tmp_path}/one?page=harbour")

    states = mirrored(cast.NOON)

    assert [state.behind_since for state in states] == [None, None, None]
    assert (tmp_path / "twin" / "harbour" / "index.html").is_file()
    assert "Harbour" in (tmp_path / "one" / "index.html").read_text()
    assert not (tmp_path / "one" / "linden").exists()


def test_a_page_that_is_closed_leaves_its_twins(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    twinned(settings, f"{tmp_path}/twin")
    mirrored(cast.NOON)

    audiences.change_access(page.audience_id, Access.NAMED, by=TERMINAL, at=cast.later(1))
    compiled(cast.later(1))
    states = mirrored(cast.later(1))

    assert not (tmp_path / "twin" / "linden").exists()
    assert states == []


def test_a_twin_that_is_named_no_more_is_forgotten(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    twinned(settings, f"{tmp_path}/twin")
    mirrored(cast.NOON)

    twinned(settings)
    twins.mirror_due(cast.NOON)

    assert twins.states() == []
    assert (tmp_path / "twin" / "linden" / "index.html").is_file()


def test_the_archive_follows_when_it_is_written(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    twinned(settings, f"{tmp_path}/twin")
    Live.objects.update(owed=["history"])

    mirrored(cast.NOON)
    assert not Twin.objects.get().is_whole
    compiled(cast.NOON)
    mirrored(cast.later(1))

    assert Twin.objects.get().is_whole


def test_the_newer_head_does_not_wait_for_the_older_archive(
    page: Brand, settings: Settings, tmp_path: Path
) -> None:
    directory = site.directory_of(page)
    found = tree_of(directory, "")
    assert found is not None
    store = stores.Folder(tmp_path / "twin")

    outcome = copying.copy(
        store, {page.id: found}, copying.Memory(), beside={}, has_moved=lambda: True
    )

    assert outcome.heads == {page.id: (0, 0)}
    assert not outcome.is_whole
    assert (tmp_path / "twin" / "index.html").is_file()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("ftp://host/folder", "is no twin"),
        ("s3:///folder", "is no twin"),
        ("/srv/twin?pages=linden", "no option 'pages'"),
        ("s3://b?endpoint=gopher://x", "begins with https://"),
    ],
)
def test_a_twin_that_is_mistyped_is_a_sentence(told: str, sentence: str) -> None:
    with pytest.raises(BadTarget, match=sentence):
        target(told, {})


def test_a_twin_s_name_holds_no_secret() -> None:
    told = target("s3://AKIA%2F1:se%2Fcret@bucket/a/b?page=linden", {})

    assert (told.access_key, told.secret_key) == ("AKIA/1", "se/cret")
    assert told.name == "s3://bucket/a/b (linden)"
    assert (told.bucket, told.prefix) == ("bucket", "a/b")

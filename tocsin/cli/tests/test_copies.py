"""A shout laid on copies in buckets: an S3 over HTTP, which is made to fail as networks do."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import obstore
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pytest_django.fixtures import Settings

from tests import cast
from tests.bucket import FAILURES, Proxy, moto, proxy
from tocsin.catalogue import shelf
from tocsin.cli import bucket as buckets
from tocsin.cli import copies, shout
from tocsin.cli.bucket import Bucket
from tocsin.page import memory, site, twins
from tocsin.page.mirrors import stores
from tocsin.page.mirrors.targets import target
from tocsin.statements import shouted

pytestmark = pytest.mark.xdist_group("bucket")  # one server is started, once
DOWN = "Nobody can pay at the moment. We are on it."


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto")) as url:
        yield url


@pytest.fixture
def line(s3: str) -> Iterator[Proxy]:
    with proxy(s3) as told:
        yield told


@pytest.fixture
def copied(
    db: None, line: Proxy, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Linden's page, compiled and copied to a bucket; returns what names that twin."""
    name = f"twin-{token_hex(6)}"
    ask = urllib.request.Request(f"{line.url}/{name}", method="PUT")
    urllib.request.urlopen(ask, timeout=10).close()
    told = f"s3://key:very%2Fsecret@{name}/status?page=linden&endpoint={line.url}"
    settings.TOCSIN = replace(settings.TOCSIN, site_dir=tmp_path / "site", site_twins=(told,))
    monkeypatch.setenv("TOCSIN_SITE_DIR", str(tmp_path / "site"))
    monkeypatch.setenv("TOCSIN_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("TOCSIN_SITE_TWINS", told)
    cast.a_page()
    memory.forget()
    while site.compile(cast.NOON) or site.settle(cast.NOON):
        pass
    mirrored(1)
    line.seen.clear()
    yield told
    twins.forget()
    memory.forget()


def mirrored(minute: int) -> None:
    for more in range(3):
        twins.mirror_due(cast.later(minute + more))
        assert twins.await_runs(within=30)


def read(told: str, path: str) -> str:
    body = stores.store(target(told)).read(path)
    return body.decode() if body is not None else ""


def said(*words: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert shout.main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_bucket_says_it_at_once_with_no_worker_there(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Everything is working." in read(copied, "index.html")
    line.seen.clear()

    told = said(DOWN, "--lang", "fr", "Impossible de payer.", capsys=capsys)

    assert told["notes"] == []
    written = [path.removeprefix("status/") for path in line.written()]
    assert written[0] == ".tocsin-twin"
    assert written[-2:] == ["index.html", "record.json"], "what leads to others goes last"
    assert "<h1>Nobody can pay at the moment</h1>" in read(copied, "index.html")
    assert "Impossible de payer" in read(copied, f"fr/incidents/{told['incident']}/index.html")
    summary = json.loads(read(copied, "api/v2/summary.json"))
    assert [one["id"] for one in summary["incidents"]] == [told["incident"]]
    assert len(written) < 25, "only what was made anew travels"
    seen = {one.path for one in line.seen}
    assert f"/{target(copied).bucket}/status/index.html" in seen


def test_it_is_served_as_the_rest_of_the_copy_is(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    def attributes() -> dict[str, str]:
        place = stores.Bucket(target(copied))._store
        found = obstore.get(place, "api/v2/status.json").attributes
        return {str(name): str(value) for name, value in found.items()}

    before = attributes()
    said(DOWN, capsys=capsys)

    assert attributes() == before
    assert "application/json" in before["Content-Type"]


def test_afterwards_the_copy_is_what_the_page_is(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(DOWN, capsys=capsys)
    (word,) = shouted.kept(site.directory_of(shelf.brand("linden")))
    word[0].unlink()  # nobody means it any more

    site.compile(cast.later(10))
    mirrored(11)

    assert "Everything is working." in read(copied, "index.html")
    assert read(copied, f"incidents/{told['incident']}/index.html") == ""


@pytest.mark.parametrize("way", [way for way in FAILURES if way != "torn"])
def test_a_bucket_that_fails_is_one_sentence_and_stops_nothing(
    way: str,
    copied: str,
    line: Proxy,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(buckets, "ANSWER", 0.3)
    line.fault = lambda method, path: way if method == "PUT" else ""

    told = said(DOWN, "--lang", "fr", "Impossible de payer.", capsys=capsys)

    (note,) = told["notes"]
    assert note.startswith("The twin s3://")
    assert "did not take the words" in note
    assert "secret" not in note
    live = site.directory_of(shelf.brand("linden")) / "releases" / told["release"]
    assert "Nobody can pay" in (live / "index.html").read_text("utf-8")


def test_an_answer_that_breaks_off_after_the_bucket_took_it_is_no_failure(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    line.fault = lambda method, path: "torn" if method == "PUT" else ""

    told = said(DOWN, "--lang", "fr", "Impossible de payer.", capsys=capsys)

    line.fault = lambda method, path: ""
    assert told["notes"] == []
    assert "Nobody can pay" in read(copied, "index.html")


def test_one_that_hangs_is_not_waited_for(
    copied: str,
    line: Proxy,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies, "PATIENCE", 0.4)
    line.fault = lambda method, path: "slow"

    told = said(DOWN, "--lang", "fr", "Impossible de payer.", capsys=capsys)

    assert ["did not take the words within" in note for note in told["notes"]] == [True]


def test_what_the_first_time_could_not_be_pushed_goes_with_the_next(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    line.fault = lambda method, path: "error" if method == "PUT" else ""
    first = said(DOWN, capsys=capsys)["incident"]
    line.fault = lambda method, path: ""

    second = said("Mails are late too.", capsys=capsys)["incident"]

    for incident in (first, second):
        assert read(copied, f"incidents/{incident}/index.html")
        assert read(copied, f"api/v2/incidents/{incident}.json")


def test_a_place_that_is_no_copy_of_ours_is_left_alone(
    copied: str, line: Proxy, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_SITE_TWINS", copied.replace("/status?", "/elsewhere?"))

    told = said(DOWN, capsys=capsys)

    assert any("holds no copy yet" in note for note in told["notes"])
    assert line.written() == []


def test_without_keys_it_says_that_the_copy_stands_still(
    copied: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("TOCSIN_SITE_TWINS", copied.replace("key:very%2Fsecret@", ""))

    told = said(DOWN, capsys=capsys)

    assert any("stands still until the database is back" in note for note in told["notes"])


@pytest.mark.parametrize("path", ["index.html", "fr/incidents/a b+c~é.html", ".tocsin-twin"])
@pytest.mark.parametrize("token", ["", "lent-for-an-hour"])
def test_a_request_is_signed_as_amazon_s_own_client_signs_it(
    path: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, body = datetime(2026, 11, 24, 9, 12, tzinfo=UTC), b"words"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalr/XUtnFEMI+K7MDENG")
    monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    ours = Bucket(target("s3://linden/status?region=eu-west-3"))
    kept = {"cache-control": "public, max-age=5", "content-type": "text/html; charset=utf-8"}
    place = quote(f"/linden/status/{path}", safe="/-_.~")

    told = ours._signed("PUT", place, body, kept, at=at)

    asked = AWSRequest(
        "PUT", f"https://s3.eu-west-3.amazonaws.com{place}", data=body, headers=dict(kept)
    )
    asked.context["timestamp"] = told["x-amz-date"]
    if token:
        asked.headers["X-Amz-Security-Token"] = token
    asked.headers["X-Amz-Content-SHA256"] = told["x-amz-content-sha256"]
    asked.headers["X-Amz-Date"] = told["x-amz-date"]
    secret = "wJalr/XUtnFEMI+K7MDENG"
    signer = S3SigV4Auth(Credentials("AKIDEXAMPLE", secret, token or None), "s3", "eu-west-3")
    wanted = signer.signature(signer.string_to_sign(asked, signer.canonical_request(asked)), asked)
    assert told["authorization"].endswith(f"Signature={wanted}")

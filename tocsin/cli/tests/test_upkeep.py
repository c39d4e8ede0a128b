import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings as installed
from pytest_django.fixtures import Settings

from tests.cast import a_page, ada, an_incident
from tocsin.announcements.models import Announcement, Delivery
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.journal import chain
from tocsin.journal.models import Note
from tocsin.statements.models import Publication
from tocsin.worker import lanes
from tocsin.worker.due import NETWORK, WORDS, seal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_directories")]


@pytest.fixture
def told() -> Brand:
    """A page with one incident, of which Sam was told."""
    page = a_page()
    facts("subscribe", "--email", "sam@reader.example", "--confirmed")
    an_incident(page, at=datetime.now(UTC))
    work()
    return page


def work() -> None:
    for lane in (WORDS, NETWORK, (seal,)):
        lanes.drain(lane, datetime.now(UTC))


def test_a_page_is_written_as_plain_files(told: Brand, tmp_path: Path) -> None:
    out = tmp_path / "out"

    said = facts("compile", "--out", str(out))

    assert (out / "index.html").is_file()
    assert (out / "fr" / "index.html").is_file()
    summary = json.loads((out / "api/v2/summary.json").read_bytes())
    assert summary["page"]["id"] == told.id
    assert said["files"] == sum(1 for path in out.rglob("*") if path.is_file())


def test_a_whole_record_verifies(told: Brand) -> None:
    said = facts("verify")

    assert said["ok"] is True
    assert said["sealed"] > 5
    assert said["waiting"] == 0


def test_a_changed_note_is_found(told: Brand) -> None:
    Note.objects.filter(verb="incidents:incident:declared").update(actor_name="Somebody else")

    result = tocsin("verify")

    assert result.exit_code == 1
    assert "was changed after it was sealed" in result.stderr


def test_a_changed_word_is_found(told: Brand) -> None:
    Publication.objects.update(published_at=datetime.now(UTC) - timedelta(hours=1))

    assert "no. 1 was changed after it was published" in tocsin("verify").stderr


def test_a_delivery_that_was_taken_away_is_found(told: Brand) -> None:
    Delivery.objects.all().delete()

    assert "No. 1 was for 1 readers; the ledger holds 0." in tocsin("verify").stderr


def test_a_delivery_without_an_end_is_found(told: Brand) -> None:
    Delivery.objects.update(outcome="")

    assert "1 deliveries are neither due nor settled." in tocsin("verify").stderr


def test_a_word_that_the_ledger_passed_over_is_found(told: Brand) -> None:
    an_incident(told, component="cart", at=datetime.now(UTC))
    work()
    Announcement.objects.filter(number=1).delete()

    assert "No. 1 was never looked at by the ledger." in tocsin("verify").stderr


def checks(*levels: str) -> dict[str, str]:
    """{check: what it told} of the doctor's findings at these levels."""
    found = json.loads(tocsin("doctor", "--json").stdout)["checks"]
    return {one["check"]: one["told"] for one in found if one["level"] in levels}


def test_the_doctor_names_what_lacks_words(told: Brand) -> None:
    assert "shop (en), shop (fr)" in checks("hint")["page linden"]


def test_the_doctor_misses_the_worker(told: Brand) -> None:
    an_incident(told, component="cart", at=datetime.now(UTC) - timedelta(minutes=5))

    assert "is not on the page yet: linden" in checks("problem")["worker"]


def test_the_doctor_misses_seals(told: Brand) -> None:
    Note.objects.create(
        at=datetime.now(UTC) - timedelta(minutes=5),
        actor_kind="system",
        actor_id="worker",
        verb="test:thing:done",
        subject_kind="thing",
        subject_id="1",
    )

    assert checks("problem")["worker"] == "1 notes wait to be sealed."
    assert chain.unsealed() == 1


def test_the_doctor_misses_an_owner_and_finds_them_again(told: Brand) -> None:
    before = checks("problem")
    ada()

    assert before["people"] == "nobody owns this installation."
    assert "people" not in checks("problem")


def test_the_doctor_sees_a_secret_that_others_can_read(told: Brand, tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("s")
    secret.chmod(0o644)

    assert "others on this machine can read" in checks("problem")["secret key"]


def test_the_doctor_sees_a_relay_that_does_not_answer(told: Brand, settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, smtp_url="smtp://127.0.0.1:1")

    assert "127.0.0.1:1 cannot be reached" in checks("problem")["mail"]


def test_the_doctor_says_that_mail_is_only_kept(told: Brand) -> None:
    assert "mail is kept in" in checks("hint")["mail"]


@pytest.fixture
def answering(told: Brand, settings: Settings) -> Iterator[list[bytes]]:
    """A web server at the base URL; it answers what the list's last item says."""
    says: list[bytes] = [b"{}"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(says[-1])

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        settings.TOCSIN = replace(settings.TOCSIN, base_url=url)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield says
        server.shutdown()
        thread.join()


def test_the_doctor_reaches_the_page_as_readers_do(told: Brand, answering: list[bytes]) -> None:
    answering.append(json.dumps({"page": {"id": told.id}}).encode())

    assert "answers with this page" in checks("ok")["reachable"]


def test_the_doctor_sees_that_another_page_answers(answering: list[bytes]) -> None:
    answering.append(json.dumps({"page": {"id": "somebodyelse"}}).encode())

    assert "answers with another page" in checks("problem")["reachable"]


def test_the_doctor_sees_that_nobody_answers(told: Brand, settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, base_url="http://127.0.0.1:1")

    assert "does not answer" in checks("problem")["reachable"]
    assert tocsin("doctor").exit_code == 1
    assert installed.TOCSIN.base_url == "http://127.0.0.1:1"

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import a_page, ada, an_incident, eve, later, olu
from tests.hostile.ground import NUL, SCRIPT, is_sentence, nothing_written
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console.tests.ground import FREELY, came_in, text_of

pytestmark = pytest.mark.django_db

LONG = "x" * 30_000


@pytest.fixture(autouse=True)
def _three_past_noon() -> Iterator[None]:
    with time_machine.travel(later(3), tick=False):
        yield


@pytest.fixture
def page() -> Brand:
    return a_page()


def leaf(page: Brand) -> str:
    node = shelf.components_of(page.id).find("checkout")
    assert node is not None
    return node.id


def assert_refused(response: Any, *statuses: int) -> None:
    """Refused with one of these, in a page that says why."""
    assert response.status_code in (statuses or (400, 404, 409, 422)), text_of(response)[:2000]
    assert is_sentence(text_of(response))
    assert "Server Error" not in text_of(response)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"components": "nosuchthing0", "state": "major_outage"},
        {"components": NUL, "state": "major_outage"},
        {"components": SCRIPT, "state": "major_outage"},
        {"state": "on_fire"},
        {"state": NUL},
        {"state": "major_outage", "title": "x" * 256},
        {"state": "major_outage", "title": NUL},
        {"state": "major_outage", "severity": "sev9"},
        {"state": "major_outage", "posture": "nobody"},
        {"state": "major_outage", "started": "yesterday"},
        {"state": "major_outage", "started": "25:99"},
        {"state": "major_outage", "started": "2999-01-01 09:12"},
        {"state": "major_outage", "started": "0001-01-01 00:00", "zone": "Asia/Tokyo"},
        {"state": "major_outage", "started": "09:12", "zone": "Mars/Olympus"},
        {"state": "major_outage", "started": "09:12", "zone": "../../etc/passwd"},
        {"state": "major_outage", "next_at": "2020-01-01 09:12"},
        {"state": "major_outage", "next_at": "9999-12-31 23:59"},
        {"state": "major_outage", "next_at": NUL},
        {"state": "major_outage", "headline.en": "x" * 91, "body.en": "Words."},
        {"state": "major_outage", "headline.en": "Head", "body.en": LONG},
        {"state": "major_outage", "headline.en": "Head", "body.en": NUL},
        {"state": "major_outage", "page": "nowhere"},
    ],
)
def test_a_wrong_declaration_opens_nothing(page: Brand, told: Mapping[str, str]) -> None:
    client = came_in(olu())
    sent = {"components": leaf(page), "once": "abc", "do": "publish", **told}

    with nothing_written():
        response = client.post("/console/declare", sent if told else {"do": "publish"})

    assert_refused(response)


@pytest.mark.parametrize(
    "told",
    [
        {"phase": "cooking"},
        {"phase": NUL},
        {"way": "T-99"},
        {"way": "../../etc/passwd"},
        {"headline.en": ""},
        {"headline.en": "x" * 91},
        {"headline.en": "a\nb"},
        {"headline.en": NUL},
        {"body.en": LONG},
        {"body.en": NUL},
        {"speak.en": ""},
        {"next": "at", "next_at": "soon"},
        {"next": "at", "next_at": "2020-01-01 09:12"},
        {"next": "-5"},
        {"next": "99999999999"},
        {"next": "ten"},
        {"severity": "sev9"},
        {"posture": "nobody"},
        {"certainty": "maybe"},
        {"since": "25:99"},
        {"since": "2999-01-01 00:00"},
        {"forecast_from": "later", "forecast_to": "tomorrow"},
        {"draft": "zzzzzzzzzzzz", "follows": "1"},
        {"draft": NUL, "follows": "1"},
        {"follows": "many"},
        {"based_on": "-1"},
        {"based_on": "9" * 40},
        {"based_on": "first"},
    ],
)
def test_a_wrong_word_says_nothing(page: Brand, told: Mapping[str, str]) -> None:
    incident, client = an_incident(page).incident_id, came_in(olu())
    path = f"/console/incidents/{incident}/say"

    with nothing_written():
        response = client.post(path, {**FREELY, "do": "publish", **told})

    assert_refused(response)


@pytest.mark.parametrize("state", ["on_fire", "", NUL])
def test_a_wrong_state_changes_no_component(page: Brand, state: str) -> None:
    incident, client = an_incident(page).incident_id, came_in(olu())
    told = {**FREELY, "do": "publish", f"state.{leaf(page)}": state or "on_fire"}

    with nothing_written():
        said = client.post(f"/console/incidents/{incident}/say", told)
        changed = client.post(f"/console/components/{leaf(page)}/state", {"state": state})

    assert_refused(said)
    assert changed.status_code in {302, 400, 422}


PATHS = (
    "incidents/{id}",
    "incidents/{id}/say",
    "incidents/{id}/moment",
    "incidents/{id}/fact",
    "publications/{id}/deliveries",
    "announcements/{id}/release",
    "announcements/{id}/drop",
    "components/{id}",
    "components/{id}/state",
    "components/{id}/retire",
    "subscribers/{id}/remove",
    "people/{id}/revoke",
    "people/{id}/link",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("unknown", ["zzzzzzzzzzzz", "a%00b", "%27%20OR%201=1", "x" * 500])
def test_an_unknown_id_is_not_found(page: Brand, path: str, unknown: str) -> None:
    client = came_in(ada())

    with nothing_written():
        answers = [
            client.get(f"/console/{path.format(id=unknown)}"),
            client.post(f"/console/{path.format(id=unknown)}", {"state": "operational"}),
        ]

    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert answer.status_code == 405 or is_sentence(text_of(answer))


@pytest.mark.parametrize("path", ["", "declare", "components", "subscribers", "people", "journal"])
@pytest.mark.parametrize(
    "query", ["page=nowhere", "page=%00", "from=-1", "from=" + "9" * 40, "q=%00&standing=lost"]
)
def test_a_wrong_question_is_answered_all_the_same(page: Brand, path: str, query: str) -> None:
    client = came_in(ada())

    with nothing_written():
        answer = client.get(f"/console/{path}?{query}")

    assert answer.status_code in {200, 302, 400, 404, 422}


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "never", "time": "09:12"},
        {"kind": "started", "time": "soon"},
        {"kind": "started", "time": "09:12", "zone": "Mars/Olympus"},
        {"kind": "started", "time": "2999-01-01 00:00"},
        {"kind": NUL, "time": NUL},
        {},
    ],
)
def test_a_wrong_moment_is_not_recorded(page: Brand, told: Mapping[str, str]) -> None:
    incident, client = an_incident(page).incident_id, came_in(olu())

    with nothing_written():
        response = client.post(f"/console/incidents/{incident}/moment", told)

    assert_refused(response)


@pytest.mark.parametrize("text", ["", "   ", NUL])
def test_a_fact_without_words_is_not_written_down(page: Brand, text: str) -> None:
    incident, client = an_incident(page).incident_id, came_in(olu())

    with nothing_written():
        response = client.post(f"/console/incidents/{incident}/fact", {"text": text})

    assert_refused(response)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("components", {"name": ""}),
        ("components", {"name": NUL}),
        ("components", {"name": "Checkout"}),
        ("components", {"name": "Pay", "parent": "nowhere"}),
        ("components", {"name": "Pay", "parent": NUL}),
        ("page", {"name": "", "languages": "en"}),
        ("page", {"name": NUL, "languages": "en"}),
        ("page", {"name": "Linden", "languages": "xx"}),
        ("page", {"name": "Linden"}),
        ("page", {"name": "Linden", "languages": "en", "time_zone": "Mars/Olympus"}),
        ("page", {"name": "Linden", "languages": "en", "time_zone": "../../etc/passwd"}),
        ("page", {"name": "Linden", "languages": "en", "domain": "no domain/at all"}),
        ("people", {"email": "nobody", "name": "No", "role": "owner"}),
        ("people", {"email": "no@linden.example", "name": "No", "role": "king"}),
        ("people", {"email": "no@linden.example", "name": "", "role": "owner"}),
        ("people", {"email": NUL, "name": NUL, "role": NUL}),
        ("subscribers/add", {"email": "nobody"}),
        ("subscribers/add", {"email": "a@b.example\nBcc: c@d.example"}),
        ("subscribers/add", {"email": "sam@reader.example", "components": "nowhere"}),
        ("subscribers/add", {"email": "sam@reader.example", "severity": "sev9"}),
        ("subscribers/add", {"email": NUL}),
        ("subscribers/import", {}),
    ],
)
def test_a_wrong_form_changes_nothing(page: Brand, path: str, told: Mapping[str, str]) -> None:
    client = came_in(ada())

    with nothing_written():
        response = client.post(f"/console/{path}", told)

    assert_refused(response)


@pytest.mark.parametrize(
    "sheet",
    [
        b"",
        b"\xff\xfe\xfa",
        b"\x00\x01",
        b"name\nSam\n",
        b"email\nsam@reader.example\nnobody\n",
        b"email,consented_at\nsam@reader.example,2026-01-05T09:00:00\n",
        b"email,components\nsam@reader.example,nowhere\n",
        b"email,language\nsam@reader.example,de\n",
        b"email\nsam@reader.example,one,too,many\n",
        b"email\n" + b"x" * 200_000 + b"\n",
    ],
)
def test_a_sheet_with_a_broken_row_brings_nobody_in(page: Brand, sheet: bytes) -> None:
    client = came_in(ada())
    file = SimpleUploadedFile("readers.csv", sheet, content_type="text/csv")

    with nothing_written():
        response = client.post("/console/subscribers/import", {"file": file})

    assert_refused(response)


def test_a_body_that_is_no_form_writes_nothing(page: Brand) -> None:
    client = came_in(ada())
    broken = b"--x\r\nContent-Disposition: form-data; name=do\r\n\r\n" + b"\xff" * 100

    with nothing_written():
        for content_type in (
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/plain",
        ):
            response = client.post("/console/declare", broken, content_type=content_type)

            assert response.status_code < 500


def test_a_body_beyond_the_limit_writes_nothing(page: Brand) -> None:
    client = came_in(ada())

    with nothing_written():
        large = client.post("/console/declare", {"title": "x" * (2 * 1024 * 1024)})
        many = client.post("/console/declare", {f"field{turn}": "x" for turn in range(12_000)})

    assert large.status_code in {400, 413}
    assert many.status_code in {400, 413}


def test_without_the_forms_own_proof_nothing_is_done(page: Brand) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada(), backend="django.contrib.auth.backends.ModelBackend")

    with nothing_written():
        response = client.post("/console/declare", {"do": "publish"})

    assert_refused(response, 403)


def test_eve_sees_nothing_and_changes_nothing(page: Brand) -> None:
    incident = an_incident(page).incident_id
    client = came_in(eve())
    paths = [f"/console/{path.format(id=incident)}" for path in PATHS]

    with nothing_written():
        seen = [client.get(path) for path in (*paths, "/console/declare", "/console/people")]
        done = [client.post(path, {"state": "operational"}) for path in paths]

    assert all(400 <= answer.status_code < 500 for answer in [*seen, *done])
    assert not any("Checkout is failing" in text_of(answer) for answer in [*seen, *done])


def test_hostile_words_are_shown_as_words(page: Brand) -> None:
    incident = an_incident(page, title=SCRIPT).incident_id
    client = came_in(ada())

    preview = client.post(
        f"/console/incidents/{incident}/say",
        {**FREELY, "headline.en": SCRIPT[:90], "body.en": SCRIPT, "do": "preview"},
    )

    for answer in (preview, client.get("/console/"), client.get(f"/console/incidents/{incident}")):
        shown = text_of(answer)
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert 'href="javascript' not in shown

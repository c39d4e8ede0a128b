import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import NOON, SAM, a_page, lea, olu
from tocsin.announcements import accounts, audience, importing, readers
from tocsin.announcements.readers import Standing, Subscriber
from tocsin.catalogue.shelf import Brand
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db
LIST = "/console/subscribers"


def a_file(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("readers.csv", text if isinstance(text, bytes) else text.encode())


def test_somebody_added_is_asked_to_confirm_first() -> None:
    page, client = a_page(), came_in(lea())

    client.post(f"{LIST}/add", {"email": SAM, "language": "fr"})

    (sam,) = readers.subscribers(page.id)
    assert sam.standing == Standing.UNCONFIRMED
    assert Letter.objects.get().to == SAM


def test_an_address_that_is_none_is_refused_in_words() -> None:
    a_page()
    client = came_in(lea())

    with nothing_written():
        response = client.post(f"{LIST}/add", {"email": "not an address"})

    assert response.status_code == 422
    assert 'value="not an address"' in text_of(response)


def test_a_list_is_brought_along() -> None:
    page, client = a_page(), came_in(lea())

    file = a_file("email,consented_at\nsam@reader.example,2026-01-05\nkim@reader.example,\n")
    response = client.post(f"{LIST}/import", {"file": file}, follow=True)

    assert "1 will be told from now on, 1 were asked to confirm" in text_of(response)
    assert readers.count(page.id, standing=Standing.ACTIVE) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("email\nsam@reader.example\nbroken\nkim@reader.example\n", "Line 3:"),
        ("address\nsam@reader.example\n", "Line 1:"),
        ("email,consented_at\nsam@reader.example,yesterday\n", "Line 2:"),
        (b"email\n\xff\xfe\n", "not UTF-8"),
        ("", "Line 1:"),
    ],
)
def test_of_a_broken_list_nothing_is_taken(text: str | bytes, sentence: str) -> None:
    a_page()
    client = came_in(lea())

    with nothing_written():
        response = client.post(f"{LIST}/import", {"file": a_file(text)})

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_no_file_at_all_is_said_in_words() -> None:
    a_page()

    response = came_in(lea()).post(f"{LIST}/import")

    assert response.status_code == 422
    assert "Choose a CSV file" in text_of(response)


def test_a_long_list_comes_in_pages_and_is_found_by_a_part_of_the_address() -> None:
    page, client = a_page(), came_in(lea())
    rows = [
        {"email": f"r{number}@reader.example", "consented_at": "2026-01-05"} for number in range(60)
    ]
    importing.import_rows(page.id, rows, by=TERMINAL, at=NOON)

    first, second = text_of(client.get(LIST)), text_of(client.get(f"{LIST}?from=50"))
    found = text_of(client.get(f"{LIST}?q=r42@"))

    assert first.count("@reader.example") == 50
    assert second.count("@reader.example") == 10
    assert found.count("@reader.example") == 1
    assert client.get(f"{LIST}?from=nonsense&standing=nonsense").status_code == 200


def test_one_reader_is_let_go() -> None:
    page, client = a_page(), came_in(lea())
    sam = audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)

    client.post(f"{LIST}/{sam.id}/remove")

    assert readers.count(page.id, standing=Standing.UNSUBSCRIBED) == 1


def test_a_responder_sees_readers_and_changes_none() -> None:
    page, client = a_page(), came_in(olu())
    sam = audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)

    with nothing_written():
        assert client.post(f"{LIST}/{sam.id}/remove").status_code == 403
        assert client.post(f"{LIST}/add", {"email": "kim@reader.example"}).status_code == 403
        assert (
            client.post(f"{LIST}/import", {"file": a_file("email\nk@r.example\n")}).status_code
            == 403
        )

    assert SAM in text_of(client.get(LIST))


def test_a_machine_is_added_and_whoever_answers_for_it_is_asked() -> None:
    page, client = a_page(), came_in(lea())
    url = "https://robots.linden.example/status?key=s3cret"

    client.post(f"{LIST}/add", {"channel": "webhook", "endpoint": url, "email": SAM})

    (robot,) = readers.subscribers(page.id)
    assert (robot.channel, robot.address, robot.contact) == ("webhook", url, SAM)
    assert Letter.objects.get().to == SAM
    shown = text_of(client.get(LIST))
    assert "robots.linden.example/…" in shown
    assert "s3cret" not in shown


def test_a_web_address_cannot_be_guessed_by_searching() -> None:
    page, client = a_page(), came_in(lea())
    audience.subscribe(
        page.id,
        address="https://hooks.slack.com/services/T01/B01/s3cret",
        channel="slack",
        confirmed=True,
        by=TERMINAL,
        at=NOON,
    )

    assert "hooks.slack.com/…" in text_of(client.get(LIST, {"q": "slack"}))
    assert "hooks.slack.com/…" not in text_of(client.get(LIST, {"q": "s3cret"}))


def test_a_machine_inside_the_network_is_refused_in_words() -> None:
    a_page()
    client = came_in(lea())

    with nothing_written():
        response = client.post(
            f"{LIST}/add", {"channel": "webhook", "endpoint": "https://10.0.0.1/", "email": SAM}
        )

    assert response.status_code == 422
    assert "private network" in text_of(response)


def a_machine(page: Brand, *, confirmed: bool = True) -> Subscriber:
    return audience.subscribe(
        page.id,
        address="https://robots.linden.example/status",
        channel="webhook",
        contact=SAM,
        confirmed=confirmed,
        by=TERMINAL,
        at=NOON,
    )


def test_a_machines_secret_is_renewed_and_shown_once() -> None:
    page, client = a_page(), came_in(lea())
    robot = a_machine(page)

    shown = text_of(client.post(f"{LIST}/{robot.id}/secret"))

    (fresh,) = re.findall(r'value="(whsec_[^"]+)"', shown)
    assert (kept := accounts.account_of(robot.id, at=NOON))
    assert kept.secrets[0] == fresh
    assert "robots.linden.example/…. It is shown this once" in shown
    assert "whsec_" not in text_of(client.get(LIST))


def test_only_a_machine_that_listens_has_a_secret_to_renew() -> None:
    page, client = a_page(), came_in(lea())
    sam = audience.subscribe(page.id, address=SAM, confirmed=True, by=TERMINAL, at=NOON)
    robot = a_machine(page, confirmed=False)

    assert "Renew its secret" not in text_of(client.get(LIST))
    with nothing_written():
        for reader in (sam, robot):
            assert client.post(f"{LIST}/{reader.id}/secret").status_code == 404
        assert client.post(f"{LIST}/nosuchreader/secret").status_code == 404


def test_a_responder_renews_no_secret() -> None:
    robot, client = a_machine(a_page()), came_in(olu())

    with nothing_written():
        assert client.post(f"{LIST}/{robot.id}/secret").status_code == 403

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import NOON, a_page, later, lea, olu
from tocsin.announcements import audience, importing, readers
from tocsin.announcements.importing import BrokenRows, Imported
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.announcements.tests.readers import a_reader
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db

GOOD = """\ufeffEmail,consented_at,language,components,source
Sam@Reader.example,2024-05-01,fr,checkout;cart,the old page
olu@reader.example,2024-05-01T10:00:00+02:00,,,
new@reader.example,,en,,
"""


def brought(text: str) -> Imported:
    page = a_page()
    return importing.import_rows(page.id, importing.rows_of(text), by=TERMINAL, at=NOON)


def test_readers_with_a_consent_date_are_confirmed_and_the_others_asked() -> None:
    assert brought(GOOD) == Imported(confirmed=2, asked=1, known=0, left_before=0)

    sam = Subscription.objects.get(address="sam@reader.example")
    assert (sam.language, sam.source, sam.subscribed_at) == ("fr", "the old page", NOON)
    assert sam.consented_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert not sam.follows_all
    (told,) = readers.subscribers(sam.page_id, matching="sam")
    assert len(told.components) == 2
    assert Letter.objects.get().to == "new@reader.example"


def test_whoever_bounced_and_comes_without_a_consent_is_asked_by_a_link_that_works() -> None:
    page = a_page()
    brought_along = [{"email": "sam@reader.example", "consented_at": "2024-05-01"}]
    importing.import_rows(page.id, brought_along, by=TERMINAL, at=NOON)
    Subscription.objects.update(bounced_at=NOON)

    importing.import_rows(page.id, [{"email": "sam@reader.example"}], by=TERMINAL, at=later(1))

    token = Subscription.objects.get().asking_token
    assert token
    assert f"/subscribe/confirm/{token}" in Letter.objects.get().text
    assert audience.confirm(token, at=later(2)).standing == Standing.ACTIVE


def test_importing_again_changes_nothing() -> None:
    page = a_page()
    rows = importing.rows_of(GOOD)
    importing.import_rows(page.id, rows, by=TERMINAL, at=NOON)

    again = importing.import_rows(page.id, rows, by=TERMINAL, at=later(1))

    assert (again.confirmed, again.known) == (0, 2)
    assert Subscription.objects.count() == 3
    assert Letter.objects.count() == 1


def test_who_has_left_is_not_brought_back_by_an_older_consent() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.unsubscribe(sam.token, at=NOON)
    rows = [{"email": sam.address, "consented_at": "2024-05-01"}]

    done = importing.import_rows(page.id, rows, by=TERMINAL, at=later(1))

    assert done.left_before == 1
    assert readers.count(page.id, standing=Standing.ACTIVE) == 0


def test_who_consented_since_is_welcome_back() -> None:
    page = a_page()
    sam = a_reader(page)
    audience.unsubscribe(sam.token, at=NOON)
    rows = [{"email": sam.address, "consented_at": later(1).isoformat()}]

    done = importing.import_rows(page.id, rows, by=TERMINAL, at=later(2))

    assert done.confirmed == 1
    assert readers.count(page.id, standing=Standing.ACTIVE) == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not-an-address,2024-05-01,,,", "name@example.com"),
        ("sam@reader.example,yesterday,,,", "no date"),
        ("sam@reader.example,2024-05-01T10:00:00,,,", "zone"),
        (f"sam@reader.example,{(NOON + timedelta(days=9)).isoformat()},,,", "future"),
        ("sam@reader.example,2024-05-01,de,,", "not written in"),
        ("sam@reader.example,2024-05-01,,nowhere,", "no component"),
        ("sam@reader.example", "columns"),
        ("sam@reader.example,2024-05-01,,,,,,", "columns"),
        ('sam@reader.example,"2024', "not CSV"),
    ],
)
def test_one_broken_row_and_nothing_is_written(line: str, said: str) -> None:
    with pytest.raises(BrokenRows) as refused:
        brought(GOOD + line + "\n")

    assert said in str(refused.value)
    assert "line 5" in str(refused.value)
    assert not Subscription.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize("text", ["", "name\nSam\n", "email,colour\nsam@reader.example,red\n"])
def test_a_file_without_its_columns_is_refused(text: str) -> None:
    with pytest.raises(BrokenRows):
        brought(text)


def test_an_address_that_stands_twice_comes_once() -> None:
    text = "email,consented_at\nsam@reader.example,2024-05-01\nSAM@reader.example,2024-05-02\n"

    assert brought(text).confirmed == 1


def test_importing_needs_the_role() -> None:
    page = a_page()
    rows = importing.rows_of(GOOD)

    with pytest.raises(NotAllowed):
        importing.import_rows(page.id, rows, by=olu().actor, at=NOON)
    assert importing.import_rows(page.id, rows, by=lea().actor, at=NOON).confirmed == 2

import pytest

from tests.cast import SAM, a_page
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.cli.tests.terminal import facts, tocsin
from tocsin.statements import published

pytestmark = pytest.mark.django_db

PASSWORD = "nine lanterns at the quay"


@pytest.fixture
def page() -> Brand:
    return a_page()


def test_a_circle_is_opened_listed_and_filled(page: Brand) -> None:
    opened = facts("audience", "add", "Acme")
    tocsin("audience", "admit", SAM, "ada@reader.example", "--audience", "acme")

    listed = facts("audience", "list")
    readers = facts("audience", "readers", "--audience", "acme")

    assert [(one["slug"], one["access"], one["readers"]) for one in listed] == [
        ("everyone", "public", ""),
        ("acme", "named", "2"),
    ]
    assert opened["url"] == "http://127.0.0.1:8000/for/acme"
    assert [one["email"] for one in readers] == ["ada@reader.example", SAM]


def test_an_incident_is_declared_for_a_circle_and_told_on_there(page: Brand) -> None:
    facts("audience", "add", "Acme")
    circle = shelf.audience(page.id, "acme").audience_id

    told = facts(
        "declare", "Orders are late", "--component", "checkout=major_outage", "--audience", "acme"
    )
    facts("update", told["incident"], "--say", "We found why.", "--phase", "identified")
    closed = facts("resolve", told["incident"], "--say", "It works again.")

    assert told["url"] == f"http://127.0.0.1:8000/for/acme/incidents/{told['incident']}"
    assert (closed["publication"], published.last_number(circle)) == (3, 3)
    assert published.last_number(page.audience_id) == 0


def test_the_password_may_come_by_a_pipe(page: Brand) -> None:
    told = facts("page", "access", "linden", "password", "--password", "-", stdin=PASSWORD)

    assert told["access"] == "password"
    assert audiences.fits(page.audience_id, PASSWORD)
    assert not audiences.fits(page.audience_id, PASSWORD + "!")
    assert shelf.brand(page.id).access == Access.PASSWORD


@pytest.mark.parametrize(
    "words",
    [
        ("page", "access", "linden", "password", "--password", "short"),
        ("page", "access", "nowhere", "public"),
        ("audience", "add", "!!!"),
        ("audience", "add", "Staff", "--access", "password"),
        ("audience", "admit", SAM),
        ("audience", "admit", SAM, "--audience", "nobody"),
        ("audience", "expel", SAM),
        ("declare", "Late", "--component", "cart=major_outage", "--audience", "nobody"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(page: Brand, words: tuple[str, ...]) -> None:
    refused = tocsin(*words)

    assert refused.exit_code == 1
    assert len(refused.stderr.split()) > 4
    assert "Traceback" not in refused.stderr


def test_a_closed_page_is_not_written_as_plain_files(page: Brand, tmp_path: object) -> None:
    tocsin("page", "access", "linden", "named")

    refused = tocsin("compile", "--out", str(tmp_path))

    assert refused.exit_code == 1
    assert "not public" in refused.stderr

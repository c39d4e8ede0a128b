"""By which day an account is owed, where the page names a country and where it does not."""

from datetime import UTC, date, datetime

import pytest

from tests.cast import NOON, a_page
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import CannotKeep
from tocsin.disclosure.severity import Severity
from tocsin.followup import accounts
from tocsin.journal.actors import TERMINAL

pytestmark = pytest.mark.django_db
CHRISTMAS_EVE = datetime(2026, 12, 24, 10, 0, tzinfo=UTC)  # a Thursday


def owed_in(country: str) -> date:
    page = shelf.change_page(a_page().id, country=country, by=TERMINAL, at=NOON)
    full = accounts.full_by(CHRISTMAS_EVE, Severity.SEV1, page)
    assert full is not None
    return full.date()


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("", date(2027, 1, 7)),  # ten days of the week
        ("FR", date(2027, 1, 11)),  # without Christmas and New Year
        ("de-bw", date(2027, 1, 12)),  # and without Epiphany, in a part of the country
        ("DE", date(2027, 1, 11)),
    ],
)
def test_public_holidays_of_the_page_s_country_are_no_business_days(
    country: str, day: date
) -> None:
    assert owed_in(country) == day


@pytest.mark.parametrize("country", ["ZZ", "FR-ZZZ", "France!", "-", "US-", "XNYS"])
def test_a_place_of_which_no_holidays_are_known_is_refused(country: str) -> None:
    page = a_page()

    with pytest.raises(CannotKeep, match="No holidays are known of"):
        shelf.change_page(page.id, country=country, by=TERMINAL, at=NOON)
    assert shelf.brand(page.id).country == ""


def test_a_promised_day_is_the_day_whatever_is_celebrated() -> None:
    page = shelf.change_page(a_page().id, country="FR", by=TERMINAL, at=NOON)

    promised = date(2026, 12, 25)
    full = accounts.full_by(CHRISTMAS_EVE, Severity.SEV1, page, promised=promised)
    assert full == datetime(2026, 12, 26, tzinfo=UTC)

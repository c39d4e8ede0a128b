"""A lawyer and an insurer sign a policy for a year; a changed one wants signing anew."""

import hashlib
from datetime import date, timedelta

import pytest

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.sheet import Side, Standing
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Altered
from tocsin.people.access import NotAllowed
from tocsin.statements import policies, sheets
from tocsin.statements.models import Signature
from tocsin.statements.sheets import CannotSign

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
TEXT = "clearance:\n  sev1:\n    words: legal\n"


@pytest.fixture
def page() -> Brand:
    page = cast.a_page()
    policies.adopt(page.id, TEXT, by=TERMINAL, at=NOON)
    return page


def signed(page: Brand, *, name: str = "Mara", until: date | None = None, number: int = 1) -> None:
    sheets.sign(
        page.id,
        side=Side.LAWYER,
        name=name,
        number=number,
        on=TODAY,
        until=until,
        by=TERMINAL,
        at=NOON,
    )


def standing(page: Brand, on: date) -> Standing:
    return sheets.sheet_of(page.id, on=on).sides[0].standing


def test_a_signature_lasts_a_year_and_warns_a_month_before(page: Brand) -> None:
    signed(page)

    until = date(2027, 11, 23)
    days = (TODAY, until - timedelta(days=31), until - timedelta(days=30), until)
    assert [standing(page, day) for day in days] == ["signed", "signed", "lapsing", "lapsing"]
    assert standing(page, until + timedelta(days=1)) == Standing.LAPSED


def test_a_changed_policy_wants_signing_anew(page: Brand) -> None:
    signed(page)

    policies.adopt(page.id, "nudges: [50]\n", by=TERMINAL, at=later(1))

    assert standing(page, TODAY) == Standing.CHANGED
    with pytest.raises(CannotSign, match=r"no\. 2 is in force, .* is no\. 1"):
        signed(page, number=1)
    signed(page, name="Noor", number=2)
    told = sheets.sheet_of(page.id, on=TODAY)
    assert [side.standing for side in told.sides] == [Standing.SIGNED, Standing.UNSIGNED]
    assert [one.name for one in told.earlier] == ["Noor", "Mara"]


def test_who_signed_which_text_is_in_the_journal(page: Brand) -> None:
    signed(page, name=" Mara Lindqvist ")

    (entry, *_) = chain.recent(page=page.id)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    assert entry.verb == "statements:sheet:signed"
    assert entry.detail["name"] == "Mara Lindqvist"
    assert entry.detail["sha256"] == digest == sheets.sheet_of(page.id, on=TODAY).sha256
    with pytest.raises(Altered):
        Signature.objects.get().save()


@pytest.mark.parametrize(
    ("name", "until", "said"),
    [
        (" ", None, "by name"),
        ("mara@law.example", None, "not an address"),
        ("a\nb", None, "one line"),
        ("Mara", TODAY, "for a year at most"),
        ("Mara", TODAY + timedelta(days=367), "for a year at most"),
    ],
)
def test_what_cannot_be_signed_is_refused(
    page: Brand, name: str, until: date | None, said: str
) -> None:
    with pytest.raises(CannotSign, match=said):
        signed(page, name=name, until=until)

    assert not Signature.objects.exists()


def test_no_day_to_come_and_nobody_but_an_owner(page: Brand) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(CannotSign, match="still to come"):
        sheets.sign(
            page.id, side=Side.INSURER, name="Ida", number=1, on=tomorrow, by=TERMINAL, at=NOON
        )
    with pytest.raises(NotAllowed):
        sheets.sign(
            page.id,
            side=Side.INSURER,
            name="Ida",
            number=1,
            on=TODAY,
            by=cast.olu().actor,
            at=NOON,
        )


def test_the_usual_policy_is_nobodys_to_sign() -> None:
    page = cast.a_page()

    with pytest.raises(CannotSign, match="Adopt one first"):
        signed(page, number=0)

    assert not sheets.sheet_of(page.id, on=TODAY).is_unsigned


def test_what_was_recorded_by_mistake_is_taken_back_and_the_one_before_counts(page: Brand) -> None:
    signed(page, name="Mara")
    signed(page, name="Noor")
    mistake = sheets.sheet_of(page.id, on=TODAY).earlier[0]

    sheets.withdraw(
        page.id, mistake.id, reason="They signed another page's.", by=TERMINAL, at=later(1)
    )

    told = sheets.sheet_of(page.id, on=TODAY)
    assert told.sides[0].signature is not None
    assert told.sides[0].signature.name == "Mara"
    assert [(one.name, one.withdrawn is not None) for one in told.earlier] == [
        ("Noor", True),
        ("Mara", False),
    ]
    (entry, *_) = chain.recent(page=page.id)
    assert (entry.verb, entry.detail["name"]) == ("statements:sheet:withdrawn", "Noor")
    with pytest.raises(CannotSign, match="no such signature"):
        sheets.withdraw(page.id, mistake.id, reason="Again.", by=TERMINAL, at=later(2))


def test_a_sheet_whose_only_signature_was_a_mistake_is_unsigned(page: Brand) -> None:
    signed(page)
    (mistake,) = sheets.sheet_of(page.id, on=TODAY).earlier

    with pytest.raises(CannotSign, match="Say why"):
        sheets.withdraw(page.id, mistake.id, reason=" ", by=TERMINAL, at=later(1))
    with pytest.raises(NotAllowed):
        sheets.withdraw(page.id, mistake.id, reason="So.", by=cast.olu().actor, at=later(1))
    sheets.withdraw(page.id, mistake.id, reason="It was a draft.", by=TERMINAL, at=later(1))

    told = sheets.sheet_of(page.id, on=TODAY)
    assert (told.is_unsigned, told.sides[0].standing) == (True, Standing.UNSIGNED)

from datetime import timedelta
from typing import Any

import pytest

from tests import cast
from tocsin.announcements import concerns
from tocsin.channels.sheet import Sheet
from tocsin.page.models import Sight, Twin
from tocsin.post.models import Letter

pytestmark = pytest.mark.django_db


def a_twin(page_id: str, *, behind_since: float | None) -> Twin:
    since = None if behind_since is None else cast.later(behind_since)
    return Twin.objects.create(
        page_id=page_id,
        place="primary",
        key="0" * 32,
        name="s3://linden-status",
        number=411,
        revision=0,
        behind_since=since,
        trouble="It does not answer.",
        next_at=cast.NOON,
    )


def test_owners_hear_once_of_a_twin_that_is_left_behind() -> None:
    page, ada = cast.a_page(), cast.ada()
    cast.olu()
    twin = a_twin(page.id, behind_since=0)

    assert concerns.raise_due(cast.later(14)) == 0
    assert concerns.raise_due(cast.later(16)) == 1
    assert concerns.raise_due(cast.later(30)) == 0

    (letter,) = Letter.objects.all()
    assert (letter.to, letter.subject) == (ada.email, "Linden: a twin has been left behind")
    assert "s3://linden-status is 16 minutes behind the page" in letter.text
    assert "It does not answer." in letter.text
    Twin.objects.filter(pk=twin.pk).update(behind_since=cast.later(60))
    assert concerns.raise_due(cast.later(90)) == 1, "another stretch is another letter"


def test_a_twin_that_keeps_up_is_no_concern() -> None:
    page = cast.a_page()
    cast.ada()
    a_twin(page.id, behind_since=None)

    assert concerns.raise_due(cast.later(600)) == 0


@pytest.mark.parametrize(("state", "letters"), [("pending", 1), ("seen", 0), ("unmeasured", 0)])
def test_owners_hear_once_of_what_readers_do_not_see(state: str, letters: int) -> None:
    page = cast.a_page()
    cast.ada()
    for number in (1, 2):
        Sight.objects.create(
            publication_id=f"word{number:08d}",
            page_id=page.id,
            number=number,
            published_at=cast.NOON + timedelta(seconds=number),
            state=state,
            seen_at=cast.later(0.2) if state == "seen" else None,
            reason="It answers 500.",
        )

    assert concerns.raise_due(cast.later(0.9)) == 0
    assert concerns.raise_due(cast.later(1.5)) == letters
    assert concerns.raise_due(cast.later(2)) == 0

    told = [letter.text for letter in Letter.objects.all()]
    assert len(told) == letters
    assert all("No. 1 was not found at" in text and "It answers 500." in text for text in told)


def test_a_letter_that_was_written_is_not_composed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = cast.a_page()
    cast.ada()
    a_twin(page.id, behind_since=0)
    composed: list[str] = []

    def noting(**told: Any) -> Sheet:
        composed.append(told["headline"])
        return Sheet(**told)

    monkeypatch.setattr(concerns, "Sheet", noting)

    assert [concerns.raise_due(cast.later(minutes)) for minutes in (16, 17, 18)] == [1, 0, 0]
    assert composed == ["s3://linden-status is 16 minutes behind the page"]

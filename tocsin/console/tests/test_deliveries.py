import pytest

from tests.cast import NOON, SAM, a_page, ada, an_incident, later, lea, olu
from tocsin.announcements import audience
from tocsin.announcements.models import Announcement, Delivery
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.console import telling
from tocsin.console.tests.ground import DESK, HTMX, came_in, text_of
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, published
from tocsin.statements.published import Publication

pytestmark = pytest.mark.django_db
FATES = (("delivered", ""), ("given_up", "550 no such mailbox"), ("", ""))


def announced(said: Publication, *, total: int = 3, held: bool = False) -> None:
    Announcement.objects.create(
        publication_id=said.id,
        audience_id=said.audience_id,
        number=said.number,
        about=said.incident_id or "",
        published_at=said.published_at,
        begun_at=NOON,
        total=total,
        announced_at=None if held else later(1),
        held_at=NOON if held else None,
    )


def a_telling(page: Brand, *, held: bool = False) -> Publication:
    """A word that one reader got, one never will and one still waits for."""
    said = an_incident(page).publication
    announced(said, held=held)
    for number, (outcome, reason) in enumerate(() if held else FATES):
        address = f"{number}-{SAM}"
        reader = audience.subscribe(page.id, address=address, confirmed=True, by=TERMINAL, at=NOON)
        Delivery.objects.create(
            publication_id=said.id,
            subscription_id=reader.id,
            channel="email",
            about=said.incident_id or "",
            outcome=outcome,
            reason=reason,
            settled_at=later(2) if outcome else None,
            next_at=None if outcome else later(4),
        )
    return said


def test_each_recipients_fate_stands_with_its_reason() -> None:
    said = a_telling(a_page())
    client, path = came_in(olu()), f"/console/publications/{said.id}/deliveries"

    everyone, given_up = text_of(client.get(path)), text_of(client.get(f"{path}?fate=given_up"))

    assert "told <b>1 of 3</b>" in everyone
    assert everyone.count(SAM) == 3
    assert given_up.count(SAM) == 1
    assert "550 no such mailbox" in given_up


def test_the_bar_moves_by_itself_until_all_is_settled() -> None:
    said = a_telling(a_page())
    client, path = came_in(olu()), f"/console/publications/{said.id}/deliveries"

    fragment = text_of(client.get(path, headers=HTMX))

    assert "every 1s" in text_of(client.get(path))
    assert 'class="delivered" x="0.000%" width="33.333%"' in fragment
    assert "<html" not in fragment


def test_progress_stands_on_the_desk_and_beside_the_incident() -> None:
    said = a_telling(a_page())
    client = came_in(olu())

    for path in (DESK, f"/console/incidents/{said.incident_id}"):
        shown = text_of(client.get(path))
        assert "told <b>1 of 3</b>" in shown
        assert "1 given up" in shown


def test_a_held_word_is_released_or_dropped_by_who_may() -> None:
    page = a_page()
    said = a_telling(page, held=True)
    responder, lead = came_in(olu()), came_in(lea())
    path = f"/console/announcements/{said.id}"

    assert "Nobody is being told of no. 1" in text_of(lead.get(DESK))
    assert responder.post(f"{path}/release").status_code == 403
    assert lead.get(f"{path}/drop").status_code == 405
    assert lead.post(f"{path}/release").status_code == 302
    assert lead.post(f"{path}/release").status_code == 409
    assert published.last_number(page.audience_id) == 1


def test_a_dropped_word_says_so() -> None:
    said = a_telling(a_page(), held=True)
    client = came_in(ada())

    client.post(f"/console/announcements/{said.id}/drop")

    shown = text_of(client.get(f"/console/publications/{said.id}/deliveries"))
    assert "Somebody decided to tell nobody." in shown


def a_circle_is_told_too(page: Brand) -> tuple[Publication, Publication]:
    """The word as everyone was told it, and as a circle was in which nobody asked to be told."""
    acme = circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=NOON)
    everyone = a_telling(page)
    (theirs,) = published.story(acme.audience_id, everyone.incident_id or "").publications  # type: ignore[union-attr]
    return everyone, theirs


def test_every_audience_has_its_share_in_the_sum() -> None:
    page = a_page()
    everyone, acme = a_circle_is_told_too(page)
    announced(acme, total=1)
    Delivery.objects.create(
        publication_id=acme.id,
        subscription_id=Delivery.objects.first().subscription_id,  # type: ignore[union-attr]
        channel="email",
        outcome="delivered",
        settled_at=later(2),
    )
    client = came_in(olu())

    for path in (DESK, f"/console/incidents/{everyone.incident_id}"):
        shown = text_of(client.get(path))
        assert "told <b>2 of 4</b>" in shown
        assert f'/publications/{everyone.id}/deliveries">Everyone</a> <span>1 of 3</span>' in shown
        assert f'/publications/{acme.id}/deliveries">Acme</a> <span>1 of 1</span>' in shown
    theirs = text_of(client.get(f"/console/publications/{acme.id}/deliveries"))
    assert "told <b>1 of 1</b>" in theirs
    assert 'aria-current="true">Acme</a>' in theirs


def test_an_audience_that_is_held_holds_up_the_sum() -> None:
    everyone, acme = a_circle_is_told_too(a_page())
    announced(acme, held=True)

    shown = telling.shown(everyone, at=later(5))

    assert shown.is_held
    assert [(line.name, line.progress.counts.total) for line in shown.lines] == [
        ("Everyone", 3),
        ("Acme", 0),
    ]


def test_where_there_is_one_audience_no_share_is_listed() -> None:
    assert telling.shown(a_telling(a_page()), at=later(5)).lines == ()

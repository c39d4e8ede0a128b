from typing import Any

import pytest

from tests.cast import NOON, a_page, eve, later, olu
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import HTMX, came_in, nothing_written, text_of
from tocsin.incidents import planning
from tocsin.incidents.plans import Planned, Stage
from tocsin.journal.actors import TERMINAL
from tocsin.statements import circles, published

pytestmark = pytest.mark.django_db
PLAN = "/console/maintenance/plan"


def form(page: Brand, *slugs: str, **more: str) -> dict[str, Any]:
    tree = shelf.components_of(page.id)
    nodes = [tree.find(slug) for slug in slugs]
    return {
        "components": [node.id for node in nodes if node],
        "state": "under_maintenance",
        "starts": "2026-12-01 22:00",
        "lasts": "1h30",
        "title": "Moving the orders",
        "work.en": "move the orders",
        "benefit.en": "keep checkout fast",
        "once": "abc",
        "do": "publish",
        **more,
    }


def planned(page: Brand) -> Planned:
    (told,) = planning.upcoming(page.id)
    return told


def test_one_form_announces_work_and_clears_what_the_clock_will_say() -> None:
    page, client = a_page(), came_in(olu())

    response = client.post(PLAN, form(page, "checkout", interruption="10m", interruptions="2"))

    work = planned(page)
    assert response["Location"] == f"/console/maintenance/{work.id}"
    assert work.plan.ends_at - work.plan.starts_at == later(90) - later(0)
    shown = text_of(client.get(response["Location"]))
    assert "Announced as no. 1." in shown
    assert "To keep checkout fast, we will move the orders." in shown
    for told in ("Reminder: planned work on checkout", "has begun", "is taking longer"):
        assert told in shown


def test_the_words_are_shown_before_they_go_out() -> None:
    page, client = a_page(), came_in(olu())

    with nothing_written():
        shown = text_of(client.post(PLAN, form(page, "checkout"), headers=HTMX))

    assert "Planned work: checkout, 22:00 to 23:30 UTC on 1 December" in shown
    assert "Intervention : le paiement" in shown.replace("\N{NO-BREAK SPACE}", " ")


def test_the_same_form_sent_twice_announces_once() -> None:
    page, client = a_page(), came_in(olu())

    first = client.post(PLAN, form(page, "checkout"))
    second = client.post(PLAN, form(page, "checkout"))

    assert first["Location"] == second["Location"]
    assert planned(page)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"starts": ""}, "Say when it begins"),
        ({"starts": "some day"}, "cannot be read as a time"),
        ({"lasts": "long"}, "Say how long"),
        ({"starts": "2020-01-01 22:00"}, "would begin in the past"),
        ({"own_rule": "FREQ=HOURLY"}, "Say how often"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_is_lost(
    more: dict[str, str], says: str
) -> None:
    page, client = a_page(), came_in(olu())

    response = client.post(PLAN, form(page, "checkout", **more))

    assert response.status_code in {409, 422}
    assert says in text_of(response)
    assert "keep checkout fast" in text_of(response)
    assert planning.upcoming(page.id) == []


def test_work_is_begun_looked_over_and_ended_by_buttons() -> None:
    page, client = a_page(), came_in(olu())
    client.post(PLAN, form(page, "checkout"))
    at = f"/console/maintenance/{planned(page).id}"

    for act, stage in (("begin", Stage.BEGUN), ("check", Stage.CHECKING), ("end", Stage.ENDED)):
        assert client.post(f"{at}/{act}")["Location"] == at
        assert planning.planned_of(at.rpartition("/")[2]).stage == stage

    assert "Planned work on checkout is over" in text_of(client.get(at))


def test_work_is_moved_and_cancelled_with_its_reason() -> None:
    page, client = a_page(), came_in(olu())
    client.post(PLAN, form(page, "checkout"))
    work = planned(page)
    at = f"/console/maintenance/{work.id}"

    client.post(f"{at}/move", {"starts": "2026-12-02 22:00", "because.en": "Parts came late"})
    client.post(f"{at}/cancel", {"because.fr": "Les pièces manquent"})

    shown = text_of(client.get(at))
    assert "Parts came late." in shown
    assert "Les pièces manquent." in shown
    assert planning.planned_of(work.id).stage == Stage.CANCELLED


def test_more_is_said_of_it_and_its_phase_stays() -> None:
    page, client = a_page(), came_in(olu())
    client.post(PLAN, form(page, "checkout"))
    at = f"/console/maintenance/{planned(page).id}"

    client.post(f"{at}/say", {"headline.en": "Bring a book", "body.en": "It may take a while."})

    assert "Bring a book" in text_of(client.get(at))
    assert planned(page).stage == Stage.ANNOUNCED
    assert planned(page).plan.effects == {
        node.id: State.MAINTENANCE
        for node in shelf.components_of(page.id)
        if node.slug == "checkout"
    }


def test_its_incident_s_address_leads_to_it() -> None:
    page, client = a_page(), came_in(olu())
    client.post(PLAN, form(page, "checkout"))
    work = planned(page).id

    for path in (f"/console/incidents/{work}", f"/console/incidents/{work}/say"):
        assert client.get(path)["Location"] == f"/console/maintenance/{work}"


def test_eve_plans_and_sees_nothing() -> None:
    page = a_page()
    came_in(olu()).post(PLAN, form(page, "checkout"))
    client, work = came_in(eve()), planned(page).id

    assert client.post(PLAN, form(page, "checkout")).status_code == 403
    assert client.get(f"/console/maintenance/{work}").status_code == 403
    assert client.post(f"/console/maintenance/{work}/cancel").status_code == 403
    assert planned(page).stage == Stage.ANNOUNCED


def test_work_can_be_planned_for_one_circle_alone() -> None:
    page, client = a_page(), came_in(olu())
    acme = circles.open_circle(page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=NOON)

    form_shown = text_of(client.get(PLAN))
    response = client.post(PLAN, form(page, "checkout", audience=acme.audience_id))

    assert "For whom?" in form_shown
    work = planned(page)
    assert (work.audience_id, work.is_for_everyone) == (acme.audience_id, False)
    shown = client.get(response["Location"]).content.decode()
    assert "Acme alone" in shown
    assert f"/for/acme/maintenance/{work.id}" in shown
    assert "Acme alone" in text_of(client.get("/console/maintenance"))
    assert published.story(page.audience_id, work.id) is None


def test_work_for_a_circle_that_is_not_there_is_refused() -> None:
    page, client = a_page(), came_in(olu())

    response = client.post(PLAN, form(page, "checkout", audience="nowhere"))

    assert response.status_code == 404
    assert planning.upcoming(page.id) == []

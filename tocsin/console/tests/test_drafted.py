"""Drafted incidents on the screen: one tap says it, a reason dismisses it, looking does neither."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import a_page, ada, eve, later, olu
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.console.tests.ground import came_in, nothing_written, text_of
from tocsin.incidents import declaration, drafted, intake
from tocsin.incidents.drafted import Drafted
from tocsin.incidents.models import Outcome
from tocsin.journal.actors import TERMINAL
from tocsin.statements import published
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.hooks import Door
from tocsin.watch.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    return a_page()


@pytest.fixture
def door(page: Brand) -> Door:
    return hooks.create(page.id, Source.GENERIC, by=TERMINAL, at=later(0))[0]


def comes_in(
    door: Door,
    *,
    component: str = "checkout",
    fires: bool = True,
    ago: int = 3,
    labels: Mapping[str, str] | None = None,
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=ago)
    alert = Alert(
        name=f"alert of {component}",
        is_firing=fires,
        title="<b>orders-db-7</b> refuses connections",
        state=State.MAJOR,
        labels={"component": component, **(labels or {})},
        url="https://grafana.inside.example/d/1",
    )
    signals.receive(door, [alert], at=at)
    intake.take_up(at)


def only(page: Brand) -> Drafted:
    (one,) = drafted.open_ones([page.id], at=datetime.now(UTC))
    return one


def test_the_desk_offers_to_say_it_and_looking_changes_nothing(page: Brand, door: Door) -> None:
    comes_in(door)
    client = came_in(olu())

    with nothing_written():
        desk = text_of(client.get("/console/"))
        looked = text_of(client.get(f"/console/drafted/{only(page).id}"))

    assert "Drafted by alerts" in desk
    assert "Checkout is failing" in desk
    assert "We are looking into a problem with checkout." in desk
    assert f"/console/drafted/{only(page).id}/say" in desk
    assert "All is well" not in desk
    assert "&lt;b&gt;orders-db-7" in looked
    assert "https://grafana.inside.example/d/1" in looked


def test_one_tap_declares_and_says_it(page: Brand, door: Door) -> None:
    comes_in(door)
    client, seen = came_in(olu()), only(page)

    answer = client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})
    again = client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})

    (known,) = declaration.open_incidents(page.id)
    assert answer.status_code == 302
    assert answer["Location"] == again["Location"] == f"/console/incidents/{known.id}"
    assert known.title == "Checkout is failing"
    assert published.last_number(page.audience_id) == 1


def test_what_has_grown_since_is_shown_before_it_is_said(page: Brand, door: Door) -> None:
    comes_in(door)
    client, seen = came_in(olu()), only(page)
    comes_in(door, component="cart", ago=2)

    answer = client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})

    assert answer.status_code == 409
    assert "More alerts came in while you looked" in text_of(answer)
    assert declaration.open_incidents(page.id) == []


def test_it_is_dismissed_with_a_reason_and_not_without(page: Brand, door: Door) -> None:
    comes_in(door)
    client, seen = came_in(olu()), only(page)

    with nothing_written():
        refused = client.post(f"/console/drafted/{seen.id}/dismiss", {"reason": "  "})
    done = client.post(f"/console/drafted/{seen.id}/dismiss", {"reason": "a load test"})

    assert refused.status_code == 422
    assert "why nobody need be told" in text_of(refused)
    assert done.status_code == 302
    assert "Drafted by alerts" not in text_of(client.get("/console/"))
    assert "a load test" in text_of(client.get(f"/console/drafted/{seen.id}"))


def test_eve_neither_sees_nor_says_it(page: Brand, door: Door) -> None:
    comes_in(door)
    client, seen = came_in(eve()), only(page)

    with nothing_written():
        answers = [
            client.get(f"/console/drafted/{seen.id}"),
            client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision}),
            client.post(f"/console/drafted/{seen.id}/dismiss", {"reason": "mine"}),
        ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert not any("orders-db-7" in text_of(answer) for answer in answers)


def test_what_nobody_can_place_leads_to_the_form(page: Brand, door: Door) -> None:
    comes_in(door, component="nowhere")
    client, seen = came_in(olu()), only(page)

    desk = text_of(client.get("/console/"))
    answer = client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})

    assert "No component could be found for these alerts" in desk
    assert f"/console/drafted/{seen.id}/say" not in desk
    assert answer.status_code == 422


def test_the_form_that_is_opened_from_there_takes_it_in(page: Brand, door: Door) -> None:
    comes_in(door, component="nowhere")
    client, seen = came_in(olu()), only(page)
    leaf = shelf.components_of(page.id).find("cart")
    assert leaf is not None

    form = text_of(client.get(f"/console/declare?drafted={seen.id}"))
    told = {"components": leaf.id, "state": "major_outage", "drafted": seen.id, "do": "publish"}
    client.post("/console/declare", told)

    assert f'name="drafted" value="{seen.id}"' in form
    (known,) = declaration.open_incidents(page.id)
    settled = drafted.drafted(seen.id, at=datetime.now(UTC))
    assert (settled.outcome, settled.incident_id) == (Outcome.SAID, known.id)


def test_of_what_is_over_the_form_is_filled_in_with_its_times(page: Brand, door: Door) -> None:
    comes_in(door, ago=60)
    comes_in(door, fires=False, ago=30)
    client, seen = came_in(olu()), only(page)

    desk = text_of(client.get("/console/"))
    link = html.unescape(desk[desk.index("/console/declare/afterwards?page=") :].split('"')[0])
    form = client.get(link)
    said = client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})

    assert "All of it is over by itself" in desk
    assert form.status_code == 200
    assert f'name="drafted" value="{seen.id}"' in text_of(form)
    assert "Say when it began and when it ended." not in text_of(form)
    assert said.status_code == 422
    assert "Tell it afterwards, or dismiss it" in text_of(said)


def test_an_incident_shows_what_alerts_suggest_and_offers_the_words(
    page: Brand, door: Door
) -> None:
    comes_in(door)
    client, seen = came_in(olu()), only(page)
    client.post(f"/console/drafted/{seen.id}/say", {"revision": seen.revision})
    (known,) = declaration.open_incidents(page.id)

    assert "has been over since" not in text_of(client.get("/console/"))
    comes_in(door, fires=False, ago=0)

    for path in ("/console/", f"/console/incidents/{known.id}"):
        assert "Every alert about it has been over since" in text_of(client.get(path))
    assert declaration.known_of(known.id).is_open


def test_an_owner_opens_changes_and_revokes_a_hook(page: Brand) -> None:
    client = came_in(ada())
    told = {"source": "grafana", "secret": "a long secret", "rules": "job=shop-* -> checkout"}

    shown = text_of(client.post("/console/hooks", told))
    (door,) = hooks.hooks_of(page.id)
    start = shown.index("/hooks/grafana/") + len("/hooks/grafana/")
    token = shown[start : shown.index('"', start)]
    found = hooks.known_by(token)
    assert found is not None
    assert found.id == door.id
    assert token not in text_of(client.get("/console/hooks"))
    assert "a long secret" not in text_of(client.get("/console/hooks"))

    client.post(
        f"/console/hooks/{door.id}/change",
        {"name": "Prod", "rules": "a=b -> cart", "group_for": "9", "secret": "another one"},
    )
    changed = hooks.hook(door.id)
    assert (changed.name, changed.group_for) == ("Prod", timedelta(minutes=9))
    assert changed.secrets == ("a long secret", "another one")

    client.post(f"/console/hooks/{door.id}/revoke")
    assert hooks.known_by(token) is None


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"source": "nagios"},
        {"source": "generic", "rules": "no rule"},
        {"source": "generic", "rules": "a=b -> nowhere"},
        {"source": "generic", "rules": "a=b -> cart:on_fire"},
        {"source": "generic", "secret": "short"},
        {"source": "generic", "group_for": "-1"},
        {"source": "generic", "group_for": "9999"},
        {"source": "generic", "name": "a\x00b"},
    ],
)
def test_a_wrong_hook_is_refused_in_words(page: Brand, told: dict[str, str]) -> None:
    client = came_in(ada())

    with nothing_written():
        answer = client.post("/console/hooks", told)

    assert answer.status_code == 422
    assert "Server Error" not in text_of(answer)


def test_a_responder_makes_no_hooks(page: Brand) -> None:
    client = came_in(olu())

    with nothing_written():
        assert client.get("/console/hooks").status_code == 403
        assert client.post("/console/hooks", {"source": "generic"}).status_code == 403


@pytest.mark.parametrize("label", [{"security": "true"}, {"kind": "security"}])
def test_an_alerts_own_label_prefills_the_kind_and_publishes_nothing(
    page: Brand, door: Door, label: dict[str, str]
) -> None:
    comes_in(door, labels=label)
    client = came_in(olu())

    with nothing_written():
        desk = html.unescape(text_of(client.get("/console/")))
    form = text_of(client.get(re.findall(r'href="(/console/declare\?[^"]+)"', desk)[-1]))
    client.post(f"/console/drafted/{only(page).id}/say", {"revision": only(page).revision})

    assert re.search(r'value="security"[^>]*(selected|checked)', form)
    assert [known.is_security for known in declaration.open_incidents()] == [True]


def test_without_such_a_label_it_is_an_incident_like_any_other(page: Brand, door: Door) -> None:
    comes_in(door, labels={"security": "false"})
    client = came_in(olu())

    desk = html.unescape(text_of(client.get("/console/")))

    assert "kind=security" not in desk

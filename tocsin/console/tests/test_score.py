"""The score in the console: whoever may see a page sees it, and its owner shows it to readers."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import cast
from tests.story.telling import both
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Operator
from tocsin.scorecard import recent
from tocsin.scorecard.figures import FEW
from tocsin.statements import appraisals, word
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    recent.forget()


def signed_in(operator: Operator) -> Client:
    client = Client()
    client.force_login(operator)
    return client


def a_told_incident(page: Brand) -> str:
    at = timezone.now() - timedelta(hours=2)
    return cast.an_incident(page, layers=both("Cards fail", "Les cartes"), at=at).incident_id


def test_it_tells_what_is_not_measured_beside_each_picture() -> None:
    page = cast.a_page()
    incident = a_told_incident(page)

    shown = signed_in(cast.olu()).get("/console/score").content.decode()

    assert len(re.findall(r'<svg width="100%"', shown)) == 4
    assert "nobody recorded when the effect began (1)" in shown
    assert f"/console/incidents/{incident}/score" in shown
    assert " style=" not in shown


def test_one_incident_shows_the_five_numbers_and_the_lights() -> None:
    page = cast.a_page()
    incident = a_told_incident(page)

    shown = signed_in(cast.olu()).get(f"/console/incidents/{incident}/score").content.decode()

    assert "Five numbers for the review" in shown
    assert "not measured: nobody recorded when the effect began" in shown
    assert "First notice in time" in shown


def test_an_owner_shows_it_to_readers_and_takes_it_away() -> None:
    page = cast.a_page()
    owner = signed_in(cast.ada())

    owner.post("/console/score", {"page": page.slug, "shown": "yes"})
    assert shelf.brand(page.id).shows_score

    owner.post("/console/score", {"page": page.slug, "shown": "no"})
    assert not shelf.brand(page.id).shows_score


def test_a_responder_may_not_choose_it() -> None:
    page = cast.a_page()
    responder = signed_in(cast.olu())

    answer = responder.post("/console/score", {"page": page.slug, "shown": "yes"})

    assert answer.status_code == 403
    assert not shelf.brand(page.id).shows_score
    assert "Show it to readers" not in responder.get("/console/score").content.decode()


def test_eve_sees_nothing() -> None:
    page = cast.a_page()
    incident = a_told_incident(page)
    eve = signed_in(cast.eve())

    for path in ("/console/score", f"/console/incidents/{incident}/score"):
        answer = eve.get(path)
        assert answer.status_code in (403, 404)
        assert "Cards fail" not in answer.content.decode()


def test_prometheus_counts_what_is_measured_and_has_no_sample_of_the_rest() -> None:
    page = cast.a_page()
    a_told_incident(page)

    told = Client().get("/metrics").content.decode()

    assert f'tocsin_score_n{{measure="in_time",of="",page="{page.slug}"}} 1.0' in told
    assert f'tocsin_score_n{{measure="first_notice",of="",page="{page.slug}"}} 0.0' in told
    assert 'tocsin_score_seconds{measure="first_notice"' not in told


def test_prometheus_counts_numbers_apart_from_spans() -> None:
    page, at = cast.a_page(), timezone.now()
    over = Saying(phase=Phase.RESOLVED, layers=both("Cards work", "Les cartes passent"))
    for _incident in range(FEW):
        word.say(a_told_incident(page), over, by=TERMINAL, at=at)
    appraisals.read_due(at)

    told = Client().get("/metrics").content.decode()

    def samples(measure: str, of: str) -> dict[str, str]:
        labels = f'measure="{measure}",of="{of}",page="{page.slug}"'
        found = re.findall(rf'tocsin_score_number{{{labels},quantile="(.+?)"}} (\S+)', told)
        return dict(found)

    assert samples("scope_growth", "") == {"0.5": "0.0", "0.95": "0.0"}
    assert samples("apology", "resolved").keys() == {"0.5"}
    assert samples("sentences", "en").keys() == {"mean"}
    assert samples("update_gap", "") == {}
    assert f'tocsin_score_seconds{{measure="update_gap",of="",page="{page.slug}"' in told

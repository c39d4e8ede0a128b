"""What the pages of somebody say who follows one incident alone."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cast import NOON, SAM, a_page, an_incident
from tocsin.announcements import audience, readers
from tocsin.announcements.models import Subscription
from tocsin.announcements.readers import Standing
from tocsin.statements.word import Spoken

pytestmark = pytest.mark.django_db
ONE = "one incident alone, to its end: Checkout is failing"


@pytest.fixture
def spoken() -> Spoken:
    page = a_page()
    spoken = an_incident(page)
    audience.subscribe(page.id, address=SAM, about=spoken.incident_id, at=NOON)
    return spoken


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def words(response: object) -> str:
    assert isinstance(response, HttpResponse)
    assert response.status_code == 200
    return response.content.decode()


def confirmed(browser: Client) -> str:
    """Confirms, and answers the reader's own token."""
    browser.post(f"/subscribe/confirm/{Subscription.objects.get().asking_token}")
    return Subscription.objects.get().token


def test_they_confirm_what_it_is_about(spoken: Spoken, browser: Client) -> None:
    link = f"/subscribe/confirm/{Subscription.objects.get().asking_token}"

    assert ONE in words(browser.get(link))
    assert Subscription.objects.get().subscribed_at is None
    assert ONE in words(browser.post(link))
    assert Subscription.objects.get().subscribed_at


def test_they_choose_their_language_and_nothing_else(spoken: Spoken, browser: Client) -> None:
    link = f"/subscribe/preferences/{confirmed(browser)}"

    shown = words(browser.get(link))
    assert ONE in shown
    assert 'name="follow"' not in shown
    assert 'href="/subscribe"' in shown
    saved = words(browser.post(link, {"language": "fr"}))
    assert "à propos de cet incident" not in saved
    reader = readers.subscriber(Subscription.objects.get().id)
    assert reader
    assert (reader.language, reader.about, reader.components) == ("fr", spoken.incident_id, ())


def test_a_form_that_was_tampered_with_widens_nothing(spoken: Spoken, browser: Client) -> None:
    link = f"/subscribe/preferences/{confirmed(browser)}"
    component = "checkout"

    refused = browser.post(link, {"follow": "some", "component": component, "language": "en"})

    assert refused.status_code == 400
    assert not Subscription.objects.get().follows_all


def test_they_leave_this_incident(spoken: Spoken, browser: Client) -> None:
    token = confirmed(browser)
    link = f"/subscribe/unsubscribe/{token}"

    shown = words(browser.get(link))
    assert "about this incident: Checkout is failing" in shown
    assert "/subscribe/preferences/" not in shown
    words(browser.post(link, {"List-Unsubscribe": "One-Click"}))
    reader = readers.subscriber(Subscription.objects.get().id)
    assert reader
    assert reader.standing == Standing.UNSUBSCRIBED

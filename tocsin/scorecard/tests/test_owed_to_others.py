"""Reading what was owed beside the words: consent, authorities, reports on promises, readers."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.cast import NOON, later
from tests.story.telling import both
from tocsin.announcements import audience
from tocsin.announcements.models import Delivery, Subscription
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.followup import promises, reporting_back
from tocsin.followup.pledges import Pledge
from tocsin.incidents import reporting
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import TERMINAL
from tocsin.people.models import Role
from tocsin.scorecard import gathering, measures, totals
from tocsin.scorecard.figures import NotMeasured, Share, Why
from tocsin.scorecard.filings import Filed
from tocsin.scorecard.history import Wait
from tocsin.scorecard.measures import Card
from tocsin.scorecard.tests.test_gathering import DAY, MINUTE, a_night, read, set_moment
from tocsin.scorecard.totals import Measure
from tocsin.statements import answers, policies, word
from tocsin.statements.promised import Promised
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
ALARM = {
    "en": Promised("Alarm on refused cards", "a card refused twice rings the phone", "on-call"),
    "fr": Promised("Alerter quand une carte est refusée", "le téléphone sonne", "astreinte"),
}
LATER = NOON + 200 * DAY


def card(page: Brand, *, at: Any = LATER) -> Card:
    return measures.card(read(page, at=at), at=at)


# Consent


def test_what_waited_for_consent_is_read_with_what_became_of_it() -> None:
    page = cast.a_page()
    policies.adopt(page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)
    lea, olu = (cast.an_operator(name, role) for name, role in (("Lea", Role.LEGAL), OLU))
    spoken = word.declare(
        page.id, title="Cards", components={"checkout": State.MAJOR}, by=olu.actor, at=NOON
    )
    saying = Saying(Phase.IDENTIFIED, {"en": Layer("Cards fail", "A change of ours did it.")})
    waiting = word.say(spoken.incident_id, saying, by=olu.actor, at=later(5)).pending
    assert waiting is not None
    assert read(page).waits == (Wait(later(5)),)
    assert card(page, at=later(9)).approval == 4 * MINUTE, "it waits still"

    answers.grant(waiting.clearance_id, by=lea.actor, at=later(12))

    assert read(page).waits == (Wait(later(5), later(12)),)
    assert card(page).approval == 7 * MINUTE
    assert card(page).approval_share == NotMeasured(Why.NO_START)
    set_moment(spoken.incident_id, MomentKind.STARTED, later(-4), told_at=later(20))
    assert card(page).approval_share == 0, "the first word waited for nobody"


OLU = ("Olu", Role.RESPONDER)


def test_where_nobody_is_asked_for_consent_nothing_is_measured() -> None:
    page = cast.a_page()
    a_night(page)

    assert card(page).approval == NotMeasured(Why.NO_REVIEW)
    assert card(page).approval_share == NotMeasured(Why.NO_REVIEW)


# Authorities


def test_reports_to_authorities_are_read_as_the_clocks_have_them() -> None:
    page = cast.a_page()
    incident = a_night(page)
    for key in (a_night(page, at=NOON + DAY), a_night(page, at=NOON + 2 * DAY)):
        reporting.answer(key, clocks=[], by=TERMINAL, at=NOON + 3 * DAY)
    reporting.answer(incident, clocks=["eu-dora-19", "eu-gdpr-33"], by=TERMINAL, at=later(1))
    set_moment(incident, MomentKind.CLASSIFIED_MAJOR, later(30), told_at=later(40))
    reporting.submit(
        incident,
        clock="eu-dora-19",
        stage="initial",
        submitted_at=later(120),
        by=TERMINAL,
        at=later(130),
    )
    at = NOON + 3 * DAY

    with CaptureQueriesContext(connection) as asked:
        told = gathering.history(page, at=at).incidents
    assert len(asked) <= 16
    first = next(one for one in told if one.id == incident)
    filings = {one.name: one for one in first.filings or ()}

    owed = {f"{one.clock.id} {one.stage.name}": one for one in reporting.owed(incident).dues}
    assert set(filings) <= set(owed)
    assert len(filings) >= 4
    for name, filing in filings.items():
        one = owed[name]
        assert filing[1:] == (one.begins_at, one.due_at, one.submitted_at), name
    due_at = filings["eu-dora-19 initial"].due_at
    assert due_at is not None
    filed = measures.card(first, at=at).filed
    assert filed["eu-dora-19 initial"] == Filed(90 * MINUTE, due_at - later(120))
    assert filed["eu-gdpr-33 notification"].margin == NotMeasured(Why.NOT_DUE_YET)
    late = measures.card(first, at=at + DAY).filed["eu-gdpr-33 notification"]
    assert late == Filed(NotMeasured(Why.NOT_SUBMITTED), NotMeasured(Why.NOT_SUBMITTED))
    assert [one.filings for one in told if one.id != incident] == [(), ()]


def test_nobody_said_which_authorities_is_not_that_none_is_owed() -> None:
    page = cast.a_page()
    a_night(page)
    reporting.answer(a_night(page, at=NOON + DAY), clocks=[], by=TERMINAL, at=NOON + DAY)

    figure = totals.score(gathering.history(page, at=LATER)).figure(Measure.CLOCK_MARGIN)

    assert (figure.n, figure.left_out) == (0, {Why.NOT_ANSWERED: 1, Why.NOT_OWED: 1})


def test_what_somebody_set_aside_is_not_owed() -> None:
    page = cast.a_page()
    incident = a_night(page)
    reporting.answer(incident, clocks=["eu-gdpr-33"], by=TERMINAL, at=later(1))
    for stage in {one.stage.name for one in reporting.owed(incident).dues}:
        reporting.set_aside(
            incident, clock="eu-gdpr-33", stage=stage, reason="No data.", by=TERMINAL, at=later(2)
        )

    assert read(page).filings == ()


# Reports on promises


def promised(page: Brand, *, days: int = 200) -> str:
    incident = a_night(page)
    due_on = (NOON + days * DAY).date()
    promises.promise(incident, Pledge(ALARM, due_on, is_public=True), by=TERMINAL, at=later(90))
    return incident


def test_readers_are_reported_back_to_on_the_day_or_it_counts_as_missed() -> None:
    page = cast.a_page()
    promised(page)
    month, quarter = later(90) + 30 * DAY, later(90) + 90 * DAY
    early = card(page, at=month - DAY).reported
    assert early == (NotMeasured(Why.NOT_DUE_YET), NotMeasured(Why.NOT_DUE_YET))
    assert card(page, at=month + DAY).reported == (False, NotMeasured(Why.NOT_DUE_YET))

    assert reporting_back.report(month) == 1
    assert reporting_back.report(quarter + DAY) == 1, "a day late"

    assert card(page).reported == (True, False)
    figure = totals.score(gathering.history(page, at=LATER)).figure(Measure.REPORTED_BACK)
    assert isinstance(figure, Share)
    assert (figure.hits, figure.n) == (1, 2)


def test_a_report_whose_day_was_told_is_owed_though_all_is_settled() -> None:
    page = cast.a_page()
    incident = promised(page)
    reporting_back.report(later(90) + 30 * DAY)
    (told,) = promises.told_of(incident, page.time_zone)
    because = {"en": "The bank does it.", "fr": "La banque le fait."}
    promises.drop(told.id, reason=because, by=TERMINAL, at=NOON + 40 * DAY)
    assert card(page).reported == (True, False)

    assert reporting_back.report(later(90) + 90 * DAY) == 1

    assert card(page).reported == (True, True)


def test_once_all_is_settled_no_report_is_owed() -> None:
    page = cast.a_page()
    incident = promised(page)
    (told,) = promises.told_of(incident, page.time_zone)
    promises.drop(
        told.id,
        reason={"en": "The bank does it.", "fr": "La banque le fait."},
        by=TERMINAL,
        at=NOON + 5 * DAY,
    )

    assert card(page).reported == (NotMeasured(Why.ALL_SETTLED), NotMeasured(Why.ALL_SETTLED))


# Readers who leave


def test_who_leaves_within_a_week_of_a_first_word_is_counted() -> None:
    page = cast.a_page()
    first = cast.an_incident(page, layers=both("Cards fail", "Les cartes")).publication
    told_at = later(2)
    for number, left_at in enumerate(
        (None, told_at - MINUTE, told_at, told_at + 7 * DAY, told_at + 7 * DAY + MINUTE)
    ):
        reader = audience.subscribe(
            page.id, address=f"r{number}@x.example", confirmed=True, by=TERMINAL, at=NOON
        )
        Subscription.objects.filter(pk=reader.id).update(unsubscribed_at=left_at)
        Delivery.objects.create(
            publication_id=first.id,
            subscription_id=reader.id,
            channel="email",
            about=first.incident_id or "",
            outcome="delivered",
            settled_at=told_at,
        )

    assert card(page).left == (2, 5)
    assert card(page, at=told_at + 7 * DAY).left == NotMeasured(Why.NOT_DUE_YET)


def test_where_nobody_was_told_nobody_left() -> None:
    page = cast.a_page()
    a_night(page)

    assert card(page).left == NotMeasured(Why.NOBODY_TOLD)

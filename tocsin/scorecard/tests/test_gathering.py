"""Reading a history: what verbs left in the record, and the same again asked in SQL."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.cast import NOON, later
from tests.story.telling import both
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import policy
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.followup import accounts
from tocsin.incidents import declaration
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import TERMINAL
from tocsin.page.models import Sight
from tocsin.scorecard import gathering, measures, totals
from tocsin.scorecard.figures import NotMeasured, Share, Spread, Why
from tocsin.scorecard.history import Account, Closing, Incident, Sighting, Sort
from tocsin.scorecard.totals import Measure
from tocsin.statements import account, debts, policies, published, retrospective, translation, word
from tocsin.statements.values import Forecast, Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def a_night(page: Brand, *, at: datetime = NOON, **declared: Any) -> str:
    """Declared with a first word in both languages, one word more, and over after an hour."""
    spoken = cast.an_incident(page, layers=both("Cards fail", "Les cartes"), at=at, **declared)
    said(spoken.incident_id, Phase.IDENTIFIED, at + 20 * MINUTE)
    over(spoken.incident_id, at + 60 * MINUTE)
    return spoken.incident_id


def said(incident: str, phase: Phase, at: datetime, en: str = "We know why", **told: Any) -> None:
    saying = Saying(phase=phase, layers=both(en, "Nous savons pourquoi"), **told)
    word.say(incident, saying, by=TERMINAL, at=at)


def over(incident: str, at: datetime) -> None:
    saying = Saying(
        phase=Phase.RESOLVED,
        layers=both("It works", "Cela fonctionne"),
        components={"checkout": State.OPERATIONAL},
        until=at - MINUTE,
    )
    word.say(incident, saying, by=TERMINAL, at=at)


def set_moment(incident: str, kind: MomentKind, at: datetime, *, told_at: datetime) -> None:
    declaration.set_moment(
        incident, kind=kind, moment_at=at, reason="the graphs", by=TERMINAL, at=told_at
    )


def read(page: Brand, incident: str = "", *, at: datetime = NOON + DAY) -> Incident:
    (found,) = gathering.history(page, at=at, incident_id=incident).incidents
    return found


def test_a_night_is_read_as_it_was_known_and_told() -> None:
    page = cast.a_page()
    incident = a_night(page)
    set_moment(incident, MomentKind.STARTED, later(-9), told_at=later(5))
    set_moment(incident, MomentKind.STARTED, later(-12), told_at=later(50))
    set_moment(incident, MomentKind.CUSTOMER_FIRST, later(4), told_at=later(6))

    told = read(page)

    assert told.sort == Sort.LIVE
    assert [one.at for one in told.words] == [NOON, later(20), later(60)]
    assert [one.is_final for one in told.words] == [False, False, True]
    assert (told.started_at, told.start_revisions) == (later(-12), 1)
    assert told.customer_first_at == later(4)
    assert (told.drafted_at, told.cleared_at) == (NOON, NOON)
    assert told.limit == policy.USUAL.first_notice(Severity.SEV1)
    assert told.words[0].within == policy.USUAL.next_word(Severity.SEV1, Phase.HOLDING)
    assert told.closing == Closing(until=True), "nobody knew when it began when it was over"
    assert (told.owes_account, told.actions) == (True, ())
    due_at = accounts.full_by(later(60), Severity.SEV1, page)
    assert told.account == Account(due_at, None, later(60)), "owed since it was over, not given"
    assert told.sighting == Sighting.UNMEASURED
    assert told.names["en"] == "Checkout is failing"


def test_the_policy_of_the_time_counts_and_not_the_one_of_today() -> None:
    page = cast.a_page()
    first = a_night(page)
    mild = replace(policy.USUAL.paces[Severity.SEV1], first_notice=timedelta(hours=3))
    slower = replace(policy.USUAL, paces={**policy.USUAL.paces, Severity.SEV1: mild})
    policies.adopt(page.id, policy.written(slower), by=TERMINAL, at=later(120))
    second = a_night(page, at=later(180))

    limits = {one.id: one.limit for one in gathering.history(page, at=NOON + DAY).incidents}
    assert limits == {first: timedelta(minutes=10), second: timedelta(hours=3)}


def test_what_was_seen_counts_from_there_and_what_was_not_counts_nothing() -> None:
    page = cast.a_page()
    incident = a_night(page)
    first = published.story(page.audience_id, incident)
    assert first
    sight = Sight.objects.create(
        publication_id=first.first.id,
        page_id=page.id,
        number=1,
        published_at=NOON,
        state="seen",
        seen_at=later(1),
    )
    assert (read(page).sighting, read(page).seen_at) == (Sighting.SEEN, later(1))

    Sight.objects.filter(pk=sight.pk).update(state="unseen", seen_at=None)

    card = measures.card(read(page), at=NOON + DAY)
    assert card.detect_to_notice == NotMeasured(Why.NOT_SEEN)


def test_what_repeats_and_what_is_a_default_sentence_is_empty() -> None:
    page = cast.a_page()
    incident = cast.an_incident(page, layers=both("Cards fail", "Les cartes")).incident_id
    for minutes, body in ((10, "Cards fail."), (20, "We took the change of noon back.")):
        layers = {"en": Layer("Cards", f"{body} Cards are refused at the last step.")}
        saying = Saying(phase=Phase.INVESTIGATING, layers=layers)
        word.say(incident, saying, by=TERMINAL, at=later(minutes))

    assert [one.is_empty for one in read(page).words] == [False, True, False]


def test_a_second_language_lags_until_it_comes_and_none_is_made_up() -> None:
    page = cast.a_page()
    layers = {"en": both("Cards fail", "")["en"]}
    spoken = cast.an_incident(page, layers=layers)
    assert read(page).words[0].lags == {"fr": None}

    translation.translate(
        spoken.incident_id,
        language="fr",
        layer=both("", "Les cartes sont refusées")["fr"],
        by=TERMINAL,
        at=later(7),
    )

    (first,) = read(page).words
    assert first.lags == {"fr": 7 * MINUTE}


def test_forecasts_and_steps_back_are_read_from_the_words() -> None:
    page = cast.a_page()
    incident = cast.an_incident(page, layers=both("Cards fail", "Les cartes"), at=NOON).incident_id
    forecast = Forecast(later(30), later(90), {"en": "the last two", "fr": "les deux dernières"})
    said(incident, Phase.IDENTIFIED, later(20), forecast=forecast)
    said(incident, Phase.INVESTIGATING, later(40), turn_reason={"en": "Not it", "fr": "Non"})

    told = read(page)

    assert [word.forecast for word in told.words] == [None, (later(30), later(90)), None]
    assert [word.went_back for word in told.words] == [False, False, True]
    assert told.alerted_at is None, "a person declared it"


def test_a_word_is_wider_where_it_names_what_the_one_before_did_not() -> None:
    page = cast.a_page()
    incident = cast.an_incident(page, layers=both("Cards fail", "Les cartes"), at=NOON).incident_id
    for minutes, states in (
        (10, {"cart": State.DEGRADED}),  # beside checkout
        (20, {"cart": State.MAJOR}),  # worse, and no wider
        (30, {"checkout": State.OPERATIONAL}),
        (40, {"checkout": State.DEGRADED}),  # again
    ):
        said(incident, Phase.INVESTIGATING, later(minutes), f"At {minutes}", components=states)
    over(incident, later(60))

    told = read(page)

    assert [word.is_wider for word in told.words] == [False, True, False, False, True, False]
    assert measures.card(told, at=NOON + DAY).widened == 2


def test_an_account_is_there_until_it_is_taken_back() -> None:
    page = cast.a_page()
    incident = a_night(page)
    account.draft(incident, both("What happened", "Ce qui est arrivé"), by=TERMINAL, at=later(90))
    account.publish(incident, by=TERMINAL, at=later(100))
    told = read(page)
    assert told.account
    assert told.account.at == later(100)
    assert measures.card(told, at=NOON + DAY).silence == 40 * MINUTE

    account.take_back(incident, by=TERMINAL, at=later(110))

    taken_back = read(page).account
    assert taken_back
    assert taken_back.at is None


@pytest.mark.parametrize(("day", "claim"), [(13, True), (15, False)])
def test_an_account_is_on_time_by_the_day_by_which_it_was_owed(day: int, claim: bool) -> None:
    """Ten business days after the last word of the gravest: from a Monday to the next but one."""
    page = cast.a_page()
    incident = a_night(page)
    given_at = NOON + day * DAY
    account.draft(incident, both("What happened", "Ce qui est arrivé"), by=TERMINAL, at=given_at)
    account.publish(incident, by=TERMINAL, at=given_at)

    told = measures.card(read(page, at=NOON + 20 * DAY), at=NOON + 20 * DAY)

    assert told.account_on_time is claim


def test_what_was_told_afterwards_is_counted_apart() -> None:
    page = cast.a_page()
    retrospective.tell(
        page.id,
        title="Slow cards",
        components={"checkout": State.DEGRADED},
        since=later(-90),
        until=later(-60),
        layers=both("Cards were slow", "Les cartes étaient lentes"),
        by=TERMINAL,
        at=NOON,
    )

    scored = totals.score(gathering.history(page, at=NOON + DAY))

    assert (scored.counts[Sort.RETROSPECTIVE], scored.counts[Sort.LIVE]) == (1, 0)
    assert scored.figure(Measure.FIRST_NOTICE).n == 0


def test_what_nobody_was_told_of_is_loud_and_not_public() -> None:
    page = cast.a_page()
    declaration.declare(
        page.id, title="Quiet", components={"checkout": State.MAJOR}, by=TERMINAL, at=NOON
    )
    history = gathering.history(page, at=NOON + DAY)

    scored = totals.score(history)
    assert scored.unsaid == 1
    in_time = scored.figure(Measure.IN_TIME)
    assert isinstance(in_time, Share)
    assert (in_time.hits, in_time.n) == (0, 1)
    assert history.public().incidents == ()


def test_one_page_tells_nothing_of_another() -> None:
    page, other = cast.a_page(), cast.a_page(name="Elm")
    incident = a_night(page)

    assert gathering.history(other, at=NOON + DAY).incidents == ()
    assert gathering.history(other, at=NOON + DAY, incident_id=incident).incidents == ()


def test_a_year_is_asked_for_from_the_beginning_of_its_first_quarter() -> None:
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)

    began = gathering.beginning(at, "Europe/Paris", quarters=4)

    assert began.isoformat() == "2026-01-01T00:00:00+01:00"
    assert gathering.beginning(at, "Etc/UTC", quarters=5) == datetime(2025, 10, 1, tzinfo=UTC)


# The same again, asked in another way


def a_season(page: Brand, seed: int) -> list[str]:
    """Some incidents with beginnings, customers and rhythms of all kinds."""
    dice = random.Random(seed)  # the same season each time
    made = []
    for turn in range(9):
        at = NOON + turn * DAY
        incident = cast.an_incident(page, layers=both(f"Case {turn}", f"Cas {turn}"), at=at)
        made.append(incident.incident_id)
        for kind in (MomentKind.STARTED, MomentKind.CUSTOMER_FIRST):
            for _again in range(dice.randrange(3)):
                moment = at - dice.randrange(60) * MINUTE
                set_moment(incident.incident_id, kind, moment, told_at=at + MINUTE)
        minutes = 0
        for _more in range(dice.randrange(4)):
            minutes += dice.randrange(1, 45)
            said(incident.incident_id, Phase.INVESTIGATING, at + minutes * MINUTE, f"At {minutes}")
        if dice.random() < 0.7:
            over(incident.incident_id, at + (minutes + 30) * MINUTE)
    return made


SQL = """
    SELECT
        (SELECT m.at FROM incidents_moment m
         WHERE m.incident_id = i.id AND m.kind = '{kind}'
         ORDER BY m.recorded_at DESC, m.id DESC LIMIT 1),
        (SELECT min(p.published_at) FROM statements_publication p
         WHERE p.incident_id = i.id AND p.audience_id = %s)
    FROM incidents_incident i WHERE i.page_id = %s
"""


def asked_in_sql(page: Brand, kind: MomentKind) -> Iterator[timedelta]:
    """From a moment to the first word of each incident that has both."""
    with connection.cursor() as cursor:
        cursor.execute(SQL.format(kind=kind.value), [page.audience_id, page.id])
        rows = cursor.fetchall()
    for moment, first in rows:
        if moment is not None and first is not None:
            yield _read(first) - _read(moment)


def _read(told: Any) -> datetime:
    at = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@pytest.mark.parametrize("seed", [1, 7])
def test_the_database_asked_in_sql_says_the_same(seed: int) -> None:
    page = cast.a_page()
    a_season(page, seed)

    scored = totals.score(gathering.history(page, at=NOON + 30 * DAY))

    for measure, kind, sign in (
        (Measure.FIRST_NOTICE, MomentKind.STARTED, 1),
        (Measure.LEAD, MomentKind.CUSTOMER_FIRST, -1),
    ):
        spans = sorted(sign * span for span in asked_in_sql(page, kind))
        figure = scored.figure(measure)
        assert isinstance(figure, Spread)
        assert figure.n == len(spans) > 0
        if figure.median is None:
            assert figure.values == tuple(spans)
        else:
            middle = len(spans) // 2
            even = (spans[middle - 1] + spans[middle]) / 2
            assert figure.median == (spans[middle] if len(spans) % 2 else even)


def test_words_owed_says_the_same_of_what_was_kept() -> None:
    page = cast.a_page()
    incidents = a_season(page, 3)
    at = NOON + 30 * DAY

    tally = debts.tally(published.stories_of(page.audience_id, incidents), at=at)
    scored = totals.score(gathering.history(page, at=at))

    kept, stated = scored.figure(Measure.OWED_KEPT), scored.figure(Measure.OWED_STATED)
    strictly = scored.figure(Measure.OWED_STRICTLY)
    assert isinstance(kept, Share)
    assert isinstance(stated, Share)
    assert isinstance(strictly, Share)
    assert (kept.hits, kept.n) == (tally.kept, tally.settled)
    assert strictly.hits == tally.strictly_kept
    assert (stated.hits, stated.n) == (tally.stating, tally.sayable)


def test_it_asks_no_more_of_many_incidents_than_of_few() -> None:
    page = cast.a_page()
    a_night(page)
    with CaptureQueriesContext(connection) as few:
        gathering.history(page, at=NOON + DAY)
    a_season(page, 5)

    with CaptureQueriesContext(connection) as many:
        gathering.history(page, at=NOON + 30 * DAY)

    assert len(many) == len(few) <= 14

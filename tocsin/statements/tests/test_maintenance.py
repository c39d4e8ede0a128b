"""What the clock says of planned work: cleared ahead, said once, withdrawn when it is outdated."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from tests.cast import NOON, a_page, an_operator
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration, planning, plans
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.plans import CannotPlan, Plan, Stage, TooLate
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people.access import NotAllowed
from tocsin.people.models import Role
from tocsin.statements import (
    cadence,
    corrections,
    debts,
    drafting,
    maintenance,
    publication,
    published,
    ready,
    word,
)
from tocsin.statements.corrections import Amending
from tocsin.statements.debts import Fate
from tocsin.statements.models import Clearance, Ready
from tocsin.statements.notices import Script
from tocsin.statements.published import Story
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

pytestmark = pytest.mark.django_db
START = NOON + timedelta(days=10)
END = START + timedelta(hours=2)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def a_plan(
    *,
    starts_at: datetime = START,
    lasts_for: timedelta = timedelta(hours=2),
    state: State = State.MAINTENANCE,
    ends_itself: bool = False,
    each: timedelta | None = None,
) -> Plan:
    return Plan(
        title="Moving the orders",
        effects={"checkout": state},
        starts_at=starts_at,
        ends_at=starts_at + lasts_for,
        interruption_for=each,
        ends_itself=ends_itself,
    )


def announced(page: Brand, plan: Plan | None = None, *, rule: str = "") -> list[str]:
    told = plan or a_plan()
    said = maintenance.announce(page.id, told, Script(), rule=rule, by=TERMINAL, at=NOON)
    return [one.incident_id for one in said]


def story_of(page: Brand, work: str) -> Story:
    story = published.story(page.audience_id, work)
    assert story is not None
    return story


def phases(page: Brand, work: str) -> list[Phase]:
    return [said.words.phase for said in story_of(page, work).publications if said.words]


def test_everything_is_cleared_when_it_is_announced() -> None:
    page = a_page()

    (work,) = announced(page)

    due = [due_at for due_at, _ in ready.waiting(work)]
    assert due == [START - 7 * DAY, START - DAY, START, END]
    granted = Clearance.objects.filter(pk__in=Ready.objects.values("clearance_id"))
    assert [row.granted_at for row in granted] == [NOON] * 4
    assert drafting.live_draft_of(work) is None, "nobody finds these among words in the making"


def test_only_reminders_that_still_lie_ahead_wait() -> None:
    page = a_page()

    (work,) = announced(page, a_plan(starts_at=NOON + timedelta(days=2)))

    assert len(ready.waiting(work)) == 3, "a day before, the beginning, the overrun"


def test_nothing_is_said_before_its_moment_and_then_once() -> None:
    page = a_page()
    (work,) = announced(page, a_plan(ends_itself=True))

    assert maintenance.turn(START - 7 * DAY - MINUTE) == 0
    for moment in (START - 7 * DAY, START - DAY, START, END):
        assert maintenance.turn(moment) == 1
        assert maintenance.turn(moment) == 0

    assert phases(page, work) == [Phase.ANNOUNCED] * 3 + [Phase.BEGUN, Phase.ENDED]
    assert publication.faults() == []


class Killed(BaseException):
    """Not an Exception: nothing may catch it on the way."""


@pytest.mark.parametrize(
    "line",
    ["tocsin.incidents.planning.begin", "tocsin.statements.ready.say"],
)
def test_killed_at_any_line_the_next_turn_says_it_once(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = a_page()
    (work,) = announced(page, a_plan(starts_at=NOON + DAY / 2))
    with monkeypatch.context() as patch:
        patch.setattr(line, _and_then_killed(line))
        with pytest.raises(Killed), transaction.atomic():
            maintenance.turn(NOON + DAY / 2)

    assert planning.planned_of(work).stage == Stage.ANNOUNCED
    assert maintenance.turn(NOON + DAY / 2) == 1
    assert phases(page, work) == [Phase.ANNOUNCED, Phase.BEGUN]


def _and_then_killed(line: str) -> Callable[..., None]:
    module, _, name = line.rpartition(".")
    real = {"begin": planning.begin, "say": ready.say}[name]

    def killed(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)  # type: ignore[operator]
        raise Killed(module)

    return killed


def test_a_worker_that_was_away_says_the_beginning_to_nobody_and_then_the_end() -> None:
    page = a_page()
    (work,) = announced(page, a_plan(ends_itself=True))

    maintenance.turn(END + timedelta(hours=1))

    said = story_of(page, work).publications
    assert [one.announces for one in said] == [True, False, True]
    assert phases(page, work)[1:] == [Phase.BEGUN, Phase.ENDED]
    (span,) = published.spans_between(page.audience_id, NOON, END + DAY)
    assert (span.state, span.since) == (State.MAINTENANCE, START)


@pytest.mark.parametrize("ends_itself", [True, False])
def test_a_beginning_that_comes_after_its_window_promises_no_time_that_has_passed(
    ends_itself: bool,
) -> None:
    page = a_page()
    (work,) = announced(page, a_plan(ends_itself=ends_itself))
    maintenance.turn(START - DAY)

    maintenance.turn(END + timedelta(hours=1))

    story = story_of(page, work)
    (begun,) = [s for s in story.publications if s.words and s.words.phase == Phase.BEGUN]
    assert begun.words
    assert (begun.words.next_word_at, begun.words.since) == (None, START)
    assert begun.words.layers["en"].body.startswith("It is to last until")
    assert "By then" not in begun.words.layers["en"].body
    assert "D’ici là" not in begun.words.layers["fr"].body
    owed = debts.debts_of(story, at=END + timedelta(hours=1))
    assert [debt.fate for debt in owed if debt.fate == Fate.MISSED] == []


def test_an_overrun_that_comes_late_states_a_time_that_can_be_kept() -> None:
    page = a_page()
    (work,) = announced(page)

    maintenance.turn(END + timedelta(hours=1))

    words = story_of(page, work).words
    assert words.next_word_at == END + timedelta(minutes=80)
    assert "Next update by 15:20 UTC" in words.layers["en"].body


@pytest.mark.parametrize(
    ("state", "each", "becomes", "severity"),
    [
        (State.MAINTENANCE, None, State.MAJOR, Severity.SEV1),
        (State.MAINTENANCE, timedelta(minutes=5), State.PARTIAL, Severity.SEV2),
        (State.DEGRADED, None, State.DEGRADED, Severity.SEV3),
        (State.OPERATIONAL, None, State.OPERATIONAL, Severity.SEV4),
    ],
)
def test_past_its_window_the_states_say_what_is_down(
    state: State, each: timedelta | None, becomes: State, severity: Severity
) -> None:
    page = a_page()
    (work,) = announced(page, a_plan(state=state, each=each))
    maintenance.turn(START)

    maintenance.turn(END)

    known, story = declaration.known_of(work), story_of(page, work)
    assert (known.severity, set(known.impacts.values())) == (severity, {becomes})
    assert (story.is_incident, story.overran_at, story.started_at) == (True, END, END)
    assert [owed.incident_id for owed in cadence.owed_words()] == [work]
    assert declaration.open_incidents(page.id) == [known]


def test_uptime_counts_from_the_window_s_end_alone() -> None:
    page = a_page()
    (work,) = announced(page)
    maintenance.turn(START)
    maintenance.turn(END)
    resolved_at = END + timedelta(minutes=30)

    saying = Saying(phase=Phase.RESOLVED, layers={"en": Layer("It is over", "All works.")})
    word.say(work, saying, by=TERMINAL, at=resolved_at)

    spans = published.spans_between(page.audience_id, NOON, END + DAY)
    assert [(span.state, span.since, span.until) for span in spans] == [
        (State.MAINTENANCE, START, END),
        (State.MAJOR, END, resolved_at),
    ]


def test_moving_withdraws_what_waits_and_clears_it_anew() -> None:
    page = a_page()
    (work,) = announced(page)

    maintenance.move(work, starts_at=START + DAY, ends_at=END + DAY, by=TERMINAL, at=NOON + DAY)

    assert [due_at for due_at, _ in ready.waiting(work)][-2:] == [START + DAY, END + DAY]
    assert maintenance.turn(START) == 2, "both reminders fell due meanwhile; one had no news left"
    assert planning.planned_of(work).stage == Stage.ANNOUNCED


def test_extending_while_it_lasts_puts_the_overrun_off() -> None:
    page = a_page()
    (work,) = announced(page)
    maintenance.turn(START)

    maintenance.extend(work, ends_at=END + timedelta(hours=1), by=TERMINAL, at=END - MINUTE)

    assert maintenance.turn(END) == 0
    words = story_of(page, work).words
    assert (words.phase, words.next_word_at) == (Phase.BEGUN, END + timedelta(hours=1))
    assert maintenance.turn(END + timedelta(hours=1)) == 1


def test_ended_by_word_nothing_waits_any_more() -> None:
    page = a_page()
    (work,) = announced(page)
    maintenance.turn(START)
    maintenance.check(work, by=TERMINAL, at=END - 20 * MINUTE)

    maintenance.end(work, by=TERMINAL, at=END - 10 * MINUTE)

    assert ready.waiting(work) == []
    assert maintenance.turn(END) == 0
    assert phases(page, work)[-2:] == [Phase.CHECKING, Phase.ENDED]
    assert published.states_now(page.audience_id) == {}


def test_what_has_begun_is_neither_moved_nor_cancelled() -> None:
    page = a_page()
    (work,) = announced(page)
    maintenance.turn(START)

    with pytest.raises(TooLate, match="has begun"):
        maintenance.cancel(work, by=TERMINAL, at=START + MINUTE)
    with pytest.raises(TooLate, match="has begun"):
        maintenance.move(work, starts_at=END, ends_at=END + DAY, by=TERMINAL, at=START + MINUTE)


def test_a_further_word_leaves_phase_and_states_as_they_are() -> None:
    page = a_page()
    (work,) = announced(page)
    layers = {"en": Layer("Bring a book", "It may take a while.")}

    word.say(work, Saying(phase=Phase.ANNOUNCED, layers=layers), by=TERMINAL, at=NOON + MINUTE)

    assert story_of(page, work).window == story_of(page, work).first.words.window  # type: ignore[union-attr]
    assert len(ready.waiting(work)) == 4
    with pytest.raises(CannotDeclare, match="planned work"):
        word.say(work, Saying(phase=Phase.RESOLVED, layers=layers), by=TERMINAL, at=NOON + DAY)


def test_a_window_in_the_past_is_refused_and_nothing_is_left() -> None:
    page = a_page()

    with pytest.raises(CannotPlan, match="in the past"):
        announced(page, a_plan(starts_at=NOON - MINUTE))

    assert planning.upcoming(page.id) == []
    assert published.last_number(page.audience_id) == 0


def test_somebody_without_a_role_on_the_page_plans_nothing() -> None:
    page, other = a_page(), a_page(name="Other")
    olu = an_operator("Olu", Role.RESPONDER, page_id=other.id)

    with pytest.raises(NotAllowed):
        maintenance.announce(page.id, a_plan(), Script(), by=olu.actor, at=NOON)


def test_a_series_has_its_windows_two_weeks_ahead_and_always_the_next_one() -> None:
    page = a_page()
    weekly = a_plan(starts_at=NOON + timedelta(hours=10), lasts_for=timedelta(hours=1))

    works = announced(page, weekly, rule="FREQ=WEEKLY")

    assert len(works) == 2
    assert [story_of(page, work).first.announces for work in works] == [True, False]
    first, second = (planning.planned_of(work) for work in works)
    assert second.plan.starts_at - first.plan.starts_at == 7 * DAY
    maintenance.turn(NOON + 7 * DAY + timedelta(hours=11))
    assert len(planning.upcoming(page.id)) + len(planning.past(page.id)) == 4


def test_a_daily_window_reminds_of_none_before_the_former_is_over() -> None:
    page = a_page()
    daily = a_plan(starts_at=NOON + 2 * DAY, lasts_for=timedelta(hours=1), ends_itself=True)

    first, second = announced(page, daily, rule="FREQ=DAILY;COUNT=2")

    assert len(ready.waiting(first)) == 3
    assert len(ready.waiting(second)) == 2, "its beginning and its end"


def test_a_series_is_cancelled_with_all_that_was_announced_of_it() -> None:
    page = a_page()
    works = announced(page, a_plan(starts_at=NOON + DAY), rule="FREQ=WEEKLY")
    series_id = planning.planned_of(works[0]).series_id

    maintenance.cancel_series(series_id, by=TERMINAL, at=NOON + MINUTE)

    assert {planning.planned_of(work).stage for work in works} == {Stage.CANCELLED}
    assert maintenance.turn(NOON + 30 * DAY) == 0
    assert planning.upcoming(page.id) == []


def test_the_journal_tells_who_planned_and_what_the_clock_did() -> None:
    page = a_page()
    (work,) = announced(page)
    maintenance.turn(START)

    verbs = [(entry.verb, entry.by) for entry in chain.read(("incident", work))]

    assert ("incidents:window:planned", "the terminal") in verbs
    assert ("incidents:window:begun", "Tocsin") in verbs


def test_interruptions_fit_into_their_window() -> None:
    page = a_page()

    with pytest.raises(CannotPlan, match="longer than the window"):
        announced(page, a_plan(each=timedelta(hours=3)))
    assert plans.overrun_states(a_plan(each=MINUTE)) == {"checkout": State.PARTIAL}


def test_what_a_correction_put_right_is_not_repeated_by_the_clock() -> None:
    page = a_page()
    script = Script(
        texts={
            "en": {"still_works": "Browsing and carts keep working"},
            "fr": {"still_works": "La navigation et les paniers fonctionnent"},
        }
    )
    said = maintenance.announce(page.id, a_plan(), script, by=TERMINAL, at=NOON)[0]
    assert said.publication.words
    layers = dict(said.publication.words.layers)
    en, fr = layers["en"], layers["fr"]
    amending = Amending(
        layers={
            "en": replace(
                en,
                body=en.body.replace("Browsing and carts keep", "Browsing alone keeps"),
                still_works="Browsing alone keeps working",
            ),
            "fr": replace(fr, body=fr.body.replace("et les paniers fonctionnent", "fonctionne")),
        }
    )
    before = [due_at for due_at, _ in ready.waiting(said.incident_id)]

    corrections.correct(said.incident_id, amending, by=TERMINAL, at=NOON + DAY)

    waiting = ready.waiting(said.incident_id)
    assert [due_at for due_at, _ in waiting] == before
    for _, words in waiting:
        assert "carts" not in words.layers["en"].body
        assert "paniers" not in words.layers["fr"].body
    begun = waiting[2][1]
    assert "Browsing alone keeps working" in begun.layers["en"].body
    assert "La navigation fonctionne" in begun.layers["fr"].body
    assert begun.window
    assert begun.window.still_works["en"] == "Browsing alone keeps working"
    assert maintenance.turn(START) == 3

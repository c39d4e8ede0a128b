"""Who is reminded of a word that is owed, when, and that each reminder is sent once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from tests import cast
from tests.cast import NOON, later
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import USUAL, read
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post.models import Letter
from tocsin.statements import cadence, circles, nudges, policies, word
from tocsin.statements.cadence import Owed
from tocsin.statements.models import Nudge, Step
from tocsin.statements.nudges import Mark
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

OWED = Owed(
    incident_id="i",
    page_id="p",
    title="Checkout is failing",
    severity=Severity.SEV1,
    made_at=NOON,
    by=later(20),
    overdue_at=later(25),
    debt="d",
)


@pytest.mark.parametrize(
    ("minute", "mark"),
    [
        (9.9, None),
        (10, Mark(Step.UNDER_WAY, 50)),
        (15.9, Mark(Step.UNDER_WAY, 50)),
        (16, Mark(Step.UNDER_WAY, 80)),
        (20, Mark(Step.DUE, 100)),
        (22.4, Mark(Step.DUE, 100)),
        (22.5, Mark(Step.PAST, 100)),
        (25, Mark(Step.PAST, 100)),
        (25.1, Mark(Step.MISSED, 100)),
    ],
)
def test_the_marks_of_a_word(minute: float, mark: Mark | None) -> None:
    assert nudges.mark_of(OWED, USUAL, at=later(minute)) == mark


def test_a_policy_moves_the_marks() -> None:
    policy = read("nudges: [90]")

    assert nudges.mark_of(OWED, policy, at=later(17)) is None
    assert nudges.mark_of(OWED, policy, at=later(20)) == Mark(Step.UNDER_WAY, 90)


@pytest.fixture
def page(db: None) -> Brand:
    return cast.a_page()


def letters() -> list[str]:
    return list(Letter.objects.order_by("id").values_list("to", flat=True))


def the_operator(name: str = "Olu") -> Operator:
    return Operator.objects.get(name=name)


def declared_by_olu(page: Brand) -> str:
    return word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=cast.olu().actor,
        at=NOON,
    ).incident_id


def test_a_reminder_is_a_row_and_a_letter_and_a_note_once(page: Brand) -> None:
    incident = declared_by_olu(page)

    done = [nudges.nudge(later(minute)) for minute in (9, 10, 10, 11)]

    assert done == [0, 1, 0, 0]
    assert letters() == ["olu@linden.example"]
    assert Nudge.objects.count() == 1
    notes = [entry.verb for entry in chain.read(("incident", incident))]
    assert notes.count("statements:debt:nudged") == 1


def test_the_same_reminder_cannot_be_written_twice(page: Brand) -> None:
    declared_by_olu(page)
    nudges.nudge(later(10))
    row = Nudge.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Nudge.objects.create(
            incident_id=row.incident_id,
            debt=row.debt,
            step=row.step,
            percent=row.percent,
            to_id=row.to_id,
            at=later(11),
        )


def test_after_a_time_without_a_worker_only_the_newest_reminder_is_sent(page: Brand) -> None:
    cast.lea()
    incident = declared_by_olu(page)

    nudges.nudge(later(60))

    assert {told.step for told in nudges.nudges_of(incident)} == {Step.MISSED}
    assert sorted(letters()) == ["lea@linden.example", "olu@linden.example"]


def test_a_new_word_begins_anew(page: Brand) -> None:
    incident = declared_by_olu(page)
    nudges.nudge(later(16))
    said = Layer("Still failing", "We look at the gateway.")
    word.say(
        incident,
        Saying(phase=Phase.INVESTIGATING, layers={"en": said}),
        by=the_operator().actor,
        at=later(18),
    )

    nudges.nudge(later(20))
    nudges.nudge(later(28))

    assert [told.percent for told in nudges.nudges_of(incident)] == [50, 80]


def test_a_word_that_a_script_promised_is_the_leads(page: Brand) -> None:
    cast.lea()
    cast.an_incident(page, at=NOON)  # by the terminal

    nudges.nudge(later(10))

    assert letters() == ["lea@linden.example"]


def test_without_any_lead_the_owners_are_told(page: Brand) -> None:
    cast.ada()
    cast.an_incident(page, at=NOON)

    nudges.nudge(later(10))

    assert letters() == ["ada@linden.example"]


def test_with_nobody_to_tell_the_row_still_says_that_it_was_time(page: Brand) -> None:
    incident = cast.an_incident(page, at=NOON).incident_id

    assert [nudges.nudge(later(10)), nudges.nudge(later(10))] == [1, 0]
    assert [told.to for told in nudges.nudges_of(incident)] == [""]


def test_whoever_leads_is_somebody_else_than_the_owner_if_there_is_anybody(page: Brand) -> None:
    cast.lea()
    declared_by_olu(page)  # who leads it as well

    nudges.nudge(later(23))

    assert letters() == ["lea@linden.example"]


def test_somebody_let_go_is_reminded_of_nothing(page: Brand) -> None:
    cast.lea()
    declared_by_olu(page)
    access.revoke(the_operator("Olu"), by=TERMINAL, at=later(1))

    nudges.nudge(later(10))

    assert letters() == ["lea@linden.example"]


def test_a_first_word_is_reminded_of_as_well(page: Brand) -> None:
    olu = cast.olu()
    known = declaration.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=olu.actor,
        at=NOON,
    )

    nudges.nudge(later(5))

    (letter,) = Letter.objects.all()
    assert "The first word to readers is owed by 12:10 UTC" in letter.text
    assert f"/console/incidents/{known.id}/say" in letter.text


def test_a_reminder_speaks_the_language_of_whoever_gets_it(page: Brand) -> None:
    declared_by_olu(page)
    access.speak(the_operator(), language="fr")

    nudges.nudge(later(25.1))

    (letter,) = Letter.objects.all()
    assert letter.subject.startswith("Le point est en retard")
    assert "Un point était annoncé aux lecteurs pour 12:20 UTC" in " ".join(letter.text.split())


def test_nobody_is_reminded_once_it_is_over(page: Brand) -> None:
    incident = declared_by_olu(page)
    over = Layer("It works", "All orders go through again.")
    word.say(
        incident,
        Saying(phase=Phase.RESOLVED, layers={"en": over}),
        by=TERMINAL,
        at=later(5),
    )

    assert nudges.nudge(later(60)) == 0
    assert cadence.owed_words() == []


def test_the_marks_follow_the_page_s_own_policy(page: Brand) -> None:
    policies.adopt(page.id, "nudges: [60]", by=TERMINAL, at=NOON)
    declared_by_olu(page)

    assert [nudges.nudge(NOON + timedelta(minutes=m)) for m in (10, 12)] == [0, 1]


ROOM = "https://hooks.slack.com/services/T0/B0/secret"


def test_the_operators_chat_is_told_too_and_whose_word_it_is(
    page: Brand, settings: Settings
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=("slack", ROOM))
    cast.lea()
    declared_by_olu(page)

    done = [nudges.nudge(later(minute)) for minute in (10, 10, 23, 23)]

    assert done == [1, 0, 1, 0]
    told = Letter.objects.filter(channel="slack").order_by("id")
    assert [letter.to for letter in told] == [ROOM, ROOM]
    assert all("Checkout is failing" in letter.text and "Olu" in letter.text for letter in told)


def test_the_chat_that_all_pages_share_does_not_name_what_a_circle_alone_knows(
    page: Brand, settings: Settings
) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=("slack", ROOM))
    circle = circles.open_circle(
        page.id, name="Acme", access=Access.NAMED, by=TERMINAL, at=later(-1)
    )
    incident = word.declare(
        page.id,
        title="Acme's data is being moved",
        components={"checkout": State.MAJOR},
        audience=circle.audience,
        by=cast.olu().actor,
        at=NOON,
    ).incident_id

    assert nudges.nudge(later(10)) == 1

    mail, chat = Letter.objects.order_by("id")
    assert "Acme's data is being moved" in mail.subject
    assert "Acme" not in chat.text
    assert "Known to a circle only" in chat.text
    assert f"/console/incidents/{incident}/say" in chat.text


def test_a_chat_set_up_wrongly_keeps_no_mail_from_anybody(page: Brand, settings: Settings) -> None:
    settings.TOCSIN = replace(settings.TOCSIN, operators_chat=("slack", "https://else.example/x"))
    declared_by_olu(page)

    assert nudges.nudge(later(10)) == 1
    assert letters() == ["olu@linden.example"]

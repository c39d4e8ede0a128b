"""Two people do one thing at once: the second is told so in a sentence, and nothing doubles."""

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from tests.cast import NOON, a_page, an_incident, an_operator, later
from tests.machine import a_machine
from tocsin.announcements import importing
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.models import Subscription
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.incidents import drafted, intake, locking
from tocsin.incidents.drafted import CannotSettle
from tocsin.journal.actors import TERMINAL
from tocsin.people import access, factors, providers, requiring
from tocsin.people.access import NotAllowed
from tocsin.people.models import Grant, Identity, Operator, Role
from tocsin.people.providers import Shown
from tocsin.people.tests.test_factors import code_of
from tocsin.statements import answers, fallback, policies, prepared, published, word
from tocsin.statements.answers import CannotAnswer
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying
from tocsin.watch import hooks, signals
from tocsin.watch.alerts import Alert
from tocsin.watch.models import Source

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE = 20.0  # seconds
KIM, GROUPS = "kim@linden.example", frozenset({"sre"})
ROWS = [{"email": "sam@reader.example", "consented_at": "2024-05-01"}]


def at_once(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Let ``second`` run into ``first`` before its transaction ends; return the refusals."""
    written, over, refused = Event(), Event(), list[str]()

    def theirs() -> None:
        try:
            with transaction.atomic():
                first()
                written.set()
                until = time.monotonic() + DEADLINE
                while not (_somebody_waits() or over.is_set()) and time.monotonic() < until:
                    time.sleep(0.005)
        finally:
            connection.close()

    def ours() -> None:
        written.wait(DEADLINE)
        try:
            second()
        except (CannotSubscribe, NotAllowed, CannotSettle, CannotAnswer) as error:
            refused.append(str(error))
        finally:
            over.set()
            connection.close()

    threads = [Thread(target=theirs), Thread(target=ours)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    return refused


def _somebody_waits() -> bool:
    """Whether somebody waits for our transaction; SQLite lets nobody else begin one, so at once.

    Only whoever waits for us counts: the tests beside this one share its PostgreSQL, and somebody
    waits there too. (``pg_stat_activity`` would be read once in a transaction; the locks are not.)
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_one_file_imported_twice_at_once_brings_each_reader_once() -> None:
    page = a_page()

    def bring() -> object:
        return importing.import_rows(page.id, ROWS, by=TERMINAL, at=NOON)

    refused = at_once(bring, bring)

    assert Subscription.objects.count() == 1
    assert all("try again" in sentence for sentence in refused)
    assert len(refused) == (connection.vendor == "postgresql"), "on SQLite they take turns"


def test_one_address_invited_twice_at_once_is_one_operator() -> None:
    def invite() -> object:
        return access.invite(
            email="olu@linden.example", name="Olu", role=Role.RESPONDER, by=TERMINAL, at=NOON
        )

    refused = at_once(invite, invite)

    assert Operator.objects.count() == 1
    assert all("at this very moment" in sentence for sentence in refused)
    assert len(refused) == (connection.vendor == "postgresql"), "on SQLite they take turns"


def test_two_workers_draft_one_incident_of_what_both_see() -> None:
    page = a_page()
    door, _ = hooks.create(page.id, Source.GENERIC, by=TERMINAL, at=NOON)
    alert = Alert(
        name="a", is_firing=True, title="x", state=State.MAJOR, labels={"component": "checkout"}
    )
    signals.receive(door, [alert], at=NOON)

    assert at_once(lambda: intake.take_up(NOON), lambda: intake.take_up(NOON)) == []

    (one,) = drafted.open_ones([page.id], at=NOON)
    assert len(one.noticed.signs) == 1


def test_two_who_tap_at_once_say_it_once() -> None:
    page = a_page()
    door, _ = hooks.create(page.id, Source.GENERIC, by=TERMINAL, at=NOON)
    alert = Alert(
        name="a", is_firing=True, title="x", state=State.MAJOR, labels={"component": "checkout"}
    )
    signals.receive(door, [alert], at=NOON)
    intake.take_up(NOON)
    (one,) = drafted.open_ones([page.id], at=NOON)

    def say() -> object:
        return prepared.say(one.id, by=TERMINAL, at=NOON)

    (refused,) = at_once(say, say)

    assert "said it already" in refused
    assert published.last_number(page.audience_id) == 1


def test_one_call_sent_twice_at_once_does_it_once() -> None:
    machine = a_machine(a_page())
    told = {"component": {"name": "Search"}}

    def add() -> object:
        return machine.post("components", told, **{"Idempotency-Key": "one"})

    at_once(add, add)

    assert [row["name"] for row in machine.get("components")].count("Search") == 1


def a_word_that_waits() -> tuple[str, str]:
    """A word that waits for legal from noon to a quarter past; its audience and its clearance."""
    page = a_page()
    text = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
    policies.adopt(page.id, text, by=TERMINAL, at=NOON)
    an_operator("Lea", Role.LEGAL)
    incident = an_incident(page).incident_id
    saying = Saying(phase=Phase.IDENTIFIED, layers={"en": Layer("It fails", "We know why.")})
    spoken = word.say(incident, saying, by=TERMINAL, at=NOON)
    assert spoken.pending is not None
    return page.audience_id, spoken.pending.clearance_id


def test_two_workers_at_one_deadline_say_one_holding_statement() -> None:
    audience, _waiting = a_word_that_waits()

    def work() -> object:
        return fallback.fall_back(later(15))

    assert at_once(work, work) == []

    assert published.last_number(audience) == 2
    assert len(answers.waiting()) == 1


def test_a_worker_killed_at_the_deadline_leaves_it_to_the_next() -> None:
    audience, _waiting = a_word_that_waits()

    with transaction.atomic():
        fallback.fall_back(later(15))
        transaction.set_rollback(True)  # the power goes

    assert published.last_number(audience) == 1
    assert fallback.fall_back(later(15.01)) == 1
    assert published.last_number(audience) == 2


def test_two_answers_at_once_end_in_one() -> None:
    audience, waiting = a_word_that_waits()
    lea = access.holders_of(Role.LEGAL, "")[0]

    refused = at_once(
        lambda: answers.grant(waiting, by=lea.actor, at=later(5)),
        lambda: answers.send_back(waiting, reason="No.", by=lea.actor, at=later(5)),
    )

    assert len(refused) == 1
    assert "granted" in refused[0]
    assert published.last_number(audience) == 2


def test_whoever_is_let_go_while_their_answer_waits_can_no_longer_give_it() -> None:
    audience, waiting = a_word_that_waits()
    lea = access.holders_of(Role.LEGAL, "")[0]

    def let_go() -> None:
        locking.lock([one.incident_id for one in answers.waiting()])
        access.revoke(lea, by=TERMINAL, at=later(5))

    refused = at_once(let_go, lambda: answers.grant(waiting, by=lea.actor, at=later(5)))

    assert len(refused) == 1
    assert "may not clear this" in refused[0]
    assert published.last_number(audience) == 1


def test_one_code_opens_the_console_for_one_of_two() -> None:
    operator = an_operator("Olu", Role.RESPONDER)
    secret = factors.new_secret()
    codes = factors.add_app(operator, secret, code=code_of(secret), at=NOON)

    for code in (code_of(secret, 1), codes[0]):
        refused = at_once(
            lambda code=code: factors.prove(operator, code, at=later(1)),  # type: ignore[misc]
            lambda code=code: factors.prove(operator, code, at=later(1)),  # type: ignore[misc]
        )

        assert len(refused) == 1
        assert "used already" in refused[0]
    assert factors.codes_left(operator) == 9


def test_an_app_is_added_once() -> None:
    operator = an_operator("Olu", Role.RESPONDER)
    secret = factors.new_secret()

    def add() -> None:
        factors.add_app(operator, secret, code=code_of(secret), at=NOON)

    refused = at_once(add, add)

    assert len(refused) == 1
    assert "There is an app already" in refused[0]
    assert len(factors.factors_of(operator)) == 1


def test_it_is_asked_of_everybody_once() -> None:
    owner = an_operator("Ada", Role.OWNER)
    secret = factors.new_secret()
    factors.add_app(owner, secret, code=code_of(secret), at=NOON)

    refused = at_once(
        lambda: requiring.require(None, by=TERMINAL, at=NOON),
        lambda: requiring.require(None, by=TERMINAL, at=NOON),
    )

    assert refused == ["This is asked already."]


def test_two_first_visits_of_one_person_tie_them_once() -> None:
    operator = an_operator("Olu", Role.RESPONDER)
    told = Shown("linden", "https://id.example", "olu-1", operator.email, "Olu", frozenset(), False)

    def come() -> None:
        providers.admit(told, gives=frozenset(), language="en", at=NOON)

    refused = at_once(come, come)

    assert refused == []
    assert Identity.objects.count() == 1


def test_two_first_visits_of_somebody_whom_their_groups_let_in_make_one_account() -> None:
    told = Shown(
        "linden", "https://id.example", "kim-1", "kim@linden.example", "Kim", GROUPS, False
    )

    def come() -> None:
        gives = frozenset({(Role.RESPONDER, ""), (Role.LEGAL, "")})
        providers.admit(told, gives=gives, language="en", at=NOON)

    refused = at_once(come, come)

    assert refused == []
    assert Operator.objects.filter(email=KIM).count() == 1
    assert Identity.objects.count() == 1
    assert Grant.objects.filter(revoked_at=None).count() == 2


def test_two_visits_at_once_after_a_group_was_left_end_its_role_once() -> None:
    told = Shown(
        "linden", "https://id.example", "kim-1", "kim@linden.example", "Kim", GROUPS, False
    )
    gives = frozenset({(Role.RESPONDER, "")})
    providers.admit(told, gives=gives, language="en", at=NOON)

    def come() -> None:
        providers.admit(told, gives=frozenset(), language="en", at=later(1))

    refused = at_once(come, come)

    assert refused == []
    assert not Grant.objects.filter(revoked_at=None).exists()

"""Consent that a word needs: asked for, answered once, and never able to silence anybody."""

from datetime import datetime

import pytest
from django.test import override_settings

from tests.cast import NOON, a_page, an_operator, later
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL
from tocsin.people import access
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Role
from tocsin.post.models import Letter
from tocsin.statements import (
    answers,
    asking_reminders,
    fallback,
    policies,
    publication,
    published,
    word,
)
from tocsin.statements.answers import Answered
from tocsin.statements.models import Clearance, Draft, Publication
from tocsin.statements.publication import NotCleared
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

ASKS_LEGAL = "clearance:\n  sev1:\n    words: legal\n    within: 15m\n"
CAUSE = "A change of ours broke the checkout at 12:04."

pytestmark = pytest.mark.django_db


@pytest.fixture
def page() -> Brand:
    page = a_page()
    policies.adopt(page.id, ASKS_LEGAL, by=TERMINAL, at=NOON)
    return page


@pytest.fixture
def olu() -> Operator:
    return an_operator("Olu", Role.RESPONDER)


@pytest.fixture
def lea() -> Operator:
    return an_operator("Lea", Role.LEGAL)


def declared(page: Brand, olu: Operator, *, at: datetime = NOON) -> str:
    """An incident whose holding statement waits for nobody."""
    spoken = word.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.MAJOR},
        by=olu.actor,
        at=at,
    )
    assert spoken.publication.number == 1
    return spoken.incident_id


def told(incident: str, olu: Operator, *, phase: Phase = Phase.IDENTIFIED, minute: float) -> Spoken:
    layers = {"en": Layer("Checkout is failing", CAUSE)}
    saying = Saying(phase=phase, layers=layers)
    return word.say(incident, saying, by=olu.actor, at=later(minute))


def said_of(page: Brand) -> list[str]:
    rows = Publication.objects.filter(audience_id=page.audience_id).order_by("number")
    return [row.content["words"]["layers"]["en"]["body"] for row in rows]


def pending_id(spoken: Spoken) -> str:
    assert spoken.pending is not None
    return spoken.pending.clearance_id


def test_a_word_that_needs_consent_waits_and_changes_nothing_in_public(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    incident = declared(page, olu)

    spoken = told(incident, olu, minute=5)

    assert spoken.pending is not None
    assert (spoken.pending.role, spoken.pending.due_at) == ("legal", later(20))
    assert len(said_of(page)) == 1
    with pytest.raises(NotCleared, match="waits for the consent of legal"):
        _ = spoken.publication
    letter = Letter.objects.get(to=lea.email)
    assert CAUSE in letter.text


def test_what_is_granted_is_said_in_that_instant(page: Brand, olu: Operator, lea: Operator) -> None:
    spoken = told(declared(page, olu), olu, minute=5)

    said = answers.grant(pending_id(spoken), by=lea.actor, at=later(7))

    assert said.number == 2
    assert said_of(page)[-1] == CAUSE
    assert answers.waiting() == []
    verbs = [entry.verb for entry in chain.read(("clearance", pending_id(spoken)))]
    assert verbs == ["statements:clearance:requested", "statements:clearance:granted"]


def test_what_is_sent_back_stays_its_authors_and_is_never_said(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=5)

    answers.send_back(pending_id(spoken), reason="Name no cause yet.", by=lea.actor, at=later(7))
    fallback.fall_back(later(60))

    assert len(said_of(page)) == 1
    assert Letter.objects.filter(to=olu.email, text__contains="Name no cause yet.").exists()
    assert spoken.pending is not None
    assert Draft.objects.get(pk=spoken.pending.draft_id).spent_at is None
    again = told(spoken.incident_id, olu, minute=8)
    assert answers.grant(pending_id(again), by=lea.actor, at=later(9)).number == 2


def test_a_lapsed_request_publishes_the_holding_statement_once_and_asks_anew(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=5)
    assert spoken.pending is not None

    assert fallback.fall_back(later(19.9)) == 0
    assert fallback.fall_back(later(20)) == 1
    assert fallback.fall_back(later(20)) == 0

    bodies = said_of(page)
    assert len(bodies) == 2
    assert CAUSE not in bodies[1]
    assert "still working" in bodies[1]
    (waiting,) = answers.waiting()
    assert waiting.clearance_id == spoken.pending.clearance_id
    assert waiting.due_at == later(40), "when readers were promised the next word"
    said = answers.grant(waiting.clearance_id, by=lea.actor, at=later(25))
    assert said.number == 3, "what stood in for it does not outdate it"
    assert said.words is not None
    assert said.words.next_word_at == later(45), "its own promise was for 25: made anew"


def test_the_next_deadline_is_told_until_it_has_come(page: Brand, olu: Operator) -> None:
    an_operator("Lea", Role.LEGAL)
    told(declared(page, olu), olu, minute=5)

    ahead = [fallback.next_deadline(later(minute)) for minute in (5, 19.9, 20)]

    assert ahead == [later(20), later(20), None]


def test_the_deadline_comes_no_later_than_the_word_that_readers_were_promised(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=12)

    assert spoken.pending is not None
    assert spoken.pending.due_at == later(20)


def test_whoever_words_it_anew_does_not_move_the_deadline(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    incident = declared(page, olu)
    first = told(incident, olu, minute=1)
    assert first.pending is not None

    second = told(incident, olu, minute=4)

    assert second.pending is not None
    assert second.pending.due_at == first.pending.due_at
    assert [one.clearance_id for one in answers.waiting()] == [second.pending.clearance_id]


def test_nobody_clears_their_own(page: Brand, lea: Operator) -> None:
    both = an_operator("Mia", Role.LEGAL)
    access.invite(email=both.email, name="Mia", role=Role.RESPONDER, by=TERMINAL, at=NOON)
    spoken = told(declared(page, both), both, minute=5)

    with pytest.raises(NotAllowed, match="their own"):
        answers.grant(pending_id(spoken), by=both.actor, at=later(6))


def test_a_lone_operator_can_always_speak(page: Brand, olu: Operator) -> None:
    spoken = told(declared(page, olu), olu, minute=5)

    assert spoken.publication.number == 2
    row = Publication.objects.get(number=2, audience=page.audience_id)
    noted = chain.read(("clearance", row.clearance_id))[-1]
    assert noted.detail["because"] == "nobody but its author could have cleared it (legal)"


def test_a_word_whose_last_reviewer_left_is_said_at_its_deadline_and_the_journal_says_why(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=5)
    access.revoke(lea, by=TERMINAL, at=later(6))

    assert fallback.fall_back(later(19)) == 0, "somebody else may hold the role in a minute"
    assert fallback.fall_back(later(20)) == 1

    assert said_of(page)[-1] == CAUSE
    assert answers.waiting() == []
    noted = chain.read(("clearance", pending_id(spoken)))[-1]
    assert (noted.by, noted.detail["kind"]) == ("the policy", "policy")
    assert noted.detail["because"] == "nobody but its author could have cleared it (legal)"


def test_an_outdated_word_without_a_reviewer_goes_back_to_its_author(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=5)
    access.revoke(lea, by=TERMINAL, at=later(6))
    assert spoken.pending is not None
    Draft.objects.filter(pk=spoken.pending.draft_id).update(based_on=0)

    assert fallback.fall_back(later(20)) == 1

    assert answers.waiting() == []
    assert len(said_of(page)) == 1
    assert Letter.objects.filter(to=olu.email, text__contains="was published meanwhile").exists()


def test_a_newer_word_that_needs_nobody_takes_the_place_of_one_that_waits(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    policies.adopt(page.id, ASKS_LEGAL + "    monitoring: nobody\n", by=TERMINAL, at=NOON)
    incident = declared(page, olu)
    told(incident, olu, minute=5)

    newer = told(incident, olu, phase=Phase.MONITORING, minute=6)

    assert newer.publication.number == 2
    assert answers.waiting() == []
    assert fallback.fall_back(later(60)) == 0


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.OWNER, Role.SECURITY])
def test_only_the_role_that_was_asked_may_answer(
    page: Brand, olu: Operator, lea: Operator, role: Role
) -> None:
    other = an_operator("Kim", role)
    spoken = told(declared(page, olu), olu, minute=5)

    with pytest.raises(NotAllowed, match="asked of legal"):
        answers.grant(pending_id(spoken), by=other.actor, at=later(6))


def test_a_revoked_role_can_no_longer_answer(page: Brand, olu: Operator, lea: Operator) -> None:
    spoken = told(declared(page, olu), olu, minute=5)
    access.revoke(lea, by=TERMINAL, at=later(6))

    with pytest.raises(NotAllowed):
        answers.grant(pending_id(spoken), by=lea.actor, at=later(7))


def test_two_answers_end_in_one(page: Brand, olu: Operator, lea: Operator) -> None:
    spoken = told(declared(page, olu), olu, minute=5)
    answers.grant(pending_id(spoken), by=lea.actor, at=later(6))

    with pytest.raises(Answered, match="granted, by Lea"):
        answers.send_back(pending_id(spoken), reason="No.", by=lea.actor, at=later(6))


def test_a_last_word_that_waits_closes_the_incident_only_when_it_is_said(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    incident = declared(page, olu)

    spoken = told(incident, olu, phase=Phase.RESOLVED, minute=5)

    assert spoken.pending is not None
    assert declaration.known_of(incident).is_open
    assert published.states_now(page.audience_id)
    said = answers.grant(pending_id(spoken), by=lea.actor, at=later(9))
    assert not declaration.known_of(incident).is_open
    assert said.words is not None
    assert said.words.until == later(5), "when it ended, not when legal answered"
    assert published.states_now(page.audience_id) == {}


def test_a_first_word_that_waits_is_held_for_in_the_catalogues_own_words(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = word.declare(
        page.id,
        title="We broke it",
        components={"checkout": State.MAJOR},
        layers={"en": Layer("Checkout is failing", CAUSE)},
        by=olu.actor,
        at=NOON,
    )
    assert spoken.pending is not None
    assert spoken.pending.due_at == later(10), "the first word is owed within ten minutes"

    fallback.fall_back(later(10))

    (row,) = Publication.objects.filter(audience_id=page.audience_id)
    assert row.phase == Phase.HOLDING
    assert "We broke it" not in str(row.content)
    assert answers.grant(pending_id(spoken), by=lea.actor, at=later(12)).number == 2


def test_a_title_goes_out_with_the_first_word_that_somebody_consented_to(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = word.declare(
        page.id,
        title="We broke the checkout",
        components={"checkout": State.MAJOR},
        names={"fr": "Nous avons cassé la caisse"},
        by=olu.actor,
        at=NOON,
    )

    (row,) = Publication.objects.filter(audience_id=page.audience_id)
    assert spoken.pending is None, "the holding statement waits for nobody"
    assert "broke" not in str(row.content)
    assert "cassé" not in str(row.content)
    waits = told(spoken.incident_id, olu, minute=5)
    assert waits.pending is not None
    assert waits.pending.words.name["en"] == "We broke the checkout"
    said = answers.grant(pending_id(waits), by=lea.actor, at=later(6))
    assert said.words is not None
    assert said.words.name["en"] == "We broke the checkout"


def test_a_title_is_told_at_once_where_first_words_need_nobody(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    policies.adopt(page.id, "clearance:\n  sev1:\n    resolved: legal\n", by=TERMINAL, at=later(0))

    declared(page, olu)

    (row,) = Publication.objects.filter(audience_id=page.audience_id)
    assert row.content["words"]["name"]["en"] == "Checkout is failing"


@override_settings(ROOT_URLCONF="nowhere.to.be.imported")
def test_a_deadline_waits_for_no_screen_to_be_imported(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    told(declared(page, olu), olu, minute=5)

    assert fallback.fall_back(later(20)) == 1

    assert "/console/answer/" in Letter.objects.filter(to=lea.email).latest("id").text


def test_a_deadline_that_is_days_past_is_asked_about_anew_and_readers_hear_nothing(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    told(declared(page, olu), olu, minute=5)
    days = 20 + 2 * 24 * 60

    assert fallback.fall_back(later(days)) == 1

    assert len(said_of(page)) == 1
    (waiting,) = answers.waiting()
    assert waiting.due_at > later(days)


def test_whoever_has_not_answered_is_reminded_once_at_each_part_of_their_time(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    spoken = told(declared(page, olu), olu, minute=5)

    reminded = [asking_reminders.remind(later(minute)) for minute in (12, 12.5, 13, 17, 17, 20)]

    assert reminded == [0, 1, 0, 1, 0, 0], "half of the time, four fifths of it"
    letter = Letter.objects.filter(to=lea.email).latest("id")
    assert letter.subject.startswith("Your consent is still wanted")
    answers.send_back(pending_id(spoken), reason="No.", by=lea.actor, at=later(18))
    assert asking_reminders.remind(later(19)) == 0


def test_a_policy_that_escalates_says_nothing_and_calls_the_leads(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    policies.adopt(page.id, ASKS_LEGAL + "    falls_back: escalate\n", by=TERMINAL, at=NOON)
    lead = an_operator("Ida", Role.INCIDENT_LEAD)
    spoken = told(declared(page, olu), olu, minute=5)
    assert spoken.pending is not None

    fallback.fall_back(later(20))

    assert len(said_of(page)) == 1
    assert Letter.objects.filter(to=lead.email).exists()
    assert len(answers.waiting()) == 1


def test_words_that_admit_liability_are_for_legal_where_the_register_ends_before(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    text = "clearance:\n  sev1:\n    register: facts_and_ownership\n"
    policies.adopt(page.id, text, by=TERMINAL, at=NOON)
    incident = declared(page, olu)
    plain = told(incident, olu, minute=2)

    layers = {"en": Layer("Checkout fails", "We breached our contract and will compensate you.")}
    further = word.say(
        incident, Saying(phase=Phase.IDENTIFIED, layers=layers), by=olu.actor, at=later(3)
    )

    assert plain.publication.number == 2
    assert further.pending is not None


def test_a_language_that_the_coach_does_not_know_is_for_legal_to_judge(
    olu: Operator, lea: Operator
) -> None:
    page = a_page(languages=("en", "de"))
    text = "clearance:\n  sev1:\n    register: facts_and_ownership\n"
    policies.adopt(page.id, text, by=TERMINAL, at=NOON)
    layers = {"de": Layer("Die Kasse fällt aus", "Wir haften für Ihre Bestellungen.")}
    saying = Saying(phase=Phase.IDENTIFIED, layers=layers)

    said = word.say(declared(page, olu), saying, by=olu.actor, at=later(3))

    assert said.pending is not None


def test_nothing_is_published_by_a_leave_that_nobody_gave(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    waiting = Clearance.objects.get(pk=pending_id(told(declared(page, olu), olu, minute=2)))

    with pytest.raises(NotCleared, match="Nobody gave leave"):
        publication.publish(waiting, by=olu.actor, at=later(3))

    assert len(said_of(page)) == 1


def test_what_became_less_grave_before_anybody_was_asked_is_judged_as_it_is(
    page: Brand, olu: Operator, lea: Operator
) -> None:
    incident = declared(page, olu)
    less = Saying(phase=Phase.INVESTIGATING, layers={}, severity=Severity.SEV3)
    word.say(incident, less, by=olu.actor, at=later(2))

    assert told(incident, olu, minute=4).pending is None

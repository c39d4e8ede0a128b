from datetime import UTC, datetime, timedelta

import pytest

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import IncidentKind, MomentKind
from tocsin.journal import chain
from tocsin.journal.actors import TERMINAL

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def an_incident(state: State = State.PARTIAL, severity: Severity | None = None) -> Known:
    page = shelf.open_page(name="Linden", by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Checkout", by=TERMINAL, at=NOON)
    return declaration.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": state},
        severity=severity,
        by=TERMINAL,
        at=NOON,
    )


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        (State.MAJOR, Severity.SEV1),
        (State.PARTIAL, Severity.SEV2),
        (State.DEGRADED, Severity.SEV3),
    ],
)
def test_the_worst_state_gives_the_severity(state: State, severity: Severity) -> None:
    assert an_incident(state).severity == severity


def test_a_severity_over_green_components_is_refused() -> None:
    with pytest.raises(declaration.CannotDeclare, match="contradicts"):
        an_incident(State.OPERATIONAL, Severity.SEV1)


def test_times_are_kept_in_the_pages_zone_unless_told_in_another() -> None:
    page = shelf.open_page(name="Linden", time_zone="Europe/Paris", by=TERMINAL, at=NOON)
    shelf.add_component(page.id, name="Checkout", by=TERMINAL, at=NOON)
    incident = declaration.declare(
        page.id,
        title="Checkout is failing",
        components={"checkout": State.PARTIAL},
        detected_at=later(-5),
        by=TERMINAL,
        at=NOON,
    )

    declaration.resolve(
        incident.id, ended_at=later(10), zone="Asia/Tokyo", by=TERMINAL, at=later(12)
    )

    zones = {kind: zone for kind, _, zone, *_ in declaration.moment_history(incident.id)}
    assert zones == {"detected": "Europe/Paris", "aware": "Europe/Paris", "ended": "Asia/Tokyo"}


def test_a_corrected_time_keeps_the_former_with_who_and_when() -> None:
    incident = an_incident()
    for minutes in (-30, -45):
        declaration.set_moment(
            incident.id,
            kind=MomentKind.STARTED,
            moment_at=later(minutes),
            zone="Europe/Paris",
            reason="The log says so.",
            by=TERMINAL,
            at=later(10),
        )

    told = [row for row in declaration.moment_history(incident.id) if row[0] == "started"]

    assert [row[1] for row in told] == [later(-30), later(-45)]
    assert told[1][2:] == ("Europe/Paris", later(10), "the terminal", "The log says so.")
    assert declaration.known_of(incident.id).moments["started"] == later(-45)
    assert chain.read(("incident", incident.id))[-1].detail["was"] == later(-30).isoformat()


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        (datetime(2026, 11, 23, 11, 0), "zone"),  # noqa: DTZ001 - that is the point
        (NOON + timedelta(hours=2), "still to come"),
    ],
)
def test_a_time_that_cannot_be_is_refused(moment: datetime, sentence: str) -> None:
    incident = an_incident()

    with pytest.raises(declaration.CannotDeclare, match=sentence):
        declaration.set_moment(
            incident.id, kind=MomentKind.STARTED, moment_at=moment, by=TERMINAL, at=NOON
        )


def test_an_end_before_the_start_is_refused() -> None:
    incident = an_incident()
    declaration.set_moment(
        incident.id, kind=MomentKind.STARTED, moment_at=later(-5), by=TERMINAL, at=NOON
    )

    with pytest.raises(declaration.CannotDeclare, match="before it started"):
        declaration.resolve(incident.id, ended_at=later(-10), by=TERMINAL, at=later(1))


def test_resolving_twice_is_refused() -> None:
    incident = an_incident()
    declaration.resolve(incident.id, by=TERMINAL, at=later(30))

    with pytest.raises(declaration.AlreadyResolved):
        declaration.resolve(incident.id, by=TERMINAL, at=later(31))


def test_the_worst_open_incident_comes_first() -> None:
    mild = an_incident(State.DEGRADED)
    shelf.add_component(mild.page_id, name="Search", by=TERMINAL, at=NOON)
    bad = declaration.declare(
        mild.page_id,
        title="Search is down",
        components={"search": State.MAJOR},
        by=TERMINAL,
        at=later(1),
    )

    assert [known.id for known in declaration.open_incidents()] == [bad.id, mild.id]


def test_an_internal_fact_is_kept_with_who_and_when() -> None:
    incident = an_incident()

    declaration.learn(incident.id, text="Route B lost its chain.", by=TERMINAL, at=later(2))

    assert declaration.facts_of(incident.id) == [
        (later(2), "the terminal", "Route B lost its chain.")
    ]


def test_an_attack_is_about_security_whatever_kind_it_was_said_to_be() -> None:
    known = an_incident()

    attacked = declaration.escalate(known.id, posture=Posture.ATTACK, by=TERMINAL, at=later(1))

    assert not known.is_security
    assert attacked.is_security
    assert attacked.kind == IncidentKind.INCIDENT


def test_which_kind_it_is_can_be_learned_later_and_the_journal_says_so() -> None:
    known = an_incident()

    marked = declaration.escalate(known.id, is_security=True, by=TERMINAL, at=later(1))
    stays = declaration.escalate(known.id, severity=Severity.SEV1, by=TERMINAL, at=later(2))

    assert (marked.is_security, stays.is_security) == (True, True)
    assert declaration.recent_incidents() == [stays]
    kinds = [entry.detail.get("kind") for entry in chain.read(("incident", known.id))]
    assert kinds == [None, "security", None]

from hypothesis import given
from hypothesis import strategies as st

from tocsin.api.cachet import numbers
from tocsin.catalogue.tree import State
from tocsin.disclosure.phases import PLANNED, Phase
from tocsin.journal.ids import ALPHABET, ID_LENGTH

IDS = st.text(ALPHABET, min_size=ID_LENGTH, max_size=ID_LENGTH)


@given(IDS)
def test_a_number_leads_back_to_its_id(key: str) -> None:
    number = numbers.number_of(key)

    assert numbers.id_of(number) == key
    assert 0 <= number < 2**63


@given(st.integers())
def test_no_other_number_is_anybody_s(number: int) -> None:
    key = numbers.id_of(number)

    assert key == "" or numbers.number_of(key) == number


def test_every_state_and_phase_has_a_number_and_a_name() -> None:
    assert set(numbers.STATUS_OF) == set(State)
    assert {numbers.STATUS_OF[state] for state in State} == set(numbers.STATUS_NAMES)
    assert set(numbers.INCIDENT_STATUS_OF) == set(Phase) - PLANNED
    assert set(numbers.INCIDENT_STATUS_OF.values()) == set(numbers.INCIDENT_NAMES)
    assert set(numbers.SCHEDULE_STATUS_OF) >= PLANNED

"""The cast is who it says it is."""

import pytest

from tests import cast
from tocsin.disclosure.phases import Phase
from tocsin.people import access

pytestmark = pytest.mark.django_db


def test_eve_may_nothing() -> None:
    assert not access.may(cast.eve(), "see")


def test_olu_declares_lea_corrects_ada_invites() -> None:
    assert access.may(cast.olu(), "declare")
    assert access.may(cast.lea(), "correct")
    assert access.may(cast.ada(), "people:write")
    assert not access.may(cast.olu(), "correct")


def test_an_incident_on_the_page_has_said_its_first_word() -> None:
    spoken = cast.an_incident(cast.a_page())

    assert spoken.publication.words
    assert spoken.publication.words.phase is Phase.HOLDING

"""Programs go past what is there for people."""

import pytest
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db
PROGRAMS = ("/v1/pages", "/api/v1/ping", "/hooks/nobody")


@pytest.mark.parametrize("path", PROGRAMS)
def test_an_answer_to_a_program_is_whole_and_nobody_s_to_keep(path: str) -> None:
    answer = Client().get(path)

    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" not in answer
    assert not answer.cookies


def test_the_language_of_whoever_asked_before_is_not_theirs() -> None:
    with translation.override("fr"):
        Client().get("/v1/pages")

        assert translation.get_language() == "en"


def test_people_are_met_with_all_that_protects_them() -> None:
    assert "Content-Security-Policy" in Client().get("/console/", follow=True)

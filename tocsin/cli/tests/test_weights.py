import pytest

from tests.cast import a_page
from tocsin.cli.tests.terminal import facts, tocsin

pytestmark = pytest.mark.django_db


def test_weights_are_shown_and_changed() -> None:
    a_page()

    before = facts("page", "weights", "linden")
    after = facts("page", "weights", "linden", "--partial", "0.5", "--degraded", "10 %")

    assert before == {"page": "linden", "major": "1", "partial": "0.3", "degraded": "0"}
    assert after == {"page": "linden", "major": "1", "partial": "0.5", "degraded": "0.1"}


def test_a_weight_that_is_none_is_told_in_a_sentence() -> None:
    a_page()

    refused = tocsin("page", "weights", "linden", "--partial", "most")

    assert refused.exit_code == 1
    assert "'most' is no weight" in refused.stderr

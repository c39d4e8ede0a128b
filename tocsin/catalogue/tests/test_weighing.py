import pytest

from tests import cast
from tests.cast import later
from tocsin.catalogue import shelf, weighing, weights
from tocsin.catalogue.shelf import CannotKeep
from tocsin.catalogue.tree import State
from tocsin.catalogue.weights import NoWeight, Weights
from tocsin.journal.actors import TERMINAL
from tocsin.journal.models import Note


@pytest.mark.parametrize(
    ("text", "told"),
    [("1", 1000), ("0", 0), ("0.3", 300), ("0,25", 250), (".125", 125), ("30 %", 300), ("2.5%", 25),
     ("1.000", 1000), ("100%", 1000)],
)  # fmt: skip
def test_a_weight_is_read_as_people_write_it(text: str, told: int) -> None:
    assert weights.thousandths(text) == told


@pytest.mark.parametrize(
    "text", ["", "1.1", "-0.3", "0.1234", "a third", "101%", "0.3.1", "٣", "1e-1", "."]
)
def test_what_is_no_weight_is_refused(text: str) -> None:
    with pytest.raises(NoWeight):
        weights.thousandths(text)


def test_a_weight_is_spelled_as_it_is_read() -> None:
    assert [weights.spell(told) for told in (0, 25, 300, 1000)] == ["0", "0.025", "0.3", "1"]
    assert all(weights.thousandths(weights.spell(told)) == told for told in range(1001))


def test_planned_work_never_counts() -> None:
    assert Weights(1000, 1000, 1000).of(State.MAINTENANCE) == 0


@pytest.mark.django_db
def test_a_page_begins_with_the_usual_weights_and_keeps_only_what_differs() -> None:
    page = cast.a_page()
    assert page.weights == Weights(major=1000, partial=300, degraded=0)

    kept = weighing.weigh(page.id, {"partial": "0.5", "major": "1"}, by=TERMINAL, at=later(1))

    assert kept.weights == Weights(major=1000, partial=500, degraded=0)
    assert kept == shelf.brand(page.id)
    assert kept.changed_at > page.changed_at
    note = Note.objects.get(verb="catalogue:page:weighed")
    assert note.detail["weights"] == {"major": "1", "partial": "0.5", "degraded": "0"}


@pytest.mark.django_db
def test_the_same_weights_once_more_change_nothing() -> None:
    page = cast.a_page()

    kept = weighing.weigh(page.id, {"partial": "0.30"}, by=TERMINAL, at=later(1))

    assert kept == page
    assert not Note.objects.filter(verb="catalogue:page:weighed").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"partial": "most"}, "'most' is no weight"),
        ({"slow": "0.1"}, "There is no weight 'slow'"),
        ({"degraded": "0.5"}, "What is worse cannot count for less"),
    ],
)
def test_weights_that_make_no_sense_are_refused(chosen: dict[str, str], told: str) -> None:
    page = cast.a_page()

    with pytest.raises(CannotKeep, match=told):
        weighing.weigh(page.id, chosen, by=TERMINAL, at=later(1))

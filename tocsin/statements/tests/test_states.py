"""Whatever is said in whatever order, what readers see never contradicts itself."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tocsin.catalogue import shelf
from tocsin.catalogue.tree import State, worst
from tocsin.disclosure.phases import Phase
from tocsin.journal.actors import TERMINAL
from tocsin.statements import corrections, publication, published, stretches, word
from tocsin.statements.corrections import Amending
from tocsin.statements.published import Span
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLUGS = ("checkout", "cart", "search")
TROUBLE = (State.DEGRADED, State.PARTIAL, State.MAJOR)
acts = st.lists(
    st.tuples(
        st.sampled_from(["declare", "resolve", "worsen", "override", "correct"]),
        st.sampled_from(SLUGS),
        st.sampled_from((*TROUBLE, State.OPERATIONAL)),
        st.integers(0, 40),
    ),
    max_size=8,
)


# The declaration that reaches back must see where the other incident's effect began elsewhere.
REACHING_BACK = [
    ("declare", "search", State.PARTIAL, 4),
    ("worsen", "checkout", State.PARTIAL, 6),
    ("resolve", "cart", State.OPERATIONAL, 4),
    ("declare", "checkout", State.OPERATIONAL, 33),
]
# What begins at the very moment at which the other ended goes on.
FOLLOWING_ON = [
    ("declare", "cart", State.PARTIAL, 0),
    ("resolve", "cart", State.OPERATIONAL, 0),
    ("declare", "cart", State.PARTIAL, 1),
]


class WhatReadersSee(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(acts)
    @example(REACHING_BACK)
    @example(FOLLOWING_ON)
    def test_states_are_the_worst_of_all_that_is_open(
        self, told: list[tuple[str, str, State, int]]
    ) -> None:
        page = _a_page()
        overrides: dict[str, State] = {}
        for minute, (act, slug, state, earlier) in enumerate(told):
            _do(page, act, slug, state, overrides, at=NOON + timedelta(minutes=minute), ago=earlier)

        expected = {
            node.id: worst(list(_standing(page, node.id, overrides.get(node.slug))))
            for node in shelf.components_of(page.id)
        }
        shown = published.states_now(page.audience_id)
        assert shown == {key: s for key, s in expected.items() if s != State.OPERATIONAL}
        assert publication.faults() == []
        day = timedelta(days=1)
        spans = published.spans_between(page.audience_id, NOON - day, NOON + day)
        _check_spans(spans)
        assert _lasting(spans) == _retold(page)


def _a_page() -> shelf.Brand:
    page = shelf.open_page(name="Linden", by=TERMINAL, at=NOON)
    for slug in SLUGS:
        shelf.add_component(page.id, name=slug, by=TERMINAL, at=NOON)
    return page


def _do(
    page: shelf.Brand,
    act: str,
    slug: str,
    state: State,
    overrides: dict[str, State],
    *,
    at: datetime,
    ago: int,
) -> None:
    open_now = published.open_stories(page.audience_id)
    trouble = state if state in TROUBLE else State.DEGRADED
    if act == "override":
        publication.publish_state(page.id, {slug: state}, by=TERMINAL, at=at)
        overrides[slug] = state
    elif act == "declare":
        word.declare(
            page.id,
            title="It fails",
            components={slug: trouble},
            started_at=at - timedelta(minutes=ago),
            by=TERMINAL,
            at=at,
        )
    elif act == "correct" and open_now:
        since = at - timedelta(minutes=ago)
        if since != open_now[0].started_at:
            amending = Amending(since=since)
            corrections.correct(open_now[0].incident_id, amending, by=TERMINAL, at=at)
    elif open_now:
        layers = {"en": Layer("It fails", "We are on it.")}
        phase = Phase.RESOLVED if act == "resolve" else Phase.IDENTIFIED
        components = None if act == "resolve" else {slug: trouble}
        said = Saying(phase=phase, layers=layers, components=components)
        word.say(open_now[0].incident_id, said, by=TERMINAL, at=at)


def _standing(page: shelf.Brand, component_id: str, override: State | None) -> Iterable[State]:
    for story in published.open_stories(page.audience_id):
        yield story.words.impacts.get(component_id, State.OPERATIONAL)
    yield override or State.OPERATIONAL


def _lasting(spans: Iterable[Span]) -> set[Span]:
    return {span for span in spans if span.since != span.until}


def _retold(page: shelf.Brand) -> set[Span]:
    """The stretches as they follow from all that was said, read in one go."""
    keys = [node.id for node in shelf.components_of(page.id)]
    said = published.speaking_of(page.audience_id, keys)
    return {span for key in keys for span in stretches.spans(said, key)}


def _check_spans(spans: tuple[Span, ...]) -> None:
    """Stretches of one component follow each other and never overlap."""
    for before, after in pairwise(spans):
        if before.component_id == after.component_id:
            assert before.until is not None
            assert before.since <= before.until <= after.since

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import ORDER, Node, State, Tree, worst
from tocsin.disclosure.severity import INDICATOR_OF, Indicator, Severity, worst_indicator
from tocsin.page import html, labels, statuspage
from tocsin.page.standing import standing, weight
from tocsin.page.tests.telling import NOON, a_node, a_snapshot, a_story, a_tree, a_word
from tocsin.statements.published import Story, Window

LEAVES = [f"leaf {number}" for number in range(6)]
KEYS = [leaf.replace(" ", "-") for leaf in LEAVES]
STATES = st.sampled_from(list(State))
TREE = a_tree(
    a_node("Top", a_node(LEAVES[0]), a_node("Middle", a_node(LEAVES[1]), a_node(LEAVES[2]))),
    a_node("Other", a_node(LEAVES[3])),
    a_node(LEAVES[4]),
)  # the sixth was taken off the page


@st.composite
def nights(draw: st.DrawFn) -> tuple[dict[str, State], list[Story]]:
    """Open incidents, overrides beside them, and the states that follow from both."""
    impacts = draw(st.lists(st.dictionaries(st.sampled_from(KEYS), STATES), max_size=4))
    severities = [draw(st.sampled_from(list(Severity))) for _ in impacts]
    overrides = draw(st.dictionaries(st.sampled_from(KEYS), STATES))
    stories = [
        a_story(a_word(number=n, incident=f"incident{n:04d}", severity=severity, impacts=said))
        for n, (said, severity) in enumerate(zip(impacts, severities, strict=True), start=1)
    ]
    told = [*impacts, overrides]
    standing_at = {key: worst([said[key] for said in told if key in said]) for key in KEYS}
    return {key: state for key, state in standing_at.items() if state != ORDER[0]}, stories


def expected(states: Mapping[str, State], stories: list[Story], tree: Tree) -> Indicator:
    impacts = [story.impact for story in stories]
    return worst_indicator([INDICATOR_OF[tree.rolled_up(states)], *impacts])


@given(nights())
def test_the_indicator_is_the_worst_of_roll_up_and_unresolved_impacts(
    night: tuple[dict[str, State], list[Story]],
) -> None:
    states, stories = night

    told = standing(TREE, states, stories)

    assert told.indicator == expected(states, stories, TREE)


@given(nights())
def test_the_headline_weighs_as_much_as_the_indicator(
    night: tuple[dict[str, State], list[Story]],
) -> None:
    states, stories = night

    told = standing(TREE, states, stories)

    unsaid = worst_indicator([INDICATOR_OF[states[key]] for key in told.wordless])
    if told.lead:
        assert weight(told.lead, [node.id for node in TREE], states) == told.indicator
    else:
        assert told.indicator in (unsaid, Indicator.NONE)


@given(nights())
def test_page_and_api_never_contradict_each_other(
    night: tuple[dict[str, State], list[Story]],
) -> None:
    states, stories = night
    snapshot = a_snapshot(*stories, tree=TREE, states=states)

    page = html.front(snapshot, "en")
    summary = json.loads(statuspage.files(snapshot)["api/v2/summary.json"])

    indicator = Indicator(summary["status"]["indicator"])
    assert f'class="now {labels.LETTERS[indicator]}' in page
    assert ("Everything is working." in page) == (indicator == Indicator.NONE)
    rows = {row["id"]: INDICATOR_OF[State(row["status"])] for row in summary["components"]}
    impacts = [Indicator(told["impact"]) for told in summary["incidents"]]
    assert indicator == worst_indicator([*rows.values(), *impacts])


def test_a_group_is_as_bad_as_the_worst_below_it() -> None:
    deep: Node = a_node("Deep", a_node("Deeper", a_node("Deepest")))

    told = standing(a_tree(deep), {"deepest": State.PARTIAL}, [])

    assert told.indicator == Indicator.MAJOR
    assert told.wordless == ("deepest",)


def test_a_change_without_words_that_weighs_more_leads_the_page() -> None:
    story = a_story(a_word(severity=Severity.SEV3, impacts={"cart": State.DEGRADED}))
    states = {"cart": State.DEGRADED, "sign-in": State.MAJOR}

    page = html.front(a_snapshot(story, states=states), "en")

    assert "<h1>Sign-in: failing</h1>" in page
    assert "words are to follow" in page


def test_an_open_notice_without_effect_leaves_all_well() -> None:
    story = a_story(a_word(severity=Severity.SEV4, impacts={}, headline="A notice"))

    page = html.front(a_snapshot(story), "en")

    assert "<h1>Everything is working.</h1>" in page
    assert "A notice" in page


def test_work_that_outlasts_its_window_is_under_way_whatever_it_does() -> None:
    word = a_word(severity=Severity.SEV4, impacts={}, headline="Moving takes longer")
    assert word.words
    window = Window(NOON - timedelta(hours=2), NOON - timedelta(hours=1), {})
    story = a_story(replace(word, words=replace(word.words, window=window)))

    told = standing(a_tree(), {}, [story])

    assert told.indicator == Indicator.MAINTENANCE
    assert told.lead is story

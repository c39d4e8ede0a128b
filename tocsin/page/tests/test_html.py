import gzip
import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils import translation

from tocsin.catalogue.tree import State, Tree
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.page import assets, head, html, named
from tocsin.page.frame import frame, written
from tocsin.page.tests.telling import (
    NOON,
    a_brand,
    a_closed_story,
    a_node,
    a_past,
    a_snapshot,
    a_story,
    a_tree,
    a_word,
    later,
)
from tocsin.statements.published import Layer, Publication, Span
from tocsin.statements.values import Kind

HOSTILE = "<script>alert(1)</script>\"'></style><img src=x onerror=alert(1)>]]>\u202eexe."
LINKED: dict[str, str | None] = {"type": "application/ld+json"}  # data, which nothing runs


class Elements(HTMLParser):
    """Every element's name and attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.told: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.told.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.told if name == tag]


def test_the_worst_open_incident_is_the_headline() -> None:
    page = html.front(a_snapshot(a_story()), "en")

    assert "<h1>Checkout is failing for one in three</h1>" in page
    assert "<title>Checkout is failing for one in three · Linden status</title>" in page
    assert "Major outage" in page


def test_when_all_is_well_the_page_says_so_and_since_when() -> None:
    last = a_closed_story(at=NOON - timedelta(days=12))

    page = html.front(a_snapshot(last), "en")

    assert "<h1>Everything is working.</h1>" in page
    assert "ended 12 days ago and lasted 30 minutes." in page
    confirmed = '<time datetime="2026-11-23T12:00:00Z">12:00 UTC on 23 November 2026</time>'
    assert f"Confirmed at {confirmed}." in page


def test_a_copy_says_by_itself_when_it_is_old() -> None:
    page = html.front(a_snapshot(a_story()), "en")

    assert "12:00 UTC on 23 November 2026</time> · record no. 1." in page
    assert "confirmed every 5 minutes: past that, this is an old copy" in page
    assert 'data-confirmed="2026-11-23T12:00:00Z"' in page


def test_a_page_without_a_past_says_since_when_it_watches() -> None:
    page = html.front(a_snapshot(), "en")

    assert "No incident has been reported since" in page
    assert "19 October 2025" in page


def test_the_next_word_is_said_with_its_zone() -> None:
    page = html.front(a_snapshot(a_story(a_word(next_word_at=later(30)))), "en")

    assert 'Next word by <time datetime="2026-11-23T12:30:00Z">12:30 UTC</time>' in page
    assert 'data-due="2026-11-23T12:30:00Z"' in page
    assert "overdue" not in page


def test_a_word_turns_overdue_with_the_clock_alone() -> None:
    story = a_story(a_word(next_word_at=later(30)))

    on_time = html.front(a_snapshot(story, at=later(35)), "en")
    late = html.front(a_snapshot(story, at=later(35.1)), "en")

    assert "This word is overdue." not in on_time
    assert "This word is overdue." in late


def test_the_day_changes_at_midnight() -> None:
    story = a_story(a_word(next_word_at=later(12 * 60 + 30), at=later(0)))

    before = html.front(a_snapshot(story, at=later(0)), "en")
    after = html.front(a_snapshot(story, at=later(12 * 60)), "en")

    assert "00:30 UTC on 24 November" in before
    assert "00:30 UTC on 24 November" not in after
    assert "00:30 UTC" in after


def test_words_in_one_language_are_shown_in_both_and_marked() -> None:
    english = {"en": Layer(headline="Checkout fails", body="Cards are refused.")}
    story = a_story(a_word(layers=english, names={"en": "Checkout is failing"}))

    page = html.front(a_snapshot(story), "fr")

    assert '<h1 lang="en">Checkout fails</h1>' in page
    assert "en anglais" in page
    assert "in English" not in html.front(a_snapshot(story), "en")


def test_a_foreign_cause_is_marked_beside_whose_side_it_is() -> None:
    english = {"en": Layer(headline="Checkout fails", body="It fails.", cause="A cable was cut")}
    story = a_story(a_word(layers=english))

    page = html.front(a_snapshot(story), "fr")

    asked = "Pas encore confirmé\N{NO-BREAK SPACE}:"
    assert f'<dd>{asked} <span lang="en">A cable was cut</span></dd>' in page


def test_only_a_verified_cause_stands_there_as_a_fact() -> None:
    english = {"en": Layer(headline="Checkout fails", body="It fails.", cause="A cable was cut")}
    word = a_word(layers=english)
    said = word.words
    assert said is not None

    def shown(certainty: Certainty) -> str:
        words = replace(said, cause_side=CauseSide.OURS, certainty=certainty)
        return html.front(a_snapshot(a_story(replace(word, words=words))), "en")

    sure, unsure = shown(Certainty.VERIFIED), shown(Certainty.SUSPECTED)

    assert "<dd>Ours. A cable was cut</dd>" in sure
    assert "<dd>Probably ours. Not confirmed yet: A cable was cut</dd>" in unsure


def test_the_french_page_speaks_french() -> None:
    page = html.front(a_snapshot(a_story(a_word(next_word_at=later(30)))), "fr")

    assert '<html lang="fr"' in page
    assert "Prochain point au plus tard à" in page
    assert "Panne majeure" in page


def test_a_page_of_one_language_offers_no_other() -> None:
    page = html.front(a_snapshot(page=a_brand(languages=("fr",))), "fr")

    assert "hreflang" not in page
    assert 'href="/history.atom"' in page


def test_going_back_gives_its_reason() -> None:
    story = a_story(
        a_word(number=1, phase=Phase.MONITORING),
        a_word(
            number=2,
            phase=Phase.INVESTIGATING,
            turn_reason={"en": "The errors came back."},
            at=later(9),
        ),
    )

    page = html.incident(a_snapshot(story, at=later(10)), "en", story)

    assert "Back to: Investigating" in page
    assert "The errors came back." in page


def test_details_are_folded_and_can_be_linked_to() -> None:
    story = a_story(a_word(details="Route B answers `unknown_ca`.", number=7))

    page = html.incident(a_snapshot(story), "en", story)

    assert '<details class="more" id="n7-details">' in page
    assert "<code>unknown_ca</code>" in page


def test_blank_lines_of_preformatted_text_stay() -> None:
    story = a_story(a_word(details="```\na\n\n\nb\n```"))

    page = html.incident(a_snapshot(story), "en", story)

    assert "a\n\n\nb" in page


def test_groups_open_themselves_where_something_is_wrong() -> None:
    tree = a_tree(a_node("Shop", a_node("Checkout")), a_node("API", a_node("REST")))

    page = Elements(html.front(a_snapshot(a_story(), tree=tree), "en"))

    groups = ["open" in one for one in page.named("details") if one.get("class") == "g"]
    assert groups == [True, False]


def test_a_tree_may_be_deep() -> None:
    tree = a_tree(a_node("A", a_node("B", a_node("C", a_node("D", a_node("E"))))))

    page = html.front(a_snapshot(tree=tree, states={"e": State.MAJOR}), "en")

    for name in "ABCD":
        assert f'<details class="g" open><summary><span>{name}</span>' in page
    assert 'href="/c/e"' in page


def test_what_shows_only_when_degraded_is_hidden_while_it_works() -> None:
    tree = a_tree(a_node("Quiet one", hides=True))

    assert "Quiet one" not in html.front(a_snapshot(tree=tree), "en")
    assert "Quiet one" in html.front(a_snapshot(tree=tree, states={"quiet-one": State.MAJOR}), "en")


def test_bad_days_are_said_in_words_beside_their_bars() -> None:
    span = Span("checkout", State.MAJOR, later(-48), NOON)

    page = html.front(a_snapshot(spans=(span,)), "en")

    assert "23 November: failing, 48 min" in page
    assert 'class="x" d="M89 0h.75"' in page


def test_days_without_data_are_not_drawn_as_good() -> None:
    tree = a_tree(a_node("New", created_at=NOON - timedelta(days=9)))

    page = html.front(a_snapshot(tree=tree), "en")

    assert '<path class="n" d="M0 0H80"/><path class="b" d="M80 0H90"/>' in page
    assert '<i>100\N{NO-BREAK SPACE}%<span class="unseen"> over 10 days</span></i>' in page


def test_what_ninety_days_count_for_is_said_once() -> None:
    page = html.front(a_snapshot(), "en")

    assert "<i>100\N{NO-BREAK SPACE}%</i>" in page
    assert page.count("The percentage: uptime over ninety days.") == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_hostile_names_and_words_are_inert_everywhere(language: str) -> None:
    tree = a_tree(a_node(HOSTILE, a_node("Checkout", french=HOSTILE)))
    layer = Layer(*[HOSTILE] * 8)
    said = {"layers": {"en": layer, "fr": layer}, "names": {"en": HOSTILE, "fr": HOSTILE}}
    story = a_story(
        a_word(incident="hostile", number=91, turn_reason={"en": HOSTILE}, **said)  # type: ignore[arg-type]
    )
    snapshot = a_snapshot(story, tree=tree)
    script = {"src": "/" + assets.script(language)[0], "defer": None}
    narrow = named.choices(snapshot, [story])

    pages = [
        html.front(snapshot, language),
        html.incident(snapshot, language, story),
        *(html.component(snapshot, language, node, a_past(snapshot, node)) for node in tree),
        *(
            html.month(snapshot, language, NOON.date(), [story], narrow, choice=one)
            for one in (None, *narrow)
        ),
    ]

    for page in map(Elements, pages):
        assert [one for one in page.named("script") if one != LINKED] == [script]
        assert page.named("img") == []
        assert len(page.named("style")) in (1, 2)
        assert all(not name.startswith("on") for _, one in page.told for name in one)
        assert all("style" not in one for _, one in page.told)
    assert all("\u202e" not in page for page in pages)


def test_nothing_is_loaded_from_elsewhere() -> None:
    pages = [
        Elements(text.decode())
        for path, text in head.files(a_snapshot(a_story())).items()
        if path.endswith(".html")
    ]

    loaded = [
        one.get("src") or one.get("href") or ""
        for page in pages
        for tag, one in page.told
        if tag in {"script", "img", "link", "iframe", "source", "use"} and one != LINKED
        if "hreflang" not in one  # an address of another page, which nothing is loaded from
    ]
    assert loaded
    assert all(url.startswith(("/", "data:image/svg+xml,")) for url in loaded)


def test_the_policy_lets_the_one_style_in_and_no_other() -> None:
    files = head.files(a_snapshot())

    policy = json.loads(files["headers.json"])["html"]["Content-Security-Policy"]

    assert re.search(r"style-src 'sha256-[\w+/]{43}='", policy)
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"<style>{assets.style()}</style>".encode() in files["index.html"]


def test_fifty_components_with_their_bars_stay_light() -> None:
    groups = [a_node(f"Group {g}", *(a_node(f"Part {g} {n}") for n in range(10))) for g in range(5)]
    parts = [f"part-{g}-{n}" for g in range(5) for n in range(10)]
    spans = tuple(
        Span(part, State.PARTIAL, later(-n * 1700 - 90), later(-n * 1700 - 40))
        for n, part in enumerate(parts)
    )
    bare = html.front(a_snapshot(tree=a_tree(a_node("One"))), "en")

    page = html.front(a_snapshot(tree=a_tree(*groups), spans=spans), "en")

    added = len(gzip.compress(page.encode())) - len(gzip.compress(bare.encode()))
    assert added < 5000


def test_the_record_holds_what_an_emergency_tool_needs() -> None:
    snapshot = a_snapshot(a_story(a_word(next_word_at=later(30))))

    told = json.loads(head.files(snapshot)["record.json"])

    assert (told["number"], told["revision"]) == (1, 0)
    assert told["page"]["languages"] == ["en", "fr"]
    assert told["open"][0]["next_word_at"] == "2026-11-23T12:30:00.000Z"
    assert told["open"][0]["layers"]["fr"]["headline"] == "Checkout is failing for one in three"
    assert told["changes_at"] == "2026-11-23T12:05:00.000Z"


def test_what_others_placed_is_carried_along_but_covers_nothing() -> None:
    files = head.files(a_snapshot(), overlay={"score/index.html": b"score", "index.html": b"no"})

    assert files["score/index.html"] == b"score"
    assert files["index.html"] != b"no"


def test_long_after_the_last_incident_its_date_is_told() -> None:
    last = a_closed_story(at=NOON - timedelta(days=2_166))

    told = a_snapshot(last)

    on = '<time datetime="2020-12-18">{}</time>'
    assert f"ended on {on.format('18 December 2020')} and lasted 30 minutes." in html.front(
        told, "en"
    )
    french = unescape(html.front(told, "fr"))
    assert (
        f"s’est terminé le {on.format('18 décembre 2020')} après avoir duré 30 minutes." in french
    )


def test_a_quiet_year_is_a_line_of_the_history() -> None:
    page = html.history(a_snapshot(), "en", {"2024-12": 2, "2026-11": 1})

    quiet = page[page.index("<h2>2025</h2>") : page.index("<h2>2024</h2>")]
    assert "No incident was reported." in quiet
    assert "<li>" not in quiet
    assert page.count("no incident") == 10, "the other months of this year"


def test_planned_work_is_no_incident_of_its_month() -> None:
    told = {"2026-10": 3, "2026-11": 1}, {"2026-10": 1, "2026-11": 1}

    page = html.history(a_snapshot(), "en", *told)
    french = html.history(a_snapshot(), "fr", *told)

    assert "2 incidents · 1 planned<" in page
    assert "no incident · 1 planned<" in page
    assert "2 incidents · 1 intervention<" in french


def test_where_no_bar_is_drawn_none_is_explained() -> None:
    node = replace(a_node("checkout"), showcase=False)

    assert "A bar is a day" in html.front(a_snapshot(), "en")
    assert "A bar is a day" not in html.front(replace(a_snapshot(), tree=a_tree(node)), "en")


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("help@linden.example", '<a href="mailto:help@linden.example">help@linden.example</a>'),
        ("https://linden.example/help", '<a href="https://linden.example/help">'),
        ("call us at <5>", "call us at &lt;5&gt;"),
        ("javascript:alert(1)", "Questions: javascript:alert(1)"),
    ],
)
def test_whoever_has_questions_is_led_to_us(contact: str, shown: str) -> None:
    story, told = a_closed_story(), a_snapshot()

    page = html.incident(replace(told, page=replace(told.page, contact=contact)), "en", story)

    assert shown in page


def test_a_language_that_is_read_from_the_right_is_set_so() -> None:
    told = frame(a_snapshot(), "en", path="", title="")

    with translation.override("ar"):
        assert '<html lang="en" dir="rtl">' in written("page/missing.html", told)
    assert '<html lang="en">' in written("page/missing.html", told)


def test_a_page_that_lists_nothing_claims_nothing() -> None:
    bare = replace(a_snapshot(), tree=Tree(()))

    assert "<h1>Nothing is listed here yet.</h1>" in html.front(bare, "en")
    assert "Rien n’est encore affiché ici." in unescape(html.front(bare, "fr"))
    assert "Everything is working." not in html.front(bare, "en")


def test_a_page_named_status_says_it_once() -> None:
    told = a_snapshot()
    named = replace(told, page=replace(told.page, name="Status"))

    assert "<title>Status</title>" in html.front(named, "en")


def progress(number: int, headline: str) -> Publication:
    said = a_word(number=number, phase=Phase.ACCOUNT, headline=headline, at=later(60 * number))
    assert said.words
    return replace(said, kind=Kind.PROGRESS, words=replace(said.words, is_progress=True))


def test_an_account_and_what_newer_words_on_promises_tell_too_fold_in_the_timeline() -> None:
    account = a_word(number=3, phase=Phase.ACCOUNT, headline="What happened", at=later(120))
    first, second = progress(4, "0 of 2 done"), progress(5, "1 of 2 done")
    story = a_story(*a_closed_story(incident="incident0000").publications, account, first, second)

    page = html.incident(a_snapshot(story), "en", story)
    timeline = page.partition('<ol class="timeline">')[2]

    assert re.findall(r"<summary>(.*?)</summary>", timeline) == [*("0 of 2 done", "What happened")]
    assert '<p class="line">1 of 2 done</p>' in timeline
    assert page.index("Card payments are refused.") < page.index('<ol class="timeline">')

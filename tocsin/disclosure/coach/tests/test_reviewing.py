"""What weighs how much for whom, what is shown, and what is let pass."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalogue.tree import State
from tocsin.disclosure.coach import reading, reviewing
from tocsin.disclosure.coach.values import (
    Allowed,
    Component,
    Context,
    Kind,
    Level,
    Register,
    Strictness,
)
from tocsin.disclosure.phases import Phase

RESOLVED = Context(language="en", phase=Phase.RESOLVED)
AT = Context(language="en", phase=Phase.INVESTIGATING)
PASSWORD = "The admin password: hunter2-hunter is in `https://10.0.0.7/admin`."


def rules(text: str, context: Context = AT) -> dict[str, str]:
    return {one.rule: one.level.value for one in reviewing.review(text, context).findings}


def test_an_excuse_in_the_same_sentence_lowers_by_one_level() -> None:
    assert rules("Brief errors.")["en-min-04"] == "warn"
    assert rules("Brief errors for 40 seconds.")["en-min-04"] == "hint"
    assert rules("Brief errors. They lasted 40 seconds.")["en-min-04"] == "warn"
    assert "en-min-15" not in rules("Intermittent errors, about one in 5.")
    assert rules("We guarantee a credit.")["en-abs-02"] == "warn"  # from block


def test_jargon_weighs_by_who_reads_the_page() -> None:
    text = "Elevated latency: we rolled back."

    assert {rules(text)[one] for one in ("en-jar-02", "en-jar-03")} == {"warn"}
    assert rules(text, replace(AT, audience=Strictness.DEVELOPERS)) == {
        "en-jar-02": "hint",
        "en-jar-03": "hint",
    }
    assert rules(text, replace(AT, audience=Strictness.INTERNAL)) == {}
    assert rules(text, replace(AT, is_detail=True)) == {}


def test_in_a_security_incident_nothing_is_made_small_without_a_second_reader() -> None:
    text = "A limited number of accounts."

    assert rules(text)["en-min-05"] == "warn"
    assert rules(text, replace(AT, kind=Kind.SECURITY))["en-min-05"] == "review"


def test_the_policy_says_how_far_words_may_own_a_failure() -> None:
    owned, liable = "This was our fault.", "We accept liability."

    assert rules(owned)["en-leg-05"] == "hint"
    assert rules(owned, replace(AT, allowed=Allowed.FACTS_ONLY))["en-leg-05"] == "review"
    assert rules(owned, replace(AT, allowed=Allowed.FULL_APOLOGY)) == {}
    assert rules(liable)["en-leg-01"] == "review"
    assert rules(liable, replace(AT, allowed=Allowed.FULL_APOLOGY))["en-leg-01"] == "warn"
    assert reviewing.review(f"{owned} {liable}", AT).registers == set(Register)


def test_a_whole_post_that_is_a_default_sentence_is_stopped() -> None:
    assert rules("We are currently investigating this issue.")["en-emp-01"] == "block"
    assert rules("# Sign-in\n\nWe are investigating this issue.")["en-emp-01"] == "block"
    longer = "We are investigating an issue with sign-in since 09:12 UTC."
    assert rules(longer)["en-emp-01"] == "warn"


def test_typography_hides_nothing_and_offsets_are_those_of_the_text_as_typed() -> None:
    text = (
        "Ⅻ faﬁ… L\u2019e\u0301quipe\u00a0: «\u202frien\u202f». Une\u00a0 ERREUR\u202fHUMAINE, ﬁn."
    )

    found = reviewing.review(text, replace(AT, language="fr")).findings

    assert [one.text for one in found if one.rule == "fr-bla-01"] == ["ERREUR\u202fHUMAINE"]
    assert rules("A hu\u00adman er\u200bror.")["en-bla-01"] == "block"
    assert rules("A *human* _error_.")["en-bla-01"] == "block"
    assert rules("A human\nerror.")["en-bla-01"] == "block"


def test_the_authors_own_wording_alone_is_judged() -> None:
    context = replace(AT, components=(Component("Glitch Store"),))

    assert rules("Glitch Store fails.", context) == {}
    assert rules("A glitch in the store.", context) == {"en-min-09": "block"}
    assert rules("**Monitoring** - degraded performance: {glitch}", context) == {
        "en-jar-14": "warn"
    }
    assert rules("Checkout: Degraded performance", context) == {}


def test_secrets_are_found_in_links_and_code_too() -> None:
    found = [one for one in reviewing.review(PASSWORD, AT).findings if one.group == "OPS"]

    assert [one.text for one in found] == [
        "password: hunter2-hunter",
        "https://10.0.0.7/admin",
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Reach us at 192.168.4.20.", "en-ops-01"),
        ("It is 2001:db8::8a2e:370:7334 again.", "en-ops-01"),
        ("We restarted db-prod-03 and web01.", "en-ops-01"),
        ("See https://grafana.linden.example/d/1.", "en-ops-01"),
        ("The key is AKIAIOSFODNN7EXAMPLE now.", "en-ops-01"),
        ("Write to olu.adeyemi@linden.example.", "en-ops-03"),
        ("Our engineer Olu Adeyemi restarted it.", "en-ops-03"),
        ("The customer Northwind Trading Ltd was first.", "en-ops-03"),
        ("Call Karim Benali on 07700 900123.", "en-ops-03"),
        ("It was done by K. Benali, who is on leave.", "en-ops-03"),
        ("Karim from our network team restarted it.", "en-ops-03"),
        ("Call Karim if it happens again.", "en-ops-03"),
        ("Northgate Dental, one of our clients, lost its agenda.", "en-ops-03"),
        ("Contoso and Fabrikam were the two customers affected.", "en-ops-03"),
        ("Log in with support / changeme99 until Monday.", "en-ops-01"),
    ],
)
def test_what_helps_an_intruder_or_names_a_person_is_stopped(text: str, rule: str) -> None:
    assert rules(text).get(rule) == "block"


def test_what_was_added_speaks_where_the_first_lists_are_silent() -> None:
    assert rules("This incident has been resolved.", RESOLVED) == {"en-emp-05": "block"}
    assert rules("The incident is now closed.", RESOLVED) == {
        "en-emp-53": "warn",
        "en-emp-55": "warn",
    }


@pytest.mark.parametrize(
    "text",
    [
        "From 09:12:30 to 10:04:00 UTC.",
        "Update to version 1.2.3.4 of the app.",
        "Write to support@linden.example.",
        "The library in Jean Moulin Street and the Rue Marie Curie are without power.",
        "Block B. Sign-in works there.",
        "See https://status.linden.example/incidents/x1.",
        "The password you chose still works.",
        "Log in with your mail address / customer number.",
        "Call Support, or the team in Grace Road.",
        "Ashford and Dover, two of our branches, are the first to open.",
        "On 26.11.2026 at 09:12 UTC, 40 % of API v2 calls failed.",
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert [one for one in reviewing.review(text, AT).findings if one.group == "OPS"] == []


def test_names_that_the_page_knows_are_never_said() -> None:
    context = replace(AT, staff=("Lea",), customers=("Northwind",))

    assert rules("Lea restarted it for northwind.", context) == {"en-ops-03": "block"}
    assert rules("Leave it as it is.", context) == {}


def test_what_was_waved_through_is_not_said_again() -> None:
    text = "A glitch, and one more glitch: human error."

    found = reviewing.review(text, replace(AT, dismissed=frozenset({("en-min-09", "glitch")})))

    assert [one.rule for one in found.findings] == ["en-bla-01"]
    assert [one.rule for one in found.waved] == ["en-min-09", "en-min-09"]
    assert reviewing.phrase_of(found.waved[0]) == "glitch"


def test_five_are_shown_the_worst_first_and_one_of_a_group_in_a_sentence() -> None:
    text = (
        "Unfortunately some glitch and another hiccup made elevated latency. Stay tuned! It was "
        "human error. Mistakes were made. We will be back shortly. Rest assured."
    )

    found = reviewing.review(text, AT).findings
    shown = reviewing.shown(found)

    assert len(found) > len(shown) == reviewing.MOST_SHOWN
    assert [one.rule for one in shown[:2]] == ["en-min-09", "en-bla-01"]
    assert len({(one.sentence, one.group) for one in shown}) == len(shown)


def test_the_verdict_covers_findings_and_what_is_missing() -> None:
    filled = frozenset({"next_update", "who", "since", "workaround", "action", "effect"})

    assert reviewing.review("Sign-in fails.", AT).verdict == Level.BLOCK
    assert reviewing.review("Sign-in fails.", replace(AT, filled=filled)).verdict == "pass"
    assert reviewing.review("Sign-in fails soon.", replace(AT, filled=filled)).verdict == "warn"


def test_a_language_without_a_lexicon_is_not_judged() -> None:
    found = reviewing.review("Ein kleiner glitch.", replace(AT, language="de"))

    assert (found.findings, found.missing, found.verdict) == ((), (), "pass")


def test_the_language_is_told_from_the_text() -> None:
    assert reviewing.language_of("La connexion échoue pour un client sur trois.") == "fr"
    assert reviewing.language_of("Sign-in fails for one customer in three.") == "en"


@given(st.text(max_size=300), st.sampled_from(["en", "fr"]), st.sampled_from(list(Phase)))
def test_no_text_breaks_the_coach(text: str, language: str, phase: Phase) -> None:
    found = reviewing.review(text, Context(language=language, phase=phase))

    assert all(text[one.start : one.end] == one.text and one.text for one in found.findings)


@pytest.mark.parametrize("text", ["a" * 200_000, '{[(`"' * 20_000, "- " * 50_000, "1:" * 50_000])
def test_no_text_holds_the_coach_up(text: str) -> None:
    # A rule that tries every way through such a text would never come to its end.
    found = reviewing.review(text, AT)

    assert all(text[one.start : one.end] == one.text for one in found.findings)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have identified the problem and are working on a solution.", "en"),
        ("Things are improving. Thank you for your patience and your trust.", "en"),
        ("Retour progressif à la normale.", "fr"),
        ("Le nécessaire est fait. Merci de votre compréhension.", "fr"),
    ],
)
def test_a_post_of_stock_words_is_empty(text: str, language: str) -> None:
    assert _is_stock(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have identified the problem and are working on the payments.", "en"),
        ("We have identified the problem: 3 of our systems are down.", "en"),
        ("We are working on {function}.", "en"),
        ("Le nécessaire est fait pour le paiement.", "fr"),
        ("Retour.", "fr"),
    ],
)
def test_a_post_with_a_word_or_a_figure_of_its_own_is_not(text: str, language: str) -> None:
    assert not _is_stock(text, language)


def _is_stock(text: str, language: str) -> bool:
    found = reviewing.review(text, replace(AT, language=language)).findings
    return f"{language}-emp-55" in {one.rule for one in found}


def test_no_phrase_begins_in_one_sentence_and_ends_in_the_next() -> None:
    text = "Resolved: connection pool issue\n\nThis incident has been resolved."

    found = reviewing.review(text, Context(language="en", phase=Phase.RESOLVED)).findings

    assert found
    assert not [one.text for one in found if "\n" in one.text]


LONGEST = 25_000  # letters of a word that is said through the API
REPEATED = (
    *("Marie Curie ", "Mr Aa ", "Client ", "engineer Aa Bb ", "😀", "😀 ", "latency rollback "),
    *("Ab Cd, one of our ", "Ab and Cd are the ", "Call Karim ", "log in with a / a"),
    *("the agent ", "by mistake the team ", "none of your ", "la pompe n'a pas "),
    *(".", ".!?", "\n\x1c", "eyJ-", "token=", "some users ", "we guarantee ", "ada.love@x.de "),
)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_long_text_of_one_thing_is_read_to_its_end(language: str) -> None:
    """Each took from seconds to minutes, so that one word could stop everybody else's."""
    context = replace(AT, language=language)
    for told in (*(one * (LONGEST // len(one)) for one in REPEATED), "a" * (LONGEST - 1) + "@"):
        findings = reviewing.review(told, context).findings

        spans = [(one.start, one.end) for one in findings]
        assert all(0 <= start < end <= len(told) for start, end in spans)


def test_of_spans_within_each_other_the_longest_stays() -> None:
    names = replace(AT, staff=("Ada Lovelace", "Lovelace", "Ada"))
    found = reviewing.review("Ask Ada Lovelace.", names).findings

    assert [one.text for one in found if one.rule == "en-ops-03"] == ["Ada Lovelace"]


def test_what_excuses_a_phrase_stands_near_it() -> None:
    far = "and so on and on " * 60

    assert rules("Brief errors for 40 seconds")["en-min-04"] == "hint"
    assert rules(f"Brief errors {far} 40 seconds")["en-min-04"] == "warn"


def test_marks_that_end_nothing_are_no_sentences() -> None:
    assert rules("Brief errors...they lasted 40 seconds")["en-min-04"] == "hint"
    assert rules("Brief errors?!) They lasted 40 seconds")["en-min-04"] == "warn"


def test_cells_of_a_table_are_read_apart() -> None:
    assert rules("| Brief errors | for 40 seconds |")["en-min-04"] == "warn"
    assert rules("| Brief errors for 40 seconds | we looked |")["en-min-04"] == "hint"
    found = reviewing.review("| Brief errors | Brief errors |", AT)
    assert len(reviewing.shown(found.findings)) == 2, "each cell's own"
    slow = replace(AT, components=(Component("Cards", "cards", state=State.DEGRADED),))
    assert "en-eup-01" in rules("Cards had a major outage.", slow)
    assert "en-eup-01" not in rules("| 12:50 | Major outage |\n| 12:55 | |", slow)


def test_a_long_table_is_no_long_sentence() -> None:
    rows = "\n".join(["| When | What |", "|---|---|", *["| 12:45 UTC | It began to fail |"] * 8])

    assert "length" not in {one.check for one in reviewing.review(rows, AT).missing}
    prose = rows.replace("|", "")
    assert "length" in {one.check for one in reviewing.review(prose, AT).missing}
    measured = reviewing.measure(rows, AT)
    assert measured is not None
    assert measured.plainness.sentences == 18


@given(st.text(alphabet="ab|\\ .\n", max_size=60))
def test_however_a_table_is_broken_every_letter_is_in_one_sentence(text: str) -> None:
    read = reading.read(text)

    spans = [read.sentence(number) for number in range(len(read.sentence_starts))]
    assert "".join(read.text[start:end] for start, end in spans) == read.text

"""Words from templates: nothing half-filled goes out, and every language asks for the same."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.disclosure import library, outline, wording
from tocsin.disclosure.library import LANGUAGES, Kind, Template, Text
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.wording import BlankLeft, Words

TEMPLATES = [library.template(key) for key in library.every_key()]
IDS = list(library.every_key())
LOOSE = re.compile(r"\{|\[(?!See status|Voir l’état|Status ansehen)")

CHECKSUMS = {
    "T-01": {"en": "67d5cb60", "de": "c8923675", "fr": "c17448d9"},
    "T-02": {"en": "7fa2def3", "de": "6cc018fb", "fr": "1ae6b61a"},
    "T-03": {"en": "dae623a0", "de": "263ecec0", "fr": "3d53a98b"},
    "T-04": {"en": "6986c3b9", "de": "aa81500f", "fr": "f1b72285"},
    "T-04-holding": {"en": "e0681f79", "de": "0b78adf4", "fr": "6082e6f7"},
    "T-05": {"en": "e48714c7", "de": "433162a8", "fr": "54434e25"},
    "T-06": {"en": "3c247ee7", "de": "501c4dfc", "fr": "6ff610fa"},
    "T-07": {"en": "fa96d827", "de": "1e0cd94f", "fr": "a6b5f9c0"},
    "T-10": {"en": "15f9c23f", "de": "73c87882", "fr": "ea334bef"},
    "T-11": {"en": "1a22a731", "de": "edea67b1", "fr": "dd7e3de5"},
    "T-12": {"en": "e311c815", "de": "00c5d227", "fr": "97558d61"},
    "T-13": {"en": "3ce29ac1", "de": "fbc29a3b", "fr": "d1426977"},
    "T-14": {"en": "00d0a4c7", "de": "9b52f923", "fr": "bb4a2a0a"},
    "T-16": {"en": "731ba800", "de": "3fb22820", "fr": "5c2bf89b"},
    "T-16-wrong": {"en": "15ed6bea", "de": "c1f2511e", "fr": "bbdde812"},
    "T-16-correct": {"en": "d19e8849", "de": "df041459", "fr": "b6c126a6"},
    "T-18": {"en": "5c59e66e", "de": "045c7d30", "fr": "14d54952"},
    "T-18-all": {"en": "95d05ec7", "de": "54a31a5f", "fr": "ee0b2d21"},
    "T-18-piece": {"en": "e610fc08", "de": "a00ef863", "fr": "9b0f35ce"},
    "T-19": {"en": "6a59b3f9", "de": "0ad24013", "fr": "aa3b1af4"},
    "T-20": {"en": "b13f5a14", "de": "01200c16", "fr": "54416b59"},
    "T-20-day": {"en": "3b2f42b5", "de": "ba31bd87", "fr": "091d6b2d"},
    "T-08": {"en": "e16c7586", "de": "58cfd467", "fr": "4ce797a6"},
    "T-08-name": {"en": "759e4e4c", "de": "337708e4", "fr": "388e9a85"},
    "T-08-reminder": {"en": "117063da", "de": "cc61b0ee", "fr": "20b9db30"},
    "T-08-moved": {"en": "d4df4e07", "de": "4532fcce", "fr": "cb3b1aad"},
    "T-08-longer": {"en": "a135de19", "de": "4958aad4", "fr": "97f05b10"},
    "T-08-cancelled": {"en": "3ddb8dbe", "de": "e895f3f5", "fr": "8eedd8b5"},
    "T-08-begun": {"en": "851a7986", "de": "091a67b1", "fr": "98a18bd7"},
    "T-08-checking": {"en": "dd1e6550", "de": "af4d9fe7", "fr": "ddc9cdbc"},
    "T-08-ended": {"en": "7ff99732", "de": "158ad0ee", "fr": "0a7a839c"},
    "T-09": {"en": "3dd14800", "de": "ab0e4f0c", "fr": "d37c3821"},
    "status-identified": {"en": "a4c11761", "de": "6eb89186", "fr": "da0128f2"},
    "status-monitoring": {"en": "241f0763", "de": "62e10cac", "fr": "e4bccfef"},
    "status-resolved": {"en": "ec694e87", "de": "8c3a8b0d", "fr": "adbce1b5"},
    "withdrawn": {"en": "d77db384", "de": "ba6ce465", "fr": "913bd2f7"},
    "account-withdrawn": {"en": "ea043522", "de": "2455f81f", "fr": "40dbd628"},
    "removed": {"en": "9086c306", "de": "b88cf6bc", "fr": "47d72264"},
    "sms": {"en": "89513fba", "de": "1a27d2bc", "fr": "4a3e3139"},
    "social": {"en": "17668920", "de": "907c207e", "fr": "77e67463"},
    "banner": {"en": "b1ccc6c2", "de": "edb9a2a5", "fr": "4b119887"},
    "voice": {"en": "376bfc6d", "de": "923f4a4f", "fr": "6069d091"},
    "support": {"en": "ce522da0", "de": "9f464f03", "fr": "6aa08750"},
}

OUTLINES = {"en": "969345f2", "de": "2839b560", "fr": "8c8b999b"}

phrases = st.text(
    st.characters(codec="utf-8", exclude_characters="{}[]", exclude_categories=["C"]), min_size=1
).filter(lambda said: said.strip(" .") and said == said.strip())


def every_blank(template: Template, option: str = "") -> dict[str, str]:
    """Each blank filled with its own name; choices with ``option``, or their first."""
    filled = {}
    for blank in wording.blanks_of(template, "en"):
        options = list(blank.form.options)
        chosen = option if option in options else "".join(options[:1])
        filled[blank.name] = chosen if blank.form.kind is Kind.CHOICE else blank.name
    return filled


def options_of(template: Template) -> list[str]:
    return [o for options in template.texts["en"].choices.values() for o in options] or [""]


@pytest.mark.parametrize("template", TEMPLATES, ids=IDS)
def test_every_language_has_the_same_blanks(template: Template) -> None:
    english, *others = (
        {(blank.name, blank.required, blank.only_when) for blank in found}
        for found in (wording.blanks_of(template, language) for language in LANGUAGES)
    )

    assert others == [english] * len(others)


@pytest.mark.parametrize("template", TEMPLATES, ids=IDS)
def test_every_language_has_the_same_choices(template: Template) -> None:
    english, *others = (
        {name: set(options) for name, options in template.text(language).choices.items()}
        for language in LANGUAGES
    )

    assert others == [english] * len(others)
    for name, options in english.items():
        for language in LANGUAGES:
            assert options <= set(library.form(name, language).options)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES, ids=IDS)
def test_filled_words_have_no_blank_left(template: Template, language: str) -> None:
    for option in options_of(template):
        words = wording.fill(template, language, every_blank(template, option))

        assert not LOOSE.search(words.headline + words.body)
        assert "  " not in words.body
        assert ".." not in words.body


@pytest.mark.parametrize("template", TEMPLATES, ids=IDS)
def test_each_required_blank_is_missed_when_it_is_empty(template: Template) -> None:
    for option in options_of(template):
        full = every_blank(template, option)
        for blank in wording.blanks_of(template, "en"):
            if not blank.required or (blank.only_when and option not in blank.only_when[1]):
                continue

            assert blank.name in wording.missing(template, full | {blank.name: " "})
            with pytest.raises(BlankLeft, match=re.escape(blank.form.label)):
                wording.fill(template, "fr", full | {blank.name: " "})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["T-01", "T-02", "T-03", "T-04", "T-05", "T-07"])
@given(said=phrases)
def test_whatever_is_said_reaches_the_reader(key: str, language: str, said: str) -> None:
    template = library.template(key)
    names = [blank.name for blank in wording.blanks_of(template, language)]
    chosen = every_blank(template)
    blanks = {
        name: chosen[name] if library.form(name, "en").kind is Kind.CHOICE else said
        for name in names
    }

    words = wording.fill(template, language, blanks)

    kernel = "".join(said.split()).rstrip(".")[1:]
    assert kernel in "".join((words.headline + words.body).split())
    assert words.headline


@given(said=st.text())
def test_no_text_at_all_breaks_a_preview(said: str) -> None:
    for template in TEMPLATES:
        names = [blank.name for blank in wording.blanks_of(template, "en")]

        shown = wording.preview(template, "fr", dict.fromkeys(names, said))
        assert shown.headline or shown.body


def test_the_holding_statement_reads_as_the_library_has_it() -> None:
    words = wording.holding("checkout", "09:50 UTC", "09:12 UTC", "en")

    assert words == Words(
        "We are looking into a problem with checkout.",
        "Some of you may find that checkout does not work as it should. We do not yet know the"
        " cause or how many customers are affected.\n\n"
        "We will post again here by 09:50 UTC, even if all we can say is where we have got to."
        " Since 09:12 UTC.",
    )


def test_the_holding_statement_without_a_start_says_nothing_of_it() -> None:
    words = wording.holding("le paiement", "09:50 UTC", None, "fr")

    assert words.headline == "Nous examinons un problème concernant le paiement."
    assert words.body.endswith("nos recherches à vous donner.")


def test_a_sentence_that_opens_with_a_blank_opens_with_a_capital() -> None:
    full = every_blank(library.template("T-02")) | {
        "function": "la connexion",
        "effect": "les pages renvoient une erreur",
        "since": "09:12 UTC",
    }

    words = wording.fill(library.template("T-02"), "fr", full)

    assert words.headline == (
        "La connexion\N{NO-BREAK SPACE}: les pages renvoient une erreur depuis 09:12 UTC"
    )
    assert "*Ce que vous pouvez constater.* Les pages renvoient une erreur. Sont" in words.body


def test_a_name_with_capitals_of_its_own_keeps_its_first_letter() -> None:
    full = every_blank(library.template("T-07")) | {"function": "iOS sign-in"}

    assert wording.fill(library.template("T-07"), "en", full).headline.startswith("iOS sign-in")


def test_a_full_stop_is_neither_doubled_nor_lost() -> None:
    full = every_blank(library.template("T-03")) | {
        "cause_plain": "A certificate ran out.",
        "action_sentence": "We are installing the new one",
        "workaround": "Is the app open? Close it!",
    }

    body = wording.fill(library.template("T-03"), "en", full).body

    assert body.startswith("A certificate ran out. We are installing the new one.\n\n")
    assert "*Meanwhile.* Is the app open? Close it!\n\n" in body


def test_a_suspected_cause_is_said_to_be_one() -> None:
    full = every_blank(library.template("T-03"), "suspected") | {"cause_plain": "a lost route"}

    assert wording.fill(library.template("T-03"), "en", full).body.startswith(
        "Our leading explanation, not yet confirmed, is that a lost route."
    )


def test_an_open_question_of_side_asks_for_no_action() -> None:
    template = library.template("T-02")

    assert "action" in wording.missing(template, {"side": "ours"})
    assert "action" not in wording.missing(template, {"side": "open"})
    assert "side" in wording.missing(template, {"side": "theirs"})


def test_an_estimate_wants_its_basis_and_a_basis_its_estimate() -> None:
    template = library.template("T-03")
    full = every_blank(template)

    assert wording.missing(template, full | {"basis": ""}) == ("basis",)
    assert wording.missing(template, full | {"range": ""}) == ("range",)
    assert wording.missing(template, full | {"range": "", "basis": ""}) == ()
    assert "estimate" not in wording.fill(template, "en", full | {"range": "", "basis": ""}).body


@pytest.mark.parametrize(
    ("severity", "required"), [("sev1", True), ("sev2", True), ("sev3", False)]
)
def test_the_worst_severities_must_say_what_still_works(severity: str, required: bool) -> None:
    template = library.template("T-02")
    empty = every_blank(template) | {"still_works": ""}

    assert ("still_works" in wording.missing(template, empty, severity)) is required


def test_a_mild_incident_may_close_without_an_account() -> None:
    template = library.template("T-07")
    empty = every_blank(template) | {"account_due": ""}

    body = wording.fill(template, "en", empty, "sev3").body

    assert "full account" not in body
    assert "*Next.* Questions: contact." in body


def test_an_account_without_its_link_is_not_promised() -> None:
    template = library.template("T-07")

    assert wording.missing(template, every_blank(template) | {"status_url": ""}) == ("status_url",)


def test_the_late_opener_comes_first() -> None:
    words = wording.holding("checkout", "09:50 UTC", None, "en")

    late = wording.opened_late(words, "en", {"promised_at": "09:30 UTC", "now": "09:41 UTC"})

    assert late.headline == words.headline
    assert late.body.startswith("This update is late: we said 09:30 UTC and it is 09:41 UTC.")
    assert late.body.endswith(words.body)


def test_a_preview_shows_what_is_still_to_be_said() -> None:
    words = wording.preview(library.template("T-02"), "en", {"function": "checkout"})

    assert words.headline == "Checkout: [What happens instead] since [Since]"


def test_the_short_message_says_the_brand_and_the_next_word() -> None:
    blanks = {
        "brand": "Linden",
        "function": "checkout",
        "since": "09:12 UTC",
        "next_update_at": "09:50 UTC",
        "status_url": "https://status.linden.example/i/ab",
    }

    message = wording.short_form("sms", "en", blanks)

    assert message == (
        "Linden: problem with checkout since 09:12 UTC. Next news 09:50 UTC."
        " https://status.linden.example/i/ab"
    )


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_but_the_account_has_a_template(phase: Phase) -> None:
    assert bool(wording.TEMPLATES_OF[phase]) is (phase is not Phase.ACCOUNT)


def checksum(text: Text) -> str:
    plain = repr((text.headline, text.paragraphs, dict(text.choices)))
    return hashlib.sha256(plain.encode()).hexdigest()[:8]


def test_no_template_was_altered_unnoticed() -> None:
    """Customers read these words in the worst hour: a change to them is made on purpose."""
    sums = {
        template.key: {language: checksum(text) for language, text in template.texts.items()}
        for template in TEMPLATES
    }

    assert sums == CHECKSUMS


def test_no_outline_changes_unnoticed() -> None:
    sums = {
        language: hashlib.sha256(repr(outline.of(language)).encode()).hexdigest()[:8]
        for language in LANGUAGES
    }

    assert sums == OUTLINES


def test_every_language_has_the_same_parts_columns_and_blanks_of_an_outline() -> None:
    for language in LANGUAGES:
        told = outline.of(language)
        assert all(part.heading and part.prompt for part in told.parts.values())
        assert (len(told.parts), len(told.timeline), len(told.changes)) == (10, 3, 5)
        assert set(told.fates) == {"open", "done", "dropped"}
        assert "{name}" in told.title
        assert "{why}" in library.kept("outline", language)["not_shown"]


def test_a_suspected_cause_needs_its_words_as_much_as_a_verified_one() -> None:
    template = library.template("T-03")

    for certainty in ("suspected", "verified"):
        assert "cause_plain" in wording.missing(template, {"certainty": certainty})


def test_every_option_that_is_offered_is_one_of_some_template() -> None:
    used: dict[str, set[str]] = {}
    for template in TEMPLATES:
        for name, options in template.texts["en"].choices.items():
            used.setdefault(name, set()).update(options)

    for name, told in used.items():
        assert set(library.form(name, "en").options) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headline_knows_more_than_we_do(language: str) -> None:
    template = library.template("T-03")
    sure, unsure = (
        wording.fill(template, language, every_blank(template, option)).headline
        for option in ("verified", "suspected")
    )

    assert sure != unsure
    assert "certainty" in wording.missing(template, every_blank(template) | {"certainty": ""})


def test_what_is_over_may_have_a_cause_that_nobody_knows_yet() -> None:
    template = library.template("T-07")
    nameless = every_blank(template, "unknown") | {"cause_plain": ""}

    body = wording.fill(template, "en", nameless).body

    assert "*Why.* We do not know yet, and are still looking. We what_was_done." in body
    for option in ("verified", "suspected"):
        assert "cause_plain" in wording.missing(template, nameless | {"certainty": option})

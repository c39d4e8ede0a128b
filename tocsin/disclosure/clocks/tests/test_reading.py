import hashlib
from importlib.resources import files

import pytest

from tocsin.disclosure.clocks import reading
from tocsin.disclosure.clocks.reading import BadClocks
from tocsin.disclosure.clocks.values import Kind

KEPT_WORD_FOR_WORD = "5e98870b2f9e2de3e90bbc4ccc9cceaa5beb212d2cde7083fb3d1e90ce1f3fd2"

OWN = """\
clocks:
  - id: acme-contract
    regime: "Contract with Acme, clause 14.2"
    kind: contract
    source: "contract of 1 March 2026"
    stages:
      - {name: notice, offset: PT24H, from: aware_at, recipient: "security@acme.example"}
"""


def test_ours_are_kept_word_for_word() -> None:
    text = (files("tocsin.disclosure.clocks") / "clocks.yaml").read_bytes()

    assert hashlib.sha256(text).hexdigest() == KEPT_WORD_FOR_WORD


def test_there_are_forty_four_and_each_has_its_source() -> None:
    clocks = reading.of()

    assert len(clocks) == 44
    assert all(clock.source and clock.regime and clock.trigger for clock in clocks.values())
    assert {clock.feeds for clock in clocks.values() if clock.feeds} <= clocks.keys()


def test_every_place_of_ours_is_known() -> None:
    from tocsin.disclosure.clocks.reading import _places

    assert {clock.place.name for clock in reading.of().values()} <= _places().keys()


def test_the_same_recipient_is_the_one_before() -> None:
    stages = reading.of()["eu-dora-19"].stages

    assert {stage.recipient for stage in stages} == {"competent authority (France: ACPR or AMF)"}


def test_an_own_clock_needs_no_code() -> None:
    clocks = reading.of(OWN)

    assert len(clocks) == 45
    assert clocks["acme-contract"].kind == Kind.CONTRACT
    assert clocks["acme-contract"].stages[0].recipient == "security@acme.example"


def test_an_own_clock_takes_the_place_of_ours_or_takes_it_out() -> None:
    own = OWN.replace("acme-contract", "eu-gdpr-33") + "  - {id: us-circia, kind: off}\n"

    clocks = reading.of(own)

    assert clocks["eu-gdpr-33"].regime.startswith("Contract with Acme")
    assert "us-circia" not in clocks


def test_an_empty_file_adds_nothing() -> None:
    assert reading.of("# nothing yet\n") == reading.of()


@pytest.mark.parametrize(
    ("before", "after", "line", "sentence"),
    [
        ("kind: contract", "kind: law", 4, "“law” is no kind"),
        ("source:", "sauce:", 5, "A clock has no part “sauce”"),
        ("PT24H", "24h", 7, "“24h” is no length of time"),
        ("PT24H", "P", 7, "“P” is no length of time"),
        ("PT24H", "PT0H", 7, "too short or too long"),
        ("PT24H", "P9999D", 7, "too short or too long"),
        ("aware_at", "awaer_at", 7, "“awaer_at” is no moment"),
        ("aware_at", "submitted_at(first)", 7, "No stage before this one is called “first”"),
        ('"security@acme.example"', "same", 7, "“same” as whom?"),
        ("id: acme-contract", "id: Acme Contract", 2, "A clock’s id is like own-clock-1"),
        ("kind: contract", "kind: contract\n    country: Narnia", 5, "No holidays are known"),
        ("kind: contract", "kind: contract\n    zone: Paris", 5, "no time zone"),
        ("kind: contract", "kind: contract\n    holidays: [Christmas]", 5, "is no day"),
        ("kind: contract", "kind: [contract]", 4, "“kind” is a text"),
        ("clocks:", "clocks: 7\nx:", 1, "“clocks” is a list"),
    ],
)
def test_a_fault_says_its_line(before: str, after: str, line: int, sentence: str) -> None:
    with pytest.raises(BadClocks) as refused:
        reading.read(OWN.replace(before, after))

    told = {fault.line: fault.sentence for fault in refused.value.faults}
    assert sentence in " ".join(f.sentence for f in refused.value.faults if f.line == line), told


@pytest.mark.parametrize(
    "text",
    ["- a", "7", "clocks: {}", "clocks: [[]]", "&a [*a]", "\x00", "clocks:\n" + "  - {}\n" * 600],
)
def test_what_is_no_file_of_clocks_is_refused_in_sentences(text: str) -> None:
    with pytest.raises(BadClocks):
        reading.read(text)


def test_a_file_has_a_size() -> None:
    with pytest.raises(BadClocks, match="longer than"):
        reading.read("#" * (reading.LONGEST_TEXT + 1))

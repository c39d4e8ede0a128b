"""YAML that others made, to harm or not: read as its own rules have it, and never past a bound."""

from datetime import date

import pytest

from tocsin.disclosure import lined
from tocsin.disclosure.lined import Unreadable


def valued(text: str) -> object:
    return lined.valued(text, kind="configuration", longest=100_000)


def repeated(line: str, last: str) -> str:
    """Ten lines, each of which names the one before ten times."""
    steps = [line.format(name=step, of=", ".join([f"*a{step - 1}"] * 10)) for step in range(1, 10)]
    return "\n".join(["a0: &a0 {x: 1}", *steps, last])


def test_values_are_those_of_yaml_and_an_alias_repeats_what_it_names() -> None:
    told = valued("usual: &usual {since: 2024-05-01, seen: yes}\nmine: {<<: *usual, seen: no}\n")

    assert told == {
        "usual": {"since": date(2024, 5, 1), "seen": True},
        "mine": {"since": date(2024, 5, 1), "seen": False},
    }
    assert valued("") is None


@pytest.mark.parametrize(
    "bomb",
    [
        repeated("a{name}: &a{name} [{of}]", "description: *a9"),
        repeated("a{name}: &a{name} {{<<: [{of}]}}", "name: x"),
        "round: &round [*round]",
        "round: &round {<<: *round}",
    ],
    ids=["aliases", "merges", "a circle", "a circle of merges"],
)
def test_what_stands_for_more_than_any_machine_holds_is_refused(bomb: str) -> None:
    assert len(bomb) < 1000

    with pytest.raises(Unreadable, match="says too much at once"):
        valued(bomb)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name: x\nrun: !!python/object/apply:os.system [id]", 2),
        ("name: x\nsince: 2024-13-01", 1),
        ("name: x\n? [a, b]\n: x", 2),
        ("name: [", 1),
        ("[" * 5000, 1),
    ],
    ids=["a tag that runs", "a thirteenth month", "a list as a name", "no end", "too deep"],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        valued(text)

    assert [fault.line for fault in refused.value.faults] == [line]

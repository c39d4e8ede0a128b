import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tocsin.disclosure.phases import Phase
from tocsin.rehearse import reading
from tocsin.rehearse.scenario import Alert, BadScenario, Declare, Draft, Say, Trouble, Wait

SCHEMA = Path(reading.__file__).parent / "scenario.schema.json"
NIGHT = """\
name: {en: Checkout fails}
about: A test.
opens: "09:00"
story:
"""
DECLARED = """\
  - at: "09:04"
    declare: {name: {en: Checkout fails}, components: {checkout: major_outage}}
"""
WORDS = "{en: {headline: It fails, body: It fails.}}"


def night(*steps: str) -> str:
    return NIGHT + "".join(steps)


def faults(text: str) -> list[str]:
    with pytest.raises(BadScenario) as refused:
        reading.read(text)
    return [str(fault) for fault in refused.value.faults]


def test_a_night_is_read_as_it_is_told() -> None:
    told = reading.read(
        night(
            '  - at: "09:02"\n    alert: {title: 5xx, component: checkout}\n',
            DECLARED,
            f"  - at: 09:10:30\n    by: lea\n    draft: {{phase: identified, words: {WORDS}}}\n",
            '  - at: "09:12"\n    clear:\n',
            '  - at: "00:10"\n    wait:\n',
        )
    )

    assert [step.at for step in told.story] == ["09:02", "09:04", "09:10:30", "09:12", "00:10"]
    alert, declare, draft, _, wait = (step.act for step in told.story)
    assert isinstance(alert, Alert)
    assert isinstance(declare, Declare)
    assert isinstance(draft, Draft)
    assert isinstance(draft.saying, Say)
    assert draft.saying.phase is Phase.IDENTIFIED
    assert wait == Wait()
    assert [step.by for step in told.story[:3]] == ["olu", "olu", "lea"]
    assert told.story[1].line == 7


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["Line 1: The file is empty."]),
        ("a: [", ["Line 1: This is no YAML: "]),
        ("- a", ["Line 1: A scenario has parts: “name”"]),
        (NIGHT, ["Line 4: “story” says nothing."]),
        (NIGHT.replace("story:", "story: []"), ["Line 1: Nothing happens."]),
        (NIGHT.replace("about", "abuot") + DECLARED, ["Line 2: A scenario has no “abuot”."]),
        (NIGHT + "opens: '10:00'\n", ["Line 4", "Line 5: “opens” is said twice."]),
        (NIGHT.replace("09:00", "25:00") + DECLARED, ["Line 3: “25:00” is no time of day."]),
        (NIGHT.replace("{en: C", "{de: C") + DECLARED, ["Line 1: This has no “de”."]),
        (night('  - at: "09:01"\n'), ["Line 5: A step has a time and one act."]),
        (night("  - wait:\n"), ["Line 5: A step needs “at”."]),
        (night('  - at: "09:01"\n    wait:\n    tap:\n'), ["Line 5: A step has one act, not two."]),
        (night('  - at: "09:01"\n    wait: 5\n'), ["Line 6: Waiting is left empty."]),
        (
            night(DECLARED, DECLARED.replace("09:04", "09:03")),
            ["Line 7: 09:03 comes before 09:04."],
        ),
        (
            night(DECLARED.replace("checkout:", "chekout:").replace("major", "mayor")),
            ["Line 6: This has no “chekout”. It may have “shop”, “checkout”"],
        ),
        (night(DECLARED.replace("major", "mayor")), ["Line 6: “mayor_outage” is none of"]),
        (
            night(f'  - at: "09:01"\n    say: {{phase: identified, words: {WORDS}}}\n'),
            ["Line 5: Nothing is declared by then."],
        ),
        (night(DECLARED, '  - at: "09:05"\n    clear:\n'), ["Line 7: There is no draft by then."]),
        (night('  - at: "09:05"\n    tap:\n'), ["Line 5: No alert has come by then."]),
        (
            night('  - at: "09:05"\n    mend: {what: mail}\n'),
            ["Line 5: “mail” works by then. Let it “fail” first."],
        ),
        (
            night(DECLARED.replace("Checkout fails}", "Fails since {yesterday}}")),
            ["Line 6"],
        ),
        (
            night(DECLARED.replace("{en: Checkout fails}", '{en: "Since {yesterday}"}')),
            [
                (
                    "Line 6: Braces hold a time of the night, such as {09:47}, or a component; "
                    "“yesterday” is none."
                )
            ],
        ),
        (
            night(
                DECLARED,
                f'  - at: "09:09"\n    say:\n      phase: begun\n      words: {WORDS}\n'
                "      next_word: soon\n",
            ),
            ["Line 9: “begun” is none of", "Line 11: “soon” is no time of day."],
        ),
        (
            night('  - at: "09:05"\n    alert: {title: "5\\0xx", component: checkout}\n'),
            ["Line 6: This holds a character that cannot be kept."],
        ),
        (
            night('  - at: "09:05"\n    alert: {title: "\\ud83d", component: checkout}\n'),
            ["Line 6: This holds a character that cannot be kept."],
        ),
        ("x" * (256 * 1024 + 1), ["Line 1: The file is longer than 256 KiB."]),
        ("[" * 5000, ["Line 1: It is nested far too deeply to be a scenario."]),
        ("a\x00b", ["Line 1: A character that no text file has."]),
    ],
)
def test_a_fault_names_its_line_and_what_would_do(text: str, told: list[str]) -> None:
    found = faults(text)

    assert len(found) == len(told)
    assert all(one.startswith(begins) for one, begins in zip(found, told, strict=True)), found


def test_what_failed_can_be_mended_after() -> None:
    told = reading.read(
        night(
            '  - at: "09:05"\n    fail: {what: mail}\n', '  - at: "09:06"\n    mend: {what: mail}\n'
        )
    )

    assert [getattr(step.act, "trouble", None) for step in told.story] == [Trouble.MAIL] * 2


def test_the_schema_that_is_kept_is_what_is_read() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == reading.schema(), (
        "write it anew: tocsin demo schema > tocsin/rehearse/scenario.schema.json"
    )


@pytest.mark.parametrize("name", reading.shipped())
def test_editors_find_nothing_wrong_with_what_comes_along(name: str) -> None:
    told = yaml.safe_load((reading.SHIPPED / f"{name}.yaml").read_text("utf-8"))

    jsonschema_rs.validate(reading.schema(), told)


@pytest.mark.parametrize(
    "step",
    [
        {"at": "09:01"},
        {"at": "9:01", "wait": None},
        {"at": "09:01", "wait": None, "tap": None},
        {"at": "09:01", "by": "eve", "wait": None},
        {"at": "09:01", "alert": {"title": "5xx"}},
        {"at": "09:01", "fail": {"what": "luck"}},
    ],
)
def test_editors_mark_what_would_be_refused(step: dict[str, object]) -> None:
    told = {"name": {"en": "A"}, "about": "B", "opens": "09:00", "story": [step]}

    assert not jsonschema_rs.is_valid(reading.schema(), told)
    with pytest.raises(BadScenario):
        reading.read(yaml.safe_dump(told))

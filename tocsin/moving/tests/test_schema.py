"""The JSON Schema that `tocsin apply` ships, held by a validator that we did not write.

Our reader reads by the schema itself, so that the two cannot differ in what they allow; whether it
means what JSON Schema means is asked here.
"""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.story.test_pages_as_code import LINDEN
from tocsin.moving.applying.reading import BadFile, read
from tocsin.moving.applying.schema import schema

MANUAL = Path(__file__).parents[3] / "docs" / "operating" / "configuration-as-code.md"
WORDS = {
    *("type", "enum", "pattern", "minLength", "maxLength", "properties", "required"),
    *(
        "minimum",
        "maximum",
        "additionalProperties",
        "items",
        "$ref",
        "$defs",
        "$schema",
        "title",
        "description",
    ),
}


class AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2, in which a day is text."""


AsEditorsRead.yaml_implicit_resolvers = {
    sign: [found for found in resolvers if found[0] != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def loaded(text: str) -> Any:
    return yaml.load(text, Loader=AsEditorsRead)


def shown_in_the_manual() -> list[str]:
    parts = MANUAL.read_text("utf-8").split("```yaml\n")[1:]
    return [part.partition("```")[0] for part in parts]


def examples() -> list[str]:
    return [LINDEN, *shown_in_the_manual()]


def every_schema(told: Any) -> list[dict[str, Any]]:
    """The schema and all that are within it."""
    if isinstance(told, list):
        return [one for inner in told for one in every_schema(inner)]
    if not isinstance(told, dict):
        return []
    within = [one for key, inner in told.items() for one in every_schema(inner)]
    return [told, *within] if "type" in told and isinstance(told["type"], str) else within


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(schema())

    used = {key for one in every_schema(schema()) for key in one}
    assert used <= WORDS


def test_every_part_has_its_type_and_shuts_out_what_it_does_not_name() -> None:
    for one in every_schema(schema()):
        if one["type"] == "object":
            assert one["additionalProperties"] is False
            assert set(one["required"]) <= set(one["properties"])


@pytest.mark.parametrize("text", examples())
def test_editors_find_nothing_wrong_with_our_own_files(text: str) -> None:
    jsonschema_rs.validate(schema(), loaded(text))

    assert read(text, schema())["pages"]


def test_the_manual_shows_every_part_of_a_page() -> None:
    """So that each is held to the schema, and readers have seen it."""
    pages = [page for text in examples() for page in loaded(text)["pages"]]

    shown = {part for page in pages for part in page}
    twins = {"access", "policy", "policy_file", "coach", "coach_file"}
    assert shown | twins == set(schema()["$defs"]["page"]["properties"])


def places(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value stands."""
    inner = told.items() if isinstance(told, dict) else enumerate(told)
    found = []
    for key, value in inner:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
    return found


def at(told: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        told = told[key]
    return told


WRONG: list[Any] = [None, 7, 1.5, True, "x" * 70_000, [], ["x"], [7], {}, {"x": "y"}, "", " ", "\n"]


def test_what_editors_mark_is_refused_and_what_they_pass_is_read() -> None:
    """One value of our own file after the other gives way to what it is not."""
    whole, checked, marked = loaded(LINDEN), 0, 0
    validator = jsonschema_rs.validator_for(schema())
    for path in places(whole):
        for wrong in WRONG:
            told = copy.deepcopy(whole)
            at(told, path[:-1])[path[-1]] = wrong
            is_marked = not validator.is_valid(told)
            assert is_refused(told) == is_marked or is_blank(told, path), (path, wrong)
            checked, marked = checked + 1, marked + is_marked

    assert checked > 700
    assert marked > checked / 2


def test_parts_that_are_not_known_or_lacking_are_marked_as_they_are_refused() -> None:
    whole = loaded(LINDEN)
    validator = jsonschema_rs.validator_for(schema())
    for path in [(), *places(whole)]:
        if not isinstance(at(whole, path), dict):
            continue
        told = copy.deepcopy(whole)
        at(told, path)["nmae"] = "x"
        assert not validator.is_valid(told), path
        assert is_refused(told), path
        for part in at(whole, path):
            lacking = copy.deepcopy(whole)
            del at(lacking, path)[part]
            assert validator.is_valid(lacking) != is_refused(lacking), (path, part)


def is_refused(told: Any) -> bool:
    try:
        read(json.dumps(told, ensure_ascii=False), schema())  # which is YAML, too
    except BadFile:
        return True
    return False


def is_blank(told: Any, path: tuple[Any, ...]) -> bool:
    """Our reader does not take mere spaces for text; JSON Schema counts them."""
    value = at(told, path)
    return isinstance(value, str) and bool(value) and not value.strip()

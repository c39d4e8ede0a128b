"""A scenario told on the components and in the languages of another page. Pure.

CannotRecast    the page has no component to tell it on
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tocsin.catalogue.tree import Tree
from tocsin.rehearse import scenario as values
from tocsin.rehearse.drills.ground import CannotDrill
from tocsin.rehearse.kinds import IN_BRACES
from tocsin.rehearse.scenario import Scenario, Step

USUAL = "en"


class CannotRecast(CannotDrill):
    pass


def parts(scenario: Scenario, tree: Tree) -> dict[str, str]:
    """By which of the page's components each of the scenario's is played.

    One of the same slug plays itself; the others are played by what is left, in the page's order,
    and by the same ones again where there are too few. Raises CannotRecast.
    """
    stage = [node.slug for node in tree if not node.is_group]
    if not stage:
        raise CannotRecast("The page shows no component. Add one: tocsin component add.")
    wanted = list(dict.fromkeys(_components(scenario)))
    cast = {slug: slug for slug in wanted if slug in stage}
    free = [slug for slug in stage if slug not in cast.values()] or stage
    others = [slug for slug in wanted if slug not in cast]
    return cast | {slug: free[number % len(free)] for number, slug in enumerate(others)}


def recast(scenario: Scenario, cast: Mapping[str, str], languages: Sequence[str]) -> Scenario:
    """The same scenario with its components played as ``cast`` says, in a page's languages.

    The page's own language falls back to English words; another that is not told stays untold.
    """
    steps = tuple(_step(step, cast, languages) for step in scenario.story)
    return replace(scenario, story=steps, readers=())


def _components(scenario: Scenario) -> Iterator[str]:
    for step in scenario.story:
        act = step.act.saying if isinstance(step.act, values.Draft) else step.act
        match act:
            case values.Alert(component=component):
                yield component
            case values.Declare(components=components) | values.Say(components=components):
                yield from components


def _step(step: Step, cast: Mapping[str, str], languages: Sequence[str]) -> Step:
    return replace(step, act=_told(step.act, cast, languages))


def _told(value: Any, cast: Mapping[str, str], languages: Sequence[str]) -> Any:
    """A value with every component in it recast, and every word in the page's languages."""
    if isinstance(value, values.Alert):
        return replace(value, component=cast[value.component])
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            part.name: _part(part.name, getattr(value, part.name), cast, languages)
            for part in fields(value)
        }
        return replace(value, **changed)
    return value


def _part(name: str, told: Any, cast: Mapping[str, str], languages: Sequence[str]) -> Any:
    if name == "components" and isinstance(told, Mapping):
        return {cast[slug]: state for slug, state in told.items()}
    if isinstance(told, Mapping):  # by language
        return {code: _worded(one, cast) for code, one in _spoken(told, languages).items()}
    return _told(told, cast, languages)


def _spoken(told: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    if not told:
        return {}
    usual = told.get(USUAL) or next(iter(told.values()))
    own = {languages[0]: told.get(languages[0], usual)}
    return own | {code: told[code] for code in languages[1:] if code in told}


def _worded(told: Any, cast: Mapping[str, str]) -> Any:
    if isinstance(told, values.ToldLayer):
        words = {part.name: _worded(getattr(told, part.name), cast) for part in fields(told)}
        return replace(told, **words)
    return IN_BRACES.sub(lambda found: f"{{{cast.get(found[1], found[1])}}}", told)

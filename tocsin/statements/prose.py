"""The shape of a value that holds prose, and how to walk the prose in it and nothing else.

A shape is TEXT (prose throughout), COMMENTS (prose after each ``#``), a list of one shape (for each
of a list), or a shape for each named part of an object; ANY stands for every name, of a language as
a rule. What no shape names is left as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tocsin.catalogue import languages

TEXT, COMMENTS, ANY = "text", "comments", "*"
COMMENT = re.compile(r"#.*")

Shape = str | list[Any] | Mapping[str, Any]
# A text, and the language of the words around it, to what takes its place.
Change = Callable[[str, str], str]


def texts(value: Any, shape: Shape) -> Iterator[str]:
    """Every piece of prose in a value."""
    if not value:
        return
    if shape == TEXT:
        yield value
    elif shape == COMMENTS:
        yield from COMMENT.findall(value)
    elif isinstance(shape, list):
        for inner in value:
            yield from texts(inner, shape[0])
    elif isinstance(shape, Mapping):
        for name, inner in value.items():
            if part := _part(shape, name):
                yield from texts(inner, part)


def changed(value: Any, shape: Shape, change: Change, language: str) -> Any:
    """The value with its prose changed; all else is the same."""
    if not value:
        return value
    if shape == TEXT:
        return change(value, language)
    if shape == COMMENTS:
        return COMMENT.sub(lambda found: change(found.group(), language), value)
    if isinstance(shape, list):
        return [changed(inner, shape[0], change, language) for inner in value]
    assert isinstance(shape, Mapping)
    return {
        name: changed(inner, part, change, name if name in languages.every() else language)
        if (part := _part(shape, name))
        else inner
        for name, inner in value.items()
    }


def _part(shape: Mapping[str, Any], name: str) -> Shape | None:
    part: Shape | None = shape.get(name, shape.get(ANY))
    return part

"""A brand's own styles: what can do no harm inside a page's one style element. Pure.

They are read by the grammar that browsers read them by, and written out anew: neither an escape nor
a comment hides anything from this check.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

LONGEST = 20_000  # characters; they stand in every page
AT_RULES = {"media", "supports", "keyframes", "-webkit-keyframes", "layer", "container", "property"}
# What fetches, or may, under another name.
FETCHING = {
    *("src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade"),
    *("element", "-moz-element", "paint", "expression"),
}
IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp|svg\+xml)[;,]", re.IGNORECASE)
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


class Harmful(ValueError):
    """Styles that are refused; the message says where, and why."""


def checked(told: str) -> str:
    """The styles on one line and without comments, as they stand in every page. Raises Harmful."""
    if len(told) > LONGEST:
        raise Harmful(f"The styles have {len(told)} characters; {LONGEST} is the most.")
    if UNSEEN.search(told):
        raise Harmful("The styles hold a character that cannot be seen. Type them anew.")
    rules = tinycss2.parse_stylesheet(told, skip_comments=True)
    for rule in rules:
        _check(rule)
    written = tinycss2.serialize(list(_plain(rules)))
    if "<" in written:  # the only way out of the element
        raise Harmful("The styles hold a '<', which no style needs. Take it out.")
    return re.sub(r"[ \t]*[\r\n\f]+[ \t]*", " ", written).strip()


def _check(node: Any) -> None:
    match node.type:
        case "error":
            raise Harmful(f"Line {node.source_line} cannot be read: {node.message.rstrip('.')}.")
        case "at-rule":
            if node.lower_at_keyword not in AT_RULES:
                raise Harmful(f"Line {node.source_line}: @{node.at_keyword} is not allowed here.")
            _check_all(node.prelude)
            _check_all(node.content or ())
        case "qualified-rule":
            _check_all(node.prelude)
            _check_all(node.content)
        case "url":
            _check_address(node, node.value)
        case "function":
            _check_function(node)
        case "() block" | "[] block" | "{} block":
            _check_all(node.content)
        case "at-keyword":  # inside a block: nested rules
            if node.lower_value not in AT_RULES:
                raise Harmful(f"Line {node.source_line}: @{node.value} is not allowed here.")


def _check_all(nodes: Iterable[Any]) -> None:
    for node in nodes:
        _check(node)


def _check_function(node: Any) -> None:
    if node.lower_name == "url":  # url("…"), with its address as a string
        _check_address(
            node, "".join(part.value for part in node.arguments if part.type == "string")
        )
    elif node.lower_name in FETCHING:
        raise Harmful(f"Line {node.source_line}: {node.name}() is not allowed here.")
    _check_all(node.arguments)


def _check_address(node: Any, address: str) -> None:
    if not IMAGE.match(address):
        raise Harmful(
            f"Line {node.source_line}: url() may lead nowhere; only an image that is written out "
            "(data:image/…) may stand there."
        )


def _plain(nodes: Iterable[Any]) -> Iterator[Any]:
    return (node for node in nodes if node.type != "comment")

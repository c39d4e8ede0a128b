"""What a file may say, as JSON Schema 2020-12: editors complete by it, and ``reading`` reads by it.

Only these words of JSON Schema are used: ``type``, ``enum``, ``pattern``, ``minLength``,
``maxLength``, ``minimum``, ``maximum``, ``properties``, ``required``, ``additionalProperties``,
``items`` and ``$ref``.
"""

from typing import Any

from tocsin.catalogue import languages
from tocsin.catalogue.colours import HOUSE
from tocsin.catalogue.look import CORNERS, LIGHT
from tocsin.catalogue.models import Access
from tocsin.catalogue.weights import STATES
from tocsin.people.models import Scope
from tocsin.watch.models import Source

Schema = dict[str, Any]

SLUG = "^[a-z0-9]+(?:-[a-z0-9]+)*$"
COLOUR: Schema = {"type": "string", "maxLength": 30}
FLAG: Schema = {"type": "boolean"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
WORD = "What customers call it in a sentence: “checkout”, « le paiement »."


def _text(most: int, told: str, *, least: int = 0) -> Schema:
    found: Schema = {"type": "string", "maxLength": most, "description": told}
    return found | ({"minLength": least} if least else {})


def _object(told: str, *required: str, **parts: Schema) -> Schema:
    return {
        "type": "object",
        "description": told,
        "additionalProperties": False,
        "required": list(required),
        "properties": parts,
    }


def _list(kind: Schema | str, told: str = "") -> Schema:
    items = {"$ref": f"#/$defs/{kind}"} if isinstance(kind, str) else kind
    return {"type": "array", "items": items} | ({"description": told} if told else {})


def _by_language(**parts: Schema) -> Schema:
    return _object(
        "By language.",
        **{code: _object("In this language.", **parts) for code in languages.every()},
    )


def schema() -> Schema:
    """The whole schema."""
    function = _text(200, WORD)
    can_do = _text(200, "What customers do with it: “pay for an order”.")
    slug: Schema = {
        "type": "string",
        "pattern": SLUG,
        "maxLength": 50,
        "description": "By this it is known again; small letters, digits and hyphens.",
    }
    name = _text(100, "What readers see.", least=1)
    colours = _object("Colours by name.", **dict.fromkeys(HOUSE[LIGHT], COLOUR))
    corner: Schema = {"type": "string", "enum": list(CORNERS)}
    tints = (
        f"{kind}_{part}" for kind in ("incident", "maintenance") for part in ("background", "text")
    )
    look = _object(
        "How the page looks.",
        light=colours,
        dark=colours,
        css=_text(20_000, "Styles of the page's own; empty for none."),
        css_file=_text(500, "A file with them, beside this one."),
        logo=_text(500, "A PNG or SVG beside this file; empty for none."),
        dark_logo=_text(500, "The same for dark paper."),
        embed=_object("The embedded notice.", position=corner, **dict.fromkeys(tints, COLOUR)),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tocsin: pages as code",
        **_object("What `tocsin apply` makes so.", "pages", pages=_list("page")),
        "$defs": {
            "page": _object(
                "One page. What is left out stays as it is.",
                "slug",
                slug=slug,
                name=name,
                languages=_list(
                    {"type": "string", "enum": list(languages.every())}, "The first leads."
                ),
                time_zone=_text(64, "Such as Europe/Paris.", least=1),
                domain=_text(253, "The page's own domain; empty for none."),
                contact=_text(200, "Where customers reach you."),
                country=_text(16, "Whose public holidays are no business days: FR, US-NY."),
                access={"type": "string", "enum": [access.value for access in Access]},
                words=_by_language(function=function, can_do=can_do),
                look=look,
                weights=_object(
                    "How much of the time in each kind of trouble counts as down, 0 to 1.",
                    **dict.fromkeys(STATES, SHARE),
                ),
                shows_score=FLAG | {"description": "Whether readers see how well it tells them."},
                policy=_text(
                    65_536, "How soon and how often the page speaks, as its own file has it."
                ),
                policy_file=_text(500, "A file with it, beside this one."),
                coach=_text(262_144, "How the coach reads the page, as its own file has it."),
                coach_file=_text(500, "A file with that, beside this one."),
                components=_list("component", "In the order of the page."),
                audiences=_list("audience"),
                hooks=_list("hook", "Where alerts come in."),
                keys=_list("key", "Keys to the manage API."),
            ),
            "component": _object(
                "A component, or a group of those below it.",
                "slug",
                slug=slug,
                name=name,
                description=_text(5000, "A sentence under the name."),
                words=_by_language(name=name, function=function, can_do=can_do),
                showcase=FLAG,
                only_show_if_degraded=FLAG,
                start_date={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                components=_list("component", "Those below it, in order."),
            ),
            "audience": _object(
                "A closed circle of readers.",
                "slug",
                "name",
                slug=slug,
                name=name,
                access={"type": "string", "enum": [Access.NAMED.value, Access.PASSWORD.value]},
            ),
            "hook": _object(
                "Where one source's alerts come in; known again by its source and name.",
                "source",
                "name",
                source={"type": "string", "enum": [source.value for source in Source]},
                name=name,
                rules=_list(_text(500, "“job=checkout-* -> checkout”", least=1)),
                group_for={"type": "string", "pattern": r"^\d{1,4}[smh]$"},
            ),
            "key": _object(
                "A key to the manage API; known again by its name.",
                "name",
                "scope",
                name=name,
                scope={"type": "string", "enum": [scope.value for scope in Scope]},
            ),
        },
    }

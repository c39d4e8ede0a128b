"""What stands in the form for planned work, read into a plan and what is told of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State, Tree
from tocsin.console import clocks
from tocsin.console.refusals import Unread
from tocsin.disclosure import library
from tocsin.incidents.plans import Plan
from tocsin.statements.notices import Script

# How it is for customers meanwhile, and the state that says so.
EFFECTS = {
    State.MAINTENANCE: gettext_lazy("It cannot be used"),
    State.PARTIAL: gettext_lazy("It may be interrupted"),
    State.DEGRADED: gettext_lazy("It is slower"),
    State.OPERATIONAL: gettext_lazy("They notice nothing"),
}
TEXTS = (
    "benefit",
    "work",
    "still_works",
    "customer_action",
    "rollback_point",
    "objection_date",
)
RULES = {
    "": gettext_lazy("once"),
    "FREQ=DAILY": gettext_lazy("every day"),
    "FREQ=WEEKLY": gettext_lazy("every week"),
    "FREQ=WEEKLY;INTERVAL=2": gettext_lazy("every other week"),
    "FREQ=MONTHLY": gettext_lazy("every month"),
}
SPAN = re.compile(
    r"(?:(\d{1,3}) ?d)? ?(?:(\d{1,3}) ?h)? ?(?:(\d{1,4}) ?(?:m|min)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says, whole or not; ``plan`` is None where something cannot be read."""

    plan: Plan | None
    script: Script
    rule: str
    announces: bool
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One field for words, in one language."""

    name: str
    label: str
    hint: str
    value: str


def read(
    told: Mapping[str, str], chosen: Sequence[str], *, page: Brand, tree: Tree, at: datetime
) -> Typed:
    """Read the form; what cannot be read is named in ``problems``."""
    problems: list[str] = []
    zone = told.get("zone") or page.time_zone
    starts_at = _time(told.get("starts", ""), zone, at, problems)
    lasts_for = _span(told.get("lasts", ""), _("How long it lasts"), problems)
    each = _span(told.get("interruption", ""), "", problems)
    state, effects = told.get("state", State.MAINTENANCE), _leaves(chosen, tree, problems)
    if starts_at is None and not problems:
        problems.append(_("Say when it begins, such as 2026-12-01 22:00."))
    plan = None
    if starts_at and lasts_for and effects and state in EFFECTS and not problems:
        plan = Plan(
            title=told.get("title", "").strip(),
            effects=dict.fromkeys(effects, State(state)),
            starts_at=starts_at,
            ends_at=starts_at + lasts_for,
            zone=zone,
            interruptions=_count(told.get("interruptions", "")) if each else 0,
            interruption_for=each,
            ends_itself=told.get("ends") == "itself",
        )
    rule = (told.get("own_rule", "") or told.get("rule", "")).strip()
    return Typed(plan, _script(told, page), rule, told.get("quietly") != "on", tuple(problems))


def _leaves(chosen: Sequence[str], tree: Tree, problems: list[str]) -> list[str]:
    nodes = [node for ref in chosen if (node := tree.find(ref)) is not None]
    leaves = dict.fromkeys(leaf.id for node in nodes for leaf in tree.leaves_of(node.id))
    if not leaves:
        problems.append(_("Say what is affected; one component is enough."))
    return list(leaves)


def _time(said: str, zone: str, at: datetime, problems: list[str]) -> datetime | None:
    try:
        return clocks.future(said.replace("T", " "), zone=zone, now=at)
    except Unread as error:
        problems += error.sentences
        return None


def _span(said: str, name: str, problems: list[str]) -> timedelta | None:
    """A length such as 90, 90m, 1h30 or 2d; a field without ``name`` may stay empty."""
    found = SPAN.fullmatch(said.strip())
    if said.strip() and found and any(found.groups()):
        days, hours, minutes = (int(part or 0) for part in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)
    if said.strip() or name:
        problems.append(_("Say how long in hours and minutes, such as 1h30."))
    return None


def _count(said: str) -> int:
    return int(said) if said.isdecimal() and 0 < int(said) < 100 else 1


def _script(told: Mapping[str, str], page: Brand) -> Script:
    texts = {
        code: {name: said for name in TEXTS if (said := told.get(f"{name}.{code}", "").strip())}
        for code in page.languages
    }
    names = {
        code: said for code in page.languages if (said := told.get(f"name.{code}", "").strip())
    }
    course = told.get("course", "finishing")
    return Script(texts, names, course if course in {"finishing", "back"} else "finishing")


def texts(told: Mapping[str, str], page: Brand, language: str) -> list[tuple[str, list[Text]]]:
    """The fields for words, by the page's languages, labelled in the operator's."""
    return [
        (code, [_text(told, name, code, language) for name in TEXTS]) for code in page.languages
    ]


def _text(told: Mapping[str, str], name: str, code: str, language: str) -> Text:
    form, key = library.form(name, language), f"{name}.{code}"
    return Text(key, form.label, form.hint, told.get(key, ""))


def reason(told: Mapping[str, str], page: Brand) -> dict[str, str]:
    """Why it changes, in each language in which somebody says so."""
    return {
        code: said for code in page.languages if (said := told.get(f"because.{code}", "").strip())
    }

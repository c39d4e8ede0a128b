"""The words about planned work, made from templates in every language of its page. Pure but for
what customers call things.

What nobody typed in a language is left out there: the rest says what happens, when and for how
long, and can always be said.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State, Tree, worst
from tocsin.disclosure import correcting, library, times, wording
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import CauseSide, Certainty
from tocsin.disclosure.severity import SEVERITY_OF, Severity
from tocsin.incidents import plans
from tocsin.incidents.plans import Plan, Planned
from tocsin.statements import drafting
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.values import Correction, Layer, Repeat, Window, Words


class Says(Protocol):
    """What fills a template's blanks in a language, the thing concerned being called so."""

    def __call__(self, language: str, function: str, *, is_brief: bool) -> dict[str, str]: ...


EFFECTS = {
    State.OPERATIONAL: "none",
    State.DEGRADED: "slower",
    State.PARTIAL: "interrupted",
    State.MAINTENANCE: "unavailable",
    State.MAJOR: "unavailable",
}
NO_SEVERITY = Severity.SEV4.value  # planned work leaves blanks that an incident may not


@dataclass(frozen=True, slots=True)
class Script:
    """What somebody typed about planned work, by language and then by blank.

    ``texts``: benefit, work, still_works, customer_action, rollback_point, objection_date and
    cause_plain. ``names`` are what the work is called in languages other than the page's own.
    ``course`` is how it would go on past its window.
    """

    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    course: str = "finishing"

    def told(self) -> dict[str, Any]:
        return asdict(self)

    def and_why(self, reason: Mapping[str, str]) -> "Script":
        """The same with why it changes, by language."""
        texts = {code: dict(said) for code, said in self.texts.items()}
        for code, said in reason.items():
            texts.setdefault(code, {})["change_reason"] = said
        return replace(self, texts=texts)

    def put_right(self, told: Correction) -> "Script":
        """The same with what a correction made of it, where the corrected word had it."""
        texts = {code: dict(said) for code, said in self.texts.items()}
        for code in texts.keys() & told.now.keys():
            was, now = told.was[code], told.now[code]
            for blank, said in texts[code].items():
                carried = correcting.carried(said, was.body, now.body)
                texts[code][blank] = said if carried is None else carried
            if was.still_works != now.still_works:
                texts[code]["still_works"] = now.still_works
        return self if texts == self.texts else replace(self, texts=texts)


@dataclass(frozen=True, slots=True)
class Scene:
    """Whose words: a page, its tree, the work and what was typed about it."""

    page: Brand
    tree: Tree
    planned: Planned
    script: Script

    @property
    def plan(self) -> Plan:
        return self.planned.plan


def scene(planned: Planned, script: Script) -> Scene:
    tree = shelf.components_of(planned.page_id, retired=True)
    return Scene(shelf.brand(planned.page_id), tree, planned, script)


def announcement(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08", Phase.ANNOUNCED, at=at)


def reminder(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08-reminder", Phase.ANNOUNCED, at=at)


def moved(told: Scene, former: Plan, *, at: datetime) -> Words:
    return _words(told, "T-08-moved", Phase.ANNOUNCED, at=at, former=former)


def longer(told: Scene, former: Plan, phase: Phase, *, at: datetime) -> Words:
    """That it will end at another time than was said."""
    return _words(told, "T-08-longer", phase, at=at, former=former)


def cancelled(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08-cancelled", Phase.CANCELLED, at=at, former=told.plan)


def in_own_words(words: Words, said: Mapping[str, str]) -> Words:
    """The same with what somebody wrote, by language, in place of the template's paragraphs."""
    own = {
        code: replace(layer, body=said[code].strip()) if said.get(code, "").strip() else layer
        for code, layer in words.layers.items()
    }
    return replace(words, layers=own)


def begun(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08-begun", Phase.BEGUN, at=at)


def begun_late(told: Scene, *, at: datetime) -> Words:
    """The same once the window is over, without the promise that its last paragraph makes."""
    words = begun(told, at=at)
    layers = {
        code: replace(layer, body=layer.body.rpartition("\n\n")[0] or layer.body)
        for code, layer in words.layers.items()
    }
    return replace(words, layers=layers, next_word_at=None)


def checking(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08-checking", Phase.CHECKING, at=at)


def ended(told: Scene, *, at: datetime) -> Words:
    return _words(told, "T-08-ended", Phase.ENDED, at=at)


def overrun(told: Scene, *, next_word_at: datetime, at: datetime) -> Words:
    """T-09: from the window's end on it is an incident, and says so in its states."""
    states = plans.overrun_states(told.plan)
    words = _words(told, "T-09", Phase.IDENTIFIED, at=at, next_word_at=next_word_at)
    return replace(
        words,
        severity=SEVERITY_OF[worst(list(states.values()))],
        impacts=states,
        since=told.plan.ends_at,
        next_word_at=next_word_at,
        cause_side=CauseSide.OURS,
        certainty=Certainty.VERIFIED,
    )


def _words(
    told: Scene,
    key: str,
    phase: Phase,
    *,
    at: datetime,
    former: Plan | None = None,
    next_word_at: datetime | None = None,
) -> Words:
    shown = _shown(told, phase, at)
    says = _Blanks(told, shown, former, next_word_at, at)
    layers = {code: _layer(told, key, code, says) for code in told.page.languages}
    return Words(
        name=_names(told, says),
        layers=layers,
        phase=phase,
        severity=Severity.SEV4,
        impacts=_impacts(told.plan, phase),
        since=_since(told.planned, phase, at),
        until=at if phase == Phase.ENDED else None,
        next_word_at=told.plan.ends_at if phase in {Phase.BEGUN, Phase.CHECKING} else None,
        window=window_of(told),
        primary=told.page.language,
    )


def _shown(told: Scene, phase: Phase, at: datetime) -> Plan:
    """The window as these words tell it: once it is over, as it was."""
    if phase != Phase.ENDED:
        return told.plan
    return replace(told.plan, starts_at=told.planned.begun_at or told.plan.starts_at, ends_at=at)


def _impacts(plan: Plan, phase: Phase) -> dict[str, State]:
    if phase in {Phase.BEGUN, Phase.CHECKING}:
        return dict(plan.effects)
    return dict.fromkeys(plan.effects, State.OPERATIONAL)


def _since(planned: Planned, phase: Phase, at: datetime) -> datetime | None:
    if phase in {Phase.ANNOUNCED, Phase.CANCELLED}:
        return None
    return planned.begun_at or (at if phase == Phase.BEGUN else planned.plan.starts_at)


def window_of(told: Scene) -> Window:
    """The window as a publication carries it."""
    plan, texts = told.plan, told.script.texts
    return Window(
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        effects=dict(plan.effects),
        interruptions=plan.interruptions,
        interruption_for=plan.interruption_for,
        still_works={
            code: said["still_works"] for code, said in texts.items() if said.get("still_works")
        },
        ends_itself=plan.ends_itself,
        repeat=_repeat(told.planned),
    )


def _repeat(planned: Planned) -> Repeat | None:
    rule = planned.rule
    if rule is None or planned.occurs_at is None:
        return None
    return Repeat(
        series=planned.series_id,
        pattern=rule.pattern,
        first=rule.first,
        zone=rule.zone,
        until=rule.until,
        lasts_for=planned.usually_for,
        occurs_at=planned.occurs_at,
        is_ended=planned.series_ended,
    )


def _names(told: Scene, says: Says) -> dict[str, str]:
    page, made = told.page, library.template("T-08-name")
    others = {
        code: told.script.names.get(code) or _headline(told, made, code, says)
        for code in page.languages
        if code != page.language
    }
    return {page.language: told.plan.title} | others


def _layer(told: Scene, key: str, language: str, says: Says) -> Layer:
    template = library.template(key)
    own = drafting.function_of(told.page, told.tree, list(told.plan.effects), language)
    filled = says(language, own, is_brief=False)
    return Layer(
        headline=_headline(told, template, language, says),
        body=wording.fill(template, language, filled, NO_SEVERITY).body,
        still_works=told.script.texts.get(language, {}).get("still_works", ""),
    )


def _headline(told: Scene, template: library.Template, language: str, says: Says) -> str:
    """With the most telling name of what is concerned that leaves it short enough."""
    page = told.page
    own = drafting.function_of(page, told.tree, list(told.plan.effects), language)
    wider = (page.words[language].function, languages.of(language).stand_in["function"])
    made = (
        wording.fill(template, language, says(language, name, is_brief=True), NO_SEVERITY).headline
        for name in (own, *wider)
    )
    return min(made, key=lambda line: len(line) > HEADLINE_LENGTH)


@dataclass(frozen=True, slots=True)
class _Blanks:
    """What fills a template's blanks in a language."""

    told: Scene
    shown: Plan
    former: Plan | None
    next_word_at: datetime | None
    at: datetime

    def __call__(self, language: str, function: str, *, is_brief: bool) -> dict[str, str]:
        plan, page = self.told.plan, self.told.page
        typed = {
            key: said for key, said in self.told.script.texts.get(language, {}).items() if said
        }
        start, end = self._window(self.shown, language, is_brief)
        former_start, former_end = self._window(self.former or plan, language, is_brief)
        asks = bool(typed.get("objection_date"))
        return typed | {
            "function": function,
            "window_start": start,
            "window_end": end,
            "former_start": former_start,
            "former_end": former_end,
            "planned_effect": effect_of(plan),
            "interruption": _interruptions(plan, language),
            "course": self.told.script.course,
            "contact": page.contact if asks or self.shown is not plan else "",
            "next_update_at": self._spoken(self.next_word_at, language),
        }

    def _window(self, plan: Plan, language: str, is_brief: bool) -> tuple[str, str]:
        return times.window(
            plan.starts_at,
            plan.ends_at,
            self.told.page.time_zone,
            language,
            now=self.at,
            is_brief=is_brief,
        )

    def _spoken(self, moment: datetime | None, language: str) -> str:
        if moment is None:
            return ""
        return times.spoken(moment, self.told.page.time_zone, language, now=self.at)


def effect_of(plan: Plan) -> str:
    """What customers notice: what is away only now and then is interrupted."""
    effect = EFFECTS[worst(list(plan.effects.values()))]
    return "interrupted" if plan.interruption_for and effect == "unavailable" else effect


def _interruptions(plan: Plan, language: str) -> str:
    if plan.interruption_for is None:
        return ""
    return times.interruptions(plan.interruptions, plan.interruption_for, language)

"""The composer's form: what it asks for, and what stands in it to begin with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tocsin.catalogue.tree import Node
from tocsin.console import clocks, labels
from tocsin.console.composing import (
    ANSWERS,
    CLOSING,
    FREELY,
    MEANWHILE,
    QUICK_WAITS,
    TOLD_BY_TIMES,
    Typed,
    is_shared,
    usual_wait,
)
from tocsin.console.scene import Scene
from tocsin.disclosure import library, wording
from tocsin.disclosure.closing import Element
from tocsin.disclosure.library import Kind
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.disclosure.wording import Blank
from tocsin.followup import accounts
from tocsin.incidents.declaration import TITLE_LENGTH
from tocsin.incidents.models import MomentKind
from tocsin.statements import naming, policies
from tocsin.statements.drafting import Drafted
from tocsin.statements.fitness import HEADLINE_LENGTH, NO_FORECAST_YET
from tocsin.statements.published import Layer, Words

# Asked for elsewhere in the form, whatever the template.
ELSEWHERE = {*ANSWERS, *TOLD_BY_TIMES, "basis", "cause_plain", "certainty", "since", "until"}
# What a last word tells once for all languages, whoever writes it.
CLOSING_ONCE = ("data_statement", "account_due")
# What a policy may ask of a last word, by the field that tells it.
WAITED_FOR = {
    "lingering": Element.LINGERING,
    "data_statement": Element.DATA,
    "customer_action": Element.ACTION,
    "account_due": Element.ACCOUNT,
}
CAUSE_IS_TOLD = {Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED, Phase.ACCOUNT}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing the form asks for. ``name`` is the control's; ``only_when`` "choice=one|other"."""

    name: str
    label: str
    value: str
    kind: str = "line"
    hint: str = ""
    required: bool = False
    most: int | None = None
    options: tuple[tuple[str, str], ...] = ()
    only_when: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A language's own fields; ``is_spoken`` says whether this word is said in it.

    ``asked`` are the blanks that readers wait for, ``written`` what is put in words of one's own:
    facts first, so that the words have something to say.
    """

    language: str
    is_spoken: bool
    asked: tuple[Field, ...]
    written: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A component as the form shows it: how deep, and what the word would say of it."""

    node: Node
    name: str
    depth: int
    state: str
    is_touched: bool


@dataclass(frozen=True, slots=True)
class Form:
    """All that the composer's template needs of the form."""

    typed: Typed
    sections: tuple[Section, ...]
    decisions: tuple[Field, ...]
    shared: tuple[Field, ...]
    cause: tuple[Field, ...]
    parts: tuple[Part, ...]
    phases: tuple[Phase, ...]
    waits: tuple[tuple[str, str], ...]
    wait: str
    has_forecast: bool
    is_final: bool
    is_late: bool
    may_be_long: bool
    is_long: bool
    severity: str
    choices: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def form_of(scene: Scene, typed: Typed, *, language: str) -> Form:
    """The form as ``typed`` would have it shown to an operator who reads ``language``."""
    severity = typed.said("severity") or str(scene.known.severity)
    asked = _Asked(scene, typed, language, severity)
    return Form(
        typed=typed,
        sections=tuple(asked.section(code) for code in scene.page.languages),
        decisions=tuple(asked.decisions()),
        shared=(
            *(field for field in asked.shared() if field.kind != "choice"),
            *asked.although(),
        ),
        cause=tuple(asked.cause()),
        parts=tuple(parts_of(scene, typed, language)),
        phases=phases_offered(scene),
        waits=tuple(_waits(scene, typed, severity)),
        wait=_wait(scene, typed, severity),
        has_forecast=typed.phase not in NO_FORECAST_YET and typed.phase not in FINAL,
        is_final=typed.phase in FINAL,
        is_late=scene.is_late,
        may_be_long=scene.may_be_long and typed.phase not in FINAL,
        is_long=asked.is_long,
        severity=severity,
        choices={"severity": _options(Severity, labels.SEVERITIES)},
    )


def phases_offered(scene: Scene) -> tuple[Phase, ...]:
    """The phases a next word may have; an account only after the end."""
    offered = (Phase.INVESTIGATING, Phase.IDENTIFIED, Phase.MONITORING, Phase.RESOLVED)
    return offered if scene.known.is_open else (*offered, Phase.ACCOUNT)


def ways(typed: Typed) -> Iterator[tuple[str, str]]:
    """The ways to write a word of this phase and kind: (template key, its name)."""
    names = {
        "T-02": _("What we see"),
        "T-03": _("What we found"),
        "T-04": _("Nothing new yet"),
        "T-05": _("Repaired, watching"),
        "T-07": _("It is over"),
        "T-10": _("Security notice"),
        "T-11": _("Data lost or wrong"),
        "T-13": _("A service we rely on"),
        "T-14": _("Not us, checked"),
    }
    for key in wording.templates_of(typed.phase, is_security=typed.is_security):
        yield key, names.get(key, key)
    yield FREELY, _("Write freely")


def _waits(scene: Scene, typed: Typed, severity: str) -> Iterator[tuple[str, str]]:
    if typed.phase in FINAL:
        return  # a last word owes no next one
    known = _severity(scene, severity)
    usual = _usual_minutes(scene, typed, known)
    told = {"minutes": usual, "severity": labels.SEVERITIES[known]}
    for minutes in QUICK_WAITS:
        if minutes == usual:
            continue  # the policy's own entry says it
        yield str(minutes), _("%(minutes)d min") % {"minutes": minutes}
    if typed.is_long:
        yield "usual", _("%(minutes)d min, the policy on a long incident") % told
    else:
        yield "usual", _("%(minutes)d min, the policy at %(severity)s") % told


def _wait(scene: Scene, typed: Typed, severity: str) -> str:
    """The wait that is ticked; the policy's own goes by one name."""
    chosen = typed.said("next") or "usual"
    if typed.phase in FINAL:
        return chosen
    usual = _usual_minutes(scene, typed, _severity(scene, severity))
    return "usual" if chosen == str(usual) else chosen


def _severity(scene: Scene, severity: str) -> Severity:
    return Severity(severity) if severity in list(Severity) else scene.known.severity


def _usual_minutes(scene: Scene, typed: Typed, severity: Severity) -> int:
    wait = usual_wait(scene, severity, typed.phase, is_long=typed.is_long)
    return int(wait.total_seconds() // 60)


def parts_of(scene: Scene, typed: Typed, language: str) -> Iterator[Part]:
    """Every component of the page, in its order, with the state this word gives it."""
    impacts = scene.known.impacts
    for node in scene.tree:
        told = typed.said(f"state.{node.id}")
        before = impacts.get(node.id)
        yield Part(
            node=node,
            name=node.named(language),
            depth=scene.tree.indent_of(node.id),
            state=told or (str(before) if before else ""),
            is_touched=bool(told) or before is not None,
        )


class _Asked:
    """What the form asks for, in the operator's language."""

    def __init__(self, scene: Scene, typed: Typed, language: str, severity: str) -> None:
        self.scene, self.typed, self.language = scene, typed, language
        is_last = typed.phase == Phase.RESOLVED and scene.known.is_open
        closings = policies.policy_of(scene.page.id).closings
        self.waited_for = closings[_severity(scene, severity)] if is_last else ()
        form = typed.form
        found = wording.blanks_of(form, language, severity) if form else ()
        self.blanks: dict[str, Blank] = {blank.name: blank for blank in found}

    @property
    def is_long(self) -> bool:
        return self.typed.is_long and self.scene.may_be_long and self.typed.phase not in FINAL

    @property
    def _tells_cause(self) -> bool:
        """Whether the cause has its place in this word, by its phase or by its template."""
        return self.typed.phase in CAUSE_IS_TOLD or "certainty" in self.blanks

    def section(self, language: str) -> Section:
        asked, written = tuple(self._asked(language)), tuple(self._written(language))
        return Section(language, language in self.typed.languages, asked, written)

    def _asked(self, language: str) -> Iterator[Field]:
        for name in ANSWERS:
            if name not in MEANWHILE or self.typed.phase not in FINAL:
                yield self._blank(name, language)
        if self.typed.phase == Phase.RESOLVED:
            for name in CLOSING:
                yield self._blank(name, language)
        if self._tells_cause:
            yield self._blank("cause_plain", language)
        yield from self._template(language)
        if self.typed.phase not in NO_FORECAST_YET and self.typed.phase not in FINAL:
            yield self._blank("basis", language, label=_("Forecast rests on"))
        if self.is_long:
            hint = _("A sentence that customers read, with what happens meanwhile.")
            label = _("Why words come less often")
            yield self._free("long_reason", label, language, hint=hint, required=True)
        if self.typed.needs_reason(self.scene.story):
            hint = _("Going back is allowed; say why, in a sentence that customers read.")
            yield self._free("turn_reason", _("Why we go back"), language, hint=hint, required=True)
        if self.scene.is_late:
            yield self._blank("reason", language)

    def _written(self, language: str) -> Iterator[Field]:
        yield self._headline(language)
        if self.typed.form is None:
            hint = _("What happens, for whom, what to do, what we do. Markdown.")
            yield self._free("body", _("Words"), language, kind="area", hint=hint, required=True)
        hint = _("What it is called in lists, mails and feeds.")
        yield self._free("name", _("The incident's name"), language, hint=hint, most=TITLE_LENGTH)
        hint = _("For engineers, folded on the page. Markdown.")
        yield self._free("details", _("Details"), language, kind="code", hint=hint)

    def _headline(self, language: str) -> Field:
        made, hint = self.typed.form is not None, ""
        if made:
            hint = _("Leave it empty to take the one that your answers make.")
        return self._free(
            "headline",
            _("Headline"),
            language,
            hint=hint,
            required=not made,
            most=HEADLINE_LENGTH,
        )

    def _template(self, language: str) -> Iterator[Field]:
        summed_up = CLOSING if self.typed.phase == Phase.RESOLVED else ()
        for name, blank in self.blanks.items():
            if blank.form.given or name in ELSEWHERE or is_shared(blank.form.kind):
                continue
            if name in summed_up:
                continue  # asked for above, whoever writes the word
            yield self._blank(name, language)

    def _free(
        self,
        name: str,
        label: str,
        language: str,
        *,
        kind: str = "line",
        hint: str = "",
        required: bool = False,
        most: int | None = None,
    ) -> Field:
        value = self.typed.fields.get(f"{name}.{language}", "")
        return Field(f"{name}.{language}", label, value, kind, hint, required, most)

    def _blank(self, name: str, language: str, *, label: str = "") -> Field:
        form, blank = library.form(name, self.language), self.blanks.get(name)
        key = name if is_shared(form.kind) else f"{name}.{language}"
        condition = blank.only_when if blank else None
        return Field(
            name=key,
            label=label or form.label,
            value=self.typed.fields.get(key, ""),
            kind=_control(form.kind),
            hint=form.hint,
            required=bool(blank and blank.required and name != "basis")
            or WAITED_FOR.get(name) in self.waited_for,
            options=tuple(form.options.items()),
            only_when=f"{condition[0]}={'|'.join(sorted(condition[1]))}" if condition else "",
        )

    def shared(self) -> Iterator[Field]:
        """What is told once for all languages."""
        since = self._blank("since", "")
        # Where a text tells the day on which it began, that follows from the time.
        yield replace(since, required=since.required or "happened_on" in self.blanks)
        if self.typed.phase == Phase.RESOLVED:
            yield self._blank("until", "")
            for name in CLOSING_ONCE:
                if name not in self.blanks:
                    yield self._blank(name, "")
        for name, blank in self.blanks.items():
            if blank.form.given or name in ELSEWHERE or not is_shared(blank.form.kind):
                continue
            yield self._blank(name, "")

    def although(self) -> Iterator[Field]:
        """Why a last word goes out without what its readers wait for."""
        if self.waited_for:
            hint = _("Only if something cannot be said yet. The journal keeps it.")
            label, value = _("What is left out, and why"), self.typed.said("although")
            yield Field("although", label, value, hint=hint)

    def decisions(self) -> Iterator[Field]:
        """What is chosen first, because the words and their blanks follow from it."""
        yield from (field for field in self.shared() if field.kind == "choice")
        if self._tells_cause:
            options = self._certainties()
            yield self._shared_choice("certainty", _("How sure are we of the cause?"), options)

    def _certainties(self) -> tuple[tuple[str, str], ...]:
        """How sure one may be: where a template tells the cause, as sure as it has words for."""
        every = _options(Certainty, labels.CERTAINTIES)
        if "certainty" not in self.blanks or self.typed.form is None:
            return every
        told = self.typed.form.text(self.scene.page.language).choices["certainty"]
        return tuple(option for option in every if option[0] in told)

    def cause(self) -> Iterator[Field]:
        """What we take it to be; the side readers see follows from it."""
        options = _options(Posture, labels.POSTURES)
        yield self._shared_choice("posture", _("What it comes from"), options)
        told = tuple((kind, str(name)) for kind, name in labels.KINDS.items())
        yield self._shared_choice("kind", _("What kind it is"), told)

    def _shared_choice(self, name: str, label: str, options: tuple[tuple[str, str], ...]) -> Field:
        blank = self.blanks.get(name)
        return Field(
            name=name,
            label=label,
            value=self.typed.fields.get(name, ""),
            kind="choice",
            required=bool(blank and blank.required),
            options=options,
        )


def _control(kind: Kind) -> str:
    return {
        Kind.TIME: "time",
        Kind.DATE: "date",
        Kind.CHOICE: "choice",
        Kind.SENTENCE: "area",
    }.get(kind, "line")


def _options(kind: type[StrEnum], names: labels.Labels) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(names[value])) for value in kind)


def begun(scene: Scene, draft: Drafted | None, *, phase: Phase, template: str) -> Typed:
    """The form as it stands before anybody typed: what was said last, or a colleague's draft."""
    said = draft.words if draft and draft.words else None
    words = said or (scene.story.words if scene.story else None)
    fields = _shared_fields(scene, words)
    name = words.name if words else {}
    if scene.story and said is None:
        name = naming.offered(scene.page, scene.known, scene.story)
    for language in scene.page.languages:
        layer = words.layers.get(language) if words else None
        if layer is not None:
            fields |= _layer_fields(layer, language, is_draft=said is not None)
        fields[f"name.{language}"] = name.get(language, "")
        if said is None and phase in FINAL:
            # What helped meanwhile is over with the rest.
            fields |= {f"{name}.{language}": "" for name in MEANWHILE}
    if said is not None:
        fields |= _draft_fields(scene, said)
        template = FREELY
    spoken = tuple(said.layers) if said else scene.page.languages
    return Typed(phase, template, spoken, fields)


def _layer_fields(layer: Layer, language: str, *, is_draft: bool) -> dict[str, str]:
    fields = {f"{name}.{language}": getattr(layer, name) for name in (*ANSWERS, *CLOSING)}
    fields[f"cause_plain.{language}"] = layer.cause
    if is_draft:
        # The opener for lateness is put before the words when they are said, with the time it is.
        reason, body = wording.without_opener(layer.body, language)
        told = {"headline": layer.headline, "body": body, "details": layer.details}
        told["reason"] = reason
        fields |= {f"{name}.{language}": text for name, text in told.items()}
    return fields


def _shared_fields(scene: Scene, words: Words | None) -> dict[str, str]:
    known, zone = scene.known, scene.page.time_zone
    since = (words.since if words else None) or known.moments.get(MomentKind.STARTED)
    until = known.moments.get(MomentKind.ENDED)
    certainty = words.certainty if words else Certainty.UNKNOWN
    fields = {
        "since": clocks.typed(since, zone, now=scene.at),
        "until": clocks.typed(until, zone, now=scene.at),
        "certainty": str(certainty),
        "posture": str(known.posture),
        "kind": str(known.kind),
        "severity": str(known.severity),
        "contact": scene.page.contact,
        "account_due": _account_due(scene, words),
        "next": "usual",
        "late": "on",
    }
    if words and words.long_mode:
        fields["long"] = "on"
        fields |= {f"long_reason.{code}": why for code, why in words.long_mode.reason.items()}
    return fields | {f"state.{key}": str(state) for key, state in known.impacts.items()}


def _account_due(scene: Scene, words: Words | None) -> str:
    """The day that was promised before, else that by which such an account is owed (R-52)."""
    if words and words.account_due:
        return words.account_due.isoformat()
    full_at = accounts.full_by(scene.at, scene.known.severity, scene.page)
    return f"{full_at.astimezone(ZoneInfo(scene.page.time_zone)):%Y-%m-%d}" if full_at else ""


def _draft_fields(scene: Scene, words: Words) -> dict[str, str]:
    """What a draft told besides its layers."""

    def typed(name: str) -> str:
        at = getattr(words.forecast, name) if words.forecast else None
        return clocks.typed(at, scene.page.time_zone, now=scene.at)

    fields = {"forecast_from": typed("earliest"), "forecast_to": typed("latest")}
    fields |= {f"state.{key}": str(state) for key, state in words.impacts.items()}
    fields |= {f"turn_reason.{code}": text for code, text in words.turn_reason.items()}
    if words.forecast:
        fields |= {f"basis.{code}": text for code, text in words.forecast.basis.items()}
    if words.next_word_at and words.next_word_at > scene.at:
        due = clocks.typed(words.next_word_at, scene.page.time_zone, now=scene.at)
        fields |= {"next": "at", "next_at": due}
    fields["severity"] = str(words.severity)
    if words.data:
        fields["data_statement"] = str(words.data)
    return fields

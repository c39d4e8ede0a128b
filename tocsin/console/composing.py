"""What stands in the composer, read into what an operator says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tocsin.catalogue import languages
from tocsin.catalogue.tree import State
from tocsin.console import clocks, labels
from tocsin.console.refusals import Unread
from tocsin.console.scene import Given, Scene
from tocsin.disclosure import library, times, wording
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.library import Kind, Template
from tocsin.disclosure.phases import FINAL, Phase, needs_reason
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.incidents.declaration import TITLE_LENGTH, Known
from tocsin.incidents.models import IncidentKind
from tocsin.statements import cadence, long_incident, policies, word
from tocsin.statements.published import Forecast, Layer, Story, Words
from tocsin.statements.word import Saying

FREELY = "free"
QUICK_WAITS = (10, 20, 30)
ANSWERS = ("effect", "who", "still_works", "workaround")
MEANWHILE = ("still_works", "workaround")  # of no use to anybody once it is over
CLOSING = ("total", "lingering", "customer_action")  # what a last word sums up
LONGEST_FIELD = 30_000
# What a template says of the cause by itself.
SUPPOSED = {"T-13": Posture.SUPPLIER, "T-14": Posture.YOURS}
# An estimate's range is told by two times, so that it is never a single figure.
TOLD_BY_TIMES = {"range"}

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed. ``template`` is a key of the library, or ``free``.

    ``fields`` holds "who.en" for a language's own and "since" for what they share.
    """

    phase: Phase
    template: str
    languages: tuple[str, ...]
    fields: Mapping[str, str]

    def said(self, name: str, language: str = "") -> str:
        return self.fields.get(f"{name}.{language}" if language else name, "").strip()

    @property
    def form(self) -> Template | None:
        return None if self.template == FREELY else library.template(self.template)

    @property
    def is_security(self) -> bool:
        """Whether the form has it that data or access may be in others' hands."""
        return self.said("kind") == IncidentKind.SECURITY

    @property
    def is_long(self) -> bool:
        """Whether words come less often from now on (long-incident mode)."""
        return self.said("long") == "on"

    def needs_reason(self, story: Story | None) -> bool:
        return needs_reason(story.phase if story else None, self.phase)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the form comes to: the words as they stand, and all that is still wrong with them.

    ``made`` holds the languages whose headline was left to the template.
    """

    saying: Saying
    words: Words
    problems: tuple[str, ...]
    made: frozenset[str]

    @property
    def is_whole(self) -> bool:
        return not self.problems


def phase_asked(text: str, scene: Scene) -> Phase:
    """The phase of the next word: the one asked for, else the one that usually follows."""
    if text in Phase.__members__.values():
        return Phase(text)
    now = scene.story.phase if scene.story else Phase.HOLDING
    return Phase.INVESTIGATING if now == Phase.HOLDING else now


def template_asked(text: str, phase: Phase, *, is_security: bool) -> str:
    """A template that suits the phase and the kind, or writing freely."""
    suiting = wording.templates_of(phase, is_security=is_security)
    if text in suiting or text == FREELY:
        return text
    return suiting[0] if suiting else FREELY


def written_by(typed: Typed, template: str, scene: Scene) -> Typed:
    """The form written another way. What its words say of the cause is not contradicted below.

    Only where nobody chose: what somebody said that it comes from stays.
    """
    unset = str(scene.known.posture)
    chosen = typed.said("posture") not in (unset, SUPPOSED.get(typed.template, unset))
    if chosen or scene.known.posture is not Posture.UNKNOWN:
        return replace(typed, template=template)
    supposed = str(SUPPOSED.get(template, unset))
    return replace(typed, template=template, fields={**typed.fields, "posture": supposed})


def read(scene: Scene, typed: Typed) -> Reading:
    """Read the whole form; what cannot be read is left out and named in ``problems``."""
    return _Reader(scene, typed).read()


class _Reader:
    """One reading of one form: collects problems instead of stopping at the first."""

    def __init__(self, scene: Scene, typed: Typed) -> None:
        self.scene, self.typed = scene, typed
        self.zone = typed.said("zone") or scene.page.time_zone
        self.problems: list[str] = []

    def read(self) -> Reading:
        if any(len(text) > LONGEST_FIELD for text in self.typed.fields.values()):
            raise Unread([_("One of the fields is far too long. Shorten it.")])
        severity = self._choice(Severity, "severity")
        posture = self._choice(Posture, "posture")
        states = self._states()
        known = self._known(severity, posture, states)
        saying = self._saying(known, severity, posture, states)
        words = word.compose(known, saying, at=self.scene.at)
        return Reading(saying, words, tuple(dict.fromkeys(self.problems)), self._made())

    def _made(self) -> frozenset[str]:
        if self.typed.form is None:
            return frozenset()
        left = (code for code in self.typed.languages if not self.typed.said("headline", code))
        return frozenset(left)

    def _known(
        self, severity: Severity | None, posture: Posture | None, states: Mapping[str, State]
    ) -> Known:
        """What we would know if this word were said now."""
        known, is_final = self.scene.known, self.typed.phase == Phase.RESOLVED
        impacts = {**known.impacts, **states}
        if is_final:
            impacts = dict.fromkeys(impacts, State.OPERATIONAL)
        return replace(
            known,
            severity=severity or known.severity,
            posture=posture or known.posture,
            impacts=impacts,
        )

    def _saying(
        self,
        known: Known,
        severity: Severity | None,
        posture: Posture | None,
        states: Mapping[str, State],
    ) -> Saying:
        phase = self.typed.phase
        is_final = phase in (Phase.RESOLVED, Phase.ACCOUNT)
        since, until = self._effect()
        forecast = self._forecast()
        due = None if is_final else self._due(known)
        layers = self._layers(known, since=since, until=until, due=due, forecast=forecast)
        changed = {key: s for key, s in states.items() if self.scene.known.impacts.get(key) != s}
        return Saying(
            phase=phase,
            layers=layers,
            next_word_at=due,
            components=None if is_final else changed or None,
            severity=severity if severity != self.scene.known.severity else None,
            posture=posture if posture != self.scene.known.posture else None,
            is_security=self._is_security(),
            certainty=self._choice(Certainty, "certainty"),
            since=since,
            until=until,
            forecast=forecast,
            turn_reason=self._by_language("turn_reason") or None,
            names=self._names(),
            zone=self.zone,
            data=self._data(),
            account_due=self._account_due(),
            opens_late=self.typed.said("late") == "on",
            late_reason=self._by_language("reason"),
            long_reason=self._long_reason(),
            ends_long=self.scene.is_long and not self.typed.is_long,
        )

    def _effect(self) -> tuple[datetime | None, datetime | None]:
        """Since when, and of a last word until when."""
        since = self._time("since", clocks.past)
        if self.typed.phase != Phase.RESOLVED:
            return since, None
        until = self._time("until", clocks.past)
        if since and until and until < since:
            self.problems.append(
                _("It ended before it began. Look at both times, and at their days.")
            )
            until = None  # a length below nothing says nothing
        return since, until

    def _data(self) -> DataStatement | None:
        """What the template says of their data, so that a correction of it can be told apart."""
        form, said = self.typed.form, self.typed.said("data_statement")
        is_asked = (
            "data_statement" in form.text(languages.SOURCE).choices
            if form
            else self.typed.phase == Phase.RESOLVED
        )
        return DataStatement(said) if is_asked and said in list(DataStatement) else None

    def _account_due(self) -> date | None:
        """By when the account is promised, so that it is reminded of and scored."""
        form = self.typed.form
        blanks = wording.blanks_of(form, languages.SOURCE) if form else ()
        is_asked = (
            any(blank.name == "account_due" for blank in blanks)
            if form
            else self.typed.phase == Phase.RESOLVED
        )
        if not is_asked:
            return None
        try:
            return clocks.day(self.typed.said("account_due"))
        except Unread as error:
            if form is None:
                self.problems += error.sentences
            return None  # of a template it is told where the words are made

    def _choice(self, kind: type[Choice], name: str) -> Choice | None:
        said = self.typed.said(name)
        if not said:
            return None
        try:
            return kind(said)
        except ValueError:
            self.problems.append(_("Choose one of those offered for “%(name)s”.") % {"name": name})
            return None

    def _is_security(self) -> bool | None:
        """What kind it is from now on; None where that stays as it was."""
        kind = self._choice(IncidentKind, "kind")
        if kind in (None, self.scene.known.kind):
            return None
        return kind == IncidentKind.SECURITY

    def _states(self) -> dict[str, State]:
        states: dict[str, State] = {}
        for name, said in self.typed.fields.items():
            ref = name.removeprefix("state.")
            if ref == name or not said:
                continue
            node = self.scene.tree.find(ref)
            if node is None or said not in State.__members__.values():
                self.problems.append(_("Choose a component and a state from those offered."))
            else:
                states[node.id] = State(said)
        return states

    def _time(
        self, name: str, reader: Callable[..., datetime | None] = clocks.past
    ) -> datetime | None:
        try:
            return reader(self.typed.said(name), zone=self.zone, now=self.scene.at)
        except Unread as error:
            self.problems += error.sentences
            return None

    def _due(self, known: Known) -> datetime | None:
        chosen = self.typed.said("next") or "usual"
        if chosen == "at":
            if not self.typed.said("next_at"):
                self.problems.append(_("Say when they will hear from you again."))
            return self._time("next_at", clocks.future)
        if chosen in map(str, QUICK_WAITS):
            return self.scene.at + timedelta(minutes=int(chosen))
        return self.scene.at + usual_wait(
            self.scene, known.severity, self.typed.phase, is_long=self._is_long(known)
        )

    def _is_long(self, known: Known) -> bool:
        before = self.scene.story.words if self.scene.story else None
        reason, phase = self._long_reason(), self.typed.phase
        if self.scene.is_long and not self.typed.is_long:
            return False
        return long_incident.mode(known, phase, reason, before, at=self.scene.at) is not None

    def _long_reason(self) -> dict[str, str] | None:
        """Why words come less often, where the form says that they do."""
        if not self.typed.is_long or not self.scene.may_be_long or self.typed.phase in FINAL:
            return None
        return self._by_language("long_reason")

    def _forecast(self) -> Forecast | None:
        earliest = self._time("forecast_from", clocks.future)
        latest = self._time("forecast_to", clocks.future)
        if earliest and latest:
            return Forecast(earliest, latest, self._by_language("basis"))
        if earliest or latest:
            self.problems.append(_("A repair forecast is a range: say from when and until when."))
        return None

    def _names(self) -> dict[str, str]:
        """What the incident is called in each language that is spoken here."""
        names = self._by_language("name")
        for code, name in names.items():
            if len(name) > TITLE_LENGTH:
                told = {"language": labels.language(code), "most": TITLE_LENGTH}
                self.problems.append(
                    _("The name in %(language)s has more than %(most)d characters.") % told
                )
        return names

    def _by_language(self, name: str) -> dict[str, str]:
        told = {code: self.typed.said(name, code) for code in self.typed.languages}
        return {code: text for code, text in told.items() if text}

    def _layers(
        self,
        known: Known,
        *,
        since: datetime | None,
        until: datetime | None,
        due: datetime | None,
        forecast: Forecast | None,
    ) -> dict[str, Layer]:
        if not self.typed.languages:
            self.problems.append(_("Say it in at least one language."))
            # Without any layer the verb would say the holding statement, which nobody meant here.
            return {self.scene.page.language: Layer("", "")}
        sure = self.typed.said("certainty")
        given = Given(self.scene, known, since, until, due, forecast, sure)
        return {code: self._layer(code, given) for code in self.typed.languages}

    def _layer(self, language: str, given: Given) -> Layer:
        form = self.typed.form
        made = wording.Words(self.typed.said("headline", language), "")
        if form is None:
            made = replace(made, body=self.typed.said("body", language))
        # A headline can come out of a draft with its blanks still open, whatever the way now.
        self.problems += _left_in(made, language)
        if form is not None:
            made = self._from_template(form, language, given)
        return Layer(
            headline=self.typed.said("headline", language) or made.headline,
            body=made.body,
            details=self.typed.said("details", language),
            effect=self.typed.said("effect", language),
            who=self.typed.said("who", language),
            cause=self._cause(language),
            **self._by_phase(language),
        )

    def _by_phase(self, language: str) -> dict[str, str]:
        """What helps meanwhile, or what a last word sums up.

        What stood in the form for another phase is not told.
        """
        asked = CLOSING if self.typed.phase == Phase.RESOLVED else MEANWHILE
        if self.typed.phase == Phase.ACCOUNT:
            return {}
        return {name: self.typed.said(name, language) for name in asked}

    def _cause(self, language: str) -> str:
        """The plain sentence about the cause; none once the form says that it is not known.

        The field goes from the form with that choice, so what stood in it is not told either.
        """
        form = self.typed.form
        blanks = wording.blanks_of(form, language) if form else ()
        choice = next((one.only_when for one in blanks if one.name == "cause_plain"), None)
        if choice is not None and self.typed.said(choice[0]) not in choice[1]:
            return ""
        return self.typed.said("cause_plain", language)

    def _from_template(self, form: Template, language: str, given: Given) -> wording.Words:
        severity = given.known.severity
        blanks = given.blanks(language) | dict(self._blanks(form, language))
        left = wording.missing(form, blanks, severity)
        # What the product fills by itself follows from the rest.
        asked = tuple(name for name in left if not library.form(name, language).given)
        if left:
            told = {"labels": _labels(asked or left), "language": labels.language(language)}
            self.problems.append(_("Still to be filled in %(language)s: %(labels)s.") % told)
        return wording.preview(form, language, blanks, severity)

    def _blanks(self, form: Template, language: str) -> Iterator[tuple[str, str]]:
        for blank in wording.blanks_of(form, language):
            kind, name = blank.form.kind, blank.name
            if blank.form.given or name in TOLD_BY_TIMES:
                continue
            if kind is Kind.TIME:
                at = self._time(name, clocks.future if name == "quiet_until" else clocks.past)
                yield name, self.scene.spoken(at, language) if at else ""
            elif kind is Kind.DATE:
                yield name, self._day(name, language)
            else:
                yield name, self.typed.said(name, "" if is_shared(kind) else language)

    def _day(self, name: str, language: str) -> str:
        try:
            on = clocks.day(self.typed.said(name))
        except Unread as error:
            self.problems += error.sentences
            return ""
        return times.day(on, language) if on else ""


def _labels(names: tuple[str, ...]) -> str:
    """What blanks are called, in the operator's language."""
    spoken = get_language() or "en"
    return ", ".join(_("“%(name)s”") % {"name": library.form(name, spoken).label} for name in names)


def is_shared(kind: Kind) -> bool:
    """Whether a blank is told once for all languages."""
    return kind in (Kind.TIME, Kind.DATE, Kind.CHOICE, Kind.LINK)


def usual_wait(
    scene: Scene, severity: Severity, phase: Phase, *, is_long: bool = False
) -> timedelta:
    """How long until the next word, as the page's policy has it for this incident now."""
    policy = policies.policy_of(scene.page.id)
    return cadence.usual_wait(policy, severity, phase, is_long=is_long)


def slower_than(scene: Scene, words: Words) -> timedelta | None:
    """The policy's wait, where the words promise the next one later than that; else None.

    It is no fault: a time that is stated can be kept. But a pace should not slacken unnoticed.
    """
    if words.next_word_at is None or scene.known.is_planned:
        return None
    usual = usual_wait(scene, words.severity, words.phase, is_long=words.long_mode is not None)
    return usual if words.next_word_at > scene.at + usual else None


def _left_in(made: wording.Words, language: str) -> Iterator[str]:
    """Blanks that a draft carried along in brackets and that nobody filled."""
    for mark in sorted(wording.open_marks(language)):
        if mark in made.body or mark in made.headline:
            words = _("“%(mark)s” still stands in the %(language)s words. Put the fact there.")
            yield words % {"mark": mark, "language": labels.language(language)}

"""Put right what a word said, and take out what it should not have said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods

from tocsin.announcements import progress
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import Node, State
from tocsin.console import clocks, labels, refusals, sights, telling
from tocsin.console.composer_form import Field
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.console.views.declaring import pending_line
from tocsin.console.views.translating import BLANKS, PARTS
from tocsin.disclosure import library
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.severity import Severity
from tocsin.page import amendments
from tocsin.page.amendments import Amended
from tocsin.page.voice import Voice
from tocsin.people import access
from tocsin.statements import corrections, published, redaction, stretches
from tocsin.statements.corrections import Amending
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Layer, Publication, Story, Words
from tocsin.statements.redaction import Holding
from tocsin.worker import redacting

OWN = ("wrong", "correct", "customer_action")  # T-16's blanks


@dataclass(frozen=True, slots=True)
class Section:
    """What can be corrected in one language."""

    language: str
    parts: tuple[Field, ...]
    own: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What readers of one language would see."""

    language: str
    headline: str
    body: SafeString
    changes: tuple[Amended, ...]


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, visit: Visit, incident_id: str, number: int) -> HttpResponse:
    """Show a word as it reads now, look at what a correction would say, and publish it."""
    known, page = visit.incident(incident_id)
    access.check(visit.by, "correct", page.id)
    story = published.story(known.audience_id, incident_id)
    said = _word(story, number)
    if story is None or said is None:
        raise refusals.NotHere(_("There is nothing to correct at this address."))
    page = shelf.seen_by(known.audience_id)
    if request.method != "POST":
        return _shown(request, visit, page, story, said, _begun(page, story, said, visit.at))
    typed = {name: str(text) for name, text in request.POST.items()}
    try:
        amending = _amending(page, story, said, typed, visit.at)
        words = corrections.compose(page, story, amending, at=visit.at)
        if typed.get("do") != "publish":
            return _shown(request, visit, page, story, said, typed, words=words)
        based_on = int(typed["based_on"]) if typed.get("based_on", "").isdecimal() else None
        spoken = corrections.correct(
            incident_id, amending, by=visit.by, at=visit.at, based_on=based_on
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, page, story, said, typed, error=error)
    if spoken.said is None:
        messages.info(request, pending_line(visit, page, spoken))
    else:
        _tell_done(request, spoken.said)
    return HttpResponseRedirect(reverse("console:incident", args=[incident_id]))


def _tell_done(request: HttpRequest, said: Publication) -> None:
    done = _("Corrected by no. %(number)d. The page tells it; no mail goes.")
    if said.announces:
        done = _("Corrected by no. %(number)d. Now readers hear of it.")
    messages.success(request, done % {"number": said.number})


def _word(story: Story | None, number: int) -> Publication | None:
    told = story.publications if story else ()
    return next(
        (s for s in told if s.number == number and not (s.is_correction or s.is_progress)), None
    )


def _begun(page: Brand, story: Story, said: Publication, at: datetime) -> dict[str, str]:
    """The form as it stands before anybody typed: the word as it reads now."""
    words = story.words
    typed = {
        "based_on": str(story.newest),
        "severity": str(words.severity),
        "since": clocks.typed(words.since, page.time_zone, now=at),
        "until": clocks.typed(words.until, page.time_zone, now=at),
        "data": str(words.data or ""),
    }
    typed |= {f"state.{key}": state.value for key, state in _states(story, said).items()}
    for code, layer in story.as_corrected(said).items():
        typed |= {f"{part}.{code}": getattr(layer, part) for part in PARTS}
    return typed


def _amending(
    page: Brand, story: Story, said: Publication, typed: Mapping[str, str], at: datetime
) -> Amending:
    begun = _begun(page, story, said, at)

    def moment(name: str) -> datetime | None:
        text = typed.get(name, "").strip()
        if text == begun.get(name, ""):  # as handed out: to the minute, where more may be known
            return None
        return clocks.past(text, zone=page.time_zone, now=at)

    now = story.as_corrected(said)
    layers = {code: _layer(layer, code, typed) for code, layer in now.items()}
    states = {key: typed.get(f"state.{key}", "") for key in _states(story, said)}
    severity, data = typed.get("severity", ""), typed.get("data", "")
    strange = any(state not in (*State, "") for state in states.values())
    if strange or severity not in (*Severity, "") or data not in (*DataStatement, ""):
        raise Unread([_("This form is not as it was handed out. Open it again.")])
    return Amending(
        number=said.number,
        layers={code: layer for code, layer in layers.items() if layer != now[code]},
        severity=Severity(severity) if severity else None,
        since=moment("since"),
        until=moment("until"),
        data=DataStatement(data) if data else None,
        components={
            key: State(state)
            for key, state in states.items()
            if state and state != begun.get(f"state.{key}")
        },
        learned_at=clocks.past(typed.get("learned_at", ""), zone=page.time_zone, now=at),
        wrong=_own("wrong", page, typed),
        correct=_own("correct", page, typed),
        customer_action=_own("customer_action", page, typed),
    )


def _states(story: Story, said: Publication) -> Mapping[str, State]:
    """The states that a word told, as put right since; none where they are not its to correct."""
    told = next(one for one in stretches.put_right(story.publications) if one.id == said.id)
    is_past = said.words is not None and said.words.retrospective is not None
    if story.words.window or (said.is_final and not is_past):
        return {}
    return stretches.states_told(told)


def _layer(layer: Layer, code: str, typed: Mapping[str, str]) -> Layer:
    """The layer with what was typed; a browser's line ends are not a difference."""
    told = {part.name: typed.get(f"{part.name}.{code}") for part in fields(Layer)}
    changed = {
        name: text.replace("\r\n", "\n").strip()
        for name, text in told.items()
        if text is not None
        and text.replace("\r\n", "\n").strip() != str(getattr(layer, name)).strip()
    }
    return replace(layer, **changed)


def _own(name: str, page: Brand, typed: Mapping[str, str]) -> dict[str, str]:
    told = {code: typed.get(f"{name}.{code}", "").strip() for code in page.languages}
    return {code: text for code, text in told.items() if text}


def _shown(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    story: Story,
    said: Publication,
    typed: Mapping[str, str],
    *,
    words: Words | None = None,
    error: Exception | None = None,
) -> HttpResponse:
    known, _page = visit.incident(story.incident_id)
    hears = words is not None and corrections.must_be_heard(words)
    reach = telling.reach_of_words(page, words, known.id, at=visit.at) if words and hears else 0
    context = {
        "known": known,
        "said": said,
        "typed": typed,
        "sections": list(_sections(story, said, typed, visit.language)),
        "facts": [*_facts(story, typed), *_of_components(page, story, said, typed, visit.language)],
        "seen": list(_seen(page, words, visit.at)) if words else [],
        "is_looked_at": words is not None,
        "hears": hears,
        "reach": reach,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "correct", context, page=page, status=status)


def _sections(
    story: Story, said: Publication, typed: Mapping[str, str], spoken: str
) -> Iterator[Section]:
    for code, layer in story.as_corrected(said).items():
        parts = tuple(
            _field(part, code, control, typed, spoken)
            for part, control in PARTS.items()
            if getattr(layer, part) or part in ("headline", "body")
        )
        own = tuple(_field(name, code, "line", typed, spoken) for name in OWN)
        yield Section(code, parts, own)


def _field(name: str, code: str, control: str, typed: Mapping[str, str], spoken: str) -> Field:
    key, most = f"{name}.{code}", HEADLINE_LENGTH if name == "headline" else None
    labelled = {"headline": _("Headline"), "body": _("Words"), "details": _("Details")}
    hint = ""
    if name not in labelled:
        form = library.form(BLANKS.get(name, name), spoken)
        labelled[name], hint = form.label, form.hint if name in OWN else ""
    return Field(key, labelled[name], typed.get(key, ""), control, hint, most=most)


def _facts(story: Story, typed: Mapping[str, str]) -> Iterator[Field]:
    severities = tuple((str(s), str(labels.SEVERITIES[s])) for s in Severity)
    yield Field("severity", _("Severity"), typed.get("severity", ""), "choice", options=severities)
    yield Field("since", _("Effect began"), typed.get("since", ""), "time")
    if story.words.is_final:
        yield Field("until", _("Effect ended"), typed.get("until", ""), "time")
    data = tuple((str(d), _data_label(d)) for d in DataStatement if d != DataStatement.IN_WORDS)
    yield Field("data", _("Their data"), typed.get("data", ""), "choice", options=data)
    hint = _("Empty: now.")
    yield Field("learned_at", _("We learned it at"), typed.get("learned_at", ""), "time", hint)


def _of_components(
    page: Brand, story: Story, said: Publication, typed: Mapping[str, str], spoken: str
) -> Iterator[Field]:
    nodes = shelf.components_of(page.id).by_id()
    options = tuple((str(state), str(labels.STATES[state])) for state in State)
    for key in _states(story, said):
        if key in nodes:
            name, value = f"state.{key}", typed.get(f"state.{key}", "")
            yield Field(name, nodes[key].named(spoken), value, "choice", options=options)


def _data_label(told: DataStatement) -> str:
    return {
        DataStatement.NONE_LOST: _("Nothing lost or changed"),
        DataStatement.UNDER_CHECK: _("Still being checked"),
        DataStatement.SOME_LOST: _("Some lost or changed"),
    }[told]


def _seen(page: Brand, words: Words, at: datetime) -> Iterator[Seen]:
    assert words.correction is not None
    nodes = shelf.components_of(page.id, retired=True).by_id()
    for code, layer in words.layers.items():
        called = partial(_named, nodes, code)
        with override(code):
            voice = Voice(code, page.time_zone, at)
            changes = tuple(amendments.amended(words.correction, voice, called))
        yield Seen(code, layer.headline, sights.safely(layer.body), changes)


def _named(nodes: Mapping[str, Node], code: str, key: str) -> str:
    return nodes[key].named(code) if key in nodes else ""


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def redact(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Ask for a text, show where it stands and who has it, and take it out."""
    known, page = visit.incident(incident_id)
    access.check(visit.by, "redact", page.id)
    context: dict[str, object] = {"known": known, "typed": request.POST, "reasons": []}
    context["reasons"] = [
        Field(f"reason.{code}", labels.language(code), request.POST.get(f"reason.{code}", ""))
        for code in page.languages
    ]
    if request.method != "POST":
        return screen(request, visit, "redact", context, page=page)
    try:
        if request.POST.get("do") == "redact":
            return _redacted(request, visit, page, incident_id)
        context |= _where(page, request.POST.get("secret", ""))
    except refusals.REFUSED as error:
        context["sentences"] = refusals.sentences_of(error, visit.language)
        status = refusals.status_of(error)
        return screen(request, visit, "redact", context, page=page, status=status)
    return screen(request, visit, "redact", context, page=page)


def _where(page: Brand, secret: str) -> dict[str, object]:
    """In which words it stands, whoever was told, and how many readers have those in a message."""
    stood = redaction.holding(page.id, secret)
    reached = progress.reached(stood.publications)
    return {"is_looked_at": True, "spots": list(_spots(stood)), "reached": reached}


def _spots(stood: Holding) -> Iterator[str]:
    for number in stood.numbers:
        yield _("no. %(number)s") % {"number": number}
    for circle in stood.circles:
        for number in circle.numbers:
            told = {"number": number, "circle": circle.name}
            yield _("no. %(number)s for %(circle)s") % told


def _redacted(
    request: HttpRequest, visit: Visit, page: Brand, incident_id: str
) -> HttpResponseRedirect:
    secret = request.POST.get("secret", "")
    reason = {code: request.POST.get(f"reason.{code}", "") for code in page.languages}
    done = redacting.redact(page, secret, reason=reason, by=visit.by, at=visit.at)
    told = done.reached.told
    readers = ngettext(
        "Taken out. %(told)d reader has it in a message that cannot be taken back. "
        "Change the secret itself.",
        "Taken out. %(told)d readers have it in a message that cannot be taken back. "
        "Change the secret itself.",
        told,
    )
    messages.success(request, readers % {"told": told})
    if left := len(done.left):
        files = ngettext(
            "%(left)d file of the page holds that text still: %(first)s. A short one may stand in "
            "a time or an id by chance. Look there, and remove by hand what is left of it.",
            "%(left)d files of the page hold that text still, the first is %(first)s. A short one "
            "may stand in a time or an id by chance. Look there, and remove by hand what is left "
            "of it.",
            left,
        )
        messages.error(request, files % {"left": left, "first": done.left[0]})
    if done.redacted.sealed:
        notes = ", ".join(map(str, done.redacted.sealed))
        messages.warning(
            request,
            _("The journal is sealed and holds it in note %(notes)s.") % {"notes": notes},
        )
    if not done.is_scrubbed:
        messages.info(
            request, _("The database’s files are still to be written anew; the worker does it.")
        )
    return HttpResponseRedirect(reverse("console:incident", args=[incident_id]))

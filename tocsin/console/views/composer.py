"""Say more of an incident: the words, what each reader gets, who will be told."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.catalogue import shelf
from tocsin.console import coached, composer_form, composing, refusals, sights, telling
from tocsin.console.composing import Reading, Typed
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import Unread
from tocsin.console.scene import Scene
from tocsin.console.views.declaring import pending_line
from tocsin.disclosure import wording
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import Posture
from tocsin.people import access
from tocsin.statements import coaching, drafting, ending, fitness, published
from tocsin.statements.drafting import Drafted, Overtaken
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.published import Words

KEPT_TYPED = "typed"
MOST_KEPT = 4  # forms of one session: a bad night has more than one incident
NOT_TYPED = {"csrfmiddlewaretoken", "do"}


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def say(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Compose the next word, look at it, keep it, publish it."""
    if visit.incident(incident_id)[0].is_planned:
        return HttpResponseRedirect(reverse("console:window", args=[incident_id]))
    scene = _scene(visit, incident_id)
    access.check(visit.by, "draft", scene.page.id)
    if request.method != "POST":
        return _opened(request, visit, scene)
    typed, done = _typed(request, scene), request.POST.get("do", "preview")
    if request.headers.get("HX-Request"):
        # htmx sends the button that was clicked last along with whatever follows: it never counts.
        return (_save if "keep" in request.POST else _preview)(request, visit, scene, typed)
    match done.partition(":"):
        case ("publish", _sep, _what):
            return _publish(request, visit, scene, typed)
        case ("save", _sep, _what):
            return _save(request, visit, scene, typed)
        case ("phase", _sep, asked):
            phase = composing.phase_asked(asked, scene)
            way = composing.template_asked("", phase, is_security=typed.is_security)
            typed = composing.written_by(typed, way, scene)
            return _desk(request, visit, scene, replace(typed, phase=phase))
        case ("way", _sep, asked):
            way = composing.template_asked(asked, typed.phase, is_security=typed.is_security)
            return _desk(request, visit, scene, _rewritten(scene, typed, way))
        case ("wave", _sep, what):
            return _wave(request, visit, scene, typed, what)
        case ("long", _sep, asked):
            typed = replace(typed, fields={**typed.fields, "long": asked})
            return _desk(request, visit, scene, typed)
    return _desk(request, visit, scene, typed)


def _scene(visit: Visit, incident_id: str) -> Scene:
    known, page = visit.incident(incident_id)
    story = published.story(page.audience_id, incident_id)
    return Scene(known, page, shelf.components_of(page.id), story, visit.at)


def _opened(request: HttpRequest, visit: Visit, scene: Scene) -> HttpResponse:
    """The form as it was left, else a colleague's draft, else what was said last."""
    draft = drafting.live_draft_of(scene.known.id)
    if draft is not None and draft.based_on < scene.last_number:
        draft = None  # a word went out since; its revisions stay in the record
    asked = request.GET.get("phase", "")
    if draft and draft.words and not asked:
        asked = str(draft.words.phase)
    phase = composing.phase_asked(asked, scene)
    asked_way, is_security = request.GET.get("way", ""), scene.known.is_security
    way = composing.template_asked(asked_way, phase, is_security=is_security)
    typed = _remembered(request, draft)
    if typed is None:
        typed = composer_form.begun(scene, draft, phase=phase, template=way)
        typed = composing.written_by(typed, typed.template, scene)
    if request.GET.get("phase"):
        way = way if typed.phase != phase else typed.template
        typed = replace(composing.written_by(typed, way, scene), phase=phase)
    if request.GET.get("long") == "on":
        typed = replace(typed, fields={**typed.fields, "long": "on"})
    return _desk(request, visit, scene, typed, draft=draft)


def _typed(request: HttpRequest, scene: Scene) -> Typed:
    phase = composing.phase_asked(request.POST.get("phase", ""), scene)
    fields = {
        name: str(request.POST[name])
        for name in request.POST
        if name not in NOT_TYPED and not name.startswith(coached.WAVING)
    }
    languages = tuple(code for code in scene.page.languages if fields.get(f"speak.{code}"))
    typed = Typed(phase, composing.FREELY, languages, fields)
    way = composing.template_asked(fields.get("way", ""), phase, is_security=typed.is_security)
    return replace(typed, template=way)


def _rewritten(scene: Scene, typed: Typed, way: str) -> Typed:
    """Change the way of writing; going free takes the template's words along."""
    if way == composing.FREELY and typed.form is not None:
        layers = composing.read(scene, typed).words.layers
        made = {f"headline.{code}": layer.headline for code, layer in layers.items()}
        # The opener for lateness stays apart: it is put before the words when they are said.
        bodies = {code: wording.without_opener(layer.body, code) for code, layer in layers.items()}
        made |= {f"body.{code}": body for code, (_reason, body) in bodies.items()}
        typed = replace(typed, fields={**typed.fields, **made})
    return composing.written_by(typed, way, scene)


def _desk(
    request: HttpRequest,
    visit: Visit,
    scene: Scene,
    typed: Typed,
    *,
    draft: Drafted | None = None,
    error: Exception | None = None,
    sentences: list[str] | None = None,
) -> HttpResponse:
    """The whole composer with what was typed in it."""
    reading = composing.read(scene, typed)
    context = {
        **_common(visit, scene, typed, reading),
        "form": composer_form.form_of(scene, typed, language=visit.language),
        "draft_id": draft.id if draft else typed.said("draft"),
        "follows": draft.revision if draft else typed.said("follows") or "0",
        "based_on": typed.said("based_on") or scene.last_number,
        "sentences": sentences or (refusals.sentences_of(error, visit.language) if error else []),
        "difference": sights.differing(error, scene) if isinstance(error, Overtaken) else [],
        "last_told": _last_told(scene),
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "composer", context, page=scene.page, status=status)


def _common(visit: Visit, scene: Scene, typed: Typed, reading: Reading) -> dict[str, object]:
    findings, said = _findings(scene, typed, reading), _coached(scene, reading)
    return {
        "scene": scene,
        "known": scene.known,
        "story": scene.story,
        "owed": scene.owed,
        "typed": typed,
        "ways": list(composer_form.ways(typed)),
        "words": reading.words,
        "findings": findings,
        "coached": said,
        "marked": coached.marked(typed.said("marked"), said),
        "slower_than": composing.slower_than(scene, reading.words),
        "previews": sights.previews(scene, reading.words),
        "reach": telling.reach_of_words(scene.page, reading.words, scene.known.id, at=scene.at),
    }


def _coached(scene: Scene, reading: Reading) -> list[coached.Coached]:
    return coached.coached(scene, reading.words, **_cause(reading))


def _cause(reading: Reading) -> dict[str, Any]:
    """What the words take the cause to be, and whether it is about security."""
    told = reading.saying
    is_attack = told.posture == Posture.ATTACK or None
    return {"posture": told.posture, "is_security": told.is_security or is_attack}


def _last_told(scene: Scene) -> telling.Shown | None:
    return telling.shown(scene.story.latest, at=scene.at) if scene.story else None


def _findings(scene: Scene, typed: Typed, reading: Reading) -> list[str]:
    """What still stands between these words and the public."""
    before = scene.story.phase if scene.story else None
    try:
        fitness.check(
            _measurable(reading),
            before=before,
            languages=scene.page.languages,
            at=scene.at,
            made=reading.made,
        )
    except NotFitToSay as error:
        return [*reading.problems, *refusals.sentences_of(error)]
    return list(reading.problems) or _unsaid(scene, typed, reading)


def _unsaid(scene: Scene, typed: Typed, reading: Reading) -> list[str]:
    """What a last word does not say though readers wait for it, unless the form says why."""
    lacking = ending.lacking_of(scene.known, reading.saying, at=scene.at)
    if not lacking or typed.said("although"):
        return []
    return refusals.sentences_of(ending.NotWhole(lacking, is_named=False))


def _measurable(reading: Reading) -> Words:
    """The words, with a headline that still has open blanks cut: its length is not known yet."""
    layers = dict(reading.words.layers)
    for code in reading.made & set(layers):
        if any(mark in layers[code].headline for mark in wording.open_marks(code)):
            headline = layers[code].headline[: fitness.HEADLINE_LENGTH]
            layers[code] = replace(layers[code], headline=headline)
    return replace(reading.words, layers=layers)


def _has_long_headline(reading: Reading) -> bool:
    """Whether a template made a headline too long; only this form knows that nobody typed it."""
    made = (layer for code, layer in reading.words.layers.items() if code in reading.made)
    return any(len(layer.headline) > fitness.HEADLINE_LENGTH for layer in made)


def _preview(request: HttpRequest, visit: Visit, scene: Scene, typed: Typed) -> HttpResponse:
    """The preview alone, as it is typed. Writes nothing."""
    try:
        context = _common(visit, scene, typed, composing.read(scene, typed))
    except Unread as error:
        context = {"findings": error.sentences, "scene": scene, "typed": typed}
        context["marked"] = coached.marked(typed.said("marked"), ())
    return screen(request, visit, "composer_preview", context, page=scene.page)


def _save(request: HttpRequest, visit: Visit, scene: Scene, typed: Typed) -> HttpResponse:
    """Keep the words as they stand as the draft's next revision."""
    is_aside = bool(request.headers.get("HX-Request"))
    try:
        draft = _kept(visit, scene, typed)
    except refusals.REFUSED as error:
        if not is_aside:
            return _refused(request, visit, scene, typed, error)
        aside = {"sentences": refusals.sentences_of(error, visit.language)}
        status = refusals.status_of(error)
        return screen(request, visit, "composer_kept", aside, page=scene.page, status=status)
    _remember(request, typed, draft)
    if is_aside:
        context = {"draft_id": draft.id, "follows": draft.revision}
        return screen(request, visit, "composer_kept", context, page=scene.page)
    messages.success(request, _("The draft is kept. Nobody outside has seen it."))
    return HttpResponseRedirect(reverse("console:say", args=[scene.known.id]))


def _kept(visit: Visit, scene: Scene, typed: Typed) -> Drafted:
    words = composing.read(scene, typed).words
    draft_id, follows = typed.said("draft"), _number(typed.said("follows"))
    if not draft_id:
        draft = drafting.open_draft(
            scene.known.id, based_on=_based_on(scene, typed), by=visit.by, at=visit.at
        )
        draft_id, follows = draft.id, draft.revision
    return drafting.revise(draft_id, words, follows=follows, by=visit.by, at=visit.at)


def _wave(
    request: HttpRequest, visit: Visit, scene: Scene, typed: Typed, what: str
) -> HttpResponse:
    """Let a phrase stand, with its reason; the coach does not speak of it again."""
    rule, _sep, phrase = what.partition(":")
    reason = request.POST.get(f"{coached.WAVING}{what}", "")
    try:
        coaching.wave(
            scene.known, rule=rule, phrase=phrase, reason=reason, by=visit.by, at=visit.at
        )
    except refusals.REFUSED as error:
        return _refused(request, visit, scene, typed, error)
    return _desk(request, visit, scene, typed)


def _publish(request: HttpRequest, visit: Visit, scene: Scene, typed: Typed) -> HttpResponse:
    """Say it, if it is whole; refused, everything typed stays in the form."""
    try:
        _check_offered(request, typed)
        reading = composing.read(scene, typed)
        if not reading.is_whole or _has_long_headline(reading):
            raise Unread(_findings(scene, typed, reading))
        spoken = ending.say(
            scene.known.id,
            reading.saying,
            because=typed.said("although"),
            by=visit.by,
            at=visit.at,
            announces=typed.said("quietly") != "on",
            draft_id=typed.said("draft"),
            follows=_number(typed.said("follows")),
            based_on=_based_on(scene, typed),
        )
    except refusals.REFUSED as error:
        return _refused(request, visit, scene, typed, error)
    _heed(visit, scene, typed, reading)
    _forget(request, scene.known.id)
    done = _("Published as no. %(number)d. Now everyone is told.")
    if typed.said("quietly") == "on":
        done = _("Published as no. %(number)d. Subscribers are not told of it.")
    if spoken.said is None:
        messages.info(request, pending_line(visit, scene.page, spoken))
    else:
        messages.success(request, done % {"number": spoken.said.number})
    return HttpResponseRedirect(reverse("console:incident", args=[scene.known.id]))


def _heed(visit: Visit, scene: Scene, typed: Typed, reading: Reading) -> None:
    """Keep what became of each mark of the coach, once the word is let go."""
    marked = coached.keys_of(typed.said("marked"))
    if marked:
        standing = coached.standing(scene, reading.words, **_cause(reading))
        coaching.heed(scene.known, marked=marked, standing=standing, by=visit.by, at=visit.at)


def _refused(
    request: HttpRequest, visit: Visit, scene: Scene, typed: Typed, error: Exception
) -> HttpResponse:
    """Show why, keep what was typed; after a race the next try knows what the other said."""
    if not isinstance(error, Overtaken | drafting.UnknownDraft):
        return _desk(request, visit, scene, typed, error=error)
    scene = _scene(visit, scene.known.id)
    draft = drafting.live_draft_of(scene.known.id)
    is_current = draft is not None and draft.based_on >= scene.last_number
    keys = {
        "draft": draft.id if draft and is_current else "",
        "follows": str(draft.revision) if draft and is_current else "0",
        "based_on": str(scene.last_number),
    }
    typed = replace(typed, fields={**typed.fields, **keys})
    return _desk(request, visit, scene, typed, error=error)


def _check_offered(request: HttpRequest, typed: Typed) -> None:
    """What no screen of ours sends is refused, not guessed at. Raises Unread."""
    phase, numbers = request.POST.get("phase", ""), map(typed.said, ("follows", "based_on"))
    waits = ("", "usual", "at", *map(str, composing.QUICK_WAITS))
    are_numbers = all(not text or _number(text, otherwise=-1) >= 0 for text in numbers)
    if phase not in ("", *Phase) or typed.said("next") not in waits or not are_numbers:
        raise Unread([_("This form is not as it was handed out. Open it again.")])


def _based_on(scene: Scene, typed: Typed) -> int:
    return _number(typed.said("based_on"), otherwise=scene.last_number)


def _number(text: str, *, otherwise: int = 0) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _remember(request: HttpRequest, typed: Typed, draft: Drafted) -> None:
    """Keep the blanks beside the draft's words, so that its author finds the form as left."""
    kept = {
        "draft": draft.id,
        "revision": draft.revision,
        "phase": str(typed.phase),
        "way": typed.template,
        "languages": list(typed.languages),
        "fields": {**typed.fields, "draft": draft.id, "follows": str(draft.revision)},
    }
    others = request.session.get(KEPT_TYPED, {})
    latest = [pair for pair in others.items() if pair[0] != draft.incident_id][1 - MOST_KEPT :]
    request.session[KEPT_TYPED] = {**dict(latest), draft.incident_id: kept}


def _remembered(request: HttpRequest, draft: Drafted | None) -> Typed | None:
    kept = request.session.get(KEPT_TYPED, {}).get(draft.incident_id) if draft else None
    if kept is None or draft is None:
        return None
    if (kept["draft"], kept["revision"]) != (draft.id, draft.revision):
        return None  # somebody else wrote on; theirs is shown
    return Typed(Phase(kept["phase"]), kept["way"], tuple(kept["languages"]), kept["fields"])


def _forget(request: HttpRequest, incident_id: str) -> None:
    kept = request.session.get(KEPT_TYPED, {})
    if incident_id in kept:
        request.session[KEPT_TYPED] = {key: v for key, v in kept.items() if key != incident_id}

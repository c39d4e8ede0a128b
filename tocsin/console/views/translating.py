"""Put a word that stands into another language: theirs beside yours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals, sights
from tocsin.console.composer_form import Field
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.scene import Scene
from tocsin.disclosure import library
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.people import access
from tocsin.statements import published, translation
from tocsin.statements.drafting import Overtaken
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.published import Layer, Publication, Story

# Each part of a layer, and the control it is typed in.
PARTS = {
    "headline": "line",
    "body": "area",
    "effect": "line",
    "who": "line",
    "still_works": "line",
    "workaround": "line",
    "cause": "line",
    "total": "line",
    "lingering": "line",
    "customer_action": "line",
    "details": "code",
}
BLANKS = {"cause": "cause_plain"}


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said, and the field in which the same is said anew."""

    said: str
    field: Field


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def translate(
    request: HttpRequest, visit: Visit, incident_id: str, number: int, language: str
) -> HttpResponse:
    """Show a word beside its translation, and publish that."""
    known, page = visit.incident(incident_id)
    access.check(visit.by, "draft", page.id)
    story = published.story(known.audience_id, incident_id)
    said = _word(story, number)
    if story is None or said is None or language not in page.languages:
        raise refusals.NotHere(_("There is nothing to translate at this address."))
    if request.method != "POST":
        return _shown(request, visit, known, page, story, said, language, {})
    typed = {name: str(text).strip() for name, text in request.POST.items()}
    try:
        _publish(request, visit, known, said, language, typed)
    except refusals.REFUSED as error:
        return _shown(request, visit, known, page, story, said, language, typed, error=error)
    return HttpResponseRedirect(reverse("console:incident", args=[incident_id]))


def _word(story: Story | None, number: int) -> Publication | None:
    told = story.publications if story else ()
    return next((said for said in told if said.number == number), None)


def _publish(
    request: HttpRequest,
    visit: Visit,
    known: Known,
    said: Publication,
    language: str,
    typed: Mapping[str, str],
) -> None:
    name = typed.get("name", "")
    if len(name) > declaration.TITLE_LENGTH:
        most = {"most": declaration.TITLE_LENGTH}
        raise refusals.Unread([_("A name has %(most)d characters at most.") % most])
    came = translation.translate(
        known.id,
        language=language,
        layer=Layer(**{part: typed.get(part, "") for part in PARTS}),
        number=said.number,
        name=name,
        turn_reason=typed.get("turn_reason", ""),
        basis=typed.get("basis", ""),
        announces=typed.get("quietly") != "on",
        by=visit.by,
        at=visit.at,
    ).publication
    done = _("Published as no. %(number)d. Nobody is told of it.")
    if came.announces:
        done = _("Published as no. %(number)d. Now the readers of this language are told.")
    messages.success(request, done % {"number": came.number})


def _shown(
    request: HttpRequest,
    visit: Visit,
    known: Known,
    page: Brand,
    story: Story,
    said: Publication,
    language: str,
    typed: Mapping[str, str],
    *,
    error: Exception | None = None,
) -> HttpResponse:
    said = story.as_it_reads(said)  # whoever translates what was wrong would say it anew
    first, layer = said.layer(said.words.primary if said.words else page.language)
    scene = Scene(known, page, shelf.components_of(page.id), story, visit.at)
    context = {
        "known": known,
        "said": said,
        "spoken": language,
        "first": first,
        "pairs": list(_pairs(story, said, layer, first, language, typed, visit.language)),
        "is_newest": story.last_word.id == said.id,
        "is_there": said.words is not None and language in said.words.layers,
        "due": said.translation_due(language),
        "quietly": typed.get("quietly", ""),
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
        "difference": sights.differing(error, scene) if isinstance(error, Overtaken) else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "translate", context, page=page, status=status)


def _pairs(
    story: Story,
    said: Publication,
    layer: Layer,
    first: str,
    language: str,
    typed: Mapping[str, str],
    reads: str,
) -> Iterator[Pair]:
    """Only what was said is asked for; the headline and the words always are."""
    assert said.words is not None
    for part, kind in PARTS.items():
        if told := getattr(layer, part):
            yield _pair(part, told, typed.get(part, ""), kind=kind, reads=reads)
    words = said.words
    name = words.name.get(first, "")
    there = typed.get("name") or story.words.name.get(language, "")
    yield _pair("name", name, there, reads=reads)
    if words.turn_reason:
        told = words.turn_reason.get(first) or next(iter(words.turn_reason.values()))
        yield _pair("turn_reason", told, typed.get("turn_reason", ""), reads=reads)
    if words.forecast and words.forecast.basis:
        told = words.forecast.basis.get(first) or next(iter(words.forecast.basis.values()))
        yield _pair("basis", told, typed.get("basis", ""), reads=reads)


def _pair(part: str, told: str, value: str, *, reads: str, kind: str = "line") -> Pair:
    is_needed = part in ("headline", "body")
    most = HEADLINE_LENGTH if part == "headline" else None
    return Pair(told, Field(part, _label(part, reads), value, kind, "", is_needed, most))


def _label(part: str, reads: str) -> str:
    named = {
        "headline": _("Headline"),
        "body": _("Words"),
        "details": _("Details"),
        "name": _("The incident's name"),
        "turn_reason": _("Why we go back"),
        "basis": _("Forecast rests on"),
    }
    return named.get(part) or library.form(BLANKS.get(part, part), reads).label

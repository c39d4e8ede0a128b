"""Words that wait for consent: what waits, and the screen of two buttons for whoever is asked."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.catalogue import shelf
from tocsin.console import coached, refusals, sights
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import sentences_of
from tocsin.console.scene import Scene
from tocsin.incidents import declaration
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.statements import answers, asking_letters, consents, drafting, published
from tocsin.statements.asking import Pending

LONGEST_REASON = 1000


@operators_only
@require_safe
def waiting(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that waits for somebody's consent, on every page that this operator sees."""
    return screen(request, visit, "waiting", {"rows": rows_of(visit)})


def rows_of(visit: Visit) -> list[dict[str, object]]:
    """What waits on an operator's pages, each with a link where the answer is theirs."""
    pages = {page.id for page in visit.pages}
    operator = access.operator_of(visit.by.id)
    return [
        {
            "told": told,
            "title": declaration.known_of(told.incident_id).title,
            "link": _link(told, operator),
            "may_withdraw": visit.may("publish", told.page_id),
        }
        for told in answers.waiting()
        if told.page_id in pages
    ]


def _link(told: Pending, operator: Operator | None) -> str:
    """Where this operator answers; nothing where they are not asked."""
    able = consents.holders(told.role, told.page_id, besides=told.author_id)
    return asking_letters.link_for(told, operator) if operator in able and operator else ""


@operators_only
@require_POST
def withdraw(request: HttpRequest, visit: Visit, clearance_id: str) -> HttpResponse:
    """Take a word back that waits."""
    try:
        told = answers.withdraw(clearance_id, by=visit.by, at=visit.at)
    except answers.CannotAnswer as error:
        messages.error(request, refusals.sentences_of(error, visit.language)[0])
        return HttpResponseRedirect(reverse("console:waiting"))
    messages.success(request, _("Taken back. Nothing was said; the draft is where it was."))
    return HttpResponseRedirect(reverse("console:incident", args=[told.incident_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show a word to whoever is asked, by a signed link; only the POST answers, once, in time.

    A link out of a mail answers for whom it was written to; one out of the operators' room for
    whoever has come in, as far as they hold the role.
    """
    named = asking_letters.read_link(token)
    if named and named[1] == asking_letters.WHOEVER:
        return _out_of_the_room(request, named[0])
    operator = access.operator_of(named[1]) if named else None
    if named is None or operator is None or not operator.is_active:
        return _outside(request, "answered", {"sentences": [_("This link is none of ours.")]}, 404)
    with translation.override(operator.language):
        return _asked_or_answered(request, named[0], operator)


@operators_only
def _out_of_the_room(request: HttpRequest, visit: Visit, request_id: int) -> HttpResponse:
    told = _waiting(request_id, visit.at)
    if told is not None:
        answers.check_reviewer(told, visit.by)
    return _asked_or_answered(request, request_id, visit.operator)


def _waiting(request_id: int, at: datetime) -> Pending | None:
    """What is asked by a request, while there is time."""
    rows = (one for one in answers.waiting() if one.request_id == request_id)
    return next((one for one in rows if one.due_at > at), None)


def _asked_or_answered(request: HttpRequest, request_id: int, operator: Operator) -> HttpResponse:
    told = _waiting(request_id, timezone.now())
    if told is None:
        words = [_("This was answered already, or its time has passed.")]
        return _outside(request, "answered", {"sentences": words}, 409)
    if request.method != "POST":
        return _asked(request, told, operator)
    return _answered(request, told, operator)


def _answered(request: HttpRequest, told: Pending, operator: Operator) -> HttpResponse:
    at, reason = timezone.now(), request.POST.get("reason", "")[:LONGEST_REASON].replace("\x00", "")
    try:
        if request.POST.get("do") == "grant":
            said = answers.grant(told.clearance_id, by=operator.actor, at=at)
            done = _("Granted. It is published as no. %(number)d.") % {"number": said.number}
        elif request.POST.get("do") == "send_back":
            answers.send_back(told.clearance_id, reason=reason, by=operator.actor, at=at)
            done = _("Sent back. Nothing was said, and its author is told why.")
        else:
            return _asked(request, told, operator)
    except refusals.REFUSED as error:
        sentences = sentences_of(error, operator.language)
        return _asked(
            request, told, operator, sentences=sentences, status=refusals.status_of(error)
        )
    return _outside(request, "answered", {"done": done}, 200)


def _asked(
    request: HttpRequest,
    told: Pending,
    operator: Operator,
    *,
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    known = declaration.known_of(told.incident_id)
    story = published.story(known.audience_id, known.id)
    page = shelf.brand(told.page_id)
    scene = Scene(known, page, shelf.components_of(page.id), story, timezone.now())
    differs = drafting.difference(story.words, told.words) if story else ""
    context = {
        "zone": page.time_zone,
        "now": scene.at,
        "told": told,
        "words": told.words,
        "known": known,
        "page": page,
        "marked": [one for one in coached.coached(scene, told.words) if one.remarks],
        "previews": sights.previews(scene, told.words),
        "difference": sights.differences(differs, scene),
        "sentences": sentences or [],
    }
    return _outside(request, "answer", context, status)


def _outside(
    request: HttpRequest, name: str, context: dict[str, object], status: int
) -> HttpResponse:
    spoken, language = settings.CONSOLE_LANGUAGES, translation.get_language()
    shown = {"languages": spoken, "language": language, **context}
    response = render(request, f"console/{name}.html", shown, None, status)
    add_never_cache_headers(response)
    return response

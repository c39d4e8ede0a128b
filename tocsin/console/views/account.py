"""The account of an incident: one source, written here and read from both sides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import coached, refusals, sights, telling
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.echoes import echoed
from tocsin.console.refusals import Unread
from tocsin.console.scene import Scene
from tocsin.console.views.declaring import pending_line
from tocsin.disclosure import withholding
from tocsin.disclosure.phases import FINAL, Phase
from tocsin.followup import accounts, both_sides, readings
from tocsin.followup.accounts import CannotAccount, Kept
from tocsin.followup.both_sides import Side
from tocsin.incidents.declaration import Known
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.scorecard import gathering
from tocsin.scorecard import telling as telling_score
from tocsin.statements import published, word
from tocsin.statements.published import Words
from tocsin.statements.word import Saying

# No word holds them: they are for private use, and stand for a mark while Markdown is read.
BEGINS, ENDS = "\ue000", "\ue001"


@dataclass(frozen=True, slots=True)
class Beside:
    """One language: what is typed, and both readings of it as HTML that was cleaned already."""

    language: str
    source: str
    side: Side | None
    inside: SafeString
    public: SafeString
    faults: tuple[str, ...]


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Write the account down, look at it from both sides, publish it or ask for consent."""
    known, page = visit.incident(incident_id)
    if known.is_planned:
        return HttpResponseRedirect(reverse("console:window", args=[incident_id]))
    kept = accounts.kept(incident_id)
    if request.method != "POST":
        return _shown(request, visit, known, page, kept)
    try:
        return _done(request, visit, known, page)
    except refusals.REFUSED as error:
        return _shown(request, visit, known, page, kept, error=error)


def _done(request: HttpRequest, visit: Visit, known: Known, page: Brand) -> HttpResponse:
    """What was asked for: to keep what is typed, to say it, or to look at it only."""
    doing, follows = request.POST.get("do"), _follows(request.POST.get("follows", ""))
    if doing not in ("keep", "publish"):
        return _shown(request, visit, known, page, accounts.kept(known.id))
    before, sources = accounts.kept(known.id), _typed(request.POST, page)
    if before is None or any(before.sources.get(code) != text for code, text in sources.items()):
        before = accounts.keep(known.id, sources, follows=follows, by=visit.by, at=visit.at)
        follows = before.number
    if doing == "keep":
        told = _("Kept as revision %(number)d. Nothing of it is public.")
        messages.success(request, told % {"number": before.number})
        return HttpResponseRedirect(reverse("console:account", args=[known.id]))
    announces = "announces" in request.POST
    spoken = accounts.publish(
        known.id, announces=announces, follows=follows, by=visit.by, at=visit.at
    )
    said = _("The account is official: no. %(number)d.")
    if left := readings.open_of(known.id):
        told = ngettext("%(count)d comment is open.", "%(count)d comments are open.", left)
        messages.warning(request, told % {"count": left})
    line = (
        pending_line(visit, page, spoken)
        if spoken.pending
        else said % {"number": spoken.publication.number}
    )
    messages.success(request, line)
    return HttpResponseRedirect(reverse("console:incident", args=[known.id]))


@operators_only
@require_POST
def note(request: HttpRequest, visit: Visit, incident_id: str) -> HttpResponse:
    """Ask somebody to read the account, comment on it, or answer a comment."""
    known, page = visit.incident(incident_id)
    text = request.POST.get("text", "")
    try:
        if request.POST.get("do") == "ask":
            readings.ask(known.id, _asked(request.POST, page), by=visit.by, at=visit.at)
        elif about := _follows(request.POST.get("about", "")):
            readings.answer(known.id, about, text, by=visit.by, at=visit.at)
        else:
            readings.comment(known.id, text, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _shown(request, visit, known, page, accounts.kept(known.id), error=error)
    messages.success(request, _("Written down, for our own eyes."))
    return HttpResponseRedirect(reverse("console:account", args=[known.id]) + "#notes")


def _asked(typed: Mapping[str, str], page: Brand) -> Operator:
    """Who is asked, of those who see the page. Raises Unread."""
    found = [one for one in access.who_see(page.id) if one.id == typed.get("whom")]
    if not found:
        raise Unread([_("Say who is asked to read it.")])
    return found[0]


def _follows(typed: str) -> int:
    """The revision that was read; one that cannot be read is none, so nothing is written over."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _typed(typed: Mapping[str, str], page: Brand) -> dict[str, str]:
    """The source by language as it was typed, without a browser's own line ends."""
    told = {code: typed.get(f"source.{code}", "") for code in page.languages}
    return {
        code: text.replace("\r\n", "\n").strip() + "\n"
        for code, text in told.items()
        if text.strip()
    }


def _shown(
    request: HttpRequest,
    visit: Visit,
    known: Known,
    page: Brand,
    kept: Kept | None,
    *,
    error: Exception | None = None,
) -> HttpResponse:
    story = published.story(known.audience_id, known.id)
    sources = _typed(request.POST, page)
    if not sources and story is not None:
        sources = _to_write(known, page, kept, at=visit.at)
    sides = {side.language: side for side in both_sides.read(sources)}
    words = _words(known, sides, at=visit.at) if story else None
    tree = shelf.components_of(page.id)
    scene = Scene(known, page, tree, story, visit.at)
    context = {
        "known": known,
        "story": story,
        "at": visit.at,
        "kept": kept,
        "follows": request.POST.get("follows") or (kept.number if kept else 0),
        "asked": readings.asked_of(known.id),
        "comments": readings.comments_of(known.id),
        "readers": access.who_see(page.id) if kept else [],
        "may_draft": visit.may("draft", page.id),
        "due": accounts.due(story, page) if story else None,
        "is_given": story is not None and accounts.is_given(story),
        "is_over": story is not None and story.phase in FINAL,
        "is_whole": bool(sides) and all(side.is_whole for side in sides.values()),
        "beside": [
            _beside(code, sources.get(code, ""), sides.get(code)) for code in page.languages
        ],
        "coached": coached.coached(scene, words) if words else [],
        "reach": telling.reach_of_words(page, words, known.id, at=visit.at) if words else 0,
        "five": _five(known, visit) if story and story.phase in FINAL else [],
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "account", context, page=page, status=status)


def _five(known: Known, visit: Visit) -> list[tuple[str, str]]:
    """How it was told, for the same meeting (R-57)."""
    card = gathering.card_of(shelf.brand(known.page_id), known.id, at=visit.at)
    return list(telling_score.five_of(card, visit.language)) if card else []


def _to_write(known: Known, page: Brand, kept: Kept | None, *, at: datetime) -> dict[str, str]:
    """What was kept; a language that has nothing yet is drafted from the record."""
    before = kept.sources if kept else {}
    return {
        code: before.get(code) or accounts.drafted(known.id, code, at=at) for code in page.languages
    }


def _words(known: Known, sides: Mapping[str, Side], *, at: datetime) -> Words | None:
    """What would be said; of languages that can be shown."""
    texts = {code: side.public for code, side in sides.items() if side.public}
    try:
        layers = accounts.layers_of(known, texts)
    except CannotAccount:
        return None
    return word.compose(known, Saying(phase=Phase.ACCOUNT, layers=layers), at=at) if texts else None


def _beside(code: str, source: str, side: Side | None) -> Beside:
    return Beside(
        language=code,
        source=source,
        side=side,
        inside=_inside(side.source if side else ""),
        public=sights.safely(side.public if side else ""),
        faults=tuple(echoed(told) for told in (*side.faults, *side.left)) if side else (),
    )


def _inside(source: str) -> SafeString:
    """All of it, each passage that readers are not shown marked where it stands on one line."""

    def marked(found: re.Match[str]) -> str:
        text = found["text"].strip()
        return text if "\n" in text else f"{BEGINS}{text}{ENDS}"

    shown = sights.safely(withholding.MARKED.sub(marked, source))
    # Nothing but the tag is put in; the text around it was cleaned.
    return mark_safe(shown.replace(BEGINS, "<mark>").replace(ENDS, "</mark>"))

"""The policy's yearly sheet: to be read, printed and signed; who signed is recorded here."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.disclosure import policy as policies_read
from tocsin.disclosure import sheet as sheets_read
from tocsin.disclosure import sheet_words, times
from tocsin.disclosure.sheet import Side, Signature, Signing
from tocsin.people import access
from tocsin.statements import sheets
from tocsin.statements.sheets import CannotSign, Sheet

LONGEST = 200


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the sheet; record that a side signed it."""
    access.check(visit.by, "see", visit.page.id)
    if request.method != "POST":
        return _shown(request, visit)
    try:
        if request.POST.get("do") == "withdraw":
            return _withdrawn(request, visit)
        signed = _signed(request, visit)
    except (CannotSign, refusals.Unread) as error:
        sentences = refusals.sentences_of(error, visit.language)
        return _shown(request, visit, sentences=sentences)
    done = _("Recorded: %(name)s signed policy no. %(number)d.")
    messages.success(request, done % {"name": signed.name, "number": signed.number})
    return HttpResponseRedirect(reverse("console:policy_sheet") + at_page(visit, visit.page))


def _withdrawn(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take back what was recorded by mistake. Raises CannotSign."""
    told = request.POST.get("signature", "")
    signature_id = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0
    reason = request.POST.get("reason", "")
    taken = sheets.withdraw(visit.page.id, signature_id, reason=reason, by=visit.by, at=visit.at)
    messages.success(request, _("Taken back: %(name)s.") % {"name": taken.name})
    return HttpResponseRedirect(reverse("console:policy_sheet") + at_page(visit, visit.page))


def _signed(request: HttpRequest, visit: Visit) -> Signature:
    """Record what stands in the form. Raises Unread, CannotSign."""
    told = request.POST
    side, number = told.get("side", ""), told.get("number", "")
    if side not in list(Side) or not (number.isascii() and number.isdigit() and len(number) < 8):
        raise refusals.Unread([_("Say which side signed, the lawyer or the insurer.")])
    return sheets.sign(
        visit.page.id,
        side=Side(side),
        name=told.get("name", "")[:LONGEST],
        number=int(number),
        on=_day(told.get("on", "")),
        until=_day(told.get("until", "")),
        by=visit.by,
        at=visit.at,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise refusals.Unread([_("Say both days, such as 2026-11-26.")]) from None


def _shown(
    request: HttpRequest, visit: Visit, *, sentences: list[str] | None = None
) -> HttpResponse:
    page, words = visit.page, sheet_words.words_in(visit.language)
    today = sheets.today_in(page.time_zone, at=visit.at)
    told = sheets.sheet_of(page.id, on=today)
    context = {
        "sheet": told,
        "title": words.say("title", page=page.name),
        "facts": _facts(told, page, words),
        "words": {
            key: words.say(key) for key in ("advice", "cases", "holding", "text", "signatures")
        },
        "blanks": [words.say("blanks", key) for key in ("name", "date", "until", "signature")],
        "parts": words.parts(policies_read.read(told.file.text)),
        "holding": words.holding(),
        "sides": [
            (signing, words.say("sides", signing.side), words.standing(signing))
            for signing in told.sides
        ],
        "earlier": [(past, words.say("sides", past.side)) for past in told.earlier],
        "sentences": sentences or [],
        "typed": request.POST if sentences else {},
        "today": today.isoformat(),
        "year": sheets_read.usually_until(today).isoformat(),
        "may_sign": told.file.number > 0 and visit.may("pages:write", page.id),
    }
    status = 422 if sentences else 200
    return screen(request, visit, "policy_sheet", context, page=page, status=status)


def _facts(told: Sheet, page: Brand, words: sheet_words.Words) -> list[str]:
    digest = words.say("sha256", sha256=told.sha256)
    if told.file.at is None:
        return [words.say("usual"), digest]
    day = times.day(sheets.today_in(page.time_zone, at=told.file.at), words.language)
    return [words.say("policy", number=told.file.number, day=day), digest]


def told_of(visit: Visit, page: Brand) -> list[tuple[Signing, str]]:
    """Each side of a page's policy, and what its signature is worth today."""
    words = sheet_words.words_in(visit.language)
    today = sheets.today_in(page.time_zone, at=visit.at)
    return [
        (signing, words.warning(signing)) for signing in sheets.sheet_of(page.id, on=today).sides
    ]


def warned(visit: Visit, page: Brand) -> list[str]:
    """A sentence for each side of a page's policy that is to sign anew."""
    return [told for signing, told in told_of(visit, page) if signing.is_warned_of]

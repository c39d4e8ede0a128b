"""Who asked to be told: find, add, bring along, let go."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tocsin.announcements import asking, audience, importing, readers
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import Choice, UnknownLink
from tocsin.announcements.readers import Standing
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import labels, refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.paging import Paging
from tocsin.console.refusals import Unread
from tocsin.disclosure.severity import Severity
from tocsin.people import access

LARGEST_FILE = 40 * 1024 * 1024
STANDINGS = {
    Standing.ACTIVE: gettext_lazy("told"),
    Standing.UNCONFIRMED: gettext_lazy("not confirmed yet"),
    Standing.UNSUBSCRIBED: gettext_lazy("unsubscribed"),
    Standing.BOUNCED: gettext_lazy("cannot be reached"),
}


FORMATS = {
    Format.STANDARD: gettext_lazy("our own events"),
    Format.STATUSPAGE: gettext_lazy("Statuspage's bodies"),
}


@operators_only
@require_safe
def subscribers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The list, found by a part of the address or by standing."""
    return _shown(request, visit, visit.page)


def _shown(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    *,
    error: Exception | None = None,
    secret: str = "",
    machine: str = "",
) -> HttpResponse:
    access.check(visit.by, "subscribers:see", page.id)
    asked = request.GET.get("standing", "")
    standing = Standing(asked) if asked in list(Standing) else None
    matching = request.GET.get("q", "").strip()[:254].replace("\x00", "")
    paging = Paging.asked(request.GET.get("from", ""))
    found = readers.subscribers(
        page.id, standing=standing, matching=matching, offset=paging.start, limit=paging.fetched
    )
    nodes = shelf.components_of(page.id, retired=True).by_id()
    named = {key: node.named(visit.language) for key, node in nodes.items()}
    context = {
        "rows": [
            (
                row,
                STANDINGS[row.standing],
                [named.get(key, key) for key in row.components],
                asking.name_of(row.audience_id, row.about, visit.language),
            )
            for row in paging.shown(found)
        ],
        "counts": [
            (name, label, readers.count(page.id, standing=name))
            for name, label in STANDINGS.items()
        ],
        "standing": standing,
        "matching": matching,
        "paging": paging.of(found),
        "list_query": urlencode({"page": page.slug, "q": matching, "standing": asked}),
        "components": list(shelf.components_of(page.id)),
        "severities": list(Severity),
        "ways": list(labels.CHANNELS.items()),
        "formats": list(FORMATS.items()),
        "may_write": visit.may("subscribers:write", page.id),
        "secret": secret,
        "machine": machine,
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "subscribers", context, page=page, status=status)


@operators_only
@require_POST
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask somebody whether they want to be told: a person, a machine, or a chat room."""
    page, told = visit.page, request.POST
    way = told.get("channel") or "email"
    access.check(visit.by, "subscribers:write", page.id)
    try:
        audience.subscribe(
            page.id,
            address=told.get("email" if way == "email" else "endpoint", "")[:1000],
            channel=way,
            contact=told.get("email", "")[:254] if way != "email" else "",
            format=told.get("format") or Format.STANDARD,
            choice=Choice(
                components=tuple(told.getlist("components")),
                minimum_severity=told.get("severity") or Severity.SEV4,
                language=told.get("language", ""),
            ),
            source="console",
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    words = _("They are asked to confirm. Nothing else is sent until they do.")
    messages.success(request, words)
    return _back(visit, page)


@operators_only
@require_POST
def take_in(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Bring readers along from a CSV file: all of it, or none."""
    page = visit.page
    access.check(visit.by, "subscribers:write", page.id)
    try:
        rows = importing.rows_of(_file(request))
        done = importing.import_rows(page.id, rows, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    words = _(
        "%(confirmed)d will be told from now on, %(asked)d were asked to confirm, "
        "%(known)d were known, %(left)d had left before and stay so."
    )
    told = {
        "confirmed": done.confirmed,
        "asked": done.asked,
        "known": done.known,
        "left": done.left_before,
    }
    messages.success(request, words % told)
    return _back(visit, page)


def _file(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise Unread([_("Choose a CSV file with a first line that names its columns.")])
    if (file.size or 0) > LARGEST_FILE:
        raise Unread([_("The file is larger than 40 MB. Split it.")])
    try:
        return bytes(file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unread([_("The file is not UTF-8 text. Save it as CSV in UTF-8.")]) from None


@operators_only
@require_POST
def remove(request: HttpRequest, visit: Visit, subscription_id: str) -> HttpResponse:
    """Unsubscribe a reader on their behalf."""
    gone = audience.remove(subscription_id, by=visit.by, at=visit.at)
    messages.success(request, _("%(address)s is told no more.") % {"address": gone.shown})
    return _back(visit, shelf.brand(gone.page_id))


@operators_only
@require_POST
def secret(request: HttpRequest, visit: Visit, subscription_id: str) -> HttpResponse:
    """Renew a machine's secret, and show the new one this once."""
    reader = readers.subscriber(subscription_id)
    page = next((page for page in visit.pages if reader and page.id == reader.page_id), None)
    if reader is None or page is None:
        raise refusals.NotHere(_("There is no such subscriber."))
    try:
        fresh = audience.hand_secret(reader.id, by=visit.by, at=visit.at)
    except UnknownLink as error:
        return _shown(request, visit, page, error=error)
    return _shown(request, visit, page, secret=fresh, machine=reader.shown)


def _back(visit: Visit, page: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:subscribers") + at_page(visit, page))

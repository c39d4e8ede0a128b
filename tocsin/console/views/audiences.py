"""Who may read a page, its closed circles, and who is let in by name."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tocsin.announcements import admissions
from tocsin.announcements.admissions import Guest
from tocsin.catalogue import audiences as readers
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.refusals import NotHere, Unread
from tocsin.page import address
from tocsin.people import access
from tocsin.statements import circles

WHO = {
    Access.PUBLIC: gettext_lazy("Anybody"),
    Access.NAMED: gettext_lazy("Those let in by name"),
    Access.PASSWORD: gettext_lazy("Whoever knows the password"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An audience as the list shows it; ``choices`` are the accesses that it may have."""

    seen: Brand
    name: str
    url: str
    who: str
    guests: tuple[Guest, ...]
    choices: tuple[tuple[Access, str], ...]


@operators_only
@require_safe
def audiences(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everyone and each circle, and who of them is let in."""
    return _shown(request, visit, visit.page)


def _shown(
    request: HttpRequest, visit: Visit, page: Brand, *, error: Exception | None = None
) -> HttpResponse:
    access.check(visit.by, "subscribers:see", page.id)
    context = {
        "rows": [_row(seen) for seen in shelf.audiences_of(page.id)],
        "joining": circles.joining(page.id),
        "closed": [(one, WHO[one]) for one in Access if one != Access.PUBLIC],
        "may_write": visit.may("pages:write", page.id),
        "may_admit": visit.may("subscribers:write", page.id),
        "shortest": readers.SHORTEST_PASSWORD,
        "typed": request.POST,
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "audiences", context, page=page, status=status)


def _row(seen: Brand) -> Row:
    is_named = seen.access == Access.NAMED
    return Row(
        seen=seen,
        name=_("Everyone") if seen.is_for_everyone else seen.audience_name,
        url=address.url_of(seen),
        who=str(WHO[seen.access]),
        guests=tuple(admissions.guests_of(seen.audience_id)) if is_named else (),
        choices=tuple(
            (one, str(WHO[one])) for one in Access if seen.is_for_everyone or one != Access.PUBLIC
        ),
    )


def _seen(visit: Visit, audience_id: str) -> Brand:
    """An audience of a page that this operator may see. Raises NotHere."""
    for page in visit.pages:
        for seen in shelf.audiences_of(page.id):
            if seen.audience_id == audience_id:
                return seen
    raise NotHere(_("There is no such audience."))


def _access(told: str) -> Access:
    if told not in Access.values:
        raise Unread([_("Choose who may read from those offered.")])
    return Access(told)


def _back(visit: Visit, page: Brand) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:audiences") + at_page(visit, page))


@operators_only
@require_POST
def open_circle(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Open a closed circle among a page's readers."""
    page, told = visit.page, request.POST
    access.check(visit.by, "pages:write", page.id)
    try:
        opened = circles.open_circle(
            page.id,
            name=told.get("name", "")[:100],
            access=_access(told.get("access", "")),
            password=told.get("password", "")[:300],
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    told_name = {"name": opened.audience_name}
    if any(one.audience_id == opened.audience_id for one in circles.joining(page.id)):
        messages.success(request, _("%(name)s is brought what everyone was told.") % told_name)
    else:
        messages.success(request, _("%(name)s is open. Let readers in.") % told_name)
    return _back(visit, page)


@operators_only
@require_POST
def change(request: HttpRequest, visit: Visit, audience_id: str) -> HttpResponse:
    """Change who may read."""
    seen, told = _seen(visit, audience_id), request.POST
    try:
        readers.change_access(
            seen.audience_id,
            _access(told.get("access", "")),
            password=told.get("password", "")[:300],
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, shelf.brand(seen.id), error=error)
    messages.success(request, _("Kept. The public page follows at once."))
    return _back(visit, seen)


@operators_only
@require_POST
def admit(request: HttpRequest, visit: Visit, audience_id: str) -> HttpResponse:
    """Let somebody in by name; a letter takes them there."""
    seen = _seen(visit, audience_id)
    try:
        guest = admissions.admit(
            seen.audience_id,
            address=request.POST.get("email", "")[:254],
            language=request.POST.get("language", ""),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, shelf.brand(seen.id), error=error)
    told = {"address": guest.address}
    messages.success(request, _("%(address)s is let in; a link is on its way to them.") % told)
    return _back(visit, seen)


@operators_only
@require_POST
def expel(request: HttpRequest, visit: Visit, admission_id: str) -> HttpResponse:
    """Let somebody in no longer."""
    guest = admissions.guest(admission_id)
    if guest is None:
        raise NotHere(_("Nobody of that id is let in."))
    seen = _seen(visit, guest.audience_id)
    admissions.expel(guest.id, by=visit.by, at=visit.at)
    messages.success(request, _("They may no longer come in, and are forgotten."))
    return _back(visit, seen)

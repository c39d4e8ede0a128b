"""Who may act, and what was done."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.console import factormail, linkmail, refusals
from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.refusals import NotHere, Unread
from tocsin.journal import chain
from tocsin.people import access, factors, requiring
from tocsin.people.models import Operator, Role

JOURNAL_LENGTH = 200


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everyone of ours; with POST, one more. The one-time link is shown this once."""
    access.check(visit.by, "people:write")
    if request.method != "POST":
        return _shown(request, visit)
    try:
        role, page_id = _role(request.POST.get("role", "")), _page_id(request, visit)
        token = access.invite(
            email=request.POST.get("email", "")[:254],
            name=request.POST.get("name", "")[:100],
            role=role,
            page_id=page_id,
            language=visit.language,
            by=visit.by,
            at=visit.at,
        )
    except access.NotAllowed as error:
        # An address that cannot be used is a form to mend, not a door that is shut.
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=422)
    except refusals.REFUSED as error:
        sentences = refusals.sentences_of(error, visit.language)
        return _shown(request, visit, sentences=sentences, status=refusals.status_of(error))
    return _shown(request, visit, link=linkmail.link_to(token))


def _role(said: str) -> Role:
    if said not in Role.values:
        raise Unread([_("Choose a role from those offered.")])
    return Role(said)


def _page_id(request: HttpRequest, visit: Visit) -> str:
    said = request.POST.get("on_page", "")
    if said and said not in {page.id for page in visit.pages}:
        raise Unread([_("Choose a page from those offered, or every page.")])
    return said


def _shown(
    request: HttpRequest,
    visit: Visit,
    *,
    sentences: list[str] | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    members = access.everyone()
    context = {
        "members": members,
        "enrolled": factors.enrolled({member.id for member in members}),
        "asked": requiring.in_force(),
        "roles": list(Role),
        "page_names": {page.id: page.name for page in visit.pages},
        "link": link,
        "typed": request.POST if status != 200 else {},
        "sentences": sentences or [],
    }
    return screen(request, visit, "people", context, status=status)


def _operator(operator_id: str) -> Operator:
    operator = access.operator_of(operator_id)
    if operator is None:
        raise NotHere(_("There is nobody of that id."))
    return operator


@operators_only
@require_POST
def revoke(request: HttpRequest, visit: Visit, operator_id: str) -> HttpResponse:
    """Let somebody go; their sessions end with their next request."""
    operator = _operator(operator_id)
    try:
        access.revoke(operator, by=visit.by, at=visit.at)
    except access.LastOwner as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=409)
    told = {"name": operator.name}
    messages.success(request, _("%(name)s may no longer come in.") % told)
    return HttpResponseRedirect(reverse("console:people"))


@operators_only
@require_POST
def link(request: HttpRequest, visit: Visit, operator_id: str) -> HttpResponse:
    """Make somebody a new one-time link, shown this once."""
    access.check(visit.by, "people:write")
    operator = _operator(operator_id)
    if not operator.is_active:
        raise NotHere(_("They were let go. Invite them again first."))
    token = access.hand_link(operator, by=visit.by, at=visit.at)
    return _shown(request, visit, link=linkmail.link_to(token))


@operators_only
@require_POST
def end_role(request: HttpRequest, visit: Visit, operator_id: str) -> HttpResponse:
    """Take one role from somebody; what else they hold stays."""
    access.check(visit.by, "people:write")
    operator, page_id = _operator(operator_id), request.POST.get("on_page", "")
    role = _role(request.POST.get("role", ""))
    try:
        access.end_role(operator, role=role, page_id=page_id, by=visit.by, at=visit.at)
    except access.NotAllowed as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=409)
    return HttpResponseRedirect(reverse("console:people"))


@operators_only
@require_POST
def reset_factors(request: HttpRequest, visit: Visit, operator_id: str) -> HttpResponse:
    """Let somebody begin anew who lost what they came in with."""
    access.check(visit.by, "people:write")
    operator = _operator(operator_id)
    factors.reset(operator, by=visit.by, at=visit.at)
    factormail.tell(operator, "reset", None, at=visit.at)
    told = {"name": operator.name}
    messages.success(request, _("%(name)s now comes in with a password alone.") % told)
    return HttpResponseRedirect(reverse("console:people"))


@operators_only
@require_POST
def require_factor(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask everybody, or a role, for a second factor; or ask no longer."""
    access.check(visit.by, "people:write")
    said = request.POST.get("role", "")
    role = _role(said) if said else None
    try:
        if request.POST.get("do") == "ease":
            requiring.ease(role, by=visit.by, at=visit.at)
        else:
            requiring.require(role, by=visit.by, at=visit.at, grace=_grace(request))
    except access.NotAllowed as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=409)
    return HttpResponseRedirect(reverse("console:people"))


def _grace(request: HttpRequest) -> timedelta:
    said = request.POST.get("days", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 4):
        raise Unread([_("Say how many days there are to add one.")])
    return timedelta(days=int(said))


@operators_only
@require_safe
def journal(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The newest acts."""
    page = visit.page
    context = {"acts": chain.recent(page=page.id, limit=JOURNAL_LENGTH)}
    return screen(request, visit, "journal", context, page=page)

"""Where alerts come in: a hook for each source, its rules, and what it sent lately."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.console import refusals
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.refusals import NotHere, Unread
from tocsin.people import access
from tocsin.watch import hooks, mapping, signals
from tocsin.watch.hooks import Door
from tocsin.watch.models import Source
from tocsin.watch.signals import Noted

SIGNALS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal, and the component that it was taken to be about, if any."""

    signal: Noted
    component: str


@dataclass(frozen=True, slots=True)
class Row:
    """A hook as the list shows it."""

    door: Door
    heard: tuple[Heard, ...]
    source: str

    @property
    def rules(self) -> str:
        return "\n".join(map(str, self.door.rules))

    @property
    def minutes(self) -> int:
        return int(self.door.group_for.total_seconds() // 60)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def hooks_of_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every hook of a page; with POST, one more. Its address is shown this once."""
    page = visit.page
    access.check(visit.by, "pages:write", page.id)
    if request.method != "POST":
        return _shown(request, visit, page)
    told = request.POST
    try:
        door, token = hooks.create(
            page.id,
            _source(told.get("source", "")),
            name=told.get("name", "")[:100],
            secrets=[told.get("secret", "")[:300]],
            rules=_lines(told.get("rules", "")),
            group_for=_minutes(told.get("group_for", "5")),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    return _shown(request, visit, page, address=hooks.address_of(door, token))


def _shown(
    request: HttpRequest,
    visit: Visit,
    page: Brand,
    *,
    error: Exception | None = None,
    address: str = "",
) -> HttpResponse:
    context = {
        "rows": [_row(page, door, visit.language) for door in hooks.hooks_of(page.id)],
        "sources": [(one, _named(one)) for one in Source],
        "address": address,
        "naming": mapping.NAMING,
        "typed": request.POST if error else {},
        "sentences": refusals.sentences_of(error, visit.language) if error else [],
    }
    status = refusals.status_of(error) if error else 200
    return screen(request, visit, "hooks", context, page=page, status=status)


def _named(source: Source) -> str:
    return _("Anything else") if source == Source.GENERIC else str(source.label)


def _row(page: Brand, door: Door, language: str) -> Row:
    tree = shelf.components_of(page.id)
    nodes = tree.by_id()
    heard = []
    for signal in signals.recent(door.id, limit=SIGNALS_SHOWN):
        node = nodes.get(mapping.about(signal.labels, door.rules, tree).component)
        heard.append(Heard(signal, node.named(language) if node else ""))
    return Row(door, tuple(heard), _named(door.source))


def _source(told: str) -> Source:
    if told not in Source.values:
        raise Unread([_("Choose who sends the alerts from those offered.")])
    return Source(told)


def _lines(told: str) -> list[str]:
    return [line for line in told[:20_000].splitlines() if line.strip()]


def _minutes(told: str) -> timedelta:
    if not (told.strip().isascii() and told.strip().isdecimal()) or len(told.strip()) > 4:
        raise Unread([_("Say the minutes as a number, such as 5.")])
    return timedelta(minutes=int(told))


def _door(visit: Visit, hook_id: str) -> Door:
    """A hook of a page that this operator may see. Raises NotHere."""
    for page in visit.pages:
        for door in hooks.hooks_of(page.id):
            if door.id == hook_id:
                return door
    raise NotHere(_("There is no such hook."))


@operators_only
@require_POST
def change(request: HttpRequest, visit: Visit, hook_id: str) -> HttpResponse:
    """Change what a hook is called, maps and groups."""
    door, told = _door(visit, hook_id), request.POST
    page = shelf.brand(door.page_id)
    secret = told.get("secret", "").strip()[:300]
    try:
        hooks.change(
            door.id,
            name=told.get("name", "")[:100],
            secrets=[*door.secrets, secret][-2:] if secret else None,
            rules=_lines(told.get("rules", "")),
            group_for=_minutes(told.get("group_for", "5")),
            by=visit.by,
            at=visit.at,
        )
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    return HttpResponseRedirect(reverse("console:hooks") + at_page(visit, page))


@operators_only
@require_POST
def revoke(request: HttpRequest, visit: Visit, hook_id: str) -> HttpResponse:
    """Close a hook for good."""
    door = _door(visit, hook_id)
    page = shelf.brand(door.page_id)
    try:
        hooks.revoke(door.id, by=visit.by, at=visit.at)
    except refusals.REFUSED as error:
        return _shown(request, visit, page, error=error)
    return HttpResponseRedirect(reverse("console:hooks") + at_page(visit, page))

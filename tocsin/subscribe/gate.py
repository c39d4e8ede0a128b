"""Whether somebody may read what only some may: by a signed cookie, or by their programs' key.

Whoever is not let in gets the same answer at every address, whatever stands there, if anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tocsin.announcements import admissions
from tocsin.announcements.admissions import Guest
from tocsin.catalogue import audiences
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.people import keys
from tocsin.people.keys import UnknownKey
from tocsin.subscribe.visit import Visit, kept_private, visit_of

COOKIE, SALT = "tocsin_reader_", "tocsin.subscribe.gate"
LASTS = 30 * 24 * 3600  # seconds
READ_BY_PROGRAMS = (".json", ".atom", ".rss", ".ics", ".xml", ".txt", ".svg", ".js", ".png")
VIEW = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Entry:
    """Leave to read; ``guest`` is who, where readers are let in by name. ``key``: for programs."""

    view: Brand
    guest: Guest | None
    key: str


def entry(visit: Visit) -> Entry | None:
    """Whether the visitor may read what they ask for. None: they may not, or it isn't there."""
    if visit.view is None:
        return None
    return _as_a_reader(visit, visit.view) or _by_our_own_key(visit, visit.view)


def _by_our_own_key(visit: Visit, view: Brand) -> Entry | None:
    """With a key as for the manage API: to the page, and to no circle, whose readers are named."""
    told = _key_in(visit)
    if not (view.is_for_everyone and told.startswith(keys.MARK)):
        return None
    try:
        key = keys.recognised(told, at=visit.at)
    except UnknownKey:
        return None
    return Entry(view, None, told) if key.page_id == view.id else None


def _as_a_reader(visit: Visit, view: Brand) -> Entry | None:
    if view.access == Access.NAMED:
        guest = _guest_by_cookie(visit, view) or admissions.guest_by_key(
            view.audience_id, _key_in(visit)
        )
        return Entry(view, guest, guest.key) if guest else None
    if view.access == Access.PASSWORD:
        mark = audiences.password_mark(view.audience_id)
        key = _digest("key", mark)
        is_in = _cookie(visit, view) == _digest("cookie", mark)
        is_in = is_in or constant_time_compare(_key_in(visit), key)
        return Entry(view, None, key) if is_in else None
    return Entry(view, None, "")


def _guest_by_cookie(visit: Visit, view: Brand) -> Guest | None:
    told = _cookie(visit, view)
    guest = admissions.guest(told) if told else None
    return guest if guest and guest.audience_id == view.audience_id else None


def _cookie(visit: Visit, view: Brand) -> str:
    told = visit.request.COOKIES.get(COOKIE + view.audience_id, "")
    try:
        audience_id, who = signing.loads(told, salt=SALT, max_age=LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(who) if audience_id == view.audience_id else ""


def _key_in(visit: Visit) -> str:
    """The key that a program shows: as clients of closed status pages do."""
    kind, _space, told = visit.request.headers.get("Authorization", "").partition(" ")
    named = told.strip() if kind.lower() in ("oauth", "bearer") else ""
    return (named or visit.request.GET.get("api_key", ""))[:128]


def _digest(what: str, mark: str) -> str:
    """What changes with the password, and cannot be made without the secret key."""
    return salted_hmac(f"{SALT}.{what}", mark, algorithm="sha256").hexdigest()[:32]


def remember(visit: Visit, response: HttpResponse, view: Brand, guest: Guest | None) -> None:
    """Let the browser come in from now on."""
    who = guest.id if guest else _digest("cookie", audiences.password_mark(view.audience_id))
    response.set_cookie(
        COOKIE + view.audience_id,
        signing.dumps((view.audience_id, who), salt=SALT),
        max_age=LASTS,
        path=f"{view.root}/",
        secure=visit.request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse, view: Brand) -> None:
    """Let the browser come in no more."""
    response.delete_cookie(COOKIE + view.audience_id, path=f"{view.root}/", samesite="Lax")


def onward(visit: Visit) -> str:
    """The path that the visitor wanted, if it lies behind the same door; else its first page."""
    asked = visit.request.POST.get("next") or visit.request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    home = f"{visit.root}/"
    return asked if is_ours and asked.startswith(home) and len(asked) < 500 else home


def shut(visit: Visit) -> HttpResponse:
    """What everybody gets who is not let in, at any address, by any method."""
    path = visit.request.path
    if path.endswith(READ_BY_PROGRAMS) or visit.request.method not in ("GET", "HEAD"):
        with translation.override(visit.language):
            told = _("This is for those who are let in. Come in at %(address)s.")
            words = told % {"address": f"{visit.root}/enter"}
            response: HttpResponse = JsonResponse({"error": words}, status=401)
        response["WWW-Authenticate"] = 'Bearer realm="status"'
    else:
        asked = "" if path == f"{visit.root}/" else "?" + urlencode({"next": path})
        response = HttpResponseRedirect(f"{visit.root}/enter{asked}")
        response.status_code = 303
    return kept_private(response)


def let_in(view: VIEW) -> VIEW:
    """Show a view to those alone who may read the page; on a public one, to all."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, circle: str = "", **named: Any) -> HttpResponse:
        visit = visit_of(request, circle=circle)
        if entry(visit) is None:
            return shut(visit)
        return view(request, *args, circle=circle, **named)

    return checked

"""How one comes in oneself: an app, passkeys, recovery codes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tocsin.console import arrival, factormail, refusals
from tocsin.console.door import Visit, also_without_factor, screen
from tocsin.console.views.second import LONGEST_CODE, credential_of
from tocsin.people import factors, requiring
from tocsin.people.access import NotAllowed
from tocsin.people.adapting import Adapter
from tocsin.people.factors import Kind

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Visit, P], HttpResponse]
SECRET = "app_secret"  # in the session, sealed, until the app has shown its first code


def freshly(view: "View[P]") -> "View[P]":
    """Only for whoever came in lately, so that a console left open is nobody's way in for good."""

    @wraps(view)
    def checked(
        request: HttpRequest, visit: Visit, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if not arrival.is_fresh(request, at=visit.at):
            return screen(
                request, visit, "not_fresh", {"onward": reverse("console:factors")}, status=403
            )
        return view(request, visit, *args, **kwargs)

    return checked


@also_without_factor
@require_safe
def own(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What one comes in with."""
    return _shown(request, visit)


def _shown(
    request: HttpRequest,
    visit: Visit,
    *,
    codes: list[str] | None = None,
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    held = factors.factors_of(visit.operator)
    context = {
        "held": held,
        "has_app": any(factor.kind == Kind.APP for factor in held),
        "codes": codes or [],
        "codes_left": factors.codes_left(visit.operator) if held else 0,
        "asked_by": requiring.asked_of(visit.operator),
        "is_fresh": arrival.is_fresh(request, at=visit.at),
        "sentences": sentences or [],
    }
    return screen(request, visit, "factors", context, status=status)


@sensitive_post_parameters("code")
@also_without_factor
@require_http_methods(["GET", "HEAD", "POST"])
@freshly
def app(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add an app that shows codes: draw its secret, then take the first code that it shows."""
    if request.method == "POST" and "code" not in request.POST:
        request.session[SECRET] = Adapter().encrypt(factors.new_secret())
        return HttpResponseRedirect(reverse("console:factor_app"))
    sealed = request.session.get(SECRET)
    if sealed is None:
        return HttpResponseRedirect(reverse("console:factors"))
    secret = Adapter().decrypt(sealed)
    if request.method != "POST":
        return _drawn(request, visit, secret)
    try:
        code = request.POST["code"][:LONGEST_CODE]
        codes = factors.add_app(visit.operator, secret, code=code, at=visit.at)
    except NotAllowed as error:
        sentences = refusals.sentences_of(error)
        return _drawn(request, visit, secret, sentences=sentences, status=422)
    del request.session[SECRET]
    return _added(request, visit, codes, Kind.APP)


def _drawn(
    request: HttpRequest,
    visit: Visit,
    secret: str,
    *,
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    address, drawing = factors.picture_of(visit.operator, secret)
    spelt = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
    context = {
        "drawing": mark_safe(drawing.partition("?>")[2] or drawing),  # made here, of base32
        "address": address,
        "spelt": spelt,
        "sentences": sentences or [],
    }
    return screen(request, visit, "factor_app", context, status=status)


def _added(request: HttpRequest, visit: Visit, codes: list[str], kind: Kind) -> HttpResponse:
    arrival.prove(request)
    factormail.tell(visit.operator, "added", kind, at=visit.at)
    if codes:  # shown this once, so by this answer
        return _shown(request, visit, codes=codes)
    messages.success(request, _("Added. You can come in with it from now on."))
    return HttpResponseRedirect(reverse("console:factors"))


@also_without_factor
@require_POST
@freshly
def begin_passkey(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(factors.begin_passkey(visit.operator, arrival.ceremony(request)))


@sensitive_post_parameters("credential")
@also_without_factor
@require_POST
@freshly
def passkey(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Keep the passkey that the browser made."""
    try:
        codes = factors.add_passkey(
            visit.operator,
            arrival.ceremony(request),
            credential_of(request),
            name=request.POST.get("name", ""),
            at=visit.at,
        )
    except NotAllowed as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=422)
    return _added(request, visit, codes, Kind.PASSKEY)


@also_without_factor
@require_POST
@freshly
def codes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make new recovery codes, shown this once."""
    try:
        made = factors.renew_codes(visit.operator, at=visit.at)
    except NotAllowed as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=422)
    factormail.tell(visit.operator, "added", Kind.RECOVERY, at=visit.at)
    return _shown(request, visit, codes=made)


@also_without_factor
@require_POST
@freshly
def change(request: HttpRequest, visit: Visit, factor_id: int) -> HttpResponse:
    """Call a passkey something else, or forget a factor."""
    try:
        if request.POST.get("do") == "rename":
            name = request.POST.get("name", "")
            factors.rename(visit.operator, factor_id, name=name, at=visit.at)
        else:
            is_required = requiring.asked_of(visit.operator) is not None
            kind = factors.remove(visit.operator, factor_id, is_required=is_required, at=visit.at)
            factormail.tell(visit.operator, "removed", kind, at=visit.at)
            if not factors.is_enrolled(visit.operator.pk):
                arrival.unprove(request)
            messages.success(request, _("Removed. It opens nothing any more."))
    except NotAllowed as error:
        return _shown(request, visit, sentences=refusals.sentences_of(error), status=409)
    return HttpResponseRedirect(reverse("console:factors"))

"""The second proof: a code from an app, a recovery code, or a passkey; and a passkey alone."""

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tocsin.console import arrival
from tocsin.console.arrival import HalfWay
from tocsin.console.refusals import sentences_of
from tocsin.console.views.signing_in import onward_of, threshold
from tocsin.people import factors
from tocsin.people.access import NotAllowed
from tocsin.people.factors import Kind, NotProved, TooManyTries

LONGEST_CREDENTIAL = 20_000
LONGEST_CODE = 32


@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has shown the first."""
    at = timezone.now()
    here = arrival.half_way(request, at=at)
    if here is None:
        return HttpResponseRedirect(reverse("console:sign_in"))
    if request.method != "POST":
        return _shown(request, here)
    try:
        shown = _proved(request, here, at)
    except TooManyTries as error:
        return _shown(request, here, sentences=sentences_of(error), status=429)
    except NotAllowed as error:
        return _shown(request, here, sentences=sentences_of(error), status=422)
    way = f"{here.way}, {shown}"
    return arrival.receive(
        request, here.operator, way=way, onward=here.onward, at=at, is_proved=True
    )


def _proved(request: HttpRequest, here: HalfWay, at: datetime) -> Kind:
    if not request.POST.get("credential"):
        return factors.prove(here.operator, request.POST.get("code", "")[:LONGEST_CODE], at=at)
    factors.prove_passkey(here.operator, arrival.ceremony(request), credential_of(request), at=at)
    return Kind.PASSKEY


def _shown(
    request: HttpRequest, here: HalfWay, *, sentences: list[str] | None = None, status: int = 200
) -> HttpResponse:
    kinds = {factor.kind for factor in factors.factors_of(here.operator)}
    context = {
        "operator": here.operator,
        "has_app": Kind.APP in kinds,
        "has_passkey": Kind.PASSKEY in kinds,
        "sentences": sentences or [],
    }
    return threshold(request, "second", context, status=status)


def credential_of(request: HttpRequest) -> object:
    """What a browser says of a passkey. Raises NotProved when it is no JSON of that size."""
    told = request.POST.get("credential", "")
    try:
        if len(told) > LONGEST_CREDENTIAL:
            raise ValueError
        return json.loads(told)
    except (ValueError, RecursionError) as error:
        raise NotProved(_("This passkey could not be checked. Try once more.")) from error


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """What the browser needs to show a passkey: of whoever is half way, else anybody's."""
    here = arrival.half_way(request, at=timezone.now())
    operator = here.operator if here else None
    arrival.keep_briefly(request)
    return JsonResponse(factors.begin_proof(arrival.ceremony(request), operator))


@sensitive_post_parameters("credential")
@require_POST
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Come in by a passkey alone: a thing one has, unlocked by what one is or knows."""
    at, onward = timezone.now(), onward_of(request)
    try:
        operator = factors.whose(arrival.ceremony(request), credential_of(request), at=at)
    except NotProved as error:
        told = {"sentences": sentences_of(error), "next": onward}
        return threshold(request, "sign_in", told, status=422)
    return arrival.receive(
        request, operator, way=str(Kind.PASSKEY), onward=onward, at=at, is_proved=True
    )

"""How somebody comes in: the first proof, the second where there is one, and the session after."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from tocsin.people import access, factors
from tocsin.people.factors import Ceremony
from tocsin.people.models import Operator

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF_WAY = "half_way"  # in the session: who has shown a password, and no second factor yet
PROVED = "second_factor_shown"
CAME_AT = "came_at"
PATIENCE = timedelta(minutes=10)  # between the two proofs
FRESH = timedelta(minutes=15)  # since coming in, to change how one comes in
CEREMONY = "ceremony"


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose first proof was good. ``way`` is what it was."""

    operator: Operator
    way: str
    onward: str


def receive(
    request: HttpRequest,
    operator: Operator,
    *,
    way: str,
    onward: str,
    at: datetime,
    is_proved: bool = False,
) -> HttpResponse:
    """Let somebody in, or ask for their second factor first. ``is_proved``: shown already."""
    if not is_proved and factors.is_enrolled(operator.id):
        return _to_second(request, operator, way=way, onward=onward, at=at)
    login(request, operator, backend=BACKEND)
    request.session.set_expiry(None)  # as long as the settings say
    request.session.pop(HALF_WAY, None)
    request.session[PROVED] = is_proved
    request.session[CAME_AT] = at.isoformat()
    access.came_in(operator, way=way, at=at)
    return HttpResponseRedirect(onward)


def _to_second(
    request: HttpRequest, operator: Operator, *, way: str, onward: str, at: datetime
) -> HttpResponse:
    request.session.flush()  # whoever was here before, and whatever was planted
    keep_briefly(request)
    request.session[HALF_WAY] = {
        "operator": operator.id,
        "hash": operator.get_session_auth_hash(),
        "way": way,
        "onward": onward,
        "at": at.isoformat(),
    }
    return HttpResponseRedirect(reverse("console:second"))


def keep_briefly(request: HttpRequest) -> None:
    """Let the session of somebody who is still at the door end soon: anybody may make one."""
    if not request.user.is_authenticated:
        request.session.set_expiry(PATIENCE)


def half_way(request: HttpRequest, *, at: datetime) -> HalfWay | None:
    """Who has shown their first proof here, lately; None where it is to be shown anew."""
    kept: dict[str, str] | None = request.session.get(HALF_WAY)
    if kept is None or at - datetime.fromisoformat(kept["at"]) > PATIENCE:
        return None
    operator = access.operator_of(kept["operator"])
    if operator is None or not operator.is_active:
        return None
    # A password that was changed meanwhile ends what the former one began.
    if not constant_time_compare(kept["hash"], operator.get_session_auth_hash()):
        return None
    return HalfWay(operator, kept["way"], kept["onward"])


def is_proved(request: HttpRequest) -> bool:
    """Whether a second factor was shown for this session."""
    return bool(request.session.get(PROVED))


def prove(request: HttpRequest) -> None:
    """Somebody has shown a second factor within this session, by adding it."""
    request.session[PROVED] = True


def unprove(request: HttpRequest) -> None:
    """What somebody showed is no factor any more: whoever asks for one asks for another."""
    request.session[PROVED] = False


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether somebody came in so lately that they may change how they come in.

    A console left open must not become somebody else's way in.
    """
    came_at: str | None = request.session.get(CAME_AT)
    return came_at is not None and at - datetime.fromisoformat(came_at) <= FRESH


def ceremony(request: HttpRequest) -> Ceremony:
    """Where passkeys are shown: the console's host, and what this session keeps of it."""
    return Ceremony(request.get_host(), cast(Any, request.session))

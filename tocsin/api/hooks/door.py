"""``/hooks/<source>/<token>``: who is there, is it really them, what do they tell.

Sources try again after 5xx and never after 4xx: what may be gone in a moment is answered with 503,
and only what no further try could mend with 4xx. An answer of 2xx means that it is written down.
"""

from datetime import datetime

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone

from tocsin.api.hooks import events_v2, visiting
from tocsin.api.hooks.asked import Asked, Unreadable
from tocsin.api.hooks.sources import SOURCES
from tocsin.watch import hooks, signals
from tocsin.watch.hooks import Door
from tocsin.watch.models import Source

log = structlog.get_logger("tocsin.hooks")

TAKEN = ("POST", "PUT")  # Grafana may be set to either
MOST_BYTES = 8 * 1024 * 1024
AGAIN_AFTER = 1  # seconds
GET_REFUSED = (
    "A GET changes nothing here, so that no link preview or scanner can raise an alarm. "
    "Send it as POST; in Uptime Kuma, choose the method POST and the body JSON or form-data."
)


def hook(request: HttpRequest, source: str, token: str) -> HttpResponse:
    """Take in what a source tells. Always JSON."""
    try:
        return _answered(request, source, token)
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return _refused("The body is too long, broken off, or no form.", 400)
    except DatabaseError:
        log.warning("an alert could not be written down; its source was asked to try again")
        answer = _refused("It could not be written down just now. Try again.", 503)
        answer["Retry-After"] = str(AGAIN_AFTER)
        return answer


def nothing(request: HttpRequest, anything: str = "") -> HttpResponse:
    """Any other address below /hooks/."""
    return _refused("No hook is at this address. It looks like /hooks/SOURCE/TOKEN.", 404)


def _answered(request: HttpRequest, source: str, token: str) -> HttpResponse:
    door = hooks.known_by(token) if source in Source.values else None
    if door is None or door.source != source:
        return _refused("No hook is at this address, or it was revoked.", 404)
    if request.method == "OPTIONS":
        return _greeted(request)
    if request.method not in TAKEN:
        answer = _refused(GET_REFUSED, 405)
        answer["Allow"] = ", ".join((*TAKEN, "OPTIONS"))
        return answer
    asked = _asked(request)
    if asked is None:
        return _refused(f"A body has at most {MOST_BYTES // 1024 // 1024} MiB.", 413)
    return _taken(door, asked, at=request.META.get(hooks.TOLD_TIME) or timezone.now())


def _taken(door: Door, asked: Asked, *, at: datetime) -> HttpResponse:
    speech = SOURCES[door.source]
    if door.secrets and not speech.proves(asked, door.secrets):
        answer = _refused("The signature or secret does not match this hook's.", 401)
        answer["WWW-Authenticate"] = 'Basic realm="Tocsin hooks"'  # SNS waits to be asked
        return answer
    try:
        alerts = speech.reads(asked)
        if speech.confirms and (url := speech.confirms(asked)):
            visiting.visit(url)
    except Unreadable as error:
        return _unread(door, error)
    except visiting.Unconfirmed as error:
        return _refused(f"The address that confirms it could not be visited. {error}", 503)
    received = signals.receive(door, alerts, at=at)
    if door.source == Source.EVENTS_V2:
        return JsonResponse(events_v2.answer(asked), status=202)
    told = {"status": "accepted", "new": received.new, "repeated": received.repeated}
    return JsonResponse(told, status=202 if door.source == Source.CLOUDEVENTS else 200)


def _asked(request: HttpRequest) -> Asked | None:
    """The call, read whole; None where it is too long."""
    headers = {name.lower(): said for name, said in request.headers.items()}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return Asked(headers, b"", {name: request.POST[name] for name in request.POST})
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return None
    form = _form(body) if kind == "application/x-www-form-urlencoded" else {}
    return Asked(headers, body, form)


def _form(body: bytes) -> dict[str, str]:
    """A form's fields; none where JSON was sent under that name, as many scripts do."""
    if body.lstrip()[:1] in (b"{", b"["):
        return {}
    told = QueryDict(body, encoding="utf-8")
    return {name: str(told[name]) for name in told}


def _greeted(request: HttpRequest) -> HttpResponse:
    """The handshake of CloudEvents' webhooks: whoever has the token may send here."""
    answer = HttpResponse(status=200)
    answer["Allow"] = ", ".join((*TAKEN, "OPTIONS"))
    origin = request.headers.get("WebHook-Request-Origin", "")
    if origin:
        answer["WebHook-Allowed-Origin"] = origin
        answer["WebHook-Allowed-Rate"] = request.headers.get("WebHook-Request-Rate", "*")
    return answer


def _unread(door: Door, error: Unreadable) -> HttpResponse:
    log.warning("a hook was sent what it cannot read", hook=door.id, reason=str(error))
    if isinstance(error, events_v2.Invalid):
        told = {"status": "invalid event", "message": str(error), "errors": error.errors}
        return JsonResponse(told, status=400)
    return _refused(str(error), 400)


def _refused(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"status": "refused", "error": sentence}, status=status)

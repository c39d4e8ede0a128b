"""``/healthz``, ``/readyz`` and ``/metrics``."""

import ipaddress
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from tocsin.api import gauges, readiness


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive. (The front answers this itself; it comes here only without one.)"""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready to work, or 503 with the reasons."""
    reasons = readiness.reasons()
    if reasons:
        return JsonResponse({"status": "not ready", "reasons": reasons}, status=503)
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text, for this machine and bearers of the token; nobody else sees it exists."""
    if not (_is_near(request) or _bears_token(request)):
        raise Http404
    registry = gauges.registry(at=timezone.now())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_near(request: HttpRequest) -> bool:
    """Whether the reader is on this machine: by the front's word, which it takes from nobody."""
    said = request.headers.get("X-Forwarded-For") or request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(said.strip())
    except ValueError:
        return False
    return address.is_loopback


def _bears_token(request: HttpRequest) -> bool:
    token: str = settings.TOCSIN.metrics_token
    said = request.headers.get("Authorization", "")
    return bool(token) and secrets.compare_digest(said.encode(), f"Bearer {token}".encode())

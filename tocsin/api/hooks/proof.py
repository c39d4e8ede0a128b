"""Whether a call comes from whom it should: a signature, or a secret that it carries.

The token in the address is asked of everybody; these are asked where a hook has secrets. Any one
secret will do, so that they can be changed one after the other. A call that is played again proves
itself again, and changes nothing: signals are written once.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

from tocsin.api.hooks.asked import Asked, Unreadable, text

Proof = Callable[[Asked, Sequence[str]], bool]

GRAFANA = "x-grafana-alerting-signature"
GRAFANA_TIME = "x-grafana-alerting-timestamp"


def carried(asked: Asked, secrets: Sequence[str]) -> bool:
    """``Authorization: Bearer SECRET``, or Basic with the secret as its password."""
    kind, _, said = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return _is_one_of(said.strip(), secrets)
    if kind.lower() != "basic":
        return False
    try:
        told = base64.b64decode(said.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return False
    return _is_one_of(told.partition(":")[2], secrets)


def signed_by_grafana(asked: Asked, secrets: Sequence[str]) -> bool:
    """HMAC of the body, or of time and body where Grafana is told to send the time."""
    said, time = asked.headers.get(GRAFANA, ""), asked.headers.get(GRAFANA_TIME, "")
    signed = time.encode("utf-8", "replace") + b":" + asked.body if time else asked.body
    return _is_signed(signed, [said.removeprefix("sha256=")], secrets) or carried(asked, secrets)


def signed_by_pagerduty(asked: Asked, secrets: Sequence[str]) -> bool:
    """``v1=…,v1=…``: several while a secret is being changed."""
    said = asked.headers.get("x-pagerduty-signature", "").split(",")
    told = [one.strip().removeprefix("v1=") for one in said if one.strip().startswith("v1=")]
    return _is_signed(asked.body, told, secrets) or carried(asked, secrets)


def signed_by_sentry(asked: Asked, secrets: Sequence[str]) -> bool:
    """HMAC of the body with the integration's client secret."""
    said = asked.headers.get("sentry-hook-signature", "")
    return _is_signed(asked.body, [said], secrets) or carried(asked, secrets)


def signed_or_carried(asked: Asked, secrets: Sequence[str]) -> bool:
    """The secret itself, or ``X-Hub-Signature-256: sha256=…`` as GitHub and many others sign."""
    said = asked.headers.get("x-hub-signature-256", "").removeprefix("sha256=")
    return _is_signed(asked.body, [said], secrets) or carried(asked, secrets)


def routed(asked: Asked, secrets: Sequence[str]) -> bool:
    """The routing key in an event's body."""
    try:
        said = text(asked.fields().get("routing_key"))
    except Unreadable:
        said = ""
    return _is_one_of(said, secrets) or carried(asked, secrets)


def _is_one_of(said: str, secrets: Iterable[str]) -> bool:
    told = said.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(told, secret.encode()) for secret in secrets)


def _is_signed(body: bytes, said: Iterable[str], secrets: Iterable[str]) -> bool:
    ours = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    return any(_is_one_of(one.strip().lower(), ours) for one in said)

"""The walk to an OpenID provider and back: state, nonce, PKCE, and a token whose seal is checked.

The protocol is Authlib's. What is ours: the issuer and the audience are compared with what was
configured and not with what the provider says of itself, only signatures by a key pair are taken,
and every call has an end.

NotShown    the provider did not show, in a way that can be trusted, who somebody is
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tocsin.people import providers
from tocsin.people.providers import Shown
from tocsin.settings.installation import Provider

PATIENCE = 5.0  # seconds for each call
KEPT_FOR = 600.0  # seconds that what a provider says of itself is believed without asking again
LEEWAY = 60  # seconds by which its clock may differ
WELL_KNOWN = "/.well-known/openid-configuration"
SEALS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_kept: dict[tuple[str, ...], tuple[float, Any]] = {}


class NotShown(Exception):
    """The message is a sentence for whoever stands at the door."""


def address(request: HttpRequest, provider: Provider, back: str) -> str:
    """Where to send somebody; what they must bring back is kept in their session."""
    try:
        response = _client(provider).authorize_redirect(request, back)
    except _faults() as error:
        raise _unreachable(provider) from error
    return str(response.headers["Location"])


def shown(request: HttpRequest, provider: Provider) -> Shown:
    """Who came back. Raises :class:`NotShown`."""
    if request.GET.get("error"):
        raise NotShown(_("%(name)s did not let you through.") % {"name": provider.name})
    try:
        claims = _claims(request, provider)
    except _faults() as error:
        raise NotShown(
            _("What %(name)s said could not be trusted, so nobody was let in. Try once more.")
            % {"name": provider.name}
        ) from error
    return providers.shown(
        claims,
        provider=provider.slug,
        issuer=provider.issuer,
        groups_claim=provider.groups_claim,
        verified_claim=provider.verified_claim,
        asks_second_factor=provider.asks_second_factor,
    )


def _claims(request: HttpRequest, provider: Provider) -> Mapping[str, Any]:
    client = _client(provider)
    expected = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    token = client.authorize_access_token(request, claims_options=expected, leeway=LEEWAY)
    claims = token.get("userinfo")
    if not claims:
        raise ValueError("There is no ID token.")
    if "email" in claims and (not provider.roles or provider.groups_claim in claims):
        return dict(claims)
    return _completed(client, token, claims, provider)


def _completed(
    client: Any, token: Any, claims: Mapping[str, Any], provider: Provider
) -> Mapping[str, Any]:
    """What the token left out, where the provider tells it elsewhere, of the same person."""
    if "userinfo_endpoint" not in client.server_metadata:
        return dict(claims)
    more = dict(client.userinfo(token=token))
    if more.get("sub") != claims["sub"]:
        raise ValueError("This is about somebody else.")
    if "email" in claims:  # whether it is verified is to be said of this one, by the same token
        more.pop(provider.verified_claim, None)
    return {**more, **claims}


def _client(provider: Provider) -> Any:
    """The provider as Authlib knows it, with what it says of itself."""
    mark = (provider.slug, provider.issuer, provider.client_id, provider.client_secret)
    kept = _kept.get(mark)
    if kept and time.monotonic() - kept[0] < KEPT_FOR:
        return kept[1]
    client = _met(provider)
    _kept[mark] = (time.monotonic(), client)
    return client


def _met(provider: Provider) -> Any:
    from authlib.integrations.django_client import OAuth

    client = OAuth().register(
        provider.slug,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer.rstrip("/") + WELL_KNOWN,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
        },
    )
    told = client.load_server_metadata()
    if told.get("issuer") != provider.issuer:
        raise ValueError("The provider calls itself otherwise.")
    asked = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
    for name in asked | ({"userinfo_endpoint"} & set(told)):
        _check_endpoint(str(told.get(name, "")), provider)
    seals = [
        seal for seal in told.get("id_token_signing_alg_values_supported", []) if seal in SEALS
    ]
    told["id_token_signing_alg_values_supported"] = seals or ["RS256"]
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" not in ways:
        client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"
    return client


def _check_endpoint(said: str, provider: Provider) -> None:
    """A secret goes there: over TLS, as the issuer was named."""
    if urlsplit(said).scheme != urlsplit(provider.issuer).scheme:
        raise ValueError("An endpoint of the provider is not under https.")


def _faults() -> tuple[type[Exception], ...]:
    """What goes wrong on the way: no answer, or one that is not what it should be."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    return (AuthlibBaseError, JoseError, RequestException, ValueError, RuntimeError, KeyError)


def _unreachable(provider: Provider) -> NotShown:
    return NotShown(
        _("%(name)s cannot be reached just now. Sign in with your password, or a new link.")
        % {"name": provider.name}
    )

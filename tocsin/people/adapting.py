"""What allauth asks of the house: how a factor's secret is kept, and what it is named after."""

import base64
from functools import lru_cache

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seals secrets under the installation's own, so that a copy of the database opens nothing."""

    def encrypt(self, text: str) -> str:
        return _seal(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken where the installation's secret is another one by now."""
        return _seal(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Tocsin"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # The name under which the console was opened: a browser keeps a passkey to that one.
        return {"id": context.request.get_host().partition(":")[0], "name": "Tocsin"}

    def get_public_key_credential_user_entity(
        self, user: AbstractBaseUser
    ) -> dict[str, str | bytes]:
        return {"id": str(user.pk).encode(), "name": user.get_username(), "display_name": str(user)}


@lru_cache(maxsize=4)
def _seal(secret: str) -> Fernet:
    key = salted_hmac("tocsin.people.factors", "seal", secret=secret, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(key.digest()))

"""What stands for what a bundle does not tell: addresses, and words that were never said.

A mark is a hash over a nonce that only this installation can make. Whoever holds a bundle learns
nothing from it, not even by guessing; whoever is given the nonce of one mark can check that one.
"""

import re

from django.utils.crypto import salted_hmac

from tocsin.followup.evidence.agreeing import commitment

HIDDEN = "‹hidden›"
# Mail addresses, web addresses and telephone numbers, wherever somebody's machine repeated one.
_ADDRESSES = re.compile(
    r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+|https?://\S+|\+\d[\d ()-]{5,}\d"
)


def nonce(incident_id: str, what: str) -> str:
    """What only we know of one mark, the same each time."""
    told = f"{incident_id}:{what}"
    return salted_hmac("tocsin.evidence", told, algorithm="sha256").hexdigest()[:32]


def of_reader(incident_id: str, address: str) -> str:
    """A reader's mark in one incident's bundles; of nobody who asked to be forgotten."""
    return commitment(nonce(incident_id, f"reader:{address}"), address)


def without_addresses(text: str, *, known: tuple[str, ...] = ()) -> str:
    """A receipt as another's machine wrote it, without whom it was for."""
    for address in known:
        if address:
            text = re.sub(re.escape(address), HIDDEN, text, flags=re.IGNORECASE)
    return _ADDRESSES.sub(HIDDEN, text)

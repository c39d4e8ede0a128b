"""Which addresses mail can reach, each in one spelling."""

import re
import unicodedata

from tocsin.channels.message import BadAddress

MOST_LOCAL, MOST_LABEL, MOST_TOGETHER = 64, 63, 254  # octets, RFC 5321 4.5.3.1
_ATEXT = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def normalised(address: str) -> str:
    """The one spelling of an address: lower case, NFC, its domain in ASCII; raises BadAddress.

    Lower case also before the ``@``: no mailbox in use tells them apart, and people type both.
    """
    told = unicodedata.normalize("NFC", address.strip())
    if not told:
        raise BadAddress("An e-mail address is needed.")
    if any(unicodedata.category(sign)[0] in "CZ" for sign in told):
        raise BadAddress("An e-mail address holds no spaces and no line breaks.")
    local, at, domain = told.rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("An e-mail address looks like name@example.com.")
    spelled = f"{_local(local.lower())}@{_domain(domain)}"
    if len(spelled.encode()) > MOST_TOGETHER:
        raise BadAddress(f"This e-mail address is longer than {MOST_TOGETHER} characters.")
    return spelled


def _local(local: str) -> str:
    if len(local.encode()) > MOST_LOCAL:
        raise BadAddress(f"The part before the @ is longer than {MOST_LOCAL} characters.")
    if not all(_ATEXT.fullmatch(atom) for atom in local.split(".")):
        raise BadAddress("The part before the @ holds a sign, or a dot, that mail does not allow.")
    return local


def _domain(domain: str) -> str:
    try:
        spelled = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddress("The part after the @ is not a domain name.") from error
    labels = spelled.split(".")
    if not all(_LABEL.fullmatch(label) and len(label) <= MOST_LABEL for label in labels):
        raise BadAddress("The part after the @ is not a domain name.")
    if (len(labels) < 2 and spelled != "localhost") or labels[-1].isdigit():
        raise BadAddress("The part after the @ looks like example.com.")
    return spelled

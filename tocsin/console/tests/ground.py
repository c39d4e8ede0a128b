"""What the console is tried on: the cast signed in, and forms as browsers send them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.test import Client

from tocsin.console.views.signing_in import BACKEND
from tocsin.people.models import Operator

DESK = "/console/"
PASSWORD = "correct horse battery"
HTMX = {"HX-Request": "true"}
# Django's own, which a door may touch when somebody merely looks at it.
NOT_OURS = {"django_session", "axes_accesslog", "axes_accessattempt", "axes_accessfailurelog"}
# "What we see", with every blank filled in both languages.
WHOLE = {
    "phase": "investigating",
    "way": "T-02",
    "speak.en": "on",
    "speak.fr": "on",
    "effect.en": "card payments are refused",
    "effect.fr": "les paiements par carte sont refusés",
    "who.en": "about one customer in three",
    "who.fr": "environ un client sur trois",
    "still_works.en": "Browsing works",
    "still_works.fr": "La navigation fonctionne",
    "workaround.en": "Pay by transfer",
    "workaround.fr": "Payez par virement",
    "action.en": "restarting the gateway",
    "action.fr": "redémarrer la passerelle",
    "side": "ours",
    "since": "12:00",
    "posture": "unknown",
    "severity": "sev1",
    "next": "20",
}
FREELY = {
    "phase": "investigating",
    "way": "free",
    "speak.en": "on",
    "headline.en": "Cards are refused",
    "body.en": "We are looking at the gateway.",
    "since": "12:00",
    "next": "20",
}


def came_in(operator: Operator) -> Client:
    """A browser in which an operator is signed in."""
    client = Client()
    client.force_login(operator, backend=BACKEND)
    return client


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def say(client: Client, incident_id: str, told: Mapping[str, str], do: str = "publish") -> Any:
    """Send the composer's form."""
    return client.post(f"/console/incidents/{incident_id}/say", {**told, "do": do})


def row_counts() -> dict[str, int]:
    """{table: rows} of everything that is ours."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    return {
        table: model._default_manager.count()
        for table, model in tables.items()
        if table not in NOT_OURS
    }


@contextmanager
def nothing_written() -> Iterator[None]:
    """Claim that what happens within leaves every table as it was."""
    before = row_counts()
    yield
    assert row_counts() == before

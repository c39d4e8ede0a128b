"""The letter that carries a one-time link to an operator."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters


def link_to(token: str) -> str:
    """The whole address of a one-time link."""
    return f"{settings.TOCSIN.base_url}{reverse('console:join', args=[token])}"


@transaction.atomic
def send(email: str, *, at: datetime) -> None:
    """Owe a letter with a new link to whoever owns the address; to a stranger, nothing."""
    found = access.new_link(email, at=at)
    if found is None:
        return
    operator, token = found
    with translation.override(operator.language):
        _owe(operator, token, at=at)


def _owe(operator: Operator, token: str, *, at: datetime) -> None:
    context = {"operator": operator, "link": link_to(token), "hours": 24}
    letters.owe(
        f"console-link:{operator.id}:{at.isoformat()}",
        to=operator.email,
        subject=_("Your one-time link to the console"),
        text=render_to_string("console/letters/link.txt", context),
        html=render_to_string("console/letters/link.html", context),
        at=at,
        language=operator.language,
        sender_name="Tocsin",
    )

"""The letter that tells somebody that how they come in was changed: if not by them, they say so."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.console.labels import FACTOR_CHANGES
from tocsin.people.factors import Kind
from tocsin.people.models import Operator
from tocsin.post import letters


def tell(operator: Operator, done: str, kind: Kind | None, *, at: datetime) -> None:
    """Owe the letter: ``kind`` was added or removed; without one, all were reset."""
    with translation.override(operator.language):
        context = {
            "operator": operator,
            "change": FACTOR_CHANGES[f"{done} {kind}" if kind else done],
            "link": settings.TOCSIN.base_url + reverse("console:factors"),
        }
        letters.owe(
            f"factor:{operator.id}:{done}:{at.isoformat()}",
            to=operator.email,
            subject=_("How you come into the console was changed"),
            text=render_to_string("console/letters/factor.txt", context),
            html=render_to_string("console/letters/factor.html", context),
            at=at,
            language=operator.language,
            sender_name="Tocsin",
        )

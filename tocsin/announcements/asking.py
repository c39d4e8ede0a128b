"""The letters of a sign-up: the question to a new mailbox, and the reminder to a known one."""

import hashlib
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.announcements.models import Subscription
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import Link, Sheet, paragraph
from tocsin.page import address
from tocsin.post import letters

AGAIN_AFTER = 10 * 60  # seconds in which asking twice sends one letter


def own_url(page: Brand, what: str, token: str) -> str:
    """A reader's own page: ``confirm``, ``preferences`` or ``unsubscribe``.

    The token is its own proof, so the address tells nothing of a circle.
    """
    return f"{address.host_url_of(page)}/subscribe/{what}/{token}"


def owe_question(page: Brand, row: Subscription, *, at: datetime) -> None:
    """Ask a mailbox whether it wants to be told."""
    with translation.override(row.language):
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("One click is left"),
            headline=_("Shall we tell you when something changes?"),
            preview=_("Confirm, and %(page)s will write to you.") % {"page": page.name},
            blocks=[
                paragraph(
                    _(
                        "Somebody, probably you, asked %(page)s to write to this address about "
                        "incidents. We write nothing until you confirm."
                    )
                    % {"page": page.name}
                )
            ],
            action=Link(
                _("Confirm, and tell me"), own_url(page, "confirm", row.asking_token or "")
            ),
            why=_("It was not you? Then do nothing: the address is forgotten within a week."),
        )
        subject = _("Confirm that %(page)s may write to you") % {"page": page.name}
    _owe("ask", row, sheet, subject, at=at)


def owe_reminder(page: Brand, row: Subscription, *, at: datetime) -> None:
    """Tell a mailbox that is told already that somebody asked again."""
    with translation.override(row.language):
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("Nothing to do"),
            headline=_("You are told already"),
            preview=_("Your choices stand as they were."),
            blocks=[
                paragraph(
                    _(
                        "Somebody, probably you, asked %(page)s once more to write to this "
                        "address. It does so already, and nothing was changed."
                    )
                    % {"page": page.name}
                )
            ],
            action=Link(_("Change what you hear"), own_url(page, "preferences", row.token)),
            links=[Link(_("Unsubscribe"), own_url(page, "unsubscribe", row.token))],
        )
        subject = _("%(page)s writes to you already") % {"page": page.name}
    _owe("known", row, sheet, subject, at=at)


def _owe(what: str, row: Subscription, sheet: Sheet, subject: str, *, at: datetime) -> None:
    turn = int(at.timestamp()) // AGAIN_AFTER
    asked = hashlib.sha256((row.asking_token or "").encode()).hexdigest()[:8]
    letters.owe_sheet(
        f"{what}:{row.id}:{asked}:{turn}", sheet, to=row.address, subject=subject, at=at
    )

"""The letters of a sign-up: the question to whoever is new, the reminder to whoever is known."""

import hashlib
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.announcements.accounts import MACHINES
from tocsin.announcements.models import Account, Subscription
from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import Link, Sheet, paragraph
from tocsin.page import address
from tocsin.post import letters
from tocsin.statements import published

AGAIN_AFTER = 10 * 60  # seconds in which asking twice sends one letter


def own_url(page: Brand, what: str, token: str) -> str:
    """A reader's own page: ``confirm``, ``preferences`` or ``unsubscribe``.

    The token is its own proof, so the address tells nothing of a circle.
    """
    return f"{address.host_url_of(page)}/subscribe/{what}/{token}"


def owe_question(page: Brand, row: Subscription, *, at: datetime) -> None:
    """Ask whether they want to be told: a mailbox, a room, or whoever answers for a machine."""
    with translation.override(row.language):
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("One click is left"),
            headline=_question(row),
            preview=_("Confirm, and %(page)s will write to you.") % {"page": page.name},
            blocks=[paragraph(told) for told in (_asked(page, row), _about(row)) if told],
            action=Link(
                _("Confirm, and tell me"), own_url(page, "confirm", row.asking_token or "")
            ),
            why=_("It was not you? Then do nothing: the address is forgotten within a week."),
        )
        subject = _("Confirm that %(page)s may write to you") % {"page": page.name}
    _owe("ask", row, sheet, subject, at=at)


def _question(row: Subscription) -> str:
    if row.channel == "email":
        return _("Shall we tell you when something changes?")
    if _is_machine(row):
        return _("Shall we tell your machine when something changes?")
    return _("Shall we tell this room when something changes?")


def _asked(page: Brand, row: Subscription) -> str:
    named = {"page": page.name, "host": row.host}
    if row.channel == "email":
        return (
            _(
                "Somebody, probably you, asked %(page)s to write to this address about "
                "incidents. We write nothing until you confirm."
            )
            % named
        )
    if _is_machine(row):
        return (
            _(
                "Somebody, probably you, asked %(page)s to call a webhook at %(host)s about "
                "incidents, and named you as the one who answers for it. We call nothing until "
                "you confirm; then you are shown the secret that signs each call."
            )
            % named
        )
    return (
        _(
            "Somebody, probably here, asked %(page)s to tell this room about incidents. We "
            "write nothing more until one of you confirms."
        )
        % named
    )


def _about(row: Subscription) -> str:
    """Of a follower, the one incident; empty for a reader of the page."""
    named = name_of(row.audience_id, row.about, row.language)
    told = _("It is about one incident alone, to its end: %(incident)s")
    return told % {"incident": named} if named else ""


def name_of(audience_id: str, incident_id: str, language: str) -> str:
    """What an incident is called in public; empty without one."""
    story = published.story(audience_id, incident_id) if incident_id else None
    return story.name(language)[1] if story else ""


def _is_machine(row: Subscription) -> bool:
    return row.channel in MACHINES


def owe_reminder(page: Brand, row: Subscription, *, at: datetime) -> None:
    """Tell whoever is told already that somebody asked again."""
    with translation.override(row.language):
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("Nothing to do"),
            headline=_("You are told already"),
            preview=_("Your choices stand as they were."),
            blocks=[paragraph(told) for told in (_asked_again(page, row), _about(row)) if told],
            action=Link(_("Change what you hear"), own_url(page, "preferences", row.token)),
            links=[Link(_("Unsubscribe"), own_url(page, "unsubscribe", row.token))],
        )
        subject = _("%(page)s writes to you already") % {"page": page.name}
    _owe("known", row, sheet, subject, at=at)


def owe_farewell(page: Brand, row: Subscription, *, at: datetime) -> None:
    """Tell whoever answers for a machine that it is called no more: it did not answer for days."""
    with translation.override(row.language):
        sheet = Sheet(
            language=row.language,
            sender=page.name,
            eyebrow=_("Your machine did not answer"),
            headline=_("We stopped calling your machine"),
            preview=_("Sign it up again once it answers."),
            blocks=[
                paragraph(
                    _(
                        "For three days the webhook at %(host)s took none of our calls, so we "
                        "have stopped. Mend it, and sign it up again: what you chose and the "
                        "secret stay as they are."
                    )
                    % {"host": row.host}
                )
            ],
            action=Link(_("Sign it up again"), f"{address.host_url_of(page)}/subscribe?by=webhook"),
        )
        subject = _("%(page)s stopped calling your machine") % {"page": page.name}
    _owe("stopped", row, sheet, subject, at=at)


def _asked_again(page: Brand, row: Subscription) -> str:
    named = {"page": page.name, "host": row.host}
    if _is_machine(row):
        return (
            _(
                "Somebody, probably you, asked %(page)s once more to call the webhook at %(host)s "
                "that you answer for. It does so already, and nothing was changed."
            )
            % named
        )
    return (
        _(
            "Somebody, probably you, asked %(page)s once more to write to this "
            "address. It does so already, and nothing was changed."
        )
        % named
    )


def _owe(what: str, row: Subscription, sheet: Sheet, subject: str, *, at: datetime) -> None:
    by_channel, to = _whom(row)
    if not to:
        return  # a machine that an operator vouched for, and for which nobody answers
    turn = int(at.timestamp()) // AGAIN_AFTER
    asked = hashlib.sha256((row.asking_token or "").encode()).hexdigest()[:8]
    key = f"{what}:{row.id}:{asked}:{turn}"
    letters.owe_sheet(key, sheet, to=to, subject=subject, at=at, by_channel=by_channel)


def _whom(row: Subscription) -> tuple[str, str]:
    """Where a letter about a subscription goes: (channel, address)."""
    if not _is_machine(row):
        return row.channel, row.address
    return "email", str(Account.objects.values_list("contact", flat=True).get(pk=row.pk))

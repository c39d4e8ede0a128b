"""The chat of our own people: one room that hears of every page, where an installation has one.

So what a closed circle alone is told is not named in it, and no link in it answers for anybody:
whoever follows one says who they are.
"""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from tocsin.channels.message import BadAddress
from tocsin.channels.sheet import Sheet
from tocsin.post import letters


def is_there() -> bool:
    """Whether anybody set a room up."""
    return bool(settings.TOCSIN.operators_chat)


def owe(key: str, sheet: Sheet, *, is_for_everyone: bool, at: datetime) -> bool:
    """Owe the room a message, once for each key; answers whether it is new.

    A room that was set up wrongly must not keep the mails from their people. Call it in the
    language of the sheet.
    """
    if not settings.TOCSIN.operators_chat or letters.is_owed(key):
        return False
    name, room = settings.TOCSIN.operators_chat
    told = sheet if is_for_everyone else replace(sheet, headline=_("Known to a circle only"))
    try:
        return letters.owe_sheet(key, told, to=room, subject="", at=at, by_channel=name)
    except BadAddress as error:
        # Imported here: whoever declares an incident waits for every import.
        import structlog

        log = structlog.get_logger("tocsin.statements")
        log.error("TOCSIN_OPERATORS_CHAT cannot be used", reason=str(error))
        return False

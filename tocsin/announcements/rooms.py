"""What a chat room is told: the same words as by mail, told to many who sit together."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.announcements import asking, digest, message
from tocsin.catalogue.shelf import Brand
from tocsin.channels.registry import channel
from tocsin.channels.sheet import Link, Sheet
from tocsin.channels.stencil import Holes, Stencil, cut
from tocsin.disclosure.layering import Medium
from tocsin.statements.published import Publication


def notice(told: Sequence[Publication], page: Brand, *, language: str, room: str) -> Stencil:
    """One message about one publication, or about several, in a room's language."""
    gaps = message.holes()
    sheet = sheet_of(told, page, language, gaps)
    return cut(channel(room).fit(sheet).text.encode(), gaps)


def sheet_of(told: Sequence[Publication], page: Brand, language: str, gaps: Holes) -> Sheet:
    """The words of a message to a room."""
    with translation.override(language):
        if len(told) == 1:
            sheet = message.sheet_of(told[0], page, language, gaps, medium=Medium.CHAT)
        else:
            newest_first = sorted(digest.once(told), key=lambda said: said.number, reverse=True)
            sheet = digest.sheet_of(newest_first, page, language, gaps)
        return replace(sheet, why=_why(page), links=[_leaving(page, gaps.stand_in("token"))])


def _why(page: Brand) -> str:
    return _("Somebody here asked %(page)s to tell this room.") % {"page": page.name}


def _leaving(page: Brand, token: str) -> Link:
    return Link(_("Change or stop this"), asking.own_url(page, "preferences", token))

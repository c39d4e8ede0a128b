"""The letter to the owners when a storm was held."""

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.announcements import message
from tocsin.catalogue import shelf
from tocsin.channels.sheet import BARS, Link, Sheet, paragraph
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements.published import Publication


def owe_alarm(said: Publication, *, at: datetime) -> None:
    """Ask every owner of the page to look at a held word."""
    for owner in access.owners(said.page_id):
        _owe(said, owner, at)


def _owe(said: Publication, owner: Operator, at: datetime) -> None:
    page = shelf.seen_by(said.audience_id)
    language = owner.language or page.language
    with translation.override(language):
        subject = message.subject_of(said, page, language)
        sheet = Sheet(
            language=language,
            sender=page.name,
            eyebrow=_("Held until somebody looks"),
            headline=_("Nobody is being told of no. %(number)d") % {"number": said.number},
            preview=_("Release it or drop it in the console."),
            blocks=[
                paragraph(
                    _(
                        "So many mails went out within minutes that this one was held, and what "
                        "follows it waits behind it. The page shows it already. Release it if "
                        "readers are to be told, or drop it."
                    )
                ),
                paragraph(subject),
            ],
            action=Link(_("Open the console"), f"{settings.TOCSIN.base_url}/console/"),
            bar=BARS["sev1"],
        )
        title = _("%(page)s: a notice is held") % {"page": page.name}
    letters.owe_sheet(f"held:{said.id}:{owner.id}", sheet, to=owner.email, subject=title, at=at)

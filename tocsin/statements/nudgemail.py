"""The letter of a reminder, in the language of whoever gets it."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from tocsin.catalogue.shelf import Brand
from tocsin.disclosure import times
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements.cadence import Owed
from tocsin.statements.models import Nudge, Step


def owe(row: Nudge, owed: Owed, operator: Operator, page: Brand, *, at: datetime) -> None:
    """Owe the letter of one reminder, inside its transaction."""
    with translation.override(operator.language):
        subject = subject_of(row, owed, page)
        sentences = list(_sentences(row, owed, page, operator.language, at=at))
        greeting = _("Hello %(name)s,") % {"name": operator.name}
        invitation = _("Say it here:")
    link = link_to(owed)
    letters.owe(
        f"nudge:{row.pk}",
        to=operator.email,
        subject=subject,
        text="\n\n".join([greeting, *sentences, f"{invitation}\n{link}"]) + "\n",
        html=_html([greeting, *sentences], invitation, link, operator.language),
        at=at,
        language=operator.language,
        sender_name="Tocsin",
    )


def link_to(owed: Owed) -> str:
    """Where the word is written."""
    return f"{settings.TOCSIN.base_url}{reverse('console:say', args=[owed.incident_id])}"


def subject_of(row: Nudge, owed: Owed, page: Brand) -> str:
    """The heart of it, for a list of mails on a phone."""
    told = {"page": page.name, "title": owed.title, "percent": row.percent}
    if row.step == Step.UNDER_WAY:
        return _("%(page)s: %(percent)d %% of the time for the next word: %(title)s") % told
    if row.step == Step.DUE:
        return _("%(page)s: the next word is due now: %(title)s") % told
    if row.step == Step.PAST:
        return _("%(page)s: a word is late: %(title)s") % told
    return _("%(page)s: a word is overdue: %(title)s") % told


def _sentences(
    row: Nudge, owed: Owed, page: Brand, language: str, *, at: datetime
) -> Iterator[str]:
    def spoken(moment: datetime) -> str:
        return times.spoken(moment, page.time_zone, language, now=at)

    told = {"title": owed.title, "by": spoken(owed.by), "overdue": spoken(owed.overdue_at)}
    yield (_of_first_word if owed.is_first else _of_next_word)(Step(row.step)) % told
    if not owed.is_first:
        yield _(
            "If nothing is new, say that: what you ruled out and what you try next keeps the "
            "word too."
        )


def _of_next_word(step: Step) -> str:
    if step == Step.UNDER_WAY:
        return _("“%(title)s”: readers were told that they hear from you again by %(by)s.")
    if step == Step.DUE:
        return _(
            "“%(title)s”: the word that readers were told to expect by %(by)s is due now. After "
            "%(overdue)s the page says that it is overdue."
        )
    if step == Step.PAST:
        return _(
            "“%(title)s”: readers were told that they hear again by %(by)s, and no word has come. "
            "After %(overdue)s the page says that it is overdue."
        )
    return _(
        "“%(title)s”: readers were told that they hear again by %(by)s, and no word has come. The "
        "page now says that it is overdue, and the next word opens by owning up to it."
    )


def _of_first_word(step: Step) -> str:
    if step == Step.UNDER_WAY:
        return _("“%(title)s”: the first word to readers is owed by %(by)s.")
    if step == Step.DUE:
        return _("“%(title)s”: the first word to readers is due now, by %(by)s.")
    return _("“%(title)s”: readers know nothing of it yet. The first word was owed by %(by)s.")


def _html(paragraphs: list[str], invitation: str, link: str, language: str) -> str:
    said = format_html_join("\n", "<p>{}</p>", ((paragraph,) for paragraph in paragraphs))
    return format_html(
        '<!doctype html><html lang="{}"><body>\n{}\n<p>{} <a href="{}">{}</a></p>\n</body></html>',
        language,
        said,
        invitation,
        link,
        link,
    )

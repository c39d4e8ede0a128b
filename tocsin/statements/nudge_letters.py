"""What a reminder says: by mail in the language of whoever gets it, and in the operators' chat."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue.shelf import Brand
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.people.models import Operator
from tocsin.post import letters
from tocsin.statements import operators_room
from tocsin.statements.cadence import Owed
from tocsin.statements.models import Nudge, Step


def owe(row: Nudge, owed: Owed, operator: Operator, page: Brand, *, at: datetime) -> None:
    """Owe the mail of one reminder, inside its transaction."""
    with translation.override(operator.language):
        sheet = _sheet(row, owed, page, operator.language, at=at)
        subject = f"{sheet.eyebrow} – {sheet.headline}"
    letters.owe_sheet(f"nudge:{row.pk}", sheet, to=operator.email, subject=subject, at=at)


def owe_in_chat(row: Nudge, owed: Owed, page: Brand, *, whose: list[str], at: datetime) -> None:
    """Owe one message to the operators' room, in the page's language; ``whose`` word it is."""
    with translation.override(page.language):
        sheet = _sheet(row, owed, page, page.language, whose=whose, at=at)
        operators_room.owe(f"nudge:{row.pk}", sheet, is_for_everyone=owed.is_for_everyone, at=at)


def _sheet(
    row: Nudge,
    owed: Owed,
    page: Brand,
    language: str,
    *,
    at: datetime,
    whose: list[str] | None = None,
) -> Sheet:
    told = _spoken(owed, page, language, at=at)
    said = (_of_first_word if owed.is_first else _of_next_word)(Step(row.step)) % told
    facts = [Fact(_("Whose word it is"), ", ".join(whose))] if whose else []
    return Sheet(
        language=language,
        sender=page.name,
        eyebrow=_eyebrow(row),
        headline=owed.title,
        preview=said,
        blocks=[paragraph(said), *map(paragraph, _advice(owed))],
        facts=facts,
        boxed=Fact(pgettext("owed", "Word owed by"), told["by"]),
        action=Link(_("Say it"), link_to(owed)),
        why=_("You get this because you owe this word, or lead those who do."),
        bar=BARS[owed.severity],
    )


def link_to(owed: Owed) -> str:
    """Where the word is written."""
    return f"{settings.TOCSIN.base_url}{reverse('console:say', args=[owed.incident_id])}"


def _spoken(owed: Owed, page: Brand, language: str, *, at: datetime) -> dict[str, str]:
    ends = {"by": owed.by, "overdue": owed.overdue_at}
    return {
        name: times.spoken(moment, page.time_zone, language, now=at)
        for name, moment in ends.items()
    }


def _eyebrow(row: Nudge) -> str:
    """How far it has come, for a list of mails on a phone."""
    if row.step == Step.UNDER_WAY:
        return _("%(percent)d %% of the time has passed") % {"percent": row.percent}
    if row.step == Step.DUE:
        return _("The word is due now")
    if row.step == Step.PAST:
        return _("The word is late")
    return _("The word is overdue")


def _of_next_word(step: Step) -> str:
    if step == Step.UNDER_WAY:
        return _("Readers were told that they hear from you again by %(by)s.")
    if step == Step.DUE:
        return _(
            "Readers were told that they hear from you again by %(by)s: that is now. After "
            "%(overdue)s the page says that the word is overdue."
        )
    if step == Step.PAST:
        return _(
            "Readers were told that they hear again by %(by)s, and no word has come. After "
            "%(overdue)s the page says that it is overdue."
        )
    return _(
        "Readers were told that they hear again by %(by)s, and no word has come. The page now "
        "says that it is overdue, and the next word opens by owning up to it."
    )


def _of_first_word(step: Step) -> str:
    if step == Step.UNDER_WAY:
        return _("The first word to readers is owed by %(by)s.")
    if step == Step.DUE:
        return _("The first word to readers is due now: it was owed by %(by)s.")
    return _("Readers know nothing of it yet. The first word was owed by %(by)s.")


def _advice(owed: Owed) -> Iterator[str]:
    if not owed.is_first:
        yield _(
            "If nothing is new, say that: what you ruled out and what you try next keeps the "
            "word too."
        )

"""What is written to those who are asked for their consent, and to whoever waits for it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.catalogue import languages, shelf
from tocsin.channels.message import BadAddress
from tocsin.channels.sheet import BARS, Fact, Link, Sheet, paragraph
from tocsin.disclosure import times
from tocsin.incidents import declaration
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters

if TYPE_CHECKING:
    from tocsin.statements.asking import Pending

# Spelt out, and tested: to look one up would import every screen, and at a deadline that is late.
ANSWER, SAY = "/console/answer/{}", "/console/incidents/{}/say"
SALT = "tocsin.statements.clearance"
WHOEVER = ""  # instead of an operator, in a link that answers for nobody
LONGEST = timedelta(days=60)  # no request is open for longer; the request itself says until when


def owe(told: "Pending", operator: Operator, *, at: datetime) -> None:
    """Owe one of those who are asked the mail about it, inside the request's transaction."""
    key = f"clearance:{told.request_id}:{operator.id}"
    with translation.override(operator.language):
        _owe(key, _sheet(told, operator, _("Your consent is asked for"), at=at), operator, at=at)


def remind(told: "Pending", operator: Operator, *, part: int, at: datetime) -> bool:
    """Owe the mail that says that so many percent of the time have passed; once."""
    key = f"clearance:{told.request_id}:{operator.id}:{part}"
    if letters.is_owed(key):
        return False
    with translation.override(operator.language):
        sheet = _sheet(told, operator, _("Your consent is still wanted"), at=at)
        return _owe(key, sheet, operator, at=at)


def _owe(key: str, sheet: Sheet, operator: Operator, *, at: datetime) -> bool:
    """Owe one of ours a letter. Whom no mail can reach finds it in the console: nobody waits."""
    subject = f"{sheet.eyebrow} – {sheet.headline}"
    try:
        return letters.owe_sheet(key, sheet, to=operator.email, subject=subject, at=at)
    except BadAddress:
        return False


def owe_answer(told: "Pending", said: str, *, at: datetime) -> None:
    """Owe the author the mail that says what became of a word, where they are one of ours."""
    author = access.operator_of(told.author_id)
    if author is None or not author.is_active:
        return
    with translation.override(author.language):
        sheet = Sheet(
            language=author.language,
            sender=shelf.brand(told.page_id).name,
            eyebrow=_("Your word was sent back"),
            headline=declaration.known_of(told.incident_id).title,
            preview=said,
            blocks=[paragraph(said), paragraph(_("Nothing was said. Your draft is where it was."))],
            facts=[],
            action=Link(_("Word it anew"), _url(SAY, told.incident_id)),
            why=_("You get this because you wrote this word."),
            bar=BARS[told.words.severity],
        )
        _owe(f"clearance:{told.request_id}:answer", sheet, author, at=at)


def owe_alarm(told: "Pending", operator: Operator, *, at: datetime) -> None:
    """Owe the mail that says that nobody answered, and that the policy lets nothing be said."""
    with translation.override(operator.language):
        said = _("Nobody answered in time, and the policy lets nothing be said meanwhile.")
        sheet = Sheet(
            language=operator.language,
            sender=shelf.brand(told.page_id).name,
            eyebrow=_("A word waits, and readers hear nothing"),
            headline=declaration.known_of(told.incident_id).title,
            preview=said,
            blocks=[paragraph(said)],
            facts=[Fact(_("It was written by"), told.requested_by)],
            action=Link(_("Look at it"), _url(SAY, told.incident_id)),
            why=_("You get this because you lead, or run the house."),
            bar=BARS[told.words.severity],
        )
        _owe(f"clearance:{told.request_id}:alarm:{operator.id}", sheet, operator, at=at)


def _sheet(told: "Pending", operator: Operator, eyebrow: str, *, at: datetime) -> Sheet:
    page = shelf.brand(told.page_id)
    due = times.spoken(told.due_at, page.time_zone, operator.language, now=at)
    asked = _("%(author)s asks for your consent to these words. It is wanted by %(due)s.") % {
        "author": told.requested_by,
        "due": due,
    }
    blocks = [paragraph(asked)]
    for code, layer in told.words.layers.items():
        named = languages.called(code, operator.language).name
        blocks += [paragraph(f"{named}: {layer.headline}"), paragraph(layer.body)]
    return Sheet(
        language=operator.language,
        sender=page.name,
        eyebrow=eyebrow,
        headline=declaration.known_of(told.incident_id).title,
        preview=asked,
        blocks=blocks,
        facts=[],
        boxed=Fact(pgettext("consent", "Wanted by"), due),
        action=Link(_("Read it and answer"), link_for(told, operator)),
        why=_("You get this because you hold the role that clears such words."),
        bar=BARS[told.words.severity],
    )


def link_for(told: "Pending", operator: Operator) -> str:
    """Where one of those who are asked answers, without signing in: for this request alone."""
    token = signing.dumps([told.request_id, operator.id], salt=SALT)
    return _url(ANSWER, token)


def link_in_room(told: "Pending") -> str:
    """Where a room that many read is led to: whoever follows it has to say who they are."""
    return _url(ANSWER, signing.dumps([told.request_id, WHOEVER], salt=SALT))


def read_link(token: str) -> tuple[int, str] | None:
    """(request, operator id or WHOEVER) of a link; None for what nobody of ours signed."""
    try:
        request_id, operator_id = signing.loads(token, salt=SALT, max_age=LONGEST)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(request_id), str(operator_id)


def _url(path: str, argument: str) -> str:
    return f"{settings.TOCSIN.base_url}{path.format(argument)}"

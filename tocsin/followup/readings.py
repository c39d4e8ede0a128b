"""Who is asked to read an account before it is published, and what they say of it.

A comment that nobody answered stays open. It is counted where the account is published, and never
keeps it from being: whoever comments has no veto, and whoever publishes cannot say they saw none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation as speech
from django.utils.translation import gettext as _

from tocsin.catalogue import shelf
from tocsin.channels.message import BadAddress
from tocsin.channels.sheet import BARS, Link, Sheet, paragraph
from tocsin.followup import accounts
from tocsin.followup.accounts import CannotAccount, Kept
from tocsin.followup.models import AccountNote, NoteKind
from tocsin.incidents import declaration, locking
from tocsin.incidents.declaration import Known
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access
from tocsin.people.models import Operator
from tocsin.post import letters

LONGEST = 4000  # characters of a comment


@dataclass(frozen=True, slots=True)
class Note:
    """A comment or an answer to one, by whom and of which revision."""

    number: int
    revision: int
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with what was answered; open while nothing was."""

    said: Note
    answers: tuple[Note, ...]

    @property
    def is_open(self) -> bool:
        return not self.answers


@transaction.atomic
def ask(incident_id: str, operator: Operator, *, by: Actor, at: datetime) -> bool:
    """Ask somebody who sees the page to read the account; once for each revision.

    Answers whether they were asked anew. Raises CannotAccount, NotAllowed.
    """
    known, kept = _kept(incident_id)
    access.check(by, "draft", known.page_id)
    if not access.may(operator, "see", known.page_id):
        raise CannotAccount(f"{operator.name} does not see this page. An owner can let them in.")
    asked = {"kind": NoteKind.ASKED, "revision": kept.number, "whom_id": operator.id}
    if AccountNote.objects.filter(incident_id=incident_id, **asked).exists():
        return False
    _note(known, kept, NoteKind.ASKED, whom=operator, by=by, at=at)
    key = f"account-ask:{incident_id}:{kept.number}:{operator.id}"
    _tell(key, operator, known, _asking, text="", by=by, at=at)
    return True


@transaction.atomic
def comment(incident_id: str, text: str, *, by: Actor, at: datetime) -> int:
    """Say something of the account as it stands; answers its number. Whoever kept it is told.

    Raises CannotAccount, NotAllowed.
    """
    known, kept = _kept(incident_id)
    access.check(by, "see", known.page_id)
    number = _note(known, kept, NoteKind.COMMENT, text=_said(text), by=by, at=at)
    asking = AccountNote.objects.filter(incident_id=incident_id, kind=NoteKind.ASKED)
    whom = {kept.by_id, *asking.values_list("by_id", flat=True)} - {by.id}
    for operator in filter(None, map(access.operator_of, sorted(whom))):
        if operator.is_active and access.may(operator, "see", known.page_id):
            key = f"account-comment:{incident_id}:{number}:{operator.id}"
            _tell(key, operator, known, _commenting, text=text, by=by, at=at)
    return number


@transaction.atomic
def answer(incident_id: str, number: int, text: str, *, by: Actor, at: datetime) -> int:
    """Answer a comment; it is open no longer. Raises CannotAccount, NotAllowed."""
    known, kept = _kept(incident_id)
    access.check(by, "draft", known.page_id)
    if number not in {one.said.number for one in comments_of(incident_id)}:
        raise CannotAccount(f"There is no comment {number} on this account.")
    return _note(known, kept, NoteKind.ANSWER, about=number, text=_said(text), by=by, at=at)


def comments_of(incident_id: str) -> list[Comment]:
    """What was said of an account of whichever revision, oldest first."""
    rows = list(AccountNote.objects.filter(incident_id=incident_id).order_by("number"))
    return [
        Comment(
            _told(row),
            tuple(_told(one) for one in rows if one.about == row.number),
        )
        for row in rows
        if row.kind == NoteKind.COMMENT
    ]


def asked_of(incident_id: str) -> list[tuple[str, int, datetime]]:
    """Who was asked to read, which revision, and when; oldest first."""
    rows = AccountNote.objects.filter(incident_id=incident_id, kind=NoteKind.ASKED)
    return [(row.whom_name, row.revision, row.at) for row in rows.order_by("number")]


def open_of(incident_id: str) -> int:
    """How many comments nobody has answered."""
    return sum(one.is_open for one in comments_of(incident_id))


def _kept(incident_id: str) -> tuple[Known, Kept]:
    """The incident, locked, and the account that is kept of it."""
    locking.lock([incident_id])
    kept = accounts.kept(incident_id)
    if kept is None:
        raise CannotAccount("No account was written down yet. Keep a version first.")
    return declaration.known_of(incident_id), kept


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST:
        raise CannotAccount(f"Say it in at least a word and at most {LONGEST} characters.")
    return said


def _note(
    known: Known,
    kept: Kept,
    kind: NoteKind,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    about: int = 0,
    whom: Operator | None = None,
) -> int:
    last = AccountNote.objects.filter(incident_id=known.id).order_by("-number").first()
    number = last.number + 1 if last else 1
    AccountNote.objects.create(
        incident_id=known.id,
        number=number,
        kind=kind,
        revision=kept.number,
        about=about,
        whom_id=whom.id if whom else "",
        whom_name=whom.name if whom else "",
        text=text,
        at=at,
        by_id=by.id,
        by_name=str(by),
    )
    chain.note(
        f"followup:account:{kind}",
        by=by,
        at=at,
        subject=("incident", known.id),
        page=known.page_id,
        number=number,
        revision=kept.number,
    )
    return number


def _told(row: AccountNote) -> Note:
    return Note(row.number, row.revision, row.text, row.at, row.by_name)


def _asking(by: Actor) -> tuple[str, str, str]:
    return (
        _("You are asked to read an account"),
        _("%(name)s asks you to read it, and to say what is wrong or missing.") % {"name": by},
        _("You get this because %(name)s named you.") % {"name": by},
    )


def _commenting(by: Actor) -> tuple[str, str, str]:
    return (
        _("A comment on an account"),
        _("%(name)s says:") % {"name": by},
        _("You get this because you wrote the account, or asked for it to be read."),
    )


def _tell(
    key: str,
    operator: Operator,
    known: Known,
    kind: Callable[[Actor], tuple[str, str, str]],
    *,
    text: str,
    by: Actor,
    at: datetime,
) -> None:
    """Owe one mail. Whom none can reach finds it in the console."""
    page = shelf.seen_by(known.audience_id)
    path = reverse("console:account", args=[known.id])
    with speech.override(operator.language):
        eyebrow, said, why = kind(by)
        sheet = Sheet(
            language=operator.language,
            sender=page.name,
            eyebrow=eyebrow,
            headline=known.title,
            preview=said,
            blocks=[paragraph(said), *([paragraph(text)] if text else [])],
            facts=[],
            boxed=None,
            action=Link(_("Read the account"), f"{settings.TOCSIN.base_url}{path}"),
            why=why,
            bar=BARS[known.severity],
        )
    try:
        letters.owe_sheet(
            key, sheet, to=operator.email, subject=f"{eyebrow} – {known.title}", at=at
        )
    except BadAddress:
        return

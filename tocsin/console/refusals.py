"""What each refusal means at this door: a status, and the sentences to show.

NotHere     nothing goes by that address
Unread      what stands in a form cannot be read; carries every sentence
"""

from django.utils.translation import gettext as _

from tocsin.announcements.admissions import CannotAdmit
from tocsin.announcements.audience import CannotSubscribe, UnknownLink
from tocsin.announcements.importing import BrokenRows
from tocsin.announcements.ledger import CannotRelease
from tocsin.catalogue.shelf import CannotKeep, NotFound
from tocsin.console.echoes import echoed
from tocsin.console.labels import ELEMENTS
from tocsin.disclosure import library
from tocsin.disclosure.wording import BlankLeft
from tocsin.followup.accounts import CannotAccount
from tocsin.followup.evidence.bundling import CannotProve
from tocsin.followup.pledges import CannotPromise, NoLongerOpen, NoPromise
from tocsin.incidents.declaration import (
    AlreadyResolved,
    CannotDeclare,
    NotResolved,
    UnknownIncident,
)
from tocsin.incidents.drafted import AlreadySettled, CannotSettle, Grown, NoDraftedIncident
from tocsin.incidents.reporting import CannotReport
from tocsin.people.access import NotAllowed, WeakPassword
from tocsin.statements.answers import Answered, CannotAnswer, NotWaiting
from tocsin.statements.clearance import CannotClear
from tocsin.statements.coaching import CannotWave
from tocsin.statements.corrections import CannotCorrect
from tocsin.statements.drafting import CannotDraft, Overtaken, UnknownDraft
from tocsin.statements.ending import NotWhole
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.progress import CannotTell
from tocsin.statements.publication import CannotPublish, NotCleared
from tocsin.statements.redaction import CannotRedact
from tocsin.statements.sheets import CannotSign
from tocsin.statements.translation import CannotTranslate
from tocsin.watch.hooks import CannotHook, NoHook


class NotHere(Exception):
    """Nothing goes by that address."""


class Unread(Exception):
    """What was typed cannot be read; ``sentences`` say what to mend."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


# From the particular to the general: the first that fits gives the status.
STATUS: dict[type[Exception], int] = {
    NotHere: 404,
    NotFound: 404,
    UnknownIncident: 404,
    UnknownLink: 404,
    NoDraftedIncident: 404,
    NoHook: 404,
    WeakPassword: 422,
    NotAllowed: 403,
    Overtaken: 409,
    UnknownDraft: 409,
    AlreadyResolved: 409,
    NotResolved: 409,
    AlreadySettled: 409,
    Grown: 409,
    NotCleared: 409,
    NotWaiting: 404,
    Answered: 409,
    CannotRelease: 409,
    NoPromise: 404,
    NoLongerOpen: 409,
    Unread: 422,
    NotFitToSay: 422,
    BlankLeft: 422,
    BrokenRows: 422,
    CannotSubscribe: 422,
    CannotAdmit: 422,
    CannotKeep: 422,
    CannotDeclare: 422,
    CannotReport: 422,
    CannotSign: 422,
    CannotDraft: 422,
    CannotClear: 422,
    CannotWave: 422,
    NotWhole: 422,
    CannotAnswer: 422,
    CannotPublish: 422,
    CannotTranslate: 422,
    CannotCorrect: 422,
    CannotRedact: 422,
    CannotSettle: 422,
    CannotHook: 422,
    CannotProve: 422,
    CannotPromise: 422,
    CannotAccount: 422,
    CannotTell: 422,
}
REFUSED = tuple(STATUS)
FAULTS_SHOWN = 50


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def sentences_of(error: Exception, language: str = "en") -> list[str]:
    """What to tell the operator, a sentence each."""
    if isinstance(error, NotFitToSay):
        return [echoed(finding) for finding in error.findings]
    if isinstance(error, NotWhole):
        unsaid = [str(ELEMENTS[element]) for element in error.lacking]
        told = {"lacking": "; ".join(unsaid)}
        return [
            _("Readers still wait for: %(lacking)s.") % told,
            _("Say it; or say below why this word goes out without it."),
        ]
    if isinstance(error, CannotPromise | CannotAccount):
        return [echoed(fault) for fault in error.faults]
    if isinstance(error, Unread):
        return error.sentences
    if isinstance(error, BrokenRows):
        return [_line(line, what) for line, what in error.faults[:FAULTS_SHOWN]]
    if isinstance(error, BlankLeft):
        named = (library.form(name, language).label for name in error.names)
        labels = ", ".join(_("“%(name)s”") % {"name": name} for name in named)
        return [_("Still to be filled: %(labels)s.") % {"labels": labels}]
    return [echoed(str(error).split("\n", 1)[0])]


def _line(line: int, what: str) -> str:
    return _("Line %(line)d: %(what)s") % {"line": line, "what": echoed(what)}

"""Every error that a command may meet and has a sentence for, in one place."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, DataError, OperationalError

from tocsin.announcements.admissions import CannotAdmit
from tocsin.announcements.audience import CannotSubscribe
from tocsin.announcements.importing import BrokenRows
from tocsin.announcements.ledger import CannotRelease
from tocsin.catalogue.shelf import CannotKeep
from tocsin.disclosure.coach.lexicon import BadLexicon
from tocsin.disclosure.policy import BadPolicy
from tocsin.disclosure.starting.answers import BadAnswers
from tocsin.disclosure.wording import BlankLeft
from tocsin.followup.accounts import CannotAccount
from tocsin.followup.downtime import NoDowntime
from tocsin.followup.evidence.box import NoBundle
from tocsin.followup.evidence.bundling import CannotProve
from tocsin.followup.pledges import CannotPromise
from tocsin.incidents.declaration import CannotDeclare
from tocsin.incidents.drafted import CannotSettle
from tocsin.incidents.reporting import BadClocks, CannotReport
from tocsin.moving.applying.reading import BadFile
from tocsin.moving.applying.work import CannotApply
from tocsin.moving.arrivals.cargo import CannotArrive
from tocsin.moving.leaving.departing import CannotLeave
from tocsin.moving.leaving.returning import CannotReturn
from tocsin.page.site import NotPublic
from tocsin.people.access import NotAllowed
from tocsin.rehearse.demo import NotOurs
from tocsin.rehearse.drills.ground import CannotDrill
from tocsin.rehearse.playing import CannotPlay
from tocsin.rehearse.scenario import BadScenario, NoScenario
from tocsin.statements.answers import CannotAnswer
from tocsin.statements.clearance import CannotClear
from tocsin.statements.corrections import CannotCorrect
from tocsin.statements.drafting import CannotDraft
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.progress import CannotTell
from tocsin.statements.publication import CannotPublish, NotCleared
from tocsin.statements.redaction import CannotRedact
from tocsin.statements.sheets import CannotSign
from tocsin.statements.translation import CannotTranslate
from tocsin.watch.hooks import CannotHook

# Each folder's family: their messages are sentences already.
FAMILIES = (
    NotAllowed,
    CannotKeep,
    CannotDeclare,
    CannotReport,
    BadClocks,
    BadFile,
    CannotApply,
    CannotArrive,
    CannotLeave,
    CannotReturn,
    CannotProve,
    NoBundle,
    CannotSettle,
    CannotHook,
    CannotDraft,
    NotFitToSay,
    BlankLeft,
    BadPolicy,
    BadAnswers,
    BadLexicon,
    CannotSign,
    CannotClear,
    CannotAnswer,
    CannotCorrect,
    CannotRedact,
    NotCleared,
    CannotPublish,
    CannotPromise,
    CannotAccount,
    NoDowntime,
    CannotTell,
    CannotTranslate,
    CannotSubscribe,
    CannotAdmit,
    NotPublic,
    BrokenRows,
    CannotRelease,
    NotOurs,
    CannotDrill,
    BadScenario,
    NoScenario,
    CannotPlay,
    ImproperlyConfigured,
)
NOT_SET_UP = ("no such table", "no such column", "does not exist")


def sentence(error: Exception) -> str | None:
    """What to tell the operator; None for what nobody anticipated."""
    if isinstance(error, FAMILIES):
        return str(error)
    if isinstance(error, DatabaseError):
        return _of_database(error)
    if isinstance(error, UnicodeEncodeError):  # what a shell passes on that is no text
        return "A word holds bytes that are not UTF-8 text. Type it again, or say it with `-`."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be used: {error.strerror}."
    return None


def _of_database(error: DatabaseError) -> str | None:
    told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if any(sign in told for sign in NOT_SET_UP):
        return "The database isn't set up yet. `tocsin serve` does it at its start; run it once."
    if isinstance(error, DataError):
        return f"The database refuses a value: {told}. Say it in fewer words."
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {told}. `tocsin doctor` looks into it."
    return None

"""What each refusal means at this door: a status, and sentences in both places that clients read.

Refused         carries a status of its own
├── Missing     404: nothing goes by that id
└── Unread      422: what was sent cannot be understood; a sentence for each fault
"""

from collections.abc import Mapping, Sequence

from django.http import JsonResponse
from django.utils.translation import override

from tocsin.announcements.admissions import CannotAdmit
from tocsin.announcements.audience import CannotSubscribe
from tocsin.catalogue.shelf import CannotKeep, NotFound
from tocsin.disclosure.wording import BlankLeft
from tocsin.followup.pledges import CannotPromise, NoLongerOpen, NoPromise
from tocsin.incidents.declaration import AlreadyResolved, CannotDeclare, UnknownIncident
from tocsin.incidents.plans import TooLate
from tocsin.people.access import NotAllowed
from tocsin.statements.clearance import CannotClear
from tocsin.statements.corrections import CannotCorrect
from tocsin.statements.drafting import CannotDraft, Overtaken, UnknownDraft
from tocsin.statements.fitness import NotFitToSay
from tocsin.statements.progress import CannotTell
from tocsin.statements.publication import CannotPublish, NotCleared
from tocsin.statements.translation import CannotTranslate
from tocsin.watch.metrics import CannotMeasure, NoMetric


class Refused(Exception):
    """The call is refused; ``status`` is the answer's."""

    status = 400

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status or self.status


class Missing(Refused):
    status = 404

    def __init__(self, sentence: str = "Not found") -> None:
        super().__init__(sentence)


class Unread(Refused):
    status = 422

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


# From the particular to the general: the first that fits gives the status.
STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    UnknownIncident: 404,
    NoMetric: 404,
    NoPromise: 404,
    NotAllowed: 403,
    Overtaken: 409,
    UnknownDraft: 409,
    AlreadyResolved: 409,
    TooLate: 409,
    NotCleared: 409,
    NoLongerOpen: 409,
    NotFitToSay: 422,
    BlankLeft: 422,
    CannotKeep: 422,
    CannotDeclare: 422,
    CannotDraft: 422,
    CannotClear: 422,
    CannotPublish: 422,
    CannotTranslate: 422,
    CannotCorrect: 422,
    CannotSubscribe: 422,
    CannotAdmit: 422,
    CannotMeasure: 422,
    CannotPromise: 422,
    CannotTell: 422,
}
REFUSED: tuple[type[Exception], ...] = (Refused, *STATUS)


def answer(error: Exception) -> JsonResponse:
    """The answer to a refused call."""
    if isinstance(error, Refused):
        sentences = error.sentences if isinstance(error, Unread) else [str(error)]
        return told(error.status, sentences)
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    if status == 404:
        return told(404, ["Not found"])
    with override("en"):
        found = _sentences(error)
    return told(status, found)


def _sentences(error: Exception) -> Sequence[str]:
    if isinstance(error, NotFitToSay):
        return error.findings
    return error.faults if isinstance(error, CannotPromise) else [str(error)]


def told(
    status: int, sentences: Sequence[str], headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """``error`` is what clients read, a list where they expect one; ``message`` is the schema's."""
    error = list(sentences) if status == 422 else " ".join(sentences)
    body = {"error": error, "message": " ".join(sentences)}
    return JsonResponse(body, status=status, headers=headers)

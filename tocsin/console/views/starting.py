"""Ten questions on a screen, and the first policy that their answers write. Adopts nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.console.door import Visit, operators_only, screen
from tocsin.console.echoes import echoed
from tocsin.disclosure import explaining
from tocsin.disclosure import policy as policies_read
from tocsin.disclosure.consent import CASES
from tocsin.disclosure.starting import answers, drafting, words
from tocsin.disclosure.starting.answers import QUESTIONS, SEVERAL, USUAL, BadAnswers, Field
from tocsin.people import access

LONGEST = 100  # of what is typed; longer is no answer to any of these


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the form asks it. ``choices``: (answer, meaning, whether it is chosen)."""

    name: str
    number: int
    asked: str
    hint: str
    choices: tuple[tuple[str, str, bool], ...]
    takes_several: bool
    none: str
    typed: str
    fault: str = ""


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask; show what the answers write, ready to be adopted on the policy's own screen."""
    page = visit.page
    access.check(visit.by, "see", page.id)
    if request.method != "POST":
        return _asked(request, visit, _usual(Field.SOFTWARE))
    told = _told(request)
    if request.POST.get("do") == "usual":
        return _asked(request, visit, _usual(_field(told["field"])))
    try:
        kept = answers.typed(told)
    except BadAnswers as error:
        faults = {QUESTIONS[fault.line - 1]: echoed(fault.sentence) for fault in error.faults}
        return _asked(request, visit, told, faults=faults)
    return _written(request, visit, told, drafting.written(kept, visit.language))


def _told(request: HttpRequest) -> dict[str, str]:
    """What stands in the form; what is left empty there means none."""
    told = {}
    for question in QUESTIONS:
        given = [text[:LONGEST] for text in request.POST.getlist(question) if text.strip()]
        told[question] = ",".join(given) or SEVERAL.get(question, answers.NONE)
    return told


def _field(told: str) -> Field:
    return Field(told) if told in list(Field) else Field.SOFTWARE


def _usual(field: Field) -> dict[str, str]:
    return {question: USUAL[field].said(question).strip("[]") for question in QUESTIONS}


def _questions(told: Mapping[str, str], faults: Mapping[str, str], language: str) -> list[Question]:
    return [
        Question(
            name=name,
            number=number,
            asked=words.asked(name, language),
            hint=words.hint(name, language),
            choices=_choices(name, told[name], language),
            takes_several=name in SEVERAL,
            none=words.none_of(name, language) if name in SEVERAL else "",
            typed="" if told[name] == answers.NONE else told[name],
            fault=faults.get(name, ""),
        )
        for number, name in enumerate(QUESTIONS, start=1)
    ]


def _choices(name: str, told: str, language: str) -> tuple[tuple[str, str, bool], ...]:
    chosen = {part.strip() for part in told.split(",")}
    meanings = words.choices(name, language)
    return tuple((answer, meant, answer in chosen) for answer, meant in meanings.items())


def _asked(
    request: HttpRequest,
    visit: Visit,
    told: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
) -> HttpResponse:
    context = {
        "questions": _questions(told, faults or {}, visit.language),
        "sentences": [_("Some answers cannot be used. What to mend stands beside them.")]
        if faults
        else [],
    }
    status = 422 if faults else 200
    return screen(request, visit, "policy_start", context, page=visit.page, status=status)


def _written(
    request: HttpRequest, visit: Visit, told: Mapping[str, str], text: str
) -> HttpResponse:
    read = policies_read.read(text)
    context = {
        "questions": _questions(told, {}, visit.language),
        "text": text,
        "cases": [(case, explaining.sheet_of(read, case, visit.language)) for case in CASES],
        "may_adopt": visit.may("pages:write", visit.page.id),
    }
    return screen(request, visit, "policy_started", context, page=visit.page)

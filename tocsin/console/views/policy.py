"""The page's policy: what is in force, what a changed file would say, and who adopted what."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tocsin.console import labels
from tocsin.console.door import Visit, at_page, operators_only, screen
from tocsin.console.views.sheets import told_of
from tocsin.disclosure import policy as reading
from tocsin.disclosure.coach.values import Allowed
from tocsin.disclosure.consent import Consent, Fallback, Reviewer, Spoken
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.policy import AT_WORK, BadPolicy
from tocsin.people import access
from tocsin.statements import policies

LONGEST = 70_000  # what is longer is refused by the reader, which says so


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the policy in force; try a changed one, or adopt it."""
    page = visit.page
    access.check(visit.by, "see", page.id)
    if request.method != "POST":
        return _shown(request, visit)
    text = request.POST.get("text", "")[:LONGEST].replace("\r\n", "\n")
    try:
        told = reading.read(text)
        if request.POST.get("do") != "adopt":
            return _shown(request, visit, text=text, told=told)
        before = policies.adopted(page.id)
        kept = policies.adopt(page.id, text, by=visit.by, at=visit.at)
    except BadPolicy as error:
        return _shown(request, visit, text=text, error=error)
    if kept == before:
        messages.info(request, _("That is in force already; nothing was changed."))
    else:
        done = _("Policy no. %(number)d is in force. What was promised already stays.")
        messages.success(request, done % {"number": kept.number})
    return HttpResponseRedirect(reverse("console:policy") + at_page(visit, page))


def _shown(
    request: HttpRequest,
    visit: Visit,
    *,
    text: str | None = None,
    told: reading.Policy | None = None,
    error: BadPolicy | None = None,
) -> HttpResponse:
    kept = policies.adopted(visit.page.id)
    shown = told or reading.read(kept.text)
    context = {
        "kept": kept,
        "text": kept.text if text is None else text,
        "is_trial": told is not None,
        "policy": shown,
        "paces": [
            (severity, pace, [(phase, pace.next_word[phase]) for phase in AT_WORK])
            for severity, pace in shown.paces.items()
        ],
        "watching": Phase.MONITORING,
        "asked": [
            (case, _asks(told)) for case, told in shown.consents.items() if told.asks_anybody
        ],
        "faults": error.faults if error else (),
        "history": policies.history(visit.page.id),
        "sheet": told_of(visit, visit.page),
        "may_adopt": visit.may("pages:write", visit.page.id),
    }
    status = 422 if error else 200
    return screen(request, visit, "policy", context, page=visit.page, status=status)


def _asks(told: Consent) -> dict[str, object]:
    """Whose consent one case asks for, with the kinds of word where not all of them are."""
    by_role: dict[Reviewer, list[str]] = {}
    for spoken, whom in told.asks.items():
        by_role.setdefault(whom, []).append(str(labels.SPOKEN[spoken]))
    is_same = len(by_role) == 1 and len(told.asks) == len(Spoken)
    limits = {
        Allowed.FACTS_ONLY: _("What owns up or admits liability needs Legal."),
        Allowed.FACTS_AND_OWNERSHIP: _("What admits liability needs Legal."),
    }
    return {
        "roles": [(whom, [] if is_same else kinds) for whom, kinds in by_role.items()],
        "within": told.within,
        "is_held": told.falls_back == Fallback.HOLDING,
        "limit": limits.get(told.allowed, "") if told.allowed else "",
    }

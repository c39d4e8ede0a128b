"""Parse, call one verb, render. A GET changes nothing, so a scanner that follows links may."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tocsin.announcements import asking, audience, reach, readers, throttle
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import CannotSubscribe, Choice, ShutOut, UnknownLink
from tocsin.announcements.readers import Subscriber
from tocsin.disclosure.severity import Severity
from tocsin.subscribe import gate, ways, wishes
from tocsin.subscribe.visit import Visit, shown, visit_of
from tocsin.subscribe.ways import Reached

EVERYTHING = Choice()


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@gate.let_in
def sign_up(request: HttpRequest, circle: str = "") -> HttpResponse:
    """Ask to be told; the answer is the same whether the address is known or not."""
    visit = visit_of(request, circle=circle)
    if request.method != "POST":
        return _form(visit, choice=wishes.asked_for(visit.page, request.GET))
    with translation.override(visit.language):
        try:
            choice = wishes.choice_of(request.POST, language=visit.language)
            reached = ways.posted(request)
            if asked_too_often(visit):
                return _form(visit, error=too_often(), choice=choice, status=429)
        except CannotSubscribe as error:
            return _form(visit, error=_(str(error)), status=400)
        try:
            ask(visit, reached, choice)
        except CannotSubscribe as error:
            return _form(visit, error=_(str(error)), choice=choice, status=400)
    response = HttpResponseRedirect(_there(visit, "check_your_mail"))
    response.status_code = 303
    return response


def asked_too_often(visit: Visit) -> bool:
    """Whether this machine asks too often."""
    return throttle.is_too_many("machine", visit.machine, at=visit.at)


def ask(visit: Visit, reached: Reached, choice: Choice, *, source: str = "sign-up") -> None:
    """Take a sign-up; whoever is asked too often is passed over in silence.

    For a machine, that is the mailbox of whoever answers for it too. Raises CannotSubscribe.
    """
    audience.checked(visit.page, choice)
    audience.check_let_in(visit.page, reached.channel, reached.address)
    asked = [f"{visit.page.audience_id}:{one}" for one in (reached.address, reached.contact) if one]
    too_many = [throttle.is_too_many("address", one, at=visit.at) for one in asked]  # counts each
    if any(too_many):
        return
    audience.subscribe(
        visit.page.id,
        audience=visit.page.audience_id,
        address=reached.address,
        channel=reached.channel,
        contact=reached.contact,
        format=reached.format,
        choice=choice,
        source=source,
        at=visit.at,
    )


def too_often() -> str:
    """What a machine that asks too often is told."""
    return _("Too many sign-ups came from where you are. Try again in an hour.")


def _there(visit: Visit, name: str) -> str:
    kept = {
        key: value
        for key, value in (("by", ways.chosen_by(visit.request)), ("lang", visit.language))
        if visit.request.GET.get(key)
    }
    query = f"?{urlencode(kept)}" if kept else ""
    return visit.root + reverse(f"subscribe:{name}") + query


def _form(
    visit: Visit, *, error: str = "", choice: Choice = EVERYTHING, status: int = 200
) -> HttpResponse:
    with translation.override(visit.language):
        return shown(
            visit,
            "sign_up",
            status=status,
            error=error,
            email=visit.request.POST.get("email", "") or _own_address(visit),
            endpoint=visit.request.POST.get("endpoint", ""),
            formats=ways.formats(visit.request.POST.get("format") or Format.STANDARD),
            **_ways(visit),
            **_choices(visit, choice, choice.language or visit.language),
        )


def _ways(visit: Visit) -> dict[str, object]:
    found = ways.ways(visit.page, ways.chosen_by(visit.request))
    return {"ways": found, "way": next((way for way in found if way.is_chosen), found[0])}


def _own_address(visit: Visit) -> str:
    """The address that a reader was let in by: the only one that they can be told at."""
    entry = gate.entry(visit)
    return entry.guest.address if entry and entry.guest else ""


def _choices(visit: Visit, choice: Choice, language: str) -> dict[str, object]:
    return {
        "branches": wishes.branches(visit.page, visit.language, set(choice.components)),
        "follows_some": bool(choice.components),
        "severities": wishes.severities(choice.minimum_severity or Severity.SEV4),
        "languages": wishes.languages(visit.page, language),
    }


@require_http_methods(["GET", "HEAD"])
@gate.let_in
def check_your_mail(request: HttpRequest, circle: str = "") -> HttpResponse:
    """What comes after a sign-up, whatever the address."""
    visit = visit_of(request, circle=circle)
    with translation.override(visit.language):
        way = _ways(visit)["way"]
    return shown(visit, "check_your_mail", way=way)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, and what it does."""
    known = readers.by_asking_token(token)
    visit = visit_of(request, reader=known)
    if known is None:
        return _unknown(visit)
    if not reach.may_confirm(known.id):
        return _shut_out(visit, known)
    incident = _incident(visit, known)
    if request.method != "POST":
        return shown(visit, "confirm", reader=known, incident=incident)
    try:
        reader = audience.confirm(token, at=visit.at)
    except UnknownLink:
        return _unknown(visit)
    except ShutOut:
        return _shut_out(visit, known)
    secret, names = audience.reveal_secret(reader.token, at=visit.at), _names(visit, reader)
    return shown(visit, "confirmed", reader=reader, names=names, incident=incident, secret=secret)


def _incident(visit: Visit, reader: Subscriber) -> str:
    """What the one incident is called that a reader follows; empty for a reader of the page."""
    return asking.name_of(reader.audience_id, reader.about, visit.language)


def _names(visit: Visit, reader: Subscriber) -> list[str]:
    return list(wishes.names_of(visit.page, visit.language, reader.components))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What a reader hears of, and changing it."""
    reader = readers.by_token(token)
    visit = visit_of(request, reader=reader)
    if reader is None or reader.unsubscribed_at:
        return _unknown(visit)
    if not reach.may_confirm(reader.id):
        return _shut_out(visit, reader)
    if request.method == "POST" and "renew" in request.POST and reader.format:
        return _renewed(visit, reader)
    error, is_saved = "", False
    if request.method == "POST":
        with translation.override(visit.language):
            try:
                choice = wishes.choice_of(request.POST, language=reader.language)
                wanted = request.POST.get("format", "") if reader.format else ""
                reader = audience.prefer(token, choice, at=visit.at, format=wanted)
                visit, is_saved = visit_of(request, reader=reader), True
            except CannotSubscribe as refused:
                error = _(str(refused))
    return _preferences(visit, reader, error=error, is_saved=is_saved)


def _renewed(visit: Visit, reader: Subscriber) -> HttpResponse:
    """A new secret, shown here and never again."""
    secret = audience.renew_secret(reader.token, at=visit.at)
    return shown(visit, "secret", reader=reader, secret=secret)


def _preferences(visit: Visit, reader: Subscriber, *, error: str, is_saved: bool) -> HttpResponse:
    choice = Choice(reader.components, reader.minimum_severity, reader.language)
    with translation.override(visit.language):
        return shown(
            visit,
            "preferences",
            status=400 if error else 200,
            reader=reader,
            error=error,
            is_saved=is_saved,
            incident=_incident(visit, reader),
            formats=ways.formats(reader.format),
            **_choices(visit, choice, reader.language),
        )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Leave: by the button, or by a mail program's one click (RFC 8058), which is the same POST."""
    reader = readers.by_token(token)
    visit = visit_of(request, reader=reader)
    if reader is None:
        return _unknown(visit)
    if request.method == "POST":
        reader = audience.unsubscribe(token, at=visit.at)
    if reader.unsubscribed_at:
        return shown(visit, "unsubscribed")
    return shown(visit, "unsubscribe", reader=reader, incident=_incident(visit, reader))


def _shut_out(visit: Visit, reader: Subscriber) -> HttpResponse:
    """What an old link shows of a page that was closed since: nothing that is inside."""
    return shown(visit, "shut_out", status=403, reader=reader)


def _unknown(visit: Visit) -> HttpResponse:
    return shown(visit, "unknown_link", status=404)

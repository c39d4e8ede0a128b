"""Trouble that was noticed only when it was over: told once, opened and closed in one word (T-20).

It says itself that it comes late, so no measure of how fast we speak counts it; the bars do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tocsin.catalogue import languages, shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.disclosure import library, times, wording
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.posture import SIDE_OF, Posture
from tocsin.disclosure.severity import Indicator, Severity
from tocsin.incidents import declaration
from tocsin.incidents.declaration import Known
from tocsin.journal.actors import Actor
from tocsin.statements import clearance, drafting, spoken
from tocsin.statements.drafting import CannotDraft
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.spoken import Spoken
from tocsin.statements.values import Layer, Retrospective, Words

TEMPLATE = library.template("T-20")
UNDATED = library.template("T-20-day")  # nobody knows how long it took: only when it was


@transaction.atomic
def tell(
    page_id: str,
    *,
    title: str,
    components: Mapping[str, State],
    since: datetime,
    until: datetime,
    layers: Mapping[str, Layer],
    by: Actor,
    at: datetime,
    severity: Severity | None = None,
    posture: Posture = Posture.UNKNOWN,
    is_security: bool = False,
    found_at: datetime | None = None,
    zone: str = "",
    names: Mapping[str, str] | None = None,
    audience: str = "",
    announces: bool = True,
    impact: Indicator | None = None,
) -> Spoken:
    """Tell of trouble that is over: what it was, and that we did not say so at the time.

    Where ``until`` is ``since``, nobody knows how long it took, and no times are told.
    ``layers`` hold what is said beside T-20's opening, by language; ``found_at`` is when it was
    noticed, else now; ``impact`` is as in ``word.Saying``. Raises CannotDeclare, CannotDraft,
    NotFitToSay, ``NotAllowed``; then nothing was opened.
    """
    if until > at:
        raise CannotDraft("It is not over yet. Declare it as it is.")
    known = declaration.declare(
        page_id,
        title=title,
        components=components,
        severity=severity,
        posture=posture,
        is_security=is_security,
        started_at=since,
        detected_at=found_at or at,
        zone=zone,
        audience=audience,
        as_told=impact is not None,
        by=by,
        at=at,
    )
    then = Retrospective(dict(known.impacts), found_at or at)
    known = declaration.resolve(known.id, ended_at=until, zone=zone, by=by, at=at)
    words = _words(known, layers, names or {}, then, since=since, until=until)
    words = replace(words, impact_told=impact)
    draft = drafting.open_draft(known.id, by=by, at=at)
    draft = drafting.revise(draft.id, words, follows=draft.revision, by=by, at=at)
    granted = clearance.request(draft, announces=announces, by=by, at=at)
    return spoken.let_go(granted, known.id, by=by, at=at, announces=announces)


def _words(
    known: Known,
    layers: Mapping[str, Layer],
    names: Mapping[str, str],
    then: Retrospective,
    *,
    since: datetime,
    until: datetime,
) -> Words:
    """The one word that opens and closes it."""
    page = shelf.seen_by(known.audience_id)
    told = opened(page, list(known.impacts), layers, since=since, until=until)
    return Words(
        name=drafting.named(page, known.title, told) | dict(names),
        layers=told,
        phase=Phase.RESOLVED,
        severity=known.severity,
        impacts=dict(known.impacts),
        cause_side=SIDE_OF[known.posture],
        since=since,
        until=until,
        retrospective=then,
    )


def opened(
    page: Brand,
    components: Sequence[str],
    layers: Mapping[str, Layer],
    *,
    since: datetime,
    until: datetime,
) -> dict[str, Layer]:
    """What readers are told: each layer after the sentence that owns up to its coming late."""
    tree = shelf.components_of(page.id)
    own = {code: drafting.function_of(page, tree, list(components), code) for code in layers}
    return {
        code: _opened(page, own[code], code, layer, since, until) for code, layer in layers.items()
    }


def _opened(
    page: Brand, own: str, code: str, layer: Layer, since: datetime, until: datetime
) -> Layer:
    # Nobody types the headline: a long name gives way, so that it can never be refused for length.
    wider = (own, page.words[code].function, languages.of(code).stand_in["function"])
    made = [_made(page, code, function, since, until) for function in wider]
    fitting = (words.headline for words in made if len(words.headline) <= HEADLINE_LENGTH)
    return Layer(
        headline=next(fitting, made[-1].headline),
        body="\n\n".join(filter(None, (made[0].body, layer.body.strip()))),
        details=layer.details,
        effect=layer.effect,
        who=layer.who,
        cause=layer.cause,
    )


def _made(page: Brand, code: str, function: str, since: datetime, until: datetime) -> wording.Words:
    zone = page.time_zone
    blanks = {
        "on_day": times.day(since.astimezone(ZoneInfo(zone)).date(), code),
        "since": times.spoken(since, zone, code, now=since),
        "until": times.spoken(until, zone, code, now=since),
        "function": function,
    }
    return wording.fill(TEMPLATE if since < until else UNDATED, code, blanks)

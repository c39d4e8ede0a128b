"""`tocsin declare`, `update` and `resolve`: what operators do in the middle of the night."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar

import click

from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli import clearing, closing, owing, printing
from tocsin.cli.closing import Closing
from tocsin.cli.options import DAY, DUE, IMPACT, MOMENT, Due, page_of, said, words_in
from tocsin.cli.owing import Owing
from tocsin.disclosure import times
from tocsin.disclosure.correcting import DataStatement
from tocsin.disclosure.phases import OF_INCIDENTS, Phase
from tocsin.disclosure.posture import Certainty, Posture
from tocsin.disclosure.severity import Severity
from tocsin.incidents import declaration
from tocsin.page import address
from tocsin.statements import naming, published, word
from tocsin.statements import retrospective as afterwards
from tocsin.statements.fitness import HEADLINE_LENGTH
from tocsin.statements.values import Layer
from tocsin.statements.word import Saying, Spoken

F = TypeVar("F", bound=Callable[..., Any])
NAMED = click.option(
    "--title-in",
    "names",
    nargs=2,
    multiple=True,
    metavar="LANG TEXT",
    help="The incident's name in another language of the page.",
)
SAYABLE = [phase.value for phase in OF_INCIDENTS if phase != Phase.HOLDING]


def _saying(command: F) -> F:
    """The options that say something."""
    options = (
        click.option("--say", metavar="TEXT", help="What readers are told; - reads stdin."),
        click.option(
            "--say-in",
            nargs=2,
            multiple=True,
            metavar="LANG TEXT",
            help="The same in another language of the page.",
        ),
        click.option("--headline", metavar="TEXT", help="One line; else the incident's name."),
        click.option("--headline-in", nargs=2, multiple=True, metavar="LANG TEXT"),
        click.option("--details", type=click.File("rb"), help="The full story, on demand."),
        click.option("--lang", metavar="LANG", help="The language of --say; else the page's."),
        click.option("--next-update", type=DUE, help="30m, 2h, or a time with its zone."),
        click.option("--severity", type=click.Choice([s.value for s in Severity])),
        click.option("--posture", type=click.Choice([p.value for p in Posture])),
        click.option(
            "--security/--no-security",
            default=None,
            help="Whether data or access may be in others' hands; readers are not told.",
        ),
        click.option("--since", type=MOMENT, help="When the effect began."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("title")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
@click.option(
    "--component",
    "components",
    type=IMPACT,
    multiple=True,
    required=True,
    help="What fails and how; may be repeated.",
)
@click.option("--audience", "whom", metavar="A", help="A closed circle that alone is told of it.")
@_saying
@NAMED
@click.option("--detected", type=MOMENT, help="When it was noticed.")
@click.option("--retrospective", is_flag=True, help="It is over, and was not told of at the time.")
@click.option("--until", type=MOMENT, help="When it ended; with --retrospective.")
@printing.as_json
def declare(
    title: str,
    page_ref: str | None,
    components: tuple[tuple[str, State], ...],
    severity: str | None,
    posture: str | None,
    security: bool | None,
    since: datetime | None,
    detected: datetime | None,
    next_update: Due | None,
    names: tuple[tuple[str, str], ...],
    whom: str | None,
    retrospective: bool,
    until: datetime | None,
    is_json: bool,
    **told: Any,
) -> None:
    """Open an incident and publish the first notice.

    Without --say it is the holding statement, in every language of the page.
    """
    at = datetime.now(UTC)
    page = page_of(page_ref)
    page = shelf.audience(page.id, whom) if whom else page
    layers = _layers(page, {page.language: title}, **told)
    known: dict[str, Any] = {
        "title": title,
        "components": dict(components),
        "severity": Severity(severity) if severity else None,
        "posture": Posture(posture or Posture.UNKNOWN),
        "names": _names(page, names),
        "audience": page.audience_id,
        "is_security": bool(security),
        "by": printing.terminal(),
        "at": at,
    }
    if retrospective:
        since, until = _over(since, until, layers, next_update)
        known |= {"since": since, "until": until, "found_at": detected}
        spoken = afterwards.tell(page.id, layers=layers, **known)
    elif until:
        raise click.UsageError("--until stands beside --retrospective; else `tocsin resolve`.")
    else:
        spoken = word.declare(
            page.id,
            layers=layers or None,
            next_word_at=next_update.after(at) if next_update else None,
            started_at=since,
            detected_at=detected,
            **known,
        )
    _report("Told afterwards" if retrospective else "Declared", page, spoken, is_json=is_json)


def _over(
    since: datetime | None, until: datetime | None, layers: Mapping[str, Layer], due: Due | None
) -> tuple[datetime, datetime]:
    """When it began and ended, of what is told afterwards. Raises UsageError."""
    if since is None or until is None:
        raise click.UsageError("--retrospective tells of what is over: say --since and --until.")
    if not layers:
        raise click.UsageError('Say what it was: --say "…".')
    if due:
        raise click.UsageError("What is over owes no next word. Leave --next-update out.")
    return since, until


@click.command()
@click.argument("incident_id", metavar="ID")
@click.option("--phase", type=click.Choice(SAYABLE), help="Else it stays.")
@click.option("--component", "components", type=IMPACT, multiple=True, help="What changed.")
@_saying
@NAMED
@click.option("--because", metavar="TEXT", help="Why it goes back to an earlier phase.")
@click.option("--certainty", type=click.Choice([c.value for c in Certainty]), help="Of the cause.")
@click.option("--until", type=MOMENT, help="When the effect ended.")
@owing.late
@owing.paced
@printing.as_json
def update(incident_id: str, phase: str | None, is_json: bool, **told: Any) -> None:
    """Say more of an incident."""
    owed, reached = owing.taken(told), Phase(phase) if phase else None
    _say("Said", incident_id, owed, phase=reached, is_json=is_json, **told)


@click.command()
@click.argument("incident_id", metavar="ID")
@_saying
@click.option("--until", type=MOMENT, help="When the effect ended; else now.")
@click.option("--certainty", type=click.Choice([c.value for c in Certainty]), help="Of the cause.")
@click.option("--data", type=click.Choice([d.value for d in DataStatement]), help="Their data.")
@click.option("--account-by", type=DAY, help="The day by which you promise the account.")
@closing.summed_up
@owing.late
@printing.as_json
def resolve(incident_id: str, is_json: bool, **told: Any) -> None:
    """Say that it is over, and close it."""
    if told["next_update"]:
        raise click.UsageError("A last word owes no next one. Leave --next-update out.")
    owed, end = owing.taken(told), closing.taken(told)
    _say("Resolved", incident_id, owed, phase=Phase.RESOLVED, is_json=is_json, end=end, **told)


def _say(
    done: str,
    incident_id: str,
    owed: Owing,
    *,
    phase: Phase | None,
    is_json: bool,
    next_update: Due | None,
    severity: str | None,
    posture: str | None,
    security: bool | None,
    since: datetime | None,
    until: datetime | None = None,
    certainty: str | None = None,
    because: str | None = None,
    data: str | None = None,
    account_by: datetime | None = None,
    end: Closing | None = None,
    components: tuple[tuple[str, State], ...] = (),
    names: tuple[tuple[str, str], ...] = (),
    **told: Any,
) -> None:
    at = datetime.now(UTC)
    known = declaration.known_of(incident_id)
    page = shelf.seen_by(known.audience_id)
    story = published.story(page.audience_id, incident_id)
    renamed = _names(page, names)
    called = {**story.words.name, **naming.offered(page, known, story)} if story else {}
    layers = _layers(page, {page.language: known.title, **called, **renamed}, **told)
    if not layers:
        raise click.UsageError('Say it: --say "…" (or --say - to read it from a pipe).')
    if end:
        layers = end.in_layers(layers, told["lang"] or page.language)
    saying = Saying(
        phase=phase or _phase_in_force(story),
        layers=layers,
        next_word_at=next_update.after(at) if next_update else None,
        components=dict(components) or None,
        severity=Severity(severity) if severity else None,
        posture=Posture(posture) if posture else None,
        is_security=security,
        certainty=Certainty(certainty) if certainty else None,
        since=since,
        until=until,
        names=renamed,
        turn_reason={told["lang"] or page.language: because} if because else None,
        data=DataStatement(data) if data else None,
        account_due=account_by.date() if account_by else None,
        **owed.saying(told["lang"] or page.language, at=at),
    )
    if end:
        spoken = end.say(incident_id, saying, by=printing.terminal(), at=at)
    else:
        spoken = word.say(incident_id, saying, by=printing.terminal(), at=at)
    _report(done, page, spoken, is_json=is_json)


def _names(page: Brand, told: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """An incident's names by language. Raises UsageError."""
    for language, name in told:
        if language not in page.languages:
            spoken = ", ".join(page.languages)
            raise click.UsageError(f"{page.name} does not speak {language!r}; it speaks {spoken}.")
        if not 0 < len(name.strip()) <= declaration.TITLE_LENGTH:
            raise click.UsageError(f"A name has 1 to {declaration.TITLE_LENGTH} characters.")
    return {language: name.strip() for language, name in told}


def _phase_in_force(story: published.Story | None) -> Phase:
    """The phase as told last; somebody who says more than the holding statement investigates."""
    if story is None or story.phase == Phase.HOLDING:
        return Phase.INVESTIGATING
    return story.phase


def _layers(
    page: Brand,
    names: Mapping[str, str],
    *,
    say: str | None,
    say_in: tuple[tuple[str, str], ...],
    headline: str | None,
    headline_in: tuple[tuple[str, str], ...],
    details: BinaryIO | None,
    lang: str | None,
) -> dict[str, Layer]:
    """What is said, by language; empty where nothing is."""
    first = lang or page.language
    bodies = ({first: said(say)} if say else {}) | {key: text.strip() for key, text in say_in}
    heads = ({first: headline} if headline else {}) | dict(headline_in)
    full = words_in(details, name="The file of --details") if details else ""
    if (heads or full) and first not in bodies:
        raise click.UsageError('Say it: --headline and --details stand beside --say "…".')
    return {
        language: Layer(
            headline=heads.get(language) or _short(names.get(language) or names[page.language]),
            body=body,
            details=full if language == first else "",
        )
        for language, body in bodies.items()
    }


def _short(name: str) -> str:
    """A name in the length of a headline, cut between words."""
    name = " ".join(name.split())
    if len(name) <= HEADLINE_LENGTH:
        return name
    return name[: HEADLINE_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _report(done: str, page: Brand, spoken: Spoken, *, is_json: bool) -> None:
    url = address.incident_url(page, spoken.incident_id)
    if spoken.pending is not None:
        clearing.report_pending(spoken.pending, url, is_json=is_json)
        return
    number = spoken.publication.number
    if is_json:
        printing.facts({"incident": spoken.incident_id, "url": url, "publication": number})
        return
    click.echo(f"{done}: no. {number} is official. {url}")
    words = spoken.publication.words
    if words and words.next_word_at:
        now = spoken.publication.published_at
        due = times.spoken(words.next_word_at, page.time_zone, "en", now=now)
        click.echo(f"Incident {spoken.incident_id}. The next word is owed by {due}.")

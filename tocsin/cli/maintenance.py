"""`tocsin maintenance`: plan work, change it, and say how it goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from tocsin.catalogue import shelf, zones
from tocsin.catalogue.shelf import Brand
from tocsin.catalogue.tree import State
from tocsin.cli import printing
from tocsin.cli.options import DUE, IMPACT, Due, page_of
from tocsin.disclosure import times
from tocsin.incidents import planning
from tocsin.incidents.plans import Plan, Planned
from tocsin.page import address
from tocsin.statements import maintenance as speaking
from tocsin.statements.notices import Script
from tocsin.statements.word import Spoken

F = TypeVar("F", bound=Callable[..., Any])
# What may be typed of the work, by option and by the template's blank.
TEXTS = {
    "benefit": 'After "To": what it is good for.',
    "work": 'After "we will": what you will do.',
    "still-works": 'What goes on, as a clause: "cards and wallets work".',
    "before": "What customers should do before.",
    "rollback": "By when you decide whether to go back.",
    "objections": "The day until which customers may object.",
}
BLANKS = {
    "before": "customer_action",
    "rollback": "rollback_point",
    "objections": "objection_date",
}


class WallClock(click.ParamType[datetime]):
    """A time, with a zone of its own or in that of the window: 2026-12-01T22:00."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is no time. Say it as 2026-12-01T22:00.", param, ctx)


WHEN = WallClock()


def _window(command: F) -> F:
    """The options that say when."""
    options = (
        click.option("--from", "start", type=WHEN, required=True, help="2026-12-01T22:00"),
        click.option("--to", "end", type=WHEN, help="When it closes."),
        click.option("--for", "lasts", type=DUE, help="Or how long it is: 2h, 1h30m."),
        click.option("--zone", metavar="Z", help="Of these times, such as Europe/Paris."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _reason(command: F) -> F:
    options = (
        click.option("--because", metavar="TEXT", help="Why, in a plain sentence."),
        click.option("--because-in", nargs=2, multiple=True, metavar="LANG TEXT"),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _texts(command: F) -> F:
    for name, help_text in reversed(TEXTS.items()):
        command = click.option(f"--{name}", metavar="TEXT", help=help_text)(command)
    return command


@click.group()
def maintenance() -> None:
    """Planned work: announced once, and said by the clock from then on."""


@maintenance.command()
@click.argument("title")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
@click.option(
    "--component",
    "components",
    type=IMPACT,
    multiple=True,
    required=True,
    help="What it concerns, and its state meanwhile; may be repeated.",
)
@click.option("--audience", "whom", metavar="A", help="A closed circle that alone is told of it.")
@_window
@click.option("--rule", default="", metavar="RRULE", help="Comes again: FREQ=WEEKLY;BYDAY=SU.")
@click.option("--interruptions", type=click.IntRange(1, 99), help="How many there will be.")
@click.option("--interruption", type=DUE, help="How long each one lasts, such as 10m.")
@_texts
@click.option(
    "--text-in",
    nargs=3,
    multiple=True,
    metavar="LANG NAME TEXT",
    help='One of the texts above in another language: --text-in fr work "…".',
)
@click.option("--lang", metavar="LANG", help="The language of the texts; else the page's.")
@click.option("--title-in", nargs=2, multiple=True, metavar="LANG TEXT")
@click.option(
    "--ends-itself/--ends-by-word",
    "ends_itself",
    default=None,
    help="At the window's end: say that it is over, or that it takes longer unless you said so. "
    "By word is usual, by itself for work that comes again.",
)
@click.option("--quiet", is_flag=True, help="Put it on the page, and write to nobody now.")
@printing.as_json
def plan(
    title: str,
    page_ref: str | None,
    components: tuple[tuple[str, State], ...],
    whom: str | None,
    start: datetime,
    end: datetime | None,
    lasts: Due | None,
    zone: str | None,
    rule: str,
    interruptions: int | None,
    interruption: Due | None,
    lang: str | None,
    text_in: tuple[tuple[str, str, str], ...],
    title_in: tuple[tuple[str, str], ...],
    ends_itself: bool | None,
    quiet: bool,
    is_json: bool,
    **texts: str | None,
) -> None:
    """Announce work, and clear all that the clock will say of it."""
    at, page = datetime.now(UTC), page_of(page_ref)
    starts_at, ends_at = _ends(page, start, end, lasts, zone)
    told = Plan(
        title=title,
        effects=dict(components),
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone or "",
        interruptions=interruptions or 0,
        interruption_for=_length(interruption),
        ends_itself=bool(rule) if ends_itself is None else ends_itself,
    )
    typed = {name.replace("_", "-"): said for name, said in texts.items() if said}
    said = speaking.announce(
        page.id,
        told,
        Script(texts=_by_language(page, lang, typed, text_in), names=dict(title_in)),
        rule=rule,
        audience=whom or "",
        announces=not quiet,
        by=printing.terminal(),
        at=at,
    )
    _report("Announced", said[0], is_json=is_json)
    if not is_json:
        click.echo(_what_happens(page, planning.planned_of(said[0].incident_id), at))


def _ends(
    page: Brand, start: datetime, end: datetime | None, lasts: Due | None, zone: str | None
) -> tuple[datetime, datetime]:
    if (end is None) == (lasts is None):
        raise click.UsageError("Say when it ends: --to TIME or --for 2h.")
    starts_at = _placed(start, page, zone)
    length = _length(lasts)
    if length is not None:
        return starts_at, starts_at + length
    assert end is not None
    return starts_at, _placed(end, page, zone)


def _placed(told: datetime, page: Brand, zone: str | None) -> datetime:
    """A time without a zone is in the window's, else in the page's."""
    name = zone or page.time_zone
    if name not in zones.every():
        raise click.UsageError(f"{name!r} is no time zone. Name one such as Europe/Paris.")
    return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(name))).astimezone(UTC)


def _length(told: Due | None) -> timedelta | None:
    if told is None:
        return None
    if not isinstance(told.told, timedelta):
        raise click.UsageError("Say how long, such as 10m or 2h.")
    return told.told


def _by_language(
    page: Brand,
    lang: str | None,
    typed: dict[str, str],
    text_in: tuple[tuple[str, str, str], ...],
) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    first = lang or page.language
    for code, name, said in (*((first, *pair) for pair in typed.items()), *text_in):
        if code not in page.languages:
            spoken = ", ".join(page.languages)
            raise click.UsageError(f"{page.name} does not speak {code!r}; it speaks {spoken}.")
        if name not in TEXTS:
            raise click.UsageError(f"There is no text {name!r}. Say one of: {', '.join(TEXTS)}.")
        told.setdefault(code, {})[BLANKS.get(name, name.replace("-", "_"))] = said
    return told


def _what_happens(page: Brand, planned: Planned, at: datetime) -> str:
    """What the clock will say by itself, and what it waits for."""
    start, end = (
        times.spoken(moment, page.time_zone, "en", now=at)
        for moment in (planned.plan.starts_at, planned.plan.ends_at)
    )
    if planned.plan.ends_itself:
        return f"Readers are told that it begins at {start}, and that it is over at {end}."
    return (
        f"Readers are told that it begins at {start}. Say when it is over: tocsin maintenance end "
        f"{planned.id}. If nobody has by {end}, they are told that it takes longer."
    )


@maintenance.command()
@click.argument("work", metavar="ID")
@_window
@_reason
@printing.as_json
def move(
    work: str,
    start: datetime,
    end: datetime | None,
    lasts: Due | None,
    zone: str | None,
    is_json: bool,
    **why: Any,
) -> None:
    """Let it take place at another time, and say so."""
    planned = planning.planned_of(work)
    page = shelf.brand(planned.page_id)
    if end is None and lasts is None:
        lasts = Due(planned.plan.ends_at - planned.plan.starts_at)
    starts_at, ends_at = _ends(page, start, end, lasts, zone or planned.plan.zone)
    said = speaking.move(
        work,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=_because(page, **why),
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _report("Moved", said, is_json=is_json)


@maintenance.command()
@click.argument("work", metavar="ID")
@click.option("--to", "end", type=WHEN, help="When it ends now.")
@click.option("--by", "longer", type=DUE, help="Or by how much longer: 30m.")
@click.option("--zone", metavar="Z", help="Of the time.")
@_reason
@printing.as_json
def extend(
    work: str,
    end: datetime | None,
    longer: Due | None,
    zone: str | None,
    is_json: bool,
    **why: Any,
) -> None:
    """Let it end at another time, and say so before the old end has come."""
    if (end is None) == (longer is None):
        raise click.UsageError("Say the new end: --to TIME or --by 30m.")
    planned = planning.planned_of(work)
    page = shelf.brand(planned.page_id)
    length = _length(longer)
    ends_at = planned.plan.ends_at + length if length else None
    if end is not None:
        ends_at = _placed(end, page, zone or planned.plan.zone)
    assert ends_at is not None
    said = speaking.extend(
        work,
        ends_at=ends_at,
        reason=_because(page, **why),
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _report("Extended", said, is_json=is_json)


@maintenance.command()
@click.argument("work", metavar="ID")
@click.option("--series", "whole", is_flag=True, help="It, and all that would come after it.")
@_reason
@printing.as_json
def cancel(work: str, whole: bool, is_json: bool, **why: Any) -> None:
    """Give it up before it has begun; it stays to be seen as cancelled."""
    planned = planning.planned_of(work)
    reason = _because(shelf.brand(planned.page_id), **why)
    by, at = printing.terminal(), datetime.now(UTC)
    if not whole:
        _report("Cancelled", speaking.cancel(work, reason=reason, by=by, at=at), is_json=is_json)
        return
    if not planned.series_id:
        raise click.UsageError("This work does not come again. Leave --series out.")
    said = speaking.cancel_series(planned.series_id, reason=reason, by=by, at=at)
    if is_json:
        printing.facts([_facts(one) for one in said])
    else:
        click.echo(f"The series has ended; {len(said)} windows of it were cancelled.")


def _verb(name: str, done: str, act: Callable[..., Spoken], line: str) -> click.Command:
    @maintenance.command(name, help=line)
    @click.argument("work", metavar="ID")
    @printing.as_json
    def run(work: str, is_json: bool) -> None:
        _report(done, act(work, by=printing.terminal(), at=datetime.now(UTC)), is_json=is_json)

    return run


_verb("begin", "Begun", speaking.begin, "Say that it has begun, before the clock does.")
_verb("check", "Being checked", speaking.check, "Say that the work is done, and being checked.")
_verb("end", "Over", speaking.end, "Say that it is over.")


@maintenance.command("list")
@click.option("--page", "page_ref", metavar="P", help="Id or slug; else every page.")
@click.option("--past", is_flag=True, help="What is over, was cancelled or took longer.")
@printing.as_json
def list_planned(page_ref: str | None, past: bool, is_json: bool) -> None:
    """What is planned and under way."""
    page_id = page_of(page_ref).id if page_ref else ""
    told = planning.past(page_id) if past else planning.upcoming(page_id)
    if is_json:
        printing.facts([_listed(planned) for planned in told])
        return
    if not told:
        click.echo("Nothing is planned." if not past else "Nothing was planned so far.")
        return
    printing.table(("ID", "STAGE", "FROM", "TO", "NAME"), [_row(planned) for planned in told])


def _row(planned: Planned) -> tuple[str, ...]:
    zone, now = shelf.brand(planned.page_id).time_zone, datetime.now(UTC)
    start, end = (
        times.spoken(moment, zone, "en", now=now)
        for moment in (planned.plan.starts_at, planned.plan.ends_at)
    )
    return planned.id, planned.stage.value, start, end, planned.plan.title


def _listed(planned: Planned) -> dict[str, Any]:
    page = shelf.seen_by(planned.audience_id)
    return {
        "maintenance": planned.id,
        "page": page.slug,
        "audience": page.audience,
        "name": planned.plan.title,
        "stage": planned.stage.value,
        "starts_at": planned.plan.starts_at,
        "ends_at": planned.plan.ends_at,
        "series": planned.series_id or None,
        "rule": planned.rule.text if planned.rule else None,
        "ends_itself": planned.plan.ends_itself,
        "url": f"{address.url_of(page)}/maintenance/{planned.id}",
    }


def _because(
    page: Brand, because: str | None, because_in: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    return ({page.language: because} if because else {}) | dict(because_in)


def _facts(said: Spoken) -> dict[str, Any]:
    told = _listed(planning.planned_of(said.incident_id))
    return {"publication": said.publication.number} | told


def _report(done: str, said: Spoken, *, is_json: bool) -> None:
    told = _facts(said)
    if is_json:
        printing.facts(told)
        return
    click.echo(f"{done}: no. {told['publication']} is official. {told['url']}")

"""`tocsin clocks`: reports that an incident may owe, to whom, and by when. Never advice."""

from datetime import UTC, datetime
from typing import BinaryIO

import click

from tocsin.cli import adoptable, dues, options, printing
from tocsin.cli.adoptable import FILE
from tocsin.cli.catalogue import PAGE
from tocsin.cli.options import MOMENT, page_of, words_in
from tocsin.disclosure.clocks import draft as drafts
from tocsin.disclosure.clocks import reading
from tocsin.incidents import declaration, reporting
from tocsin.incidents.models import MomentKind, Touched
from tocsin.statements import report_draft

INCIDENT = click.argument("incident_id", metavar="ID")
CLOCK = click.argument("clock_id", metavar="CLOCK")
STAGE = click.argument("stage")


@click.group()
def clocks() -> None:
    """Reports that an incident may owe: to whom, by when. Never legal advice."""


@clocks.command("list")
@PAGE
@click.option("--personal-data", is_flag=True, help="Only those about people's data.")
@printing.as_json
def list_clocks(page_ref: str | None, personal_data: bool, is_json: bool) -> None:
    """Every clock to choose from, the page's own among them."""
    found = [
        clock
        for clock in reporting.clocks_of(page_of(page_ref).id).values()
        if clock.is_personal_data or not personal_data
    ]
    if is_json:
        printing.facts(
            {"not_advice": dues.NOT_ADVICE, "clocks": [dues.clock_facts(clock) for clock in found]}
        )
        return
    rows = [(clock.id, clock.kind, clock.place.name, clock.regime) for clock in found]
    printing.table(("CLOCK", "KIND", "WHERE", "REGIME"), rows)
    click.echo(f"\n{dues.NOT_ADVICE} `tocsin clocks show CLOCK` names it.")


@clocks.command("show")
@CLOCK
@PAGE
@printing.as_json
def show(clock_id: str, page_ref: str | None, is_json: bool) -> None:
    """One clock with its stages and its source."""
    clock = reporting.clock_of(page_of(page_ref).id, clock_id)
    if is_json:
        printing.facts({"not_advice": dues.NOT_ADVICE, **dues.clock_facts(clock)})
        return
    click.echo(f"{clock.regime} ({clock.place.name}, {clock.kind})")
    for name, told in (("For", clock.applies_to), ("When", clock.trigger)):
        if told:
            click.echo(f"{name}: {told}")
    for stage in clock.stages:
        cap = f", at most {stage.cap.offset.told} from {stage.cap.start.told}" if stage.cap else ""
        click.echo(f"  {stage.name}: {stage.offset.told} from {stage.start.told}{cap}")
        click.echo(f"    to {stage.recipient}" + (f"; {stage.note}" if stage.note else ""))
    for name, note in clock.notes.items():
        click.echo(f"{name.replace('_', ' ').capitalize()}: {note}")
    if clock.feeds:
        click.echo(f"Says when this one counts: {clock.feeds}")
    click.echo(f"Source: {clock.source} (confidence: {clock.confidence})\n{dues.NOT_ADVICE}")


@clocks.command("answer")
@INCIDENT
@click.option(
    "--personal-data",
    type=click.Choice([choice.value for choice in Touched]),
    help="Is it touched, even if it is only unavailable?",
)
@click.option("--clock", "chosen", multiple=True, metavar="CLOCK", help="A regime that applies.")
@click.option("--no-clock", is_flag=True, help="None applies.")
@printing.as_json
def answer(
    incident_id: str,
    personal_data: str | None,
    chosen: tuple[str, ...],
    no_clock: bool,
    is_json: bool,
) -> None:
    """Answer the two questions; the clocks that are named take the place of those before."""
    if chosen and no_clock:
        raise click.UsageError("Either --clock or --no-clock.")
    if not (chosen or no_clock or personal_data):
        raise click.UsageError(" ".join(dues.ASKED.values()))
    reporting.answer(
        incident_id,
        personal_data=Touched(personal_data) if personal_data else None,
        clocks=chosen if chosen or no_clock else None,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    dues.tell(incident_id, is_json=is_json)


@clocks.command("stamp")
@INCIDENT
@click.argument("moment", type=click.Choice([kind.value for kind in MomentKind]))
@click.argument("when", type=MOMENT)
@click.option("--reason", default="", metavar="TEXT", help="Why an earlier time was wrong.")
@printing.as_json
def stamp(incident_id: str, moment: str, when: datetime, reason: str, is_json: bool) -> None:
    """Record when something happened that clocks count from; the former time is kept."""
    declaration.set_moment(
        incident_id,
        kind=MomentKind(moment),
        moment_at=when,
        reason=reason[:500],
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    dues.tell(incident_id, is_json=is_json)


@clocks.command("due")
@INCIDENT
@printing.as_json
def due(incident_id: str, is_json: bool) -> None:
    """What is due next, to whom, with its source."""
    dues.tell(incident_id, is_json=is_json)


@clocks.command("submitted")
@INCIDENT
@CLOCK
@STAGE
@click.option("--when", type=MOMENT, help="When it was submitted; else now.")
@click.option("--to", "recipient", default="", metavar="WHO", help="Else as the clock says.")
@click.option("--reference", default="", metavar="TEXT", help="What they call it.")
@click.option("--receipt", default="", metavar="TEXT|-", help="What they answered.")
@printing.as_json
def submitted(
    incident_id: str,
    clock_id: str,
    stage: str,
    when: datetime | None,
    recipient: str,
    reference: str,
    receipt: str,
    is_json: bool,
) -> None:
    """Record that a report was submitted, with its receipt. Later stages count from it."""
    reporting.submit(
        incident_id,
        clock=clock_id,
        stage=stage,
        submitted_at=when,
        recipient=recipient,
        reference=reference,
        receipt=options.said(receipt),
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    dues.tell(incident_id, is_json=is_json)


@clocks.command("set-aside")
@INCIDENT
@CLOCK
@STAGE
@click.option("--because", required=True, metavar="TEXT", help="Why it is not owed.")
@printing.as_json
def set_aside(incident_id: str, clock_id: str, stage: str, because: str, is_json: bool) -> None:
    """Record that one report is not owed, and why."""
    by, at = printing.terminal(), datetime.now(UTC)
    reporting.set_aside(incident_id, clock=clock_id, stage=stage, reason=because, by=by, at=at)
    dues.tell(incident_id, is_json=is_json)


@clocks.command("withdraw")
@INCIDENT
@CLOCK
@STAGE
@click.option("--because", default="", metavar="TEXT", help="What was wrong.")
@printing.as_json
def withdraw(incident_id: str, clock_id: str, stage: str, because: str, is_json: bool) -> None:
    """Take back what was recorded of a report by mistake; it stays to be read."""
    by, at = printing.terminal(), datetime.now(UTC)
    reporting.withdraw(incident_id, clock=clock_id, stage=stage, reason=because, by=by, at=at)
    dues.tell(incident_id, is_json=is_json)


@clocks.command("draft")
@INCIDENT
@CLOCK
@STAGE
@click.option("--lang", type=click.Choice(drafts.LANGUAGES), default="en", help="Of the draft.")
def draft(incident_id: str, clock_id: str, stage: str, lang: str) -> None:
    """A report in Markdown, filled from the timeline, with what is left to fill in."""
    at = datetime.now(UTC)
    told = report_draft.drafted(incident_id, clock=clock_id, stage=stage, language=lang, at=at)
    click.echo(told, nl=False)


@clocks.command("own")
@PAGE
@printing.as_json
def own(page_ref: str | None, is_json: bool) -> None:
    """The page's own clocks, as the file that was adopted."""
    page = page_of(page_ref)
    kept = reporting.adopted(page.id)
    if is_json:
        told = {"number": kept.number, "adopted_by": kept.by, "adopted_at": kept.at}
        printing.facts({"page": page.id, **told, "text": kept.text})
    else:
        click.echo(kept.text or "# This page has no clocks of its own.", nl=not kept.text)


@clocks.command("check")
@FILE
@printing.as_json
def check(file: BinaryIO, is_json: bool) -> None:
    """Read a file of clocks and change nothing; exit 1 where it has faults, each with its line."""
    text = words_in(file, name="The file of clocks")
    told = adoptable.checked(text, reading.read, is_json=is_json)
    if is_json:
        printing.facts({"ok": True, "faults": [], "clocks": sorted(told)})
    else:
        click.echo(f"It can be adopted: {', '.join(sorted(told)) or 'no clock of its own'}.")


@clocks.command("adopt")
@FILE
@PAGE
@printing.as_json
def adopt(file: BinaryIO, page_ref: str | None, is_json: bool) -> None:
    """Let a page have a file's clocks beside ours, or in place of ours, from now on."""
    page = page_of(page_ref)
    text = words_in(file, name="The file of clocks") + "\n"
    before = reporting.adopted(page.id)
    kept = reporting.adopt(page.id, text, by=printing.terminal(), at=datetime.now(UTC))
    if is_json:
        told = {"number": kept.number, "clocks": sorted(reading.read(kept.text))}
        printing.facts({"page": page.id, "is_new": kept != before, **told})
    elif kept == before:
        click.echo(f"{page.name} has these very clocks already (no. {kept.number}).")
    else:
        click.echo(f"{page.name} has clocks of its own from now on (no. {kept.number}).")

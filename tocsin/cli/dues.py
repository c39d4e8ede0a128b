"""What `tocsin clocks` shows: each report as it stands, never without its source."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.disclosure import times
from tocsin.disclosure.clocks.due import BEGUN_LATE, CAPPED, SAME_HOUR, WEEKENDS_ONLY
from tocsin.disclosure.clocks.values import Clock, Due, Standing
from tocsin.incidents import declaration, reporting
from tocsin.incidents.declaration import Known
from tocsin.incidents.models import Touched
from tocsin.incidents.reporting import Answers, Owed, Receipt

NOT_ADVICE = "A reminder, not legal advice: check with counsel, and read the source."
ASKED = {
    "personal_data": "Is personal data touched, even if it is only unavailable? --personal-data",
    "clocks": "Which regimes apply? --clock ID (see `tocsin clocks list`), or --no-clock",
}
REMARKS = {
    SAME_HOUR: "counted to the same time of day; some texts give until that day is over",
    WEEKENDS_ONLY: "counted without holidays: those of this place are not known here",
    CAPPED: "an outer limit comes first",
    BEGUN_LATE: "began after the outer limit, which fell away",
}


def tell(incident_id: str, *, is_json: bool) -> None:
    """Print how an incident stands with everyone whom it may have to be reported to."""
    at = datetime.now(UTC)
    owed = reporting.owed(incident_id)
    page = shelf.brand(declaration.known_of(incident_id).page_id)
    if is_json:
        printing.facts(_facts(incident_id, owed, at))
        return
    for line in _asked(owed.answers):
        click.echo(line)
    zone = page.time_zone
    coming = owed.upcoming
    for number, each in enumerate(coming):
        _show(each, zone, at, label="Next: " if number == 0 else "Then: ")
    for each in owed.dues:
        if each not in coming:
            click.echo(f"{_name(each)}: {_stands(each, zone, at)}")
    for clock in owed.thresholds:
        click.echo(f"{clock.id} says when {clock.feeds} counts: {clock.trigger} ({clock.source})")
    for key in owed.gone:
        click.echo(f"{key} was chosen, and no file has it any more.")
    if owed.to_consider:
        names = ", ".join(clock.id for clock in owed.to_consider)
        click.echo(f"Personal data is touched, and none of these is chosen: {names}.")
    if not owed.dues and owed.answers.are_complete:
        click.echo("No report is known to be owed.")
    click.echo(NOT_ADVICE)


def show_next(
    unfinished: Sequence[tuple[Known, Owed]], *, zones: Mapping[str, str], at: datetime
) -> None:
    """Print what of each incident is due next, and that it is no advice."""
    for known, owed in unfinished:
        first, *others = owed.upcoming
        more = f", and {len(others)} more" if others else ""
        told = f"{known.id}: {_name(first)} may be owed {_stands(first, zones[known.page_id], at)}"
        click.echo(click.style(f"{told}{more}.", fg="red" if first.is_late(at) else None))
    if unfinished:
        click.echo(NOT_ADVICE)


def facts_of(known: Known, each: Due, at: datetime) -> dict[str, Any]:
    """One report of one incident, for machines."""
    return {"incident": known.id, **_due(each, at)}


def _asked(answers: Answers) -> list[str]:
    open_ones = [] if answers.personal_data != Touched.UNKNOWN else ["personal_data"]
    open_ones += [] if answers.clocks is not None else ["clocks"]
    return [f"Still to be answered: {ASKED[name]}." for name in open_ones]


def _name(each: Due) -> str:
    return f"{each.clock.id} {each.stage.name}"


def _show(each: Due, zone: str, at: datetime, *, label: str) -> None:
    click.echo(f"{label}{_name(each)}: {_stands(each, zone, at)}")
    click.echo(f"    to {each.stage.recipient} – {each.clock.regime}")
    for remark in (*(REMARKS[code] for code in each.remarks), each.stage.note):
        if remark:
            click.echo(f"    {remark}")
    click.echo(f"    Source: {each.clock.source} (confidence: {each.clock.confidence})")


def _stands(each: Due, zone: str, at: datetime) -> str:
    def said(moment: datetime) -> str:
        return times.spoken(moment, zone, "en", now=at)

    counted = f"{each.stage.offset.told} from {each.stage.start.told}"
    pending = "" if each.is_in_force else "not in force, or not confirmed; "
    if each.submitted_at:
        return f"submitted at {said(each.submitted_at)}"
    if each.standing is Standing.SET_ASIDE:
        return "not owed, as somebody recorded"
    if each.standing is Standing.ON_REQUEST:
        return f"{pending}on request"
    if each.standing is Standing.ASAP and each.begins_at:
        return f"{pending}without undue delay, since {said(each.begins_at)}"
    if each.standing is Standing.DUE and each.due_at:
        late = ", which has passed" if each.is_late(at) else ""
        return f"{pending}by {said(each.due_at)}{late} ({counted})"
    if each.standing is Standing.WAITING:
        cap = f"; at the latest {said(each.latest_at)}" if each.latest_at else ""
        return f"{pending}waits for {each.stage.start.told} ({each.stage.offset.told}){cap}"
    return f"{pending}{counted}: count it with counsel"


def _facts(incident_id: str, owed: Owed, at: datetime) -> dict[str, Any]:
    coming = owed.upcoming
    return {
        "incident": incident_id,
        "not_advice": NOT_ADVICE,
        "personal_data": owed.answers.personal_data,
        "clocks": owed.answers.clocks,
        "next": _due(coming[0], at) if coming else None,
        "reports": [_due(each, at) for each in owed.dues],
        "receipts": [_receipt(one) for one in owed.receipts],
        "thresholds": [clock_facts(clock) for clock in owed.thresholds],
        "gone": list(owed.gone),
        "to_consider": [clock.id for clock in owed.to_consider],
    }


def _due(each: Due, at: datetime) -> dict[str, Any]:
    return {
        "clock": each.clock.id,
        "stage": each.stage.name,
        "standing": each.standing,
        "recipient": each.stage.recipient,
        "regime": each.clock.regime,
        "offset": each.stage.offset.told,
        "from": each.stage.start.told,
        "begins_at": each.begins_at,
        "due_at": each.due_at,
        "latest_at": each.latest_at,
        "submitted_at": each.submitted_at,
        "is_late": each.is_late(at),
        "is_in_force": each.is_in_force,
        "remarks": list(each.remarks),
        "note": each.stage.note,
        "source": each.clock.source,
        "confidence": each.clock.confidence,
    }


def _receipt(one: Receipt) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Receipt.__slots__}


def clock_facts(clock: Clock) -> dict[str, Any]:
    """A clock in the shape that scripts rely on."""
    return {
        "clock": clock.id,
        "regime": clock.regime,
        "jurisdiction": clock.place.name,
        "kind": clock.kind,
        "applies_to": clock.applies_to,
        "trigger": clock.trigger,
        "is_personal_data": clock.is_personal_data,
        "in_force_from": clock.in_force_from,
        "feeds": clock.feeds,
        "stages": [
            {
                "stage": stage.name,
                "offset": stage.offset.told,
                "from": stage.start.told,
                "at_most": stage.cap and f"{stage.cap.offset.told} from {stage.cap.start.told}",
                "recipient": stage.recipient,
                "note": stage.note,
            }
            for stage in clock.stages
        ],
        "notes": dict(clock.notes),
        "source": clock.source,
        "confidence": clock.confidence,
    }

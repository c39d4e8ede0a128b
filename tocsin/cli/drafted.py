"""`tocsin drafted`: what alerts suggest, said or dismissed from the terminal."""

from datetime import UTC, datetime
from typing import Any

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.cli.options import page_of
from tocsin.incidents import drafted as waiting
from tocsin.incidents.drafted import Drafted
from tocsin.page import address
from tocsin.statements import prepared

PAGE = click.option("--page", "page_ref", metavar="P", help="Id or slug; else all of them.")


@click.group()
def drafted() -> None:
    """What alerts suggest: list it, say it, dismiss it."""


@drafted.command("list")
@PAGE
@printing.as_json
def list_drafted(page_ref: str | None, is_json: bool) -> None:
    """Each drafted incident with the words that are ready."""
    at = datetime.now(UTC)
    found = facts_of([page_of(page_ref).id] if page_ref else [], at=at)
    if is_json:
        printing.facts(found)
        return
    if not found:
        click.echo("Nothing is drafted.")
        return
    printing.table(
        ("DRAFTED", "SEV", "ALERTS", "COMPONENTS", "NAME"),
        [
            (
                one["drafted"],
                one["severity"] or "-",
                f"{one['firing']} of {one['alerts']} firing",
                ", ".join(one["components"]),
                one["name"] or "nobody can tell what it is about",
            )
            for one in found
        ],
    )


@drafted.command("say")
@click.argument("drafted_id", metavar="ID")
@printing.as_json
def say(drafted_id: str, is_json: bool) -> None:
    """Declare what alerts suggest, and publish the holding statement in every language."""
    spoken = prepared.say(drafted_id, by=printing.terminal(), at=datetime.now(UTC))
    made = spoken.publication
    url = address.incident_url(shelf.seen_by(made.audience_id), spoken.incident_id)
    if is_json:
        printing.facts({"incident": spoken.incident_id, "url": url, "publication": made.number})
        return
    click.echo(f"Published as no. {made.number}: {url}")


@drafted.command("dismiss")
@click.argument("drafted_id", metavar="ID")
@click.option("--because", required=True, metavar="TEXT", help="Why nobody need be told.")
def dismiss(drafted_id: str, because: str) -> None:
    """Say nothing of it, and why; its alerts stay recorded."""
    waiting.dismiss(drafted_id, reason=because, by=printing.terminal(), at=datetime.now(UTC))
    click.echo("Dismissed. The same alerts are no news for half an hour.")


def facts_of(page_ids: list[str], *, at: datetime) -> list[dict[str, Any]]:
    """What is drafted on these pages (on all, when none is named), for people and for JSON."""
    pages = page_ids or [page.id for page in shelf.pages()]
    return [_facts(one, at=at) for one in waiting.open_ones(pages, at=at)]


def _facts(one: Drafted, *, at: datetime) -> dict[str, Any]:
    ready = prepared.prepared(one, at=at)
    nodes = shelf.components_of(one.page_id, retired=True).by_id()
    impacts = ready.impacts if ready else one.noticed.impacts
    return {
        "drafted": one.id,
        "page": one.page_id,
        "name": ready.title if ready else None,
        "severity": one.noticed.severity,
        "components": {nodes[key].slug: state for key, state in impacts.items()},
        "alerts": one.noticed.alerts,
        "firing": one.noticed.firing,
        "flapping": one.noticed.flapping,
        "detected_at": one.noticed.detected_at,
        "over_since": one.noticed.over_since,
        "opened_at": one.opened_at,
        "revision": one.revision,
        "words": {
            code: {"headline": layer.headline, "body": layer.body}
            for code, layer in (ready.layers if ready else {}).items()
        },
    }

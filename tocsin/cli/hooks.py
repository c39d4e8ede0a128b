"""`tocsin hook`: where machines send their alerts."""

from datetime import UTC, datetime
from typing import Any

import click

from tocsin.cli import printing
from tocsin.cli.catalogue import PAGE
from tocsin.cli.options import DUE, Due, page_of, said
from tocsin.watch import hooks
from tocsin.watch.hooks import Door
from tocsin.watch.models import GROUP_FOR, Source

NAME = click.option("--name", default=None, help="As people know it; else the source's own name.")
SECRET = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="TEXT",
    help="What the source signs with or sends; - reads stdin. May be repeated: any will do.",
)
MAP = click.option(
    "--map",
    "rules",
    multiple=True,
    metavar="RULE",
    help='Which component a label is about: "job=checkout-* -> checkout". May be repeated.',
)
GROUP = click.option(
    "--group-for",
    type=DUE,
    metavar="WAIT",
    help="What comes in within this time is one drafted incident; 5m unless told.",
)


@click.group()
def hook() -> None:
    """Where machines send their alerts: each becomes a drafted incident, and is never said."""


@hook.command("create")
@PAGE
@click.option("--source", type=click.Choice([one.value for one in Source]), required=True)
@NAME
@SECRET
@MAP
@GROUP
@printing.as_json
def create(
    page_ref: str | None,
    source: str,
    name: str | None,
    secrets: tuple[str, ...],
    rules: tuple[str, ...],
    group_for: Due | None,
    is_json: bool,
) -> None:
    """Open a hook for a source; its address is shown this once."""
    at = datetime.now(UTC)
    door, token = hooks.create(
        page_of(page_ref).id,
        Source(source),
        name=name or "",
        secrets=[said(secret) for secret in secrets],
        rules=rules,
        group_for=group_for.after(at) - at if group_for else GROUP_FOR,
        by=printing.terminal(),
        at=at,
    )
    url = hooks.address_of(door, token)
    if is_json:
        printing.facts({**_told(door), "token": token, "url": url})
        return
    click.echo(f"Alerts of {door.name} come in at this address. It is shown this once:")
    click.echo(url)


@hook.command("list")
@PAGE
@printing.as_json
def list_hooks(page_ref: str | None, is_json: bool) -> None:
    """Ids, sources, names, when each was used last."""
    found = hooks.hooks_of(page_of(page_ref).id)
    if is_json:
        printing.facts([_told(door) for door in found])
        return
    rows = [
        (door.id, door.source.value, door.name, f"{door.begins}…", _standing(door))
        for door in found
    ]
    printing.table(("ID", "SOURCE", "NAME", "TOKEN", "LAST USED"), rows)


@hook.command("change")
@click.argument("hook_id", metavar="ID")
@NAME
@SECRET
@MAP
@GROUP
@printing.as_json
def change(
    hook_id: str,
    name: str | None,
    secrets: tuple[str, ...],
    rules: tuple[str, ...],
    group_for: Due | None,
    is_json: bool,
) -> None:
    """Change a hook; what is named replaces all there was of it, what is left out stays."""
    at = datetime.now(UTC)
    door = hooks.change(
        hook_id,
        name=name,
        secrets=[said(secret) for secret in secrets] or None,
        rules=rules or None,
        group_for=group_for.after(at) - at if group_for else None,
        by=printing.terminal(),
        at=at,
    )
    if is_json:
        printing.facts(_told(door))
    else:
        click.echo(f"{door.name} is as you said.")


@hook.command("revoke")
@click.argument("hook_id", metavar="ID")
def revoke(hook_id: str) -> None:
    """Close a hook for good; what came in by it stays recorded."""
    door = hooks.revoke(hook_id, by=printing.terminal(), at=datetime.now(UTC))
    click.echo(f"{door.name} takes nothing in any more.")


def _told(door: Door) -> dict[str, Any]:
    return {
        "id": door.id,
        "page": door.page_id,
        "source": door.source.value,
        "name": door.name,
        "begins": door.begins,
        "has_secret": bool(door.secrets),
        "rules": [str(rule) for rule in door.rules],
        "group_for_seconds": int(door.group_for.total_seconds()),
        "created_at": door.created_at,
        "last_used_at": door.last_used_at,
        "revoked_at": door.revoked_at,
    }


def _standing(door: Door) -> str:
    if door.revoked_at:
        return "revoked"
    return f"{door.last_used_at:%Y-%m-%d %H:%M} UTC" if door.last_used_at else "never"

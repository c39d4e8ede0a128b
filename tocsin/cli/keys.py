"""`tocsin key`: what lets a machine in, one page each."""

from datetime import UTC, datetime

import click

from tocsin.catalogue import shelf
from tocsin.cli import printing
from tocsin.cli.options import DUE, Due, page_of
from tocsin.people import keys
from tocsin.people.keys import Key
from tocsin.people.models import Scope

PAGE = click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")


@click.group()
def key() -> None:
    """Keys to the manage API (/v1): each opens one page."""


@key.command()
@PAGE
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), required=True)
@click.option("--name", default="", help="What it is for.")
@click.option("--expires", type=DUE, metavar="WHEN", help="90d, or a time with its zone.")
@printing.as_json
def create(page_ref: str | None, scope: str, name: str, expires: Due | None, is_json: bool) -> None:
    """Make a key; it is shown this once."""
    at, page = datetime.now(UTC), page_of(page_ref)
    made, secret = keys.create(
        page.id,
        scope=Scope(scope),
        name=name,
        expires_at=expires.after(at) if expires else None,
        by=printing.terminal(),
        at=at,
    )
    if is_json:
        printing.facts({"key": secret, "page": page.id, "scope": scope, "id": made.id})
        return
    click.echo(secret)
    click.echo(f"It opens {page.name} ({page.id}), and is shown this once.", err=True)


@key.command("list")
@PAGE
@printing.as_json
def list_keys(page_ref: str | None, is_json: bool) -> None:
    """What each key opens, and when it was used last."""
    at, pages = datetime.now(UTC), [page_of(page_ref)] if page_ref else shelf.pages()
    told = [(page, made) for page in pages for made in keys.keys_of(page.id)]
    if is_json:
        printing.facts([_told(made, at) for _, made in told])
        return
    rows = [
        (made.id, made.first + "…", page.slug, made.scope, made.name, *_standing(made, at))
        for page, made in told
    ]
    printing.table(("ID", "KEY", "PAGE", "SCOPE", "NAME", "LAST USED", ""), rows)


@key.command()
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """Let a key open nothing any more."""
    gone = keys.revoke(key_id, by=printing.terminal(), at=datetime.now(UTC))
    click.echo(f"{gone.name} ({gone.first}…) opens nothing any more.")


def _told(made: Key, at: datetime) -> dict[str, object]:
    return {
        "id": made.id,
        "page": made.page_id,
        "name": made.name,
        "scope": made.scope,
        "first": made.first,
        "created_at": made.created_at,
        "created_by": made.created_by,
        "expires_at": made.expires_at,
        "last_used_at": made.last_used_at,
        "is_good": made.is_good(at),
    }


def _standing(made: Key, at: datetime) -> tuple[str, str]:
    """When it was used last, and whether it still opens anything."""
    used = f"{made.last_used_at:%Y-%m-%d %H:%M}" if made.last_used_at else "never"
    if made.is_good(at):
        return used, f"until {made.expires_at:%Y-%m-%d %H:%M} UTC" if made.expires_at else ""
    return used, "revoked" if made.revoked_at else "expired"

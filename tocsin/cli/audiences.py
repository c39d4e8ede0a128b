"""`tocsin audience` and `tocsin page access`: who may read, and who is let in by name."""

from datetime import UTC, datetime

import click

from tocsin.announcements import admissions, reach
from tocsin.announcements.admissions import Guest
from tocsin.catalogue import audiences, shelf
from tocsin.catalogue.models import EVERYONE, Access
from tocsin.catalogue.shelf import Brand
from tocsin.cli import printing
from tocsin.cli.commands import Refused
from tocsin.cli.options import page_of, said
from tocsin.page import address
from tocsin.statements import circles

PAGE = click.option("--page", "page_ref", metavar="P", help="Id or slug; else the only page.")
AUDIENCE = click.option(
    "--audience", "whom", metavar="A", default=EVERYONE, help="Else the page's own readers."
)
PASSWORD = click.option(
    "--password", metavar="TEXT", help="The one password, at least 12 characters; - reads stdin."
)
CLOSED = [access.value for access in Access if access != Access.PUBLIC]


@click.group()
def audience() -> None:
    """Who may read a page, and the closed circles among its readers."""


@audience.command("list")
@PAGE
@printing.as_json
def list_audiences(page_ref: str | None, is_json: bool) -> None:
    """Ids, slugs, names, who may read, addresses."""
    told = [_told(seen) for seen in shelf.audiences_of(page_of(page_ref).id)]
    if is_json:
        printing.facts(told)
        return
    rows = [(row["slug"], row["name"], row["access"], row["readers"], row["url"]) for row in told]
    printing.table(("SLUG", "NAME", "ACCESS", "LET IN", "URL"), rows)


def _told(seen: Brand) -> dict[str, str]:
    is_named = seen.access == Access.NAMED
    return {
        "id": seen.audience_id,
        "slug": seen.audience,
        "name": seen.audience_name,
        "access": seen.access.value,
        "readers": str(len(admissions.guests_of(seen.audience_id))) if is_named else "",
        "url": address.url_of(seen),
    }


@audience.command("add")
@click.argument("name")
@PAGE
@click.option("--slug", default="", help="A part of its address; else made of the name.")
@click.option("--access", type=click.Choice(CLOSED), default=Access.NAMED.value, show_default=True)
@PASSWORD
@printing.as_json
def add_audience(
    name: str,
    page_ref: str | None,
    slug: str,
    access: str,
    password: str | None,
    is_json: bool,
) -> None:
    """Open a closed circle; it is told all that everyone is, and what is said to it alone."""
    opened = circles.open_circle(
        page_of(page_ref).id,
        name=name,
        slug=slug,
        access=Access(access),
        password=said(password or ""),
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    _wait_for(opened, says=not is_json)
    if is_json:
        printing.facts(_told(opened))
        return
    click.echo(f"Opened {opened.audience_name}: {address.url_of(opened)}/")
    if opened.access == Access.NAMED:
        where = f"--page {opened.slug} --audience {opened.audience}"
        click.echo(f"Let readers in: tocsin audience admit name@example.com {where}")


def _wait_for(opened: Brand, *, says: bool) -> None:
    """Bring along what everyone was told; whoever stops this leaves the rest to the worker."""
    while not circles.bring_along(opened.audience_id, by=printing.terminal(), at=datetime.now(UTC)):
        for one in circles.joining(opened.id):
            if says and one.audience_id == opened.audience_id:
                click.echo(f"Brought along: {one.told} of {one.of} words.", err=True)


@audience.command("admit")
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@PAGE
@AUDIENCE
@click.option("--language", default="", help="The language of the letter; else the page's first.")
def admit(emails: tuple[str, ...], page_ref: str | None, whom: str, language: str) -> None:
    """Let readers in by name; each is mailed a link that opens the page once."""
    seen = shelf.audience(page_of(page_ref).id, whom)
    for email in emails:
        guest = admissions.admit(
            seen.audience_id,
            address=email,
            language=language,
            by=printing.terminal(),
            at=datetime.now(UTC),
        )
        click.echo(f"{guest.address} is let in.")


@audience.command("expel")
@click.argument("email")
@PAGE
@AUDIENCE
def expel(email: str, page_ref: str | None, whom: str) -> None:
    """Let a reader in no longer: they read nothing more, are told nothing more, are forgotten."""
    seen = shelf.audience(page_of(page_ref).id, whom)
    guest = next((one for one in admissions.guests_of(seen.audience_id) if _is(one, email)), None)
    if guest is None:
        raise Refused(f"Nobody is let in as {email!r}. See `tocsin audience readers`.")
    admissions.expel(guest.id, by=printing.terminal(), at=datetime.now(UTC))
    click.echo("They may no longer come in. The journal goes on knowing them as an id alone.")


def _is(guest: Guest, email: str) -> bool:
    return email.strip().lower() in (guest.address, guest.id)


@audience.command("readers")
@PAGE
@AUDIENCE
@printing.as_json
def readers(page_ref: str | None, whom: str, is_json: bool) -> None:
    """Who is let in by name."""
    seen = shelf.audience(page_of(page_ref).id, whom)
    guests = admissions.guests_of(seen.audience_id)
    if is_json:
        printing.facts([{"id": one.id, "email": one.address} for one in guests])
        return
    printing.table(
        ("E-MAIL", "LET IN", "ID"),
        [(one.address, f"{one.admitted_at:%Y-%m-%d}", one.id) for one in guests],
    )


@click.command("access")
@click.argument("page_ref", metavar="P")
@click.argument("access", type=click.Choice([access.value for access in Access]))
@AUDIENCE
@PASSWORD
@printing.as_json
def page_access(page_ref: str, access: str, whom: str, password: str | None, is_json: bool) -> None:
    """Who may read a page: anybody, those let in by name, or whoever knows the one password."""
    seen = audiences.change_access(
        shelf.audience(shelf.brand(page_ref).id, whom).audience_id,
        Access(access),
        password=said(password or ""),
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    shut_out = reach.shut_out(seen.audience_id)
    if is_json:
        printing.facts(_told(seen) | {"shut_out": shut_out})
        return
    told = {
        Access.PUBLIC: "Anybody may read it.",
        Access.NAMED: "Only those let in by name may read it: tocsin audience admit.",
        Access.PASSWORD: "Only those who know the password may read it.",
    }
    click.echo(f"{address.url_of(seen)}/ {told[seen.access]}")
    if shut_out:
        click.echo(f"Readers who are told nothing more until they are let in: {shut_out}.")

"""`tocsin invite` and `tocsin operators`: who may act, and a way in for whoever is locked out."""

from datetime import UTC, datetime

import click
from django.conf import settings

from tocsin.cli import places, printing
from tocsin.cli.options import page_of
from tocsin.people import access
from tocsin.people.models import Role


@click.command()
@click.argument("email")
@click.option(
    "--name", default="", help="As the journal will show it; else the address's first part."
)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value)
@click.option("--page", "page_ref", metavar="P", help="On one page only; else on every page.")
@click.option("--language", type=click.Choice(list(dict(settings.CONSOLE_LANGUAGES))), default="en")
@printing.as_json
def invite(
    email: str, name: str, role: str, page_ref: str | None, language: str, is_json: bool
) -> None:
    """Let somebody in, or back in, by a one-time link; it is shown this once."""
    token = access.invite(
        email=email,
        name=name or email.partition("@")[0],
        role=Role(role),
        page_id=page_of(page_ref).id if page_ref else "",
        language=language,
        by=printing.terminal(),
        at=datetime.now(UTC),
    )
    url = places.sign_in_url(token)
    if is_json:
        printing.facts({"email": email, "role": role, "url": url})
        return
    hours = int(access.LINK_LASTS.total_seconds() // 3600)
    click.echo(f"Hand this link over; it works once, within {hours} hours:\n{url}")


@click.command()
@printing.as_json
def operators(is_json: bool) -> None:
    """Who may act, and as what."""
    told = [
        {
            "id": member.id,
            "email": member.email,
            "name": member.name,
            "roles": [role.value for role, _ in member.roles],
            "is_active": member.is_active,
            "has_joined": member.has_joined,
        }
        for member in access.everyone()
    ]
    if is_json:
        printing.facts(told)
        return
    rows = [
        (
            member.name,
            member.email,
            ", ".join(role for role, _ in member.roles) or "-",
            _standing(member),
        )
        for member in access.everyone()
    ]
    printing.table(("NAME", "E-MAIL", "ROLES", ""), rows)


def _standing(member: access.Member) -> str:
    if not member.is_active:
        return "may not act any more"
    return "" if member.has_joined else "has not signed in yet"

"""`tocsin invite`, `operators`, `people`: who may act, and a way in for whoever is locked out."""

from datetime import UTC, datetime, timedelta

import click
from django.conf import settings

from tocsin.cli import places, printing
from tocsin.cli.options import page_of
from tocsin.journal.ids import rfc3339
from tocsin.people import access, factors, requiring
from tocsin.people.access import NotAllowed
from tocsin.people.models import Operator, Role


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
    members = access.everyone()
    enrolled = factors.enrolled({member.id for member in members})
    told = [
        {
            "id": member.id,
            "email": member.email,
            "name": member.name,
            "roles": [role.value for role, _ in member.roles],
            "is_active": member.is_active,
            "has_joined": member.has_joined,
            "has_second_factor": member.id in enrolled,
        }
        for member in members
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
            "second factor" if member.id in enrolled else "",
        )
        for member in members
    ]
    printing.table(("NAME", "E-MAIL", "ROLES", "", ""), rows)


def _standing(member: access.Member) -> str:
    if not member.is_active:
        return "may not act any more"
    return "" if member.has_joined else "has not signed in yet"


@click.group()
def people() -> None:
    """How your own people come in: second factors, and the roles they hold."""


WHOM = click.argument("whom", metavar="NAME")
ROLE = click.option("--role", type=click.Choice([role.value for role in Role]))


def _whom(said: str) -> Operator:
    """Somebody by address, id or name. Raises NotAllowed where that is nobody, or several."""
    members = [one for one in access.everyone() if said.lower() in (one.email, one.id)]
    members = members or [one for one in access.everyone() if one.name.lower() == said.lower()]
    if len(members) != 1:
        found = "Several go" if members else "Nobody goes"
        raise NotAllowed(f"{found} by {said!r}. `tocsin operators` shows each one's address.")
    operator = access.operator_of(members[0].id)
    assert operator is not None
    return operator


@people.command("reset-factor")
@WHOM
@printing.as_json
def reset_factor(whom: str, is_json: bool) -> None:
    """Let somebody begin anew who lost app, passkeys and recovery codes."""
    operator = _whom(whom)
    gone = factors.reset(operator, by=printing.terminal(), at=datetime.now(UTC))
    if is_json:
        printing.facts({"id": operator.id, "email": operator.email, "factors": gone})
        return
    click.echo(f"{operator.name} now comes in with a password alone.")


@people.command("end-role")
@WHOM
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--page", "page_ref", metavar="P", help="The role on this page; else on every page.")
@printing.as_json
def end_role(whom: str, role: str, page_ref: str | None, is_json: bool) -> None:
    """Take one role from somebody; they keep the others."""
    operator, page_id = _whom(whom), page_of(page_ref).id if page_ref else ""
    by, at = printing.terminal(), datetime.now(UTC)
    access.end_role(operator, role=Role(role), page_id=page_id, by=by, at=at)
    left = [held.value for held in access.roles_of(operator)]
    if is_json:
        printing.facts({"id": operator.id, "roles": left})
        return
    click.echo(f"{operator.name} now holds: {', '.join(left) or 'no role'}.")


@people.command("require-factor")
@ROLE
@click.option("--grace-days", type=click.IntRange(0, 90), default=requiring.GRACE.days)
@click.option("--no-longer", is_flag=True, help="Ask for it no longer.")
@printing.as_json
def require_factor(role: str | None, grace_days: int, no_longer: bool, is_json: bool) -> None:
    """Ask everybody for a second factor, or whoever holds a role."""
    asked, by, at = Role(role) if role else None, printing.terminal(), datetime.now(UTC)
    if no_longer:
        requiring.ease(asked, by=by, at=at)
    else:
        requiring.require(asked, by=by, at=at, grace=timedelta(days=grace_days))
    if is_json:
        printing.facts(
            [
                {"role": one.role and one.role.value, "grace_ends_at": rfc3339(one.grace_ends_at)}
                for one in requiring.in_force()
            ]
        )
        return
    whom = f"whoever holds {role}" if role else "everybody"
    click.echo(f"A second factor is {'no longer ' if no_longer else ''}asked of {whom}.")

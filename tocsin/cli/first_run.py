"""What a fresh installation is given, and what its operator is told first."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from tocsin.catalogue import shelf
from tocsin.cli import places
from tocsin.journal.actors import TERMINAL
from tocsin.page import address
from tocsin.people import access
from tocsin.people.models import Role
from tocsin.rehearse import demo as night

OWNER = "owner@localhost"


def prepare(*, demo: bool, at: datetime) -> list[str]:
    """Make ready what the first run needs; the lines to print once everything is up."""
    if not shelf.pages():
        _open(demo=demo, at=at)
    page = shelf.pages()[0]
    lines = [
        f"The public page:  {address.url_of(page)}/",
        f"The console:      {places.console_url()}",
    ]
    token = _way_in(at)
    if token:
        lines.append(f"Sign in (once):   {places.sign_in_url(token)}")
    if settings.TOCSIN.smtp_url is None:
        lines.append(f"Mail is kept in:  {settings.TOCSIN.outbox_dir} (TOCSIN_SMTP_URL sends it)")
    return lines


def _open(*, demo: bool, at: datetime) -> None:
    if demo:
        night.furnish(by=TERMINAL, at=at)
        return
    host = urlsplit(settings.TOCSIN.base_url).hostname or ""
    shelf.open_page(name=_name_of(host), slug="status", by=TERMINAL, at=at)


def _name_of(host: str) -> str:
    """A first name for an empty page: the firm's part of its host, where there is one."""
    parts = [part for part in host.split(".") if part not in ("status", "www", "")]
    if not parts or host.replace(".", "").isdigit() or ":" in host or host == "localhost":
        return "Status"
    return parts[0].capitalize()


def _way_in(at: datetime) -> str | None:
    """A one-time link for the owner, for as long as none has ever signed in."""
    owners = access.owners()
    if any(owner.has_usable_password() for owner in owners):
        return None
    if owners:
        return access.link_for(owners[0], at=at)
    return access.invite(email=OWNER, name="Owner", role=Role.OWNER, by=TERMINAL, at=at)

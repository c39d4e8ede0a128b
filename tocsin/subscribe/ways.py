"""By which way a reader wants to be told, as the form shows it and as it comes back."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tocsin.announcements import accounts, audience
from tocsin.announcements.accounts import Format
from tocsin.catalogue.models import Access
from tocsin.catalogue.shelf import Brand
from tocsin.subscribe.wishes import Option

MAIL, MACHINE = "email", "webhook"


@dataclass(frozen=True, slots=True)
class Way:
    """One channel as readers know it; ``hint`` says where its web address is to be had."""

    name: str
    label: str
    field: str
    hint: str
    example: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom to tell, and how. ``contact`` answers for a machine."""

    channel: str
    address: str
    contact: str = ""
    format: str = Format.STANDARD


def ways(page: Brand, chosen: str) -> list[Way]:
    """Every way in which a page tells; one whose readers are named tells by mail alone."""
    found = [
        Way(MAIL, pgettext("way", "E-mail"), _("Your e-mail address"), "", "", chosen == MAIL),
        *(Way(*told, is_chosen=chosen == told[0]) for told in (*_rooms(), _machine())),
    ]
    return found[:1] if page.access == Access.NAMED else found


def _rooms() -> tuple[tuple[str, str, str, str, str], ...]:
    """Of each chat room its name, label and field, where its address is had, and how that looks."""
    slack = _("In Slack: Apps, Incoming Webhooks, Add to Slack; choose the room, and copy the URL.")
    teams = _(
        "In Teams: the channel's Workflows, “Post to a channel when a webhook request is received”."
    )
    discord = _("In Discord: Edit Channel, Integrations, Webhooks, New Webhook, Copy Webhook URL.")
    room, channel = _("The room's webhook address"), _("The channel's webhook address")
    return (
        ("slack", "Slack", room, slack, "https://hooks.slack.com/services/…"),
        ("teams", "Teams", channel, teams, "https://….logic.azure.com/workflows/…"),
        ("discord", "Discord", channel, discord, "https://discord.com/api/webhooks/…"),
    )


def _machine() -> tuple[str, str, str, str, str]:
    hint = _("We send JSON by POST, signed as Standard Webhooks asks.")
    return (
        MACHINE,
        _("Webhook"),
        _("The web address to call"),
        hint,
        "https://example.com/status",
    )


def chosen_by(request: HttpRequest) -> str:
    """The way that an address names; mail where it names none that there is."""
    told = request.GET.get("by", "")
    return told if told in ("slack", "teams", "discord", MACHINE) else MAIL


def formats(chosen: str) -> list[Option]:
    """The shapes of what a machine is sent."""
    labels = {
        Format.STANDARD: _("Our own events, in every language of the page"),
        Format.STATUSPAGE: _("Statuspage's bodies, for programs made for it"),
    }
    return [Option(value, label, value == chosen) for value, label in labels.items()]


def posted(request: HttpRequest) -> Reached:
    """What a form carries. Raises CannotSubscribe for what can never be reached."""
    channel, told = chosen_by(request), request.POST
    field = "email" if channel == MAIL else "endpoint"
    return checked(
        channel,
        told.get(field, ""),
        contact=told.get("email", ""),
        format=told.get("format") or Format.STANDARD,
    )


def checked(channel: str, address: str, *, contact: str = "", format: str = "") -> Reached:
    """Whom to tell, each address in its one spelling. Raises CannotSubscribe."""
    spelled = audience.checked_address(channel, address)
    answers = audience.checked_contact(channel, contact, is_needed=channel in accounts.MACHINES)
    return Reached(channel, spelled, answers, audience.checked_format(format or Format.STANDARD))

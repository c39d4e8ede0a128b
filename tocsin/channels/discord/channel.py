"""The Discord channel."""

import json

from tocsin.channels.caller import Caller, Reply
from tocsin.channels.discord.layout import card
from tocsin.channels.room import Kind, Room
from tocsin.settings.installation import Installation

HOSTS = ("discord.com", "discordapp.com", "ptb.discord.com", "canary.discord.com")


def wait_in(reply: Reply) -> float | None:
    """How long to wait: Discord says it in the body, to the millisecond."""
    if reply.status != 429:
        return None
    try:
        told = json.loads(reply.body)["retry_after"]
    except (ValueError, KeyError, TypeError):
        return None
    return max(0.0, float(told)) if isinstance(told, int | float) else None


DISCORD = Kind(
    name="discord",
    example="https://discord.com/api/webhooks/000/xxxx",
    is_theirs=lambda host, path: host in HOSTS and path.startswith("/api/"),
    card=card,
    wait_in=wait_in,
    gone=(401, 404, 410),
    useless=(400, 403, 413),
)


def of(installation: Installation) -> Room:
    """Discord, as this installation may reach it."""
    may = installation.allow_private_targets
    return Room(DISCORD, Caller(may_be_private=may), may_be_private=may)

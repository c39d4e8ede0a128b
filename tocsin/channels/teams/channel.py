"""The Teams channel."""

from tocsin.channels.caller import Caller
from tocsin.channels.room import Kind, Room
from tocsin.channels.teams.layout import card
from tocsin.settings.installation import Installation

DOMAINS = (".logic.azure.com", ".powerplatform.com", ".logic.azure.us", ".powerplatform.us")
TEAMS = Kind(
    name="teams",
    # The connectors at webhook.office.com are retired, and would swallow what is sent.
    example="https://prod-00.westeurope.logic.azure.com/workflows/…, from the Workflows app",
    is_theirs=lambda host, path: host.endswith(DOMAINS),
    card=card,
    gone=(401, 404, 410),
    useless=(400, 403, 413),
)


def of(installation: Installation) -> Room:
    """Teams, as this installation may reach it."""
    may = installation.allow_private_targets
    return Room(TEAMS, Caller(may_be_private=may), may_be_private=may)

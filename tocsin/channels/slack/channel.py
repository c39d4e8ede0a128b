"""The Slack channel."""

from tocsin.channels.caller import Caller
from tocsin.channels.room import Kind, Room
from tocsin.channels.slack.layout import card
from tocsin.settings.installation import Installation

HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
SLACK = Kind(
    name="slack",
    example="https://hooks.slack.com/services/T000/B000/xxxx",
    is_theirs=lambda host, path: host in HOSTS and path.startswith(("/services/", "/workflows/")),
    card=card,
)


def of(installation: Installation) -> Room:
    """Slack, as this installation may reach it."""
    may = installation.allow_private_targets
    return Room(SLACK, Caller(may_be_private=may), may_be_private=may)

"""An actor is a value, so that the journal needs no table of people."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    OPERATOR = "operator"
    SYSTEM = "system"
    IMPORT = "import"
    BREAK_GLASS = "break-glass"
    READER = "reader"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A reader's ``name`` stays empty: the journal holds ids, never addresses."""

    kind: ActorKind
    id: str
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.id


WORKER = Actor(ActorKind.SYSTEM, "worker", "Tocsin")
TERMINAL = Actor(ActorKind.SYSTEM, "terminal", "the terminal")
ALERTS = Actor(ActorKind.SYSTEM, "alerts", "the alerts")
POLICY = Actor(ActorKind.SYSTEM, "policy", "the policy")


def reader(subscription_id: str) -> Actor:
    """A subscriber, by id alone."""
    return Actor(ActorKind.READER, subscription_id)

"""Subscribers as clients send and ask for them, and as they are answered."""

from enum import StrEnum
from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints

from tocsin.api.v1.fields import Claim, Ids, Sent, none_if_empty

Address = Annotated[str, StringConstraints(max_length=1000)]


class Mode(StrEnum):
    """How a subscriber is told. ``integration_partner``: a room in Discord."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    SLACK = "slack"
    TEAMS = "teams"
    INTEGRATION_PARTNER = "integration_partner"


class StateName(StrEnum):
    """``all`` is everybody but those who unsubscribed."""

    ACTIVE = "active"
    UNCONFIRMED = "unconfirmed"
    QUARANTINED = "quarantined"
    ALL = "all"


class SortField(StrEnum):
    PRIMARY = "primary"
    CREATED_AT = "created_at"
    QUARANTINED_AT = "quarantined_at"
    RELEVANCE = "relevance"


class Direction(StrEnum):
    ASC = "asc"
    DESC = "desc"


class Counted(Schema):
    """Which to count."""

    type: Annotated[Mode | None, BeforeValidator(none_if_empty)] = None
    state: Annotated[StateName | None, BeforeValidator(none_if_empty)] = None


class Listed(Counted):
    """Which to list; here pages count from 0."""

    q: Annotated[str, StringConstraints(max_length=255)] = ""
    page: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1)] = 100
    sort_field: SortField = SortField.PRIMARY
    sort_direction: Direction = Direction.ASC


class SubscriberFields(Sent):
    """An ``email``, or an ``endpoint`` with the ``email`` of whoever answers for it."""

    email: Address | None = None
    endpoint: Address | None = None
    phone_country: Address | None = None
    phone_number: Address | None = None
    skip_confirmation_notification: Claim = None
    page_access_user: Address | None = None
    component_ids: Ids = None


class SubscriberBody(Sent):
    subscriber: SubscriberFields


class Following(Sent):
    component_ids: Ids = None


class FollowingBody(Sent):
    """``component_ids`` may stand outside, as Statuspage has it; empty changes nothing."""

    subscriber: Following | None = None
    component_ids: Ids = None


class ManyBody(Sent):
    """Ids of subscribers, at most a hundred; or `all`, of a type and state, if they are as few."""

    subscribers: list[str] | str
    type: Annotated[Mode | None, BeforeValidator(none_if_empty)] = None
    state: Annotated[StateName | None, BeforeValidator(none_if_empty)] = None
    skip_unsubscription_notification: Claim = None


class Subscriber(Schema):
    """Somebody who is told. Of a web address, which is a key, only the host is shown."""

    id: str
    mode: str
    email: str | None
    endpoint: str | None
    phone_number: str | None
    phone_country: str | None
    display_phone_number: str | None
    obfuscated_channel_name: str | None
    workspace_name: str | None
    quarantined_at: str | None
    purge_at: str | None
    components: list[str]
    page_access_user_id: str | None
    skip_confirmation_notification: bool
    created_at: str


class Counts(Schema):
    email: int
    sms: int
    webhook: int
    slack: int
    teams: int
    integration_partner: int


class Standings(Schema):
    active: int
    unconfirmed: int
    quarantined: int
    total: int


class Histogram(Schema):
    email: Standings
    sms: Standings
    webhook: Standings
    slack: Standings
    teams: Standings
    integration_partner: Standings

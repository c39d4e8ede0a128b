"""What clients are answered with, for the description; the values are written in ``scene``."""

from typing import Any

from ninja import Schema


class Failure(Schema):
    """Why a call was refused; ``error`` is a list where several things may be wrong."""

    error: str | list[str]
    message: str


class Page(Schema):
    """A page; what it has no use for is null."""

    id: str
    created_at: str
    updated_at: str
    name: str
    page_description: str | None
    headline: str | None
    branding: str
    subdomain: str
    domain: str | None
    url: str
    support_url: str | None
    hidden_from_search: bool
    allow_page_subscribers: bool
    allow_incident_subscribers: bool
    allow_email_subscribers: bool
    allow_sms_subscribers: bool
    allow_rss_atom_feeds: bool
    allow_webhook_subscribers: bool
    notifications_from_email: str | None
    notifications_email_footer: str | None
    activity_score: float | None
    twitter_username: str | None
    viewers_must_be_team_members: bool
    ip_restrictions: str | None
    city: str | None
    state: str | None
    country: str | None
    time_zone: str


class Component(Schema):
    """A component, or a group of them (``group``)."""

    id: str
    page_id: str
    group_id: str | None
    created_at: str
    updated_at: str
    group: bool
    name: str
    description: str | None
    position: int
    status: str
    showcase: bool
    only_show_if_degraded: bool
    automation_email: str | None
    start_date: str | None
    components: list[str] | None = None


class Group(Schema):
    """A group and what it holds."""

    id: str
    page_id: str
    name: str
    description: str | None
    components: list[str]
    position: int
    created_at: str
    updated_at: str


class RelatedEvents(Schema):
    """The incidents of that time; ``id`` is the newest."""

    id: str | None
    ids: list[str]


class Uptime(Schema):
    """How long a component, or all of a group on average, was up; outages in seconds."""

    range_start: str
    range_end: str
    uptime_percentage: float | None
    major_outage: int
    partial_outage: int
    warnings: list[str] | None
    id: str
    name: str
    related_events: RelatedEvents | None = None


Values = dict[str, Any]

"""What clients are answered with, for the description; the values are written in ``scene``."""

from typing import Any

from ninja import Schema

Values = dict[str, Any]


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
    automation_email: str | None = None
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


class Affected(Schema):
    """A component that an update speaks of, before and after it."""

    code: str
    name: str
    old_status: str
    new_status: str


class IncidentUpdate(Schema):
    """One word about an incident; ``affected_components`` is null where it names none."""

    id: str
    status: str
    body: str
    incident_id: str
    created_at: str
    updated_at: str
    display_at: str
    affected_components: list[Affected] | None
    deliver_notifications: bool
    custom_tweet: str | None
    tweet_id: str | int | None
    wants_twitter_update: bool
    twitter_updated_at: str | None


class Incident(Schema):
    """An incident, or planned work (``scheduled_for`` is set then); updates newest first."""

    id: str
    name: str
    status: str
    created_at: str
    updated_at: str
    monitoring_at: str | None
    resolved_at: str | None
    impact: str
    shortlink: str
    started_at: str
    page_id: str
    incident_updates: list[IncidentUpdate]
    components: list[Component]
    reminder_intervals: Any
    impact_override: str | None
    metadata: dict[str, Any]
    backfilled: bool
    postmortem_body: str | None
    postmortem_body_last_updated_at: str | None
    postmortem_ignored: bool
    postmortem_notified_subscribers: bool
    postmortem_notified_twitter: bool
    postmortem_published_at: str | None
    scheduled_for: str | None
    scheduled_until: str | None
    scheduled_auto_completed: bool
    scheduled_auto_in_progress: bool
    scheduled_remind_prior: bool
    scheduled_reminded_at: str | None
    auto_transition_deliver_notifications_at_end: bool | None
    auto_transition_deliver_notifications_at_start: bool | None
    auto_transition_to_maintenance_state: bool | None
    auto_transition_to_operational_state: bool | None


class Postmortem(Schema):
    """An incident's account: ``body`` is what is published, ``body_draft`` what is to be."""

    created_at: str | None
    preview_key: str | None
    body: str | None
    body_updated_at: str | None
    body_draft: str | None
    body_draft_updated_at: str | None
    published_at: str | None
    notify_subscribers: bool
    notify_twitter: bool
    custom_tweet: str | None


class PromiseWords(Schema):
    """A promise in one language; ``reason`` is why it slipped or was dropped last."""

    action: str
    done_when: str
    owner: str
    reason: str | None
    proof: str | None


class PromiseTurn(Schema):
    """One turn of a promise: made, reworded, slipped, proved or dropped, by whom."""

    act: str
    at: str
    by: str
    due_on: str
    texts: dict[str, PromiseWords]


class Promise(Schema):
    """What was taken on after an incident: ``state`` is open, done or dropped.

    ``keeper`` is who is reminded, by address, for keys that write alone; null where those who lead
    the incident are.
    """

    id: str
    incident_id: str
    state: str
    public: bool
    keeper: str | None
    created_at: str
    updated_at: str
    due_on: str
    due_before: list[str]
    settled_at: str | None
    link: str | None
    proof_link: str | None
    texts: dict[str, PromiseWords]
    history: list[PromiseTurn]


class Waiting(Schema):
    """A word that waits: whose consent it needs (``role``), and until when that is expected."""

    clearance: str
    role: str
    due_at: str


class PromisesTold(Schema):
    """What readers were told: the number of the word, or what it waits for."""

    publication: int | None
    pending: Waiting | None


class TurnedPromise(Promise):
    """A promise after a turn; ``told`` is null where nothing was said of it to readers."""

    told: PromisesTold | None

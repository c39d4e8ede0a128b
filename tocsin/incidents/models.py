from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Adopted, Audience, Component, Page
from tocsin.catalogue.tree import State
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity
from tocsin.journal.ids import new_id
from tocsin.watch.alerts import ALERT_LENGTH, TITLE_LENGTH, URL_LENGTH
from tocsin.watch.models import Hook


class MomentKind(models.TextChoices):
    """Separate moments, because speed is measured between them (metrics 6)."""

    STARTED = "started", "Effect began"
    DETECTED = "detected", "Detected"
    AWARE = "aware", "We knew"
    CUSTOMER_FIRST = "customer_first", "First customer report"
    MITIGATED = "mitigated", "Mitigated"
    ENDED = "ended", "Effect ended"
    # What regimes count from (disclosure/clocks): each its own, for they differ by days.
    CLASSIFIED_MAJOR = "classified_major", "Classified as major"
    DETERMINED = "determined", "Determined to be notifiable"
    MATERIAL = "material", "Found material"
    PAID = "paid", "Ransom paid"
    FIX_AVAILABLE = "fix_available", "Fix available"


class IncidentKind(models.TextChoices):
    INCIDENT = "incident", "Something wrong"
    SECURITY = "security", "Something wrong, and data or access may be in others' hands"
    MAINTENANCE = "maintenance", "Planned work"


class Incident(models.Model):
    """Something wrong, or work that is planned. Its title is what our own people call it.

    ``audience`` is the closed circle that alone is told of it; empty where everyone is. Planned
    work has a :class:`Window`; past its end it becomes an incident.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=IncidentKind, default=IncidentKind.INCIDENT)
    title = models.CharField(max_length=255)
    severity = models.CharField(max_length=4, choices=[(s, s) for s in Severity])
    posture = models.CharField(
        max_length=16, choices=[(p, p) for p in Posture], default=Posture.UNKNOWN
    )
    lead_id = models.CharField(max_length=64, blank=True)
    declared_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["page"], condition=models.Q(resolved_at=None), name="incidents_open"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Impact(models.Model):
    """The effect on one component from a moment on. Append-only; the newest row counts."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=[(s, s) for s in State])
    at = models.DateTimeField()


class Moment(models.Model):
    """When something happened, as known at ``recorded_at``. Append-only; the newest counts."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=MomentKind)
    at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True)


class Touched(models.TextChoices):
    """Whether people's data is touched; data that cannot be reached counts."""

    UNKNOWN = "unknown", "Not known yet"
    YES = "yes", "Yes"
    NO = "no", "No"


class Answer(models.Model):
    """The two questions that decide which reports are owed. Append-only; the newest counts.

    ``clocks`` are ids of clocks; null while nobody has said which regimes apply.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    personal_data = models.CharField(max_length=8, choices=Touched)
    clocks = models.JSONField(null=True)
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)


class Done(models.TextChoices):
    """What was done about a report that may be owed."""

    SUBMITTED = "submitted", "Submitted"
    SET_ASIDE = "set_aside", "Not owed"
    WITHDRAWN = "withdrawn", "Recorded by mistake: what was recorded before counts no more"


class Report(models.Model):
    """What was done about one stage of one clock, with its receipt. Append-only.

    ``reference`` is what the recipient calls it; ``receipt``, what they answered or, of what is
    not owed, why.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=64)
    stage = models.CharField(max_length=64)
    done = models.CharField(max_length=16, choices=Done)
    done_at = models.DateTimeField()
    recipient = models.CharField(max_length=255, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    receipt = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)


class ClockText(Adopted):
    """A page's own clocks as they were adopted; the newest are in force. Append-only."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "number"], name="incidents_clocks_number")
        ]


class Fact(models.Model):
    """Something learned, for our own eyes. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)


class Effect(models.Model):
    """What planned work does, as its planner knows it: shared by a window and a series of them.

    ``effects``: {component id: state} for as long as it lasts.
    """

    zone = models.CharField(max_length=64)
    effects = models.JSONField()
    interruptions = models.PositiveSmallIntegerField(default=0)
    interruption_for = models.DurationField(null=True)
    ends_itself = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Series(Effect):
    """Planned work that comes again. ``first`` is the wall clock of the first window, naive.

    ``audience`` is the closed circle that alone is told of it, as for an incident.
    ``unrolled_to`` is the newest time of the rule for which there is a window, ``unroll_at`` the
    moment from which there has to be a further one.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=255)
    pattern = models.CharField(max_length=255)
    first = models.CharField(max_length=32)
    until = models.DateTimeField(null=True)
    lasts_for = models.DurationField()
    lead_id = models.CharField(max_length=64, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=200)
    unrolled_to = models.DateTimeField(null=True)
    unroll_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Window(Effect):
    """When planned work takes place, and what became of it.

    Of a series, ``occurs_at`` is when its rule has it, wherever the window was moved since.
    """

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name="+")
    occurs_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    overran_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["series", "occurs_at"], name="incidents_window_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="incidents_window_ends_later",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["starts_at"], name="incidents_window_starts"),
        ]


class Outcome(models.TextChoices):
    """What became of a drafted incident."""

    SAID = "said", "Somebody said it"
    JOINED = "joined", "An incident that was declared took it in"
    DISMISSED = "dismissed", "Somebody dismissed it"
    LAPSED = "lapsed", "It was over, and nobody took it up"


class DraftedIncident(models.Model):
    """What alerts suggest and nobody has confirmed. No :class:`Incident`: nothing is owed for it.

    ``revision`` moves whenever what it would say changes: nobody says what they did not see.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    grown_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=16, blank=True, choices=Outcome)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["page"], condition=models.Q(settled_at=None), name="incidents_drafted_live"
            ),
        ]


class Notice(models.Model):
    """What one alert says of one component now: on a drafted incident, then on what became of it.

    Without ``component`` nobody can tell what it is about. ``turned_at`` is when the source has it
    begin or end, ``heard_at`` when we were told. Until ``flaps_until`` its being over is no news.
    """

    drafted = models.ForeignKey(
        DraftedIncident, null=True, on_delete=models.PROTECT, related_name="+"
    )
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="+")
    alert = models.CharField(max_length=ALERT_LENGTH)
    component = models.ForeignKey(Component, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=[(s, s) for s in State])
    severity = models.CharField(max_length=4, choices=[(s, s) for s in Severity])
    title = models.CharField(max_length=TITLE_LENGTH)
    url = models.CharField(max_length=URL_LENGTH, blank=True)
    is_firing = models.BooleanField(default=True)
    began_at = models.DateTimeField()
    turned_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    flaps_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(drafted__isnull=False) | models.Q(incident__isnull=False),
                name="incidents_notice_of_something",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["alert", "hook"], name="incidents_notice_of_alert"),
        ]

from datetime import timedelta
from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Page
from tocsin.catalogue.tree import State
from tocsin.disclosure.severity import Severity
from tocsin.journal.ids import new_id
from tocsin.watch.alerts import ALERT_LENGTH, OCCASION_LENGTH, TITLE_LENGTH, URL_LENGTH

GROUP_FOR = timedelta(minutes=5)


class Source(models.TextChoices):
    """Who may send alerts, by the name that stands in a hook's address."""

    ALERTMANAGER = "alertmanager", "Prometheus Alertmanager"
    GRAFANA = "grafana", "Grafana"
    PAGERDUTY = "pagerduty", "PagerDuty"
    EVENTS_V2 = "events-v2", "PagerDuty Events v2"
    UPTIME_KUMA = "uptime-kuma", "Uptime Kuma"
    CLOUDEVENTS = "cloudevents", "CloudEvents"
    GATUS = "gatus", "Gatus"
    SENTRY = "sentry", "Sentry"
    SNS = "sns", "Amazon SNS"
    GENERIC = "generic", "Anything else"


class Hook(models.Model):
    """Where one source's alerts come in for one page.

    The token is kept as a hash. ``secrets`` have to verify signatures, so they are kept as they
    are; any of them will do. ``rules``: what a label says is about which component (mapping.py).
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=16, choices=Source)
    name = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    token_begins = models.CharField(max_length=8)
    secrets = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    group_for = models.DurationField(default=GROUP_FOR)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Signal(models.Model):
    """One turn of one alert: it began to fire, or ceased. Append-only, save for ``taken_up_at``.

    ``alert`` is the source's own name for it, ``occasion`` what tells one firing from the next.
    ``state`` and ``severity`` are what it suggests; a signal without a state is only recorded.
    """

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="+")
    alert = models.CharField(max_length=ALERT_LENGTH)
    occasion = models.CharField(max_length=OCCASION_LENGTH)
    is_firing = models.BooleanField()
    title = models.CharField(max_length=TITLE_LENGTH)
    labels = models.JSONField(default=dict)
    state = models.CharField(max_length=24, blank=True, choices=[(s, s) for s in State])
    severity = models.CharField(max_length=4, blank=True, choices=[(s, s) for s in Severity])
    url = models.CharField(max_length=URL_LENGTH, blank=True)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["hook", "alert", "occasion", "is_firing"], name="watch_signal_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"],
                condition=models.Q(taken_up_at=None),
                name="watch_signal_pending",
            ),
            models.Index(fields=["hook", "-id"], name="watch_signal_newest"),
        ]


class Provider(models.Model):
    """Where a page's metrics come from: our own programs, which send their points.

    ``metrics_changed_at`` moves with every change but points, so that the compiled page follows.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.OneToOneField(Page, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    metrics_changed_at = models.DateTimeField()


class Metric(models.Model):
    """Something that is measured again and again; readers see it where ``is_shown``.

    ``lowest`` and ``highest`` hold the chart's scale where somebody chose it.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    identifier = models.CharField(max_length=255, blank=True)
    description = models.CharField(max_length=500, blank=True)
    suffix = models.CharField(max_length=20, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    lowest = models.FloatField(null=True)
    highest = models.FloatField(null=True)
    hides_scale = models.BooleanField(default=False)
    is_shown = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()


class Point(models.Model):
    """What a metric was at one beat of thirty seconds, counted from 1970."""

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+", db_index=False)
    beat = models.PositiveIntegerField()
    value = models.FloatField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["metric", "beat"], name="watch_point_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["beat"], name="watch_point_age"),
        ]

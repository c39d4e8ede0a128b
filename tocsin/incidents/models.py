from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Audience, Component, Page
from tocsin.catalogue.tree import State
from tocsin.disclosure.posture import Posture
from tocsin.disclosure.severity import Severity
from tocsin.journal.ids import new_id


class MomentKind(models.TextChoices):
    """Separate moments, because speed is measured between them (metrics 6)."""

    STARTED = "started", "Effect began"
    DETECTED = "detected", "Detected"
    AWARE = "aware", "We knew"
    CUSTOMER_FIRST = "customer_first", "First customer report"
    MITIGATED = "mitigated", "Mitigated"
    ENDED = "ended", "Effect ended"


class Incident(models.Model):
    """Something wrong, as we know it. Its title is what our own people call it.

    ``audience`` is the closed circle that alone is told of it; empty where everyone is.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, null=True, on_delete=models.PROTECT, related_name="+")
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


class Fact(models.Model):
    """Something learned, for our own eyes. Append-only."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

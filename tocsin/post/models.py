from typing import ClassVar

from django.db import models


class Outcome(models.TextChoices):
    """How an owed message ended; empty while it is pending."""

    DELIVERED = "delivered", "delivered"
    GIVEN_UP = "given_up", "given up"
    SKIPPED = "skipped", "skipped"


class Owed(models.Model):
    """A message that is owed: pending while ``next_at`` is set, and then never again.

    Claiming pushes ``next_at`` forward, so there is no running state for a dead process to leave.
    ``attempts`` counts the times it was claimed to be sent.
    """

    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome)
    reason = models.CharField(max_length=400, blank=True)
    receipt = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True


class Letter(Owed):
    """One letter, on any channel. Its words and address are wiped once it is settled.

    ``text`` is the whole body as its channel fitted it; for mail, ``html`` says the same.
    """

    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=16, default="email")
    to = models.CharField(max_length=1000, blank=True)
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="en")
    owed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at", "id"],
                condition=models.Q(next_at__isnull=False),
                name="post_letter_due",
            )
        ]

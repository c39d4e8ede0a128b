from typing import ClassVar

from django.db import models

from tocsin.journal.ids import new_id


class Answered(models.Model):
    """What a call with an Idempotency-Key came to, so that the same call again does nothing anew.

    ``asked`` is a hash of what was asked; ``body`` is the answer as JSON, kept for a day.
    """

    key_id = models.CharField(max_length=12)
    page_id = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key_id", "token_hash"], name="api_answered_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="api_answered_at"),
        ]


class Remark(models.Model):
    """What a client keeps with an incident and we have no use for, as JSON: it is handed back.

    ``withdrawn_at`` is when a client deleted it: it is said to be withdrawn, and stays in public.
    """

    incident_id = models.CharField(primary_key=True, max_length=12)
    page_id = models.CharField(max_length=12)
    told = models.TextField()
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["page_id"],
                condition=~models.Q(withdrawn_at=None),
                name="api_withdrawn",
            ),
        ]


class Template(models.Model):
    """Words that a client keeps to tell incidents by, as JSON: they are handed back."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page_id = models.CharField(max_length=12)
    told = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["page_id", "at"], name="api_templates"),
        ]

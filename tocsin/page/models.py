from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Audience, Page


class Twin(models.Model):
    """How far one copy of a page elsewhere has come; ``key`` names the setting that names it.

    ``behind_since`` is when the page moved on without it; ``next_at`` is when it is looked at
    again, and while a run lasts, until when it is ours.
    """

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=64)
    key = models.CharField(max_length=32)
    name = models.CharField(max_length=300)
    number = models.PositiveIntegerField(null=True)
    revision = models.PositiveIntegerField(null=True)
    mirrored_at = models.DateTimeField(null=True)
    is_whole = models.BooleanField(default=False)
    behind_since = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    next_at = models.DateTimeField()
    holder = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "place", "key"], name="page_twin_once")
        ]


class Sight(models.Model):
    """Whether a publication was seen where readers look, and when; a row for each.

    ``state`` is ``pending``, ``seen``, ``unseen`` (given up) or ``unmeasured``: nobody looked, and
    that is never taken for seen. ``publication_id`` is a value: of what was said the page knows no
    rows.
    """

    publication_id = models.CharField(primary_key=True, max_length=12)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    state = models.CharField(max_length=16)
    seen_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "number"], name="page_sight_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["page"], condition=models.Q(state="pending"), name="page_sights_pending"
            )
        ]


class Live(models.Model):
    """What stands where: the publication that a place shows, and what it still owes its archive.

    ``owed`` names archive files to be rewritten (see archivist.py); ``rebuilt_down_to`` is how far
    back a rebuild of the whole archive has come, None once it has come to the end. ``redactions``
    counts those that were made by then: a new one changes what was published before.
    """

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    catalogue_at = models.DateTimeField()
    changes_at = models.DateTimeField()
    at = models.DateTimeField()
    edition = models.CharField(max_length=32)
    owed = models.JSONField(default=list)
    rebuilt_down_to = models.DateTimeField(null=True)
    redactions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "audience", "place"], name="page_live_once")
        ]

from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Audience, Page


class Live(models.Model):
    """What stands where: the publication that a place shows, and what it still owes its archive.

    ``owed`` names archive files to be rewritten (see archive.py); ``rebuilt_down_to`` is how far
    back a rebuild of the whole archive has come, None once it has come to the end.
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

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "audience", "place"], name="page_live_once")
        ]

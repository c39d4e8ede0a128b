from typing import Any, ClassVar

from django.db import models


class Altered(Exception):
    """Somebody tried to change or remove what is append-only."""


class Note(models.Model):
    """One act. Written in the act's own transaction, never changed, never removed."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200, blank=True)
    verb = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    page_id = models.CharField(max_length=12, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject_id"], name="journal_note_subject"),
            models.Index(fields=["at"], name="journal_note_at"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Altered("A journal note is never changed. Write another one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Altered("A journal note is never removed.")


class Seal(models.Model):
    """A note's place in the hash chain."""

    position = models.PositiveBigIntegerField(primary_key=True)
    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

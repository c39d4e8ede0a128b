from typing import ClassVar

from django.db import models

from tocsin.incidents.models import Incident
from tocsin.journal.ids import new_id
from tocsin.statements.models import Immutable


class Act(models.TextChoices):
    """What was done to a promise."""

    MADE = "made", "made"
    REWORDED = "reworded", "reworded"
    SLIPPED = "slipped", "slipped"
    PROVED = "proved", "proved"
    DROPPED = "dropped", "dropped"


class Promise(Immutable):
    """A prevention action that was taken on after an incident; what became of it is in its turns.

    ``keeper_id`` is the operator who is reminded, empty where those who lead the incident are.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    keeper_id = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)


class PromiseTurn(Immutable):
    """One turn of a promise, with all that holds of it from then on. Append-only.

    ``texts`` are by language (promised.py). ``link`` leads to where the work is followed,
    ``proof_link`` to what proves it.
    """

    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=12, choices=Act)
    texts = models.JSONField()
    due_on = models.DateField()
    is_public = models.BooleanField()
    link = models.CharField(max_length=500, blank=True)
    proof_link = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["promise", "number"], name="followup_turn_once")
        ]


class Cue(models.TextChoices):
    """What makes us report back on promises by ourselves (R-55)."""

    DAY_30 = "day_30", "30 days after"
    DAY_90 = "day_90", "90 days after"


class Report(Immutable):
    """That readers were reported back to at a cue; the row is why it is done once."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    cue = models.CharField(max_length=8, choices=Cue)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "cue"], name="followup_report_once")
        ]


class AccountText(Immutable):
    """The source of an account at one time: all that we know, with what is withheld marked in it.

    ``sources`` are by language. Append-only; what readers were shown of it is a publication.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sources = models.JSONField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "number"], name="followup_account_once")
        ]


class NoteKind(models.TextChoices):
    """What a note on an account is."""

    ASKED = "asked", "asked to read it"
    COMMENT = "comment", "comment"
    ANSWER = "answer", "answer"


class AccountNote(Immutable):
    """One note on an account, for our own eyes. Append-only.

    ``revision`` is the one that was read. Of an answer ``about`` is the number of its comment, else
    0; of an asking ``whom_id`` is who is asked to read.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=NoteKind)
    revision = models.PositiveIntegerField()
    about = models.PositiveIntegerField()
    whom_id = models.CharField(max_length=64, blank=True)
    whom_name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["incident", "number"], name="followup_note_once")
        ]

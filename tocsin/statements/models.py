from typing import Any, ClassVar

from django.db import models

from tocsin.catalogue.models import Adopted, Audience, Component, Page
from tocsin.catalogue.tree import State
from tocsin.disclosure.consent import Reviewer
from tocsin.disclosure.phases import Phase
from tocsin.disclosure.sheet import Side
from tocsin.incidents.models import Incident, Series
from tocsin.journal.ids import new_id
from tocsin.journal.models import Altered
from tocsin.statements.values import Kind

STATES = [(state, state) for state in State]


class Immutable(models.Model):
    """What the public or an auditor might ask about is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Altered(f"A {self._meta.verbose_name} is never changed. Write a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Altered(f"A {self._meta.verbose_name} is never removed.")


class Draft(models.Model):
    """Words in the making. ``based_on`` is the number of the incident's last publication then.

    ``translates`` is the word that is put into another language; None for a word of its own.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    based_on = models.PositiveIntegerField(default=0)
    translates = models.ForeignKey(
        "statements.Publication", null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    # Cleared ahead and waiting for its moment (:class:`Ready`): nobody's words in the making.
    is_held = models.BooleanField(default=False)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["incident"], condition=models.Q(spent_at=None), name="statements_draft_live"
            )
        ]


class Revision(Immutable):
    """One state of a draft. Append-only."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    words = models.JSONField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["draft", "number"], name="statements_revision_once")
        ]


class ClearanceKind(models.TextChoices):
    POLICY = "policy", "the policy clears this kind of word by itself"
    BREAK_GLASS = "break_glass", "said in an emergency"
    IMPORTED = "imported", "said elsewhere, long ago"
    REVIEW = "review", "somebody else's consent"
    HOLDING = "holding", "the holding statement, cleared beforehand, in place of a word that waits"


class Clearance(models.Model):
    """Somebody's leave to say exactly one revision (or, for kind ``state``, one change)."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    revision = models.OneToOneField(Revision, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ClearanceKind)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=200)
    granted_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=200, blank=True)


class Ending(models.TextChoices):
    """How one request for somebody's consent ended."""

    GRANTED = "granted", "granted"
    SENT_BACK = "sent_back", "sent back"
    LAPSED = "lapsed", "nobody answered in time"
    WITHDRAWN = "withdrawn", "its author took it back, or asked for another word"


class Request(models.Model):
    """One request for a role's consent to a word, until somebody answers or ``due_at`` has come.

    The word itself waits in its clearance; a request that lapsed is followed by a fresh one.
    ``announces`` is whether readers are written to once it is said.
    """

    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=[(role, role) for role in Reviewer])
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    announces = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=12, blank=True, choices=Ending)
    ended_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["clearance"],
                condition=models.Q(ended_at=None),
                name="statements_asked_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(ended_at=None),
                name="statements_asked_until",
            )
        ]


class Publication(Immutable):
    """What was said: numbered and immutable per page and audience, carrying all a reader sees."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in Kind])
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(max_length=16, blank=True, choices=[(p, p) for p in Phase])
    content = models.JSONField()
    announces = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    # One leave, and a publication of it for each audience that is told.
    clearance = models.ForeignKey(Clearance, on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "number"], name="statements_publication_number"
            ),
            models.UniqueConstraint(
                fields=["clearance", "audience"], name="statements_cleared_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["incident", "audience", "number"], name="statements_of_incident"),
            models.Index(fields=["published_at"], name="statements_published_at"),
        ]


class Mention(models.Model):
    """That an incident, or a change without one, named a component to an audience.

    Derived from publications, kept for speed.
    """

    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    publication = models.ForeignKey(
        Publication, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "component", "incident"],
                condition=models.Q(incident__isnull=False),
                name="statements_mention_of_incident",
            ),
            models.UniqueConstraint(
                fields=["audience", "component", "publication"],
                condition=models.Q(publication__isnull=False),
                name="statements_mention_alone",
            ),
            models.CheckConstraint(
                condition=models.Q(incident=None) ^ models.Q(publication=None),
                name="statements_mention_of_one",
            ),
        ]


class Script(Immutable):
    """What the words about planned work are made of, by language. The newest row counts.

    Of one window, or of a series: then for each window that it brings.
    """

    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name="+")
    told = models.JSONField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(incident=None) ^ models.Q(series=None),
                name="statements_script_of_one",
            )
        ]


class Cue(models.TextChoices):
    """What is said of planned work by the clock alone."""

    WEEK_BEFORE = "week_before", "A week before"
    DAY_BEFORE = "day_before", "A day before"
    BEGIN = "begin", "It begins"
    END = "end", "It is over"
    OVERRUN = "overrun", "It takes longer"


class Ready(models.Model):
    """A word that was cleared when its window was announced, and waits for its moment."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    cue = models.CharField(max_length=16, choices=Cue)
    due_at = models.DateTimeField()
    clearance = models.OneToOneField(Clearance, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["incident", "cue"],
                condition=models.Q(said_at=None, withdrawn_at=None),
                name="statements_ready_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(said_at=None, withdrawn_at=None),
                name="statements_ready_due",
            )
        ]


class Redaction(Immutable):
    """Something taken out of one publication, whose number and hash stay, with a public reason.

    ``act`` is the same for all that one act touched. ``digest`` is of what was left, ``tables`` are
    those whose files are still to be written anew before that is ``scrubbed_at``; where somebody
    was in the way, not before ``scrub_at``.
    """

    act = models.CharField(max_length=12)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    reason = models.JSONField()
    digest = models.CharField(max_length=64)
    tables = models.JSONField(default=list)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)
    scrubbed_at = models.DateTimeField(null=True)
    scrub_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["act"],
                condition=models.Q(scrubbed_at=None),
                name="statements_unscrubbed",
            ),
        ]


class Thread(models.Model):
    """An incident as one audience was told of it. Derived from its publications, kept for speed.

    ``is_planned``: it has a window; ``is_incident``: it has none, or has outlasted it.
    ``has_promises``: something was promised in public after it.
    """

    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    last = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    placed_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)
    is_planned = models.BooleanField(default=False)
    is_incident = models.BooleanField(default=True)
    has_promises = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["audience", "incident"], name="statements_thread_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["audience"],
                condition=models.Q(is_open=True),
                name="statements_open_threads",
            ),
            models.Index(fields=["audience", "-opened_at"], name="statements_newest_threads"),
            models.Index(fields=["audience", "-placed_at"], name="statements_placed_threads"),
            models.Index(
                fields=["audience", "-opened_at"],
                condition=models.Q(is_planned=True),
                name="statements_planned_threads",
            ),
            models.Index(
                fields=["audience"],
                condition=models.Q(has_promises=True),
                name="statements_promises",
            ),
        ]


class Appraisal(models.Model):
    """What the coach made, in numbers, of the words of one thread. Derived, kept for speed.

    ``upto`` is the number of the last publication that it holds, ``edition`` names the coach and
    the page's own file by which they were read. ``told`` and ``lacking`` are as sums.py writes
    them; apart, for whoever reads many rows has no use for the second.
    """

    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")
    upto = models.PositiveIntegerField()
    edition = models.CharField(max_length=16)
    told = models.JSONField()
    lacking = models.JSONField()
    read_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["read_at"], name="statements_appraised_at")
        ]


class Standing(models.Model):
    """What one open incident (or, without one, an override) last said of a component."""

    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=STATES)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "component", "incident"], name="statements_standing_once"
            ),
            models.UniqueConstraint(
                fields=["audience", "component"],
                condition=models.Q(incident=None),
                name="statements_override_once",
            ),
        ]


class Shout(Immutable):
    """A word said by hand while the database was away, once it was taken in; see shouts.py."""

    id = models.CharField(primary_key=True, max_length=12, editable=False)
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="+")
    shouted_at = models.DateTimeField()
    shouted_by = models.CharField(max_length=200)
    taken_in_at = models.DateTimeField()


class Span(models.Model):
    """A stretch of time in which a component was, as published, other than operational."""

    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=24, choices=STATES)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["audience"], condition=models.Q(until=None), name="statements_open_spans"
            ),
            models.Index(fields=["audience", "until"], name="statements_past_spans"),
            models.Index(fields=["audience", "component", "since"], name="statements_newest_span"),
        ]


class PolicyText(Adopted, Immutable):
    """A page's policy as it was adopted; the newest is in force. Append-only."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "number"], name="statements_policy_number")
        ]


class Signature(Immutable):
    """One side signed a policy until a day; its newest counts. ``sha256`` is the text's.

    A row that ``withdraws`` another repeats it, and says why that one was recorded by mistake.
    """

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyText, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=[(side, side) for side in Side])
    name = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    signed_on = models.DateField()
    until = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    withdraws = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("signed_on")),
                name="statements_signed_for_a_time",
            )
        ]


class CoachText(Adopted, Immutable):
    """How the coach reads a page, as it was adopted; the newest is in force. Append-only."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "number"], name="statements_coach_number")
        ]


class Step(models.TextChoices):
    """How far a word that is owed has come when somebody is reminded of it."""

    UNDER_WAY = "under_way", "part of the time has passed"
    DUE = "due", "it is due now"
    PAST = "past", "it is past, and the page does not say so yet"
    MISSED = "missed", "the page says that it is overdue"


class Nudge(Immutable):
    """One reminder of one owed word to one of our own people; the row is why it is sent once.

    ``debt`` is the publication that promised the word, empty for the first one. ``percent`` is the
    part of the time that had passed. ``to_id`` is an operator's, ``chat``, or
    empty where there was nobody to tell.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    debt = models.CharField(max_length=12, blank=True)
    step = models.CharField(max_length=12, choices=Step)
    percent = models.PositiveSmallIntegerField()
    to_id = models.CharField(max_length=64, blank=True)
    to_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["incident", "debt", "step", "percent", "to_id"],
                name="statements_nudge_once",
            )
        ]

from typing import ClassVar

from django.db import models

from tocsin.catalogue.models import Audience, Component, Page
from tocsin.disclosure.severity import Severity
from tocsin.journal.ids import new_id
from tocsin.post.models import Owed

SEVERITIES = [(severity, severity) for severity in Severity]


class Subscription(models.Model):
    """A reader who asked to be told. Active from ``subscribed_at`` (confirmed) on.

    ``token`` opens preferences and unsubscribing for as long as the reader is known;
    ``asking_token`` confirms, and is dropped when the reader leaves. ``host`` is all of a web
    address that screens may show. ``about`` is the one incident that the reader follows and is told
    of; empty for a reader of the page. One address may follow several, and the page beside them.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=16, default="email")
    address = models.CharField(max_length=1000)
    host = models.CharField(max_length=253, blank=True)
    about = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=10)
    minimum_severity = models.CharField(max_length=8, choices=SEVERITIES, default=Severity.SEV4)
    follows_all = models.BooleanField(default=True)
    token = models.CharField(max_length=32, unique=True)
    asking_token = models.CharField(max_length=32, unique=True, null=True)
    asked_at = models.DateTimeField()
    subscribed_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    consented_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "channel", "address", "about"],
                name="announcements_reader_once",
            ),
            models.CheckConstraint(
                condition=models.Q(about="") | models.Q(follows_all=False),
                name="announcements_one_or_all",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["audience", "id"], name="announcements_slices"),
            models.Index(fields=["channel", "address"], name="announcements_address"),
            models.Index(
                fields=["asked_at"],
                condition=models.Q(subscribed_at=None),
                name="announcements_unconfirmed",
            ),
        ]


class Account(models.Model):
    """What a machine's subscription needs: the shape of its bodies, and what signs them.

    ``shown_at`` is when the secret in force was shown, which happens once; the ``former`` one goes
    on signing beside it for a day. ``contact`` is who answers for the machine, by mail.
    """

    subscription = models.OneToOneField(
        Subscription, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    format = models.CharField(max_length=12, default="standard")
    contact = models.CharField(max_length=254, blank=True)
    secret = models.CharField(max_length=100)
    shown_at = models.DateTimeField(null=True)
    former = models.CharField(max_length=100, blank=True)
    rotated_at = models.DateTimeField(null=True)


class Follow(models.Model):
    """A component or group that a reader follows; without one they follow the whole page."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subscription", "component"], name="announcements_follow_once"
            )
        ]


class Announcement(models.Model):
    """What became of one publication: told to ``total`` readers, held, or not announced.

    Pending while ``announced_at`` is empty. ``cursor`` is the last subscription looked at;
    ``reason`` says why nobody is told, or why it is held.
    """

    publication = models.OneToOneField(
        "statements.Publication", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    about = models.CharField(max_length=12)
    published_at = models.DateTimeField()
    begun_at = models.DateTimeField()
    cursor = models.CharField(max_length=12, blank=True)
    total = models.PositiveIntegerField(default=0)
    held_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "number"], name="announcements_announced_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["audience", "number"],
                condition=models.Q(announced_at=None),
                name="announcements_pending",
            ),
            models.Index(fields=["begun_at"], name="announcements_begun"),
        ]


class Delivery(Owed):
    """One publication, one reader, one channel: written before anything is sent, stamped after.

    ``about`` is the incident's id (the publication's own without one): what a reader sees as one
    thread, told in order. ``withheld_at`` marks what waits for a digest; ``told_with`` is the
    delivery whose mail carried this one. Ids only: never an address.
    """

    publication = models.ForeignKey(
        "statements.Publication", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=16)
    about = models.CharField(max_length=12)
    withheld_at = models.DateTimeField(null=True)
    told_with = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["publication", "subscription", "channel"],
                name="announcements_delivery_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at", "id"],
                condition=models.Q(next_at__isnull=False),
                name="announcements_delivery_due",
            ),
            models.Index(
                fields=["next_at", "id"],
                condition=models.Q(next_at__isnull=False) & ~models.Q(channel="email"),
                name="announcements_call_due",
            ),
            models.Index(fields=["subscription", "about", "id"], name="announcements_thread"),
            models.Index(
                fields=["subscription", "settled_at"],
                condition=models.Q(outcome="delivered", told_with=None),
                name="announcements_mailed",
            ),
        ]


class Admission(models.Model):
    """Somebody who is let in by name to what only some may read; ``key`` is for their programs.

    Whoever is let in no longer is forgotten: only the id stays.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    audience = models.ForeignKey(
        Audience, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=10)
    key = models.CharField(max_length=32, unique=True)
    admitted_at = models.DateTimeField()
    expelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["audience", "address"], name="announcements_admitted_once"
            )
        ]


class Pass(models.Model):
    """A one-time link that lets a reader in, kept as a hash."""

    admission = models.ForeignKey(Admission, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SignUp(models.Model):
    """One attempt that is counted, under a keyed hash of what it is counted by (throttle.py)."""

    mark = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mark", "at"], name="announcements_signups"),
            models.Index(fields=["at"], name="announcements_signup_age"),
        ]

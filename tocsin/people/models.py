from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from tocsin.journal.actors import Actor, ActorKind
from tocsin.journal.ids import new_id


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    INCIDENT_LEAD = "incident_lead", "Incident lead"
    RESPONDER = "responder", "Responder"
    COMMUNICATIONS = "communications", "Communications"
    LEGAL = "legal", "Legal"
    SECURITY = "security", "Security"
    READER = "reader", "Reader"


class Operators(BaseUserManager["Operator"]):
    def get_by_natural_key(self, username: str | None) -> "Operator":
        return self.get(email__iexact=username)


class Operator(AbstractBaseUser):
    """Somebody who may act. Signs in by a one-time link first, then by a password."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[Operators] = Operators()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.OPERATOR, self.id, self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)


class Grant(models.Model):
    """A role of an operator on one page, or on every page when ``page_id`` is empty."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role)
    page_id = models.CharField(max_length=12, blank=True)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    # The provider whose groups gave it, and take it away again; empty: one of ours gave it.
    given_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["operator", "role", "page_id"],
                condition=models.Q(revoked_at=None),
                name="people_grant_once",
            )
        ]


class Invitation(models.Model):
    """A one-time sign-in link, kept as a hash: to join, or to set a new password."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Identity(models.Model):
    """Who somebody of ours is at an OpenID provider, tied when they first came in by it."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    tied_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="people_subject_once"),
            models.UniqueConstraint(fields=["issuer", "operator"], name="people_one_each"),
        ]


class Requirement(models.Model):
    """A second factor is asked of everybody, or of whoever holds a role (anywhere)."""

    role = models.CharField(max_length=16, choices=Role, blank=True)
    required_at = models.DateTimeField()
    grace_ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["role"],
                condition=models.Q(ended_at=None),
                name="people_requirement_once",
            )
        ]


class WrongCode(models.Model):
    """A code that was wrong, counted for an hour: six digits can be guessed in time."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["operator", "at"], name="people_wrong_lately")
        ]


class Scope(models.TextChoices):
    """What a key opens: reading alone, or all that a lead may do and the page's own settings."""

    MANAGE = "manage", "Reads and writes"
    READ = "read", "Reads"


class ApiKey(models.Model):
    """A machine's key to one page, kept as a hash; ``first`` is what it begins with."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page_id = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=8, choices=Scope)
    first = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["page_id", "created_at"], name="people_key_of_page")
        ]

    def __str__(self) -> str:
        return self.name

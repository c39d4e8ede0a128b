from typing import ClassVar

from django.db import models

from tocsin.journal.ids import new_id

EVERYONE = "everyone"  # the audience that a page begins with


class Access(models.TextChoices):
    """Who may read: anybody, those let in by name, or whoever knows the one password."""

    PUBLIC = "public", "Public"
    NAMED = "named", "Readers let in by name"
    PASSWORD = "password", "One password"


class Page(models.Model):
    """A brand's page. ``languages`` holds codes, the first being the page's own.

    ``look`` is what looks.py has checked: colours by scheme, and the page's own styles. ``weights``
    says how much trouble counts as down, where that is not the usual (weights.py).
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    domain = models.CharField(max_length=253, blank=True)
    time_zone = models.CharField(max_length=64, default="Etc/UTC")
    # Whose public holidays are no business days: "FR", "US-NY"; empty where none are left out.
    country = models.CharField(max_length=16, blank=True, default="")
    languages = models.JSONField(default=list)
    # What stands in for a component that lacks words of its own: {language: {function, can_do}}
    words = models.JSONField(default=dict)
    contact = models.CharField(max_length=200, blank=True)
    look = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    # Whether its readers see how well it tells them (scorecard).
    shows_score = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Moves with every change of the page or its tree, so that the compiled page follows.
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="catalogue_page_one_default",
            ),
            models.UniqueConstraint(
                fields=["domain"], condition=~models.Q(domain=""), name="catalogue_page_domain"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Adopted(models.Model):
    """A file that a page holds itself to: each ever adopted is kept, the newest is in force."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = models.TextField()
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=200)

    class Meta:
        abstract = True


class Logo(models.Model):
    """A page's logo for light or dark paper, sanitised; ``file`` changes with its bytes."""

    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=5)
    file = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "scheme"], name="catalogue_logo_once")
        ]


class Audience(models.Model):
    """Those for whom something is said, and who of them may read it.

    Every page begins with one, ``everyone``; the others are never public. ``password`` is a hash,
    set at ``locked_at``.
    """

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    access = models.CharField(max_length=8, choices=Access, default=Access.PUBLIC)
    password = models.CharField(max_length=200, blank=True)
    locked_at = models.DateTimeField(null=True)
    # What everyone was told is still being brought along: nobody finds it, nothing is said to it.
    is_joining = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Apart from the page's own: what is done for a closed circle must not show on the public page.
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "slug"], name="catalogue_audience_slug"),
            models.CheckConstraint(
                condition=models.Q(slug=EVERYONE) | ~models.Q(access=Access.PUBLIC),
                name="catalogue_audience_closed",
            ),
        ]


class Component(models.Model):
    """A thing that we run, or a group of them. ``words``: {language: {name, function, can_do}}."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    words = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=1)
    showcase = models.BooleanField(default=True)
    only_show_if_degraded = models.BooleanField(default=False)
    start_date = models.DateField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page", "slug"],
                condition=models.Q(retired_at=None),
                name="catalogue_component_slug",
            )
        ]

    def __str__(self) -> str:
        return self.name

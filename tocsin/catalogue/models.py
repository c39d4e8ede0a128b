from typing import ClassVar

from django.db import models

from tocsin.journal.ids import new_id


class Page(models.Model):
    """A brand's public page. ``languages`` holds codes, the first being the page's own."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    domain = models.CharField(max_length=253, blank=True)
    time_zone = models.CharField(max_length=64, default="Etc/UTC")
    languages = models.JSONField(default=list)
    # What stands in for a component that lacks words of its own: {language: {function, can_do}}
    words = models.JSONField(default=dict)
    contact = models.CharField(max_length=200, blank=True)
    is_default = models.BooleanField(default=False)
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


class Audience(models.Model):
    """Those for whom something is said. Every page begins with one, the public."""

    id = models.CharField(primary_key=True, max_length=12, default=new_id, editable=False)
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField()
    name = models.CharField(max_length=100)
    is_public = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "slug"], name="catalogue_audience_slug")
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

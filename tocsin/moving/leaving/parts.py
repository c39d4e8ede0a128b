"""What goes along: every table there is, save what is named here with its reason.

A table or column that is added anywhere goes along from then on without a word here; only what
would let somebody in has to be named (``SECRETS``), and a test asks it of every column by its name.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q, QuerySet

from tocsin.channels.webhook import signing
from tocsin.people.models import Grant

OURS = "tocsin."
# Not ours, and so left behind: second factors (mfa.Authenticator), also from a file with secrets.
# They are sealed under this machine's TOCSIN_SECRET_KEY, and a passkey is kept to its address.
# Tables that stay where they are, and why.
LEFT_BEHIND: Mapping[str, str] = {
    "announcements.Pass": "one-time links, good for minutes",
    "announcements.SignUp": "counts attempts, for a day",
    "api.Answered": "answers kept for a day, for calls that are made twice",
    "page.Live": "what stands on this machine's disks; the page is compiled anew elsewhere",
    "page.Twin": "how far this machine's copies are",
    "people.Invitation": "one-time links, good for days",
    "people.WrongCode": "counts wrong codes, for an hour",
    "statements.Appraisal": "what the coach made of what was said; it reads it anew elsewhere",
}
# Of these, the rows that are over: what is under way is nobody's to send a second time.
ONLY: Mapping[str, Q] = {"post.Letter": Q(settled_at__isnull=False)}
# What one page's file leaves out besides: these are the whole house's.
OF_THE_HOUSE = {"journal.Seal", "post.Letter", "people.Identity", "people.Requirement"}


@dataclass(frozen=True, slots=True)
class Secret:
    """A column that lets somebody in: what is written in its place, and what takes its place."""

    stand_in: Callable[[Any], Any]
    masked: Callable[[Any], Any] = lambda value: None


def _fresh() -> str:
    return secrets.token_hex(16)


SECRETS: Mapping[str, Mapping[str, Secret]] = {
    # Closed until somebody chooses a new one.
    "people.Operator": {"password": Secret(lambda _: make_password(None))},
    "catalogue.Audience": {"password": Secret(lambda _: "")},
    "announcements.Account": {
        "secret": Secret(lambda _: signing.new_secret()),
        "former": Secret(lambda _: ""),
    },
    "announcements.Admission": {"key": Secret(lambda _: _fresh())},
    "announcements.Subscription": {"asking_token": Secret(lambda _: None)},
    # As many as there were: what was signed is refused until it is signed with a new one.
    "watch.Hook": {
        "secrets": Secret(
            lambda told: [_fresh() for _ in told or []], lambda value: [None] * len(value)
        )
    },
}
# Named like secrets, and none: hashes of what nobody can guess, and names of things.
NO_SECRETS: Mapping[str, str] = {
    "announcements.Subscription.token": "lets a reader out by the links in their old mails",
    "people.ApiKey.key_hash": "of 256 random bits; clients go on with their keys",
    "post.Letter.key": "says what a letter was about",
    "watch.Hook.token_hash": "of 256 random bits; sources go on with their addresses",
    "watch.Hook.token_begins": "by which people recognise it",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One table that goes along, as one file."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        return str(self.model._meta.label)

    @property
    def file(self) -> str:
        return f"{self.model._meta.app_label}/{self.model._meta.model_name}.jsonl"

    @property
    def columns(self) -> "list[models.Field[Any, Any]]":
        """Every column, by name."""
        return sorted(self.model._meta.concrete_fields, key=lambda column: column.name)

    @property
    def secrets(self) -> Mapping[str, Secret]:
        return SECRETS.get(self.label, {})

    def rows(self, page_id: str = "") -> "QuerySet[Any]":
        """The rows that go along, of one page where one is named, in the order of their keys."""
        rows = self.model._base_manager.filter(ONLY.get(self.label, Q())).order_by("pk")
        return rows.filter(self._of_page(page_id)) if page_id else rows

    def _of_page(self, page_id: str) -> Q:
        if self.label == "people.Grant":
            return Q(page_id__in=["", page_id])
        if self.label == "people.Operator":
            held = Grant.objects.filter(page_id__in=["", page_id])
            return Q(pk__in=held.values("operator_id"))
        ours = Q()
        for way in ways(self.model):
            ours |= Q(**{way: page_id})
        return ours


def parts(*, of_one_page: bool = False) -> list[Part]:
    """Every table that goes along, by the name of its file."""
    found = [Part(model) for model in apps.get_models() if model.__module__.startswith(OURS)]
    left = {*LEFT_BEHIND, *(OF_THE_HOUSE if of_one_page else ())}
    return sorted((part for part in found if part.label not in left), key=lambda part: part.file)


def ways(model: type[models.Model], *, met: tuple[type[models.Model], ...] = ()) -> list[str]:
    """How a row belongs to a page: one way that is never empty, else all there are."""
    if model._meta.label == "catalogue.Page":
        return ["pk"]
    sure: list[str] = []
    unsure: list[str] = []
    for column in model._meta.concrete_fields:
        for way in _ways_by(column, (*met, model)):
            (unsure if column.null else sure).append(way)
    return sure[:1] or unsure


def _ways_by(
    column: "models.Field[Any, Any]", met: tuple[type[models.Model], ...]
) -> Iterator[str]:
    if column.name == "page_id" or (column.name == "page" and column.is_relation):
        yield column.name
    elif isinstance(column, models.ForeignKey) and column.related_model not in met:
        further = ways(column.related_model, met=met)
        yield from (f"{column.name}__{way}" for way in further)

"""A world with a row in every table that goes along, so that what is compared is everything."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction

from tests import cast
from tests.story.test_worlds_apart import World
from tocsin.announcements import audience
from tocsin.catalogue import shelf
from tocsin.catalogue.models import Access
from tocsin.disclosure import policy
from tocsin.disclosure.sheet import Side
from tocsin.incidents import declaration
from tocsin.incidents.models import MomentKind
from tocsin.journal.actors import TERMINAL
from tocsin.moving.leaving.parts import Part, parts
from tocsin.people import keys
from tocsin.people.models import Role, Scope
from tocsin.statements import policies, published, redaction, sheets
from tocsin.statements.models import Clearance, Ending, Request
from tocsin.watch import hooks
from tocsin.watch.models import Source

HOUR = timedelta(hours=1)


def furnish(world: World) -> None:
    """What the steps of a world leave out: people, machines, rules, facts, and an answer."""
    cast.ada().set_password("a long way to the quay")
    cast.olu()
    page = next(page for page in shelf.pages() if page.access == Access.PUBLIC)
    at, by = world.now, TERMINAL
    keys.create(page.id, scope=Scope.READ, by=by, at=at)
    hooks.create(page.id, Source.GENERIC, secrets=["no one guesses"], by=by, at=at)
    policies.adopt(page.id, policy.written(policy.USUAL), by=by, at=at)
    signed: dict[str, Any] = {"number": 1, "on": at.date(), "by": by, "at": at}
    sheets.sign(page.id, side=Side.LAWYER, name="Lea", **signed)
    mistake = sheets.sign(page.id, side=Side.INSURER, name="Ida", **signed)
    sheets.withdraw(page.id, mistake.id, reason="She read a draft.", by=by, at=at)
    audience.subscribe(
        page.id,
        address="https://hooks.reader.example/in",
        channel="webhook",
        contact="machines@reader.example",
        confirmed=True,
        by=by,
        at=at,
    )
    incident, told = next(pair for pair in world.incidents if pair[1].id == page.id)
    declaration.learn(incident, text=world.mark(page.slug), by=by, at=at)
    declaration.set_moment(
        incident, kind=MomentKind.STARTED, moment_at=at - 9 * HOUR, reason="seen", by=by, at=at
    )
    story = published.story(told.audience_id, incident)
    assert story is not None
    secret = next(iter(story.words.layers.values())).headline
    reason = dict.fromkeys(page.languages, "A name slipped out.")
    redaction.redact(page.id, secret, reason=reason, by=by, at=at)
    Request.objects.create(
        clearance=Clearance.objects.filter(page_id=page.id).exclude(revision=None)[0],
        role=Role.LEGAL,
        asked_at=at - HOUR,
        due_at=at,
        ended_at=at,
        ended_as=Ending.SENT_BACK,
        ended_by="Lea",
        reason=world.mark(page.slug),
    )


def fill() -> None:
    """A row of each table that has none yet, whatever it is made of; again for what points to it.

    A table that is added to the product is filled here without a word, and compared.
    """
    empty = [part.model for part in parts() if not part.model._base_manager.exists()]
    for _turn in range(3):
        for model in empty:
            if not model._base_manager.exists():
                any(_is_made(model, more) for more in ("", *_optional_keys(model)))


def _is_made(model: type[models.Model], more: str) -> bool:
    """Whether a row could be made of what must be there, and of one thing ``more`` that may."""
    columns = [
        column
        for column in model._meta.concrete_fields
        if not isinstance(column, models.AutoField)
        and (not column.null or column.name in ("settled_at", more))
    ]
    try:
        with transaction.atomic():
            row = model(**{column.attname: value_of(column) for column in columns})
            model._base_manager.bulk_create([row])
    except (IntegrityError, IndexError):  # it has to be about something else, or that is not there
        return False
    return True


def _optional_keys(model: type[models.Model]) -> list[str]:
    columns = model._meta.concrete_fields
    return [c.name for c in columns if isinstance(c, models.ForeignKey) and c.null]


def value_of(column: "models.Field[Any, Any]") -> Any:
    """Something that can stand in a column, and is like nothing that it would hold unasked."""
    if isinstance(column, models.ForeignKey):
        # All of one page, as rows that belong together are.
        of_page = Part(column.related_model).rows(hooks.hooks_of()[0].page_id)
        return of_page.values_list("pk", flat=True)[0]
    if column.choices:
        return next(key for key, _ in column.flatchoices if key)
    return plain_value(column)


def plain_value(column: "models.Field[Any, Any]") -> Any:
    made: dict[type[models.Field[Any, Any]], Any] = {
        models.BooleanField: True,
        models.IntegerField: 7,
        models.FloatField: 1.5,
        models.DateTimeField: cast.NOON + timedelta(microseconds=123_456),
        models.DateField: date(2026, 11, 23),
        models.DurationField: timedelta(hours=1, microseconds=5),
        models.BinaryField: b"\x00\xff\n",
        models.JSONField: {"b": [1, "two", None], "a": {}},
    }
    if isinstance(column, models.JSONField) and column.default is list:
        return ["b", "two"]
    for kind, value in made.items():
        if isinstance(column, kind):
            return value
    text = "a@b.example" if isinstance(column, models.EmailField) else f"{column.name}-é'\"\u2028<"
    text = "some-slug" if isinstance(column, models.SlugField) else text
    return text[: column.max_length or None]

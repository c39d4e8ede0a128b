"""What holds words is declared: every column and every part of one, and every row is reached."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from django.apps import apps
from django.db import models

from tocsin.statements import values
from tocsin.statements.sweeping import COMPONENT_WORDS, WORDS_STAND, Stand
from tocsin.statements.values import Words

TEXTS = (models.CharField, models.TextField, models.JSONField)
# Rows that are let be as they are: sealed, or with a verb of their own for it.
LET_BE = {"journal.Note", "journal.Seal", "statements.Publication"}
# People, and where they are reached, are theirs.
PEOPLE = {"people"}
# Codes, hashes, addresses, names of people, times, keys and states: nobody reads prose there.
NO_WORDS = {
    "catalogue.Page": "slug domain time_zone country languages contact look weights",
    "catalogue.Logo": "scheme file",
    "catalogue.Audience": "slug password",
    "catalogue.Component": "slug",
    "incidents.Incident": "lead_id",
    "incidents.Moment": "zone recorded_by",
    "incidents.Fact": "recorded_by",
    "incidents.Answer": "clocks recorded_by",
    "incidents.Report": "clock stage recorded_by",
    "incidents.ClockText": "adopted_by",
    "incidents.Series": "zone effects pattern first lead_id planned_by",
    "incidents.Window": "zone effects",
    "statements.Draft": "opened_by",
    "statements.Request": "ended_by",
    "statements.Revision": "by_id by_name",
    "statements.Clearance": "requested_by granted_by",
    "statements.Script": "by_name",
    "statements.Redaction": "act digest tables by_name",
    "statements.Shout": "shouted_by",
    "statements.PolicyText": "adopted_by",
    "statements.CoachText": "adopted_by",
    "statements.Signature": "sha256 recorded_by",
    "statements.Nudge": "debt to_id to_name",
    "statements.Appraisal": "edition told lacking",
    "followup.AccountText": "by_id by_name",
    "followup.AccountNote": "whom_id whom_name by_id by_name",
    "followup.Promise": "keeper_id made_by",
    "followup.PromiseTurn": "by_id by_name",
    "page.Twin": "place key name holder",
    "page.Sight": "state",
    "page.Live": "place edition owed",
    "announcements.Subscription": "about channel address host language token asking_token source",
    "announcements.Account": "format contact secret former",
    "announcements.Announcement": "about cursor reason",
    "announcements.Delivery": "channel about",
    "announcements.Admission": "address language key",
    "announcements.Pass": "token_hash",
    "announcements.SignUp": "mark",
    "post.Letter": "key channel to language",
    "watch.Hook": "token_hash token_begins secrets rules created_by",
    "watch.Signal": "alert occasion",
    "watch.Metric": "identifier suffix",
    "incidents.DraftedIncident": "settled_by",
    "incidents.Notice": "alert",
    "api.Answered": "key_id page_id token_hash asked",
    "api.Remark": "page_id",
    "api.Template": "page_id",
}
NO_PROSE = {
    ("primary",),
    ("correction", "of"),
    ("promises", "id"),
    ("window", "repeat", "series"),
    ("window", "repeat", "pattern"),
    ("window", "repeat", "zone"),
}


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        told, is_ours = model._meta, model.__module__.startswith("tocsin.")
        if is_ours and told.app_label not in PEOPLE and told.label not in LET_BE:
            yield model


def test_of_every_column_it_is_said_whether_it_holds_words() -> None:
    told = {(stand.label, name) for stand in WORDS_STAND for name in stand.columns}
    told |= {(label, name) for label, names in NO_WORDS.items() for name in names.split()}

    there = {
        (model._meta.label, column.name)
        for model in ours()
        for column in model._meta.fields
        if isinstance(column, TEXTS)
        and not (column.choices or column.primary_key or column.is_relation)
    }

    assert there - told == set()
    assert told - there == set()


def test_of_every_part_of_words_it_is_said_whether_it_is_prose() -> None:
    assert set(parts_of(Words)) - set(prose_in(values.PROSE)) == NO_PROSE
    assert set(prose_in(values.PROSE)) - set(parts_of(Words)) == set()


def parts_of(kind: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where the type has a text: each name on the way, * for a key."""
    if is_dataclass(kind):
        for name, inner in get_type_hints(kind).items():
            yield from parts_of(inner, (*path, name))
    elif kind is str:
        yield path
    elif get_origin(kind) in (Mapping, dict) or "Mapping" in str(get_origin(kind)):
        yield from parts_of(get_args(kind)[1], (*path, "*"))
    else:
        for inner in get_args(kind):
            yield from parts_of(inner, path)


def prose_in(shape: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(shape, dict):
        for name, inner in shape.items():
            yield from prose_in(inner, (*path, name))
    elif isinstance(shape, list):
        yield from prose_in(shape[0], path)
    else:
        yield path


def test_what_is_said_of_a_component_is_all_prose() -> None:
    from tocsin.catalogue.tree import Words as ComponentWords

    assert isinstance(COMPONENT_WORDS, dict)
    assert set(COMPONENT_WORDS["*"]) == {*get_type_hints(ComponentWords)}


@pytest.mark.parametrize("stand", WORDS_STAND, ids=lambda stand: str(stand.label))
def test_every_row_is_reached(stand: Stand) -> None:
    """One way that is never empty, or one for each of several of which exactly one is filled."""
    sure = [way for way in stand.ways if not any(is_optional(stand.model, way))]
    if stand.ways and not sure:
        firsts = {way.split("__")[0] for way in stand.ways}
        optional = {
            column.name
            for column in stand.model._meta.fields
            if isinstance(column, models.ForeignKey) and column.null
        }
        assert len(stand.ways) > 1
        assert firsts == optional
        assert is_of_exactly_one(stand.model)


def is_optional(model: type[models.Model], way: str) -> Iterator[bool]:
    for step in way.split("__"):
        column = model._meta.pk if step == "pk" else model._meta.get_field(step)
        assert column is not None
        yield bool(getattr(column, "null", False))
        model = column.related_model if column.is_relation else model  # type: ignore[assignment]


def is_of_exactly_one(model: type[models.Model]) -> bool:
    checks = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    conditions = [check.condition for check in checks if isinstance(check.condition, models.Q)]
    return any(condition.connector == models.Q.XOR for condition in conditions)

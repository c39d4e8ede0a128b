"""An import checker does not see foreign keys given by name, so they are walked here."""

from django.apps import apps
from django.db import models

from tests.architecture.house import story


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("tocsin.")]


def foreign_keys() -> list[models.ForeignKey[models.Model]]:
    return [
        field
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]


def folder_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def test_there_are_tables_to_look_at() -> None:
    assert our_models()
    assert foreign_keys()


def test_every_foreign_key_points_up_the_story() -> None:
    place = story()

    downward = [
        str(key)
        for key in foreign_keys()
        if place[folder_of(key.related_model)] > place[folder_of(key.model)]
    ]

    assert downward == []


def test_nothing_that_is_pointed_at_can_be_deleted() -> None:
    loose = [str(key) for key in foreign_keys() if key.remote_field.on_delete is not models.PROTECT]

    assert loose == []


def test_no_foreign_key_can_be_walked_backwards() -> None:
    walked = [str(key) for key in foreign_keys() if key.remote_field.related_name != "+"]

    assert walked == []


def test_no_table_is_joined_by_a_hidden_one() -> None:
    joined = [f"{model.__name__}" for model in our_models() if model._meta.many_to_many]

    assert joined == []

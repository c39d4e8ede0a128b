"""The tables: an empty database is given them as they stand, one that grew is led to them.

Walked through one by one, the migrations draw the models anew for each step: on an empty database
that takes twenty times as long as making the tables which they lead to. A test holds both ways to
the same tables. Run as ``python -m tocsin.cli.tables``.
"""

import django
from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def stand() -> None:
    """See to it that every table stands; raises DatabaseError where the database refuses."""
    if are_missing():
        _make_all()
    else:
        call_command("migrate", interactive=False, verbosity=0)


def are_missing() -> bool:
    """Whether the database is empty."""
    return not connection.introspection.table_names()


def note_as_applied() -> None:
    """Say of every migration that the tables are what it leads to."""
    recorder = MigrationRecorder(connection)
    for app, name in MigrationLoader(connection).graph.nodes:
        recorder.record_applied(app, name)


def _make_all() -> None:
    with connection.schema_editor() as editor:  # one transaction: killed in it, nothing stands
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        editor.create_model(MigrationRecorder(connection).Migration)
        note_as_applied()
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


if __name__ == "__main__":
    django.setup()
    stand()

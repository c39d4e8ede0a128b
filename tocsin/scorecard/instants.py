"""Moments read fast: a record of ten thousand incidents holds a hundred thousand of them.

SQLite keeps them as text, which Django reads by way of five calls and a look at the settings for
each. All are in UTC (``USE_TZ``), so they are asked for with their zone, and read in one call;
PostgreSQL's are aware as they come.
"""

from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, F, Func
from django.db.models.expressions import BaseExpression
from django.db.models.sql.compiler import SQLCompiler


class _Instant(DateTimeField):  # type: ignore[type-arg]
    def get_internal_type(self) -> str:
        return "Instant"  # not a DateTimeField: the backend's own way is not taken

    def from_db_value(
        self, value: str | datetime | None, _expression: BaseExpression, _db: BaseDatabaseWrapper
    ) -> datetime | None:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class _Zoned(Func):
    """A column of moments, on SQLite with the zone at its end."""

    template = "%(expressions)s"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template="%(expressions)s || '+00:00'", **extra)


def instant(column: str) -> "_Zoned":
    """A column of moments, for ``values_list``."""
    return _Zoned(F(column), output_field=_Instant())

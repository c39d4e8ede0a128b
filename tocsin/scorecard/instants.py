"""Moments read fast: a record of ten thousand incidents holds a hundred thousand of them.

Django makes each of SQLite's moments aware by way of three calls and a look at the settings. All
are in UTC (``USE_TZ``), so here one call does it; PostgreSQL's are aware as they come.
"""

from datetime import UTC, datetime

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.expressions import BaseExpression


class _Instant(DateTimeField):  # type: ignore[type-arg]
    def get_internal_type(self) -> str:
        return "Instant"  # not a DateTimeField: the backend's own way is not taken

    def from_db_value(
        self, value: datetime | None, _expression: BaseExpression, _db: BaseDatabaseWrapper
    ) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def instant(column: str) -> "ExpressionWrapper[F]":
    """A column of moments, for ``values_list``."""
    return ExpressionWrapper(F(column), output_field=_Instant())

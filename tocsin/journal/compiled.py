"""Queries whose SQL Django writes once; each asking only fills in its values.

To write a query of a few words costs Django ten times what the database takes to answer it, and a
call of a machine's asks the same fifty questions again and again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

M = TypeVar("M", bound=models.Model)
# Where in a row, what reads it, and the column that it is of.
Converters = tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """A query as the database at hand reads it; ``values`` are its own, or which of those asked."""

    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands for a value where a query is written."""

    place: int


class Compiled(Generic[M]):
    """What ``build`` makes of texts, asked again and again with others of the same number.

    ``build`` looks at no text: it only puts each where the database compares it.
    """

    def __init__(self, build: Callable[..., "QuerySet[M, Any]"]) -> None:
        self._build = build
        self._written: dict[tuple[str, int], _Written] = {}
        self._converters: dict[str, Converters] = {}  # by the kind of database
        self._model: type[M] | None = None
        self._names: list[str] = []
        self._locks = False

    @property
    def locks(self) -> type[M] | None:
        """Whose rows it locks, once it was asked; None where it only reads."""
        return self._model if self._locks else None

    def rows(self, *values: str) -> list[M]:
        """The rows, as ``build`` orders them; of a query for whole rows."""
        return self.made(self.raw(*values))

    def made(self, raw: Iterable[Sequence[Any]]) -> list[M]:
        """Raw rows as Django makes objects of them."""
        told = self._converted(raw)
        assert self._model is not None, "nothing was asked yet"
        make, alias, names = self._model.from_db, connection.alias, self._names
        return [make(alias, names, row) for row in told]

    def first(self, *values: str) -> M | None:
        """The first of the rows."""
        return next(iter(self.rows(*values)), None)

    def tuples(self, *values: str) -> list[tuple[Any, ...]]:
        """What was selected, row by row."""
        return self._converted(self.raw(*values))

    def raw(self, *values: str) -> list[tuple[Any, ...]]:
        """What was selected, as the database keeps it: it tells whether anything changed."""
        shape = (connection.vendor, len(values))
        written = self._written.get(shape) or self._write(shape)
        asked = [values[one.place] if type(one) is _Mark else one for one in written.values]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, asked)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _converted(self, raw: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        converters = self._converters[connection.vendor]
        return [_read(row, converters) if converters else tuple(row) for row in raw]

    def _write(self, shape: tuple[str, int]) -> _Written:
        marks = {f"\x02{place}\x03": _Mark(place) for place in range(shape[1])}
        query = self._build(*marks)
        compiler = query.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        self._model, self._locks = query.model, query.query.select_for_update
        self._names = [field.attname for field in query.model._meta.concrete_fields]
        selected = [expression for expression, _, _ in compiler.select]
        found = compiler.get_converters(selected)
        written = _Written(
            sql,
            tuple(marks.get(one, one) if isinstance(one, str) else one for one in values),
        )
        self._converters[shape[0]] = tuple(
            (place, tuple(each), column) for place, (each, column) in found.items()
        )
        self._written[shape] = written
        return written


def _read(row: Sequence[Any], converters: Converters) -> tuple[Any, ...]:
    told = list(row)
    for place, each, column in converters:
        for convert in each:
            told[place] = convert(told[place], column, connection)
    return tuple(told)

"""How a row is written, and read again: every value as JSON has it, exactly as it was."""

import base64
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.duration import duration_iso_string

from tocsin.moving.leaving.parts import Part

Row = dict[str, Any]


class Unfit(ValueError):
    """A row that cannot be taken in; says why."""


def line(row: Mapping[str, Any]) -> bytes:
    """A row as one line: keys sorted, nothing escaped that need not be."""
    told = json.dumps(
        row, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return f"{told}\n".encode()


def plain(value: Any) -> Any:
    """A column's value as JSON has it; a time to the microsecond, for that is how it is kept."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return str(value) if isinstance(value, Decimal) else value


def written(part: Part, row: Row, *, with_secrets: bool) -> bytes:
    """A row as it stands in the file."""
    told = {name: plain(value) for name, value in row.items()}
    if not with_secrets:
        told |= {name: secret.masked(row[name]) for name, secret in part.secrets.items()}
    return line(told)


class Reading:
    """Reads the lines of one part. ``has_secrets`` says whether they are in the file."""

    def __init__(self, part: Part, *, has_secrets: bool) -> None:
        self.part = part
        self._columns = {column.name: column for column in part.columns}
        self._secrets = {} if has_secrets else part.secrets

    def row(self, told: bytes) -> models.Model:
        """One line as a row that can be saved. Raises Unfit."""
        try:
            row = json.loads(told, parse_constant=_no_number, parse_float=_finite)
            if b"\\u" in told:  # half of a pair, which no text holds
                json.dumps(row, ensure_ascii=False).encode()
                _check_texts(row)
        except (ValueError, RecursionError):
            raise Unfit("is not JSON") from None
        if not isinstance(row, dict):
            raise Unfit("is no object")
        if unknown := sorted(row.keys() - self._columns.keys()):
            raise Unfit(f"has {unknown[0]!r}, which this version of Tocsin does not know")
        return self.part.model(
            **{
                column.attname: self._value(column, row)
                for name, column in self._columns.items()
                if name in row or not _may_be_missing(column)
            }
        )

    def _value(self, column: "models.Field[Any, Any]", row: Row) -> Any:
        if column.name not in row:
            raise Unfit(f"lacks {column.name!r}")
        value = row[column.name]
        if column.name in self._secrets:
            return self._secrets[column.name].stand_in(value)
        if value is None:
            if not column.null:
                raise Unfit(f"has nothing in {column.name!r}")
            return None
        return _read(column, value)


def _no_number(named: str) -> float:
    raise ValueError(f"{named} is no number that JSON knows.")


def _finite(told: str) -> float:
    number = float(told)
    if math.isinf(number):
        raise ValueError(f"{told[:40]} is larger than any number that is kept.")
    return number


def _check_texts(value: Any) -> None:
    """Refuse a NUL, which PostgreSQL does not keep."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("a NUL")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_texts(name)
            _check_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner)


def _may_be_missing(column: "models.Field[Any, Any]") -> bool:
    """Whether a file of an earlier version, which did not have the column, can do without it."""
    return column.has_default() or column.null or (column.blank and column.empty_strings_allowed)


def _is_of_its_kind(column: "models.JSONField[Any, Any]", value: Any) -> bool:
    """Whether it is an object or a list, as the column has by itself."""
    return not column.has_default() or isinstance(value, type(column.get_default()))


def _read(column: "models.Field[Any, Any]", value: Any) -> Any:
    kind = column.target_field if isinstance(column, models.ForeignKey) else column
    try:
        if isinstance(kind, models.CharField | models.TextField) and not isinstance(value, str):
            raise ValueError
        if isinstance(kind, models.JSONField) and not _is_of_its_kind(kind, value):
            raise ValueError
        read = kind.to_python(value)
        if isinstance(kind, models.BinaryField):
            return bytes(read)
        if isinstance(read, datetime):
            if read.tzinfo is None:
                raise Unfit(f"has a time without its zone in {column.name!r}")
            read = read.astimezone(UTC)  # the ends of the calendar have none
        kind.run_validators(read)
    except (ValidationError, ValueError, TypeError, OverflowError) as fault:
        if isinstance(fault, Unfit):
            raise
        raise Unfit(f"has something in {column.name!r} that cannot stand there") from None
    if kind.choices and read not in {key for key, _ in kind.flatchoices} | {""}:
        raise Unfit(f"has {str(read)[:40]!r} in {column.name!r}, which is none of its values")
    return read

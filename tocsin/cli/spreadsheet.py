"""Reading a list of readers as people keep it: any spreadsheet's CSV, any of the usual encodings.

Each row keeps the line on which it stands, so that what is broken can be named.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

MOST_BYTES = 64 * 1024 * 1024
DELIMITERS = ",;\t"
REACHED_BY = ("email", "endpoint", "phone")
KNOWN = (*REACHED_BY, "consented_at", "language", "components", "source")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(slots=True)
class Sheet:
    """The rows of a file by column, the line of each, and what is wrong with the broken ones."""

    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def read(path: Path) -> Sheet:
    """Read a whole file. Raises UsageError when it is no CSV with a header that we know."""
    lines = text_of(path).splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    sheet = Sheet()
    try:
        header = _header(next((row for row in reader if any(row)), []))
        sheet.unused = [name for name in header if name not in KNOWN]
        for line, row in _rows(reader):
            _take(sheet, header, line, row)
    except csv.Error as error:
        raise click.UsageError(f"Line {reader.line_num} is no CSV: {error}.") from error
    return sheet


def text_of(path: Path) -> str:
    """A file's text: by its byte order mark, else UTF-8, else as Windows writes it."""
    if path.stat().st_size > MOST_BYTES:
        raise click.UsageError(
            f"{path.name} is larger than {MOST_BYTES // 1024 // 1024} MiB. Split it."
        )
    raw = path.read_bytes()
    for mark, encoding in BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return _decoded(raw, encoding, path)
    try:
        return _decoded(raw, "utf-8", path)
    except click.UsageError:
        return _decoded(raw, "cp1252", path)


def _decoded(raw: bytes, encoding: str, path: Path) -> str:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path.name} is no text that we know. Save it as UTF-8.") from error
    if "\0" in text:
        raise click.UsageError(f"{path.name} is no text: it holds NUL. Save it as CSV, in UTF-8.")
    return text


def _header(row: list[str]) -> list[str]:
    header = [name.strip().lower() for name in row]
    if not set(header) & set(REACHED_BY):
        raise click.UsageError(
            "The first line must name the columns, an `email` among them "
            f"(known: {', '.join(KNOWN)})."
        )
    twice = sorted({name for name in header if name in KNOWN and header.count(name) > 1})
    if twice:
        raise click.UsageError(f"The first line names {', '.join(twice)} twice. Keep one.")
    return header


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each row that is not empty."""
    line = reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _take(sheet: Sheet, header: list[str], line: int, row: list[str]) -> None:
    if len(row) != len(header):
        sheet.faults.append(
            (line, f"it has {len(row)} columns, where the first line has {len(header)}.")
        )
        return
    told = {name: cell.strip() for name, cell in zip(header, row, strict=True) if name in KNOWN}
    if not told.get("email") and not told.get("endpoint") and told.get("phone"):
        sheet.faults.append((line, "nobody is told by phone so far; it has no email or endpoint."))
        return
    sheet.rows.append(told)
    sheet.lines.append(line)

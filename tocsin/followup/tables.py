"""Tables for spreadsheets (CSV), whose cells stay text whatever somebody wrote into them."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

Cell = str | int | float | None

# What a spreadsheet computes, in the widths that its input methods know, and the characters that
# it passes over, or splits a cell at, before it looks.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
AFTER_A_BREAK = re.compile(r"[\t\r\n]")
# Figures are the same for a spreadsheet as for a program, and begin with a sign of their own.
FIGURES = re.compile(r"[+-]?\d+(?:\.\d+)?(?: [+-]?\d+(?:\.\d+)?)*", re.ASCII)


def written(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> str:
    """A table with its header; what a row tells beyond the columns is left out."""
    out = io.StringIO()
    sheet = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    sheet.writeheader()
    for row in rows:
        sheet.writerow({name: _told(value) for name, value in row.items()})
    return out.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: where one might, a quote stands before it."""
    if FIGURES.fullmatch(text):
        return text
    is_split = AFTER_A_BREAK.match(text) or any(
        FORMULA.match(part) for part in AFTER_A_BREAK.split(text)
    )
    return f"'{text}" if is_split else text


def _told(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    # A bare carriage return is not quoted by the writer, and would end the row for its reader.
    return harmless(value).replace("\r\n", "\n").replace("\r", "\n")

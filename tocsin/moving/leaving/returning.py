"""Bringing a whole record back, into an installation that holds nothing yet.

It comes in whole or not at all, and as it was: nothing is noted in the journal, which is part of
it, and nobody is told of anything.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.core.management.color import no_style
from django.db import DatabaseError, IntegrityError, connection, transaction

from tocsin.announcements import auditing
from tocsin.journal import bulk, chain
from tocsin.moving.leaving.departing import Progress
from tocsin.moving.leaving.parcel import Manifest, NoParcel, Unpacking
from tocsin.moving.leaving.parts import Part, parts
from tocsin.moving.leaving.rows import Reading, Unfit
from tocsin.statements import publication

AT_ONCE = 500
SHOWN = 5


class CannotReturn(Exception):
    """Nothing was taken in; the message says why, and what to do."""


class _OnlyLooked(Exception):
    pass


def bring_back(
    path: Path, *, progress: Progress, is_dry: bool = False, as_is: bool = False
) -> Manifest:
    """Take a file in. Raises CannotReturn.

    ``is_dry`` goes all the way and then undoes it; ``as_is`` takes what does not verify, too.
    """
    try:
        with Unpacking(path) as parcel:
            return _brought(parcel, progress, is_dry=is_dry, as_is=as_is)
    except NoParcel as fault:
        raise CannotReturn(f"{fault} Nothing was taken in.") from None


def _brought(parcel: Unpacking, progress: Progress, *, is_dry: bool, as_is: bool) -> Manifest:
    along = {part.file: part for part in parts()}
    if unknown := sorted(parcel.manifest.files.keys() - along.keys()):
        raise CannotReturn(
            f"The file holds {unknown[0]}, which this version of Tocsin does not know. Update it "
            "first. Nothing was taken in."
        )
    try:
        with transaction.atomic():
            _check_empty(list(along.values()))
            _load(parcel, along, progress)
            _check_whole(as_is=as_is)
            if is_dry:
                raise _OnlyLooked
    except _OnlyLooked:
        pass
    return parcel.manifest


def _check_empty(along: list[Part]) -> None:
    for part in along:
        if part.model._base_manager.exists():
            raise CannotReturn(
                f"This installation holds something already ({part.label}), and a record comes "
                "back into an empty one alone: name a new TOCSIN_DATA_DIR or TOCSIN_DATABASE_URL "
                "and import before the first `tocsin serve`."
            )


def _load(parcel: Unpacking, along: dict[str, Part], progress: Progress) -> None:
    done, total = 0, parcel.rows
    try:
        for name in sorted(parcel.manifest.files):
            for count in _rows(parcel, along[name]):
                done += count
                progress("rows taken in", done, max(done, total))
        connection.check_constraints()
    except IntegrityError as fault:
        raise CannotReturn(f"The rows do not fit together: {_first(fault)} {_NONE}") from None
    except DatabaseError as fault:
        raise CannotReturn(f"The database refuses a row: {_first(fault)} {_NONE}") from None
    _go_on_counting(list(along.values()))


_NONE = "Nothing was taken in."


def _first(fault: Exception) -> str:
    told = str(fault).strip().splitlines()
    return f"{told[0] if told else type(fault).__name__}."


def _rows(parcel: Unpacking, part: Part) -> Iterator[int]:
    """Take one file in, a few hundred rows at a time; how many each time."""
    reading = Reading(part, has_secrets=parcel.manifest.has_secrets)
    lines, number, fields = parcel.lines(part.file), 0, part.model._meta.concrete_fields
    names, columns = [field.name for field in fields], [field.attname for field in fields]
    while batch := list(islice(lines, AT_ONCE)):
        rows = []
        for line in batch:
            number += 1
            try:
                rows.append(reading.row(line))
            except Unfit as fault:
                raise CannotReturn(f"{part.file}, line {number} {fault}. {_NONE}") from None
        told = ([getattr(row, column) for column in columns] for row in rows)
        bulk.insert(part.model, names, told)
        yield len(rows)


def _go_on_counting(along: list[Part]) -> None:
    """Let the next row get the next number; SQLite does so by itself."""
    models = [part.model for part in along]
    with connection.cursor() as cursor:
        for told in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(told)


def _check_whole(*, as_is: bool) -> None:
    faults = [*chain.verify().faults, *publication.faults(), *auditing.faults()]
    if faults and not as_is:
        more = f" … and {len(faults) - SHOWN} more." if len(faults) > SHOWN else ""
        raise CannotReturn(
            f"The record in this file does not verify: {' '.join(faults[:SHOWN])}{more} Nothing "
            "was taken in. Compare with another copy; --as-is takes it nevertheless."
        )

"""Readers brought along from elsewhere: all of a file, or none of it.

BrokenRows          lines that cannot be taken; ``faults`` says which, and what is wrong
"""

import csv
import io
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import IntegrityError, transaction

from tocsin.announcements import accounts, asking, audience, reach
from tocsin.announcements.accounts import Format
from tocsin.announcements.audience import CannotSubscribe, Choice
from tocsin.announcements.models import Follow, Subscription
from tocsin.catalogue import shelf
from tocsin.catalogue.shelf import Brand
from tocsin.channels import targets
from tocsin.journal import chain
from tocsin.journal.actors import Actor
from tocsin.people import access

COLUMNS = {"email", "endpoint", "consented_at", "language", "components", "source"}
MOST_ROWS, FAULTS_SHOWN = 500_000, 20


class BrokenRows(Exception):
    """Nothing was imported; ``faults`` holds (line, sentence) of each broken row."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        self.faults = tuple(faults)
        shown = "\n".join(f"  line {line}: {what}" for line, what in faults[:FAULTS_SHOWN])
        more = len(faults) - FAULTS_SHOWN
        rest = f"\n  … and {more} more" if more > 0 else ""
        super().__init__(f"Nothing was imported: mend these lines and try again.\n{shown}{rest}")


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows: confirmed at once, asked by mail, there already, or gone before.

    A reader who unsubscribed after giving that consent is never brought back.
    """

    confirmed: int
    asked: int
    known: int
    left_before: int


@dataclass(frozen=True, slots=True)
class Row:
    """One reader of the file, checked. ``contact`` answers for a machine."""

    channel: str
    address: str
    contact: str
    choice: Choice
    consented_at: datetime | None
    source: str
    format: Format = Format.STANDARD

    @property
    def key(self) -> tuple[str, str]:
        return self.channel, self.address


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file with a header line. Raises BrokenRows."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or []]
        unknown = sorted(set(header) - COLUMNS)
        if not {"email", "endpoint"} & set(header) or unknown:
            what = (
                f"there is no column {unknown[0]!r}" if unknown else "the column email is missing"
            )
            raise BrokenRows([(1, f"{what}; known are {', '.join(sorted(COLUMNS))}.")])
        reader.fieldnames = header
        return [_whole(row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise BrokenRows([(reader.line_num + 1, f"this is not CSV: {error}.")]) from error


def _whole(row: Mapping[str | None, object], line: int) -> dict[str, str]:
    if None in row or None in row.values():
        raise BrokenRows([(line, "it has more or fewer columns than the first line.")])
    return {str(name): str(value).strip() for name, value in row.items()}


def import_rows(
    page_id: str, rows: Iterable[Mapping[str, str]], *, by: Actor, at: datetime
) -> Imported:
    """Bring readers in, all or none; those with a consent date are confirmed at once.

    Raises BrokenRows, CannotSubscribe, NotAllowed.
    """
    try:
        return _import(page_id, rows, by=by, at=at)
    except IntegrityError as error:
        # The same file twice at once, or a reader who signed up between our look and our write.
        raise CannotSubscribe(
            "Somebody in this file was added at this very moment. Nothing was imported; try again."
        ) from error


@transaction.atomic
def _import(
    page_id: str, rows: Iterable[Mapping[str, str]], *, by: Actor, at: datetime
) -> Imported:
    page = shelf.brand(page_id)
    access.check(by, "subscribers:write", page.id)
    checked = _checked(page, rows, at)
    known = {
        (row.channel, row.address): row
        for row in Subscription.objects.filter(audience_id=page.audience_id, about="")
    }
    fresh = [row for row in checked if row.key not in known]
    _create(page, [row for row in fresh if row.consented_at], at)
    done = [_again(page, row, known[row.key], at) for row in checked if row.key in known]
    for row in fresh:
        if row.consented_at is None:
            _ask(page, row, at)
    found = Imported(
        confirmed=sum(1 for row in fresh if row.consented_at) + done.count("confirmed"),
        asked=sum(1 for row in fresh if row.consented_at is None) + done.count("asked"),
        known=done.count("known"),
        left_before=done.count("left"),
    )
    chain.note(
        "announcements:subscribers:imported",
        by=by,
        at=at,
        subject=("page", page.id),
        page=page.id,
        confirmed=found.confirmed,
        asked=found.asked,
        known=found.known,
        left_before=found.left_before,
    )
    return found


def _checked(page: Brand, rows: Iterable[Mapping[str, str]], at: datetime) -> list[Row]:
    """Every row checked; the last one wins where an address stands twice. Raises BrokenRows."""
    found: dict[tuple[str, str], Row] = {}
    faults: list[tuple[int, str]] = []
    choices: dict[tuple[str, str], Choice] = {}
    for line, row in enumerate(rows, start=2):
        if line > MOST_ROWS:
            raise BrokenRows([(line, f"a file holds at most {MOST_ROWS} readers; split it.")])
        try:
            checked = _row(page, row, choices, at)
            found[checked.key] = checked
        except CannotSubscribe as error:
            faults.append((line, str(error)))
    if faults:
        raise BrokenRows(faults)
    return list(found.values())


def _row(
    page: Brand,
    row: Mapping[str, str],
    choices: dict[tuple[str, str], Choice],
    at: datetime,
) -> Row:
    wished = row.get("components", ""), row.get("language", "")
    if wished not in choices:
        parts = tuple(part.strip() for part in wished[0].split(";") if part.strip())
        if wished[1] and wished[1] not in page.languages:
            raise CannotSubscribe(f"this page is not written in {wished[1]!r}.")
        choices[wished] = audience.checked(page, Choice(components=parts, language=wished[1]))
    channel, address, contact = _reached(row)
    audience.check_let_in(page, channel, address)
    return Row(
        channel=channel,
        address=address,
        contact=contact,
        choice=choices[wished],
        consented_at=_consent(row.get("consented_at", ""), at),
        source=(row.get("source", "") or "import")[:60],
        format=Format(row.get("format") or Format.STANDARD),
    )


def _reached(row: Mapping[str, str]) -> tuple[str, str, str]:
    """(channel, address, contact): a chat by its host, a machine with whoever answers for it."""
    endpoint, email = row.get("endpoint", ""), row.get("email", "")
    if not endpoint:
        return "email", audience.checked_address("email", email), ""
    channel = targets.chat_at(endpoint) or "webhook"
    is_vouched_for = bool(row.get("consented_at", ""))
    contact = audience.checked_contact(channel, email, is_needed=not is_vouched_for)
    return channel, audience.checked_address(channel, endpoint), contact


def _consent(told: str, at: datetime) -> datetime | None:
    if not told:
        return None
    try:
        if len(told) == len("2026-11-23"):
            when = datetime.combine(date.fromisoformat(told), time.min, UTC)
        else:
            when = datetime.fromisoformat(told)
    except ValueError as error:
        raise CannotSubscribe(
            f"{told!r} is no date; write 2026-11-23 or 2026-11-23T09:12:00Z."
        ) from error
    if when.tzinfo is None:
        raise CannotSubscribe(f"{told!r} lacks its zone; end it with Z or +01:00.")
    if when > at:
        raise CannotSubscribe(f"{told!r} is in the future.")
    return when


def _create(page: Brand, rows: Sequence[Row], at: datetime) -> None:
    made = [_subscription(page, row, at) for row in rows]
    Subscription.objects.bulk_create(made, batch_size=500)
    for subscription, row in zip(made, rows, strict=True):
        if row.channel in accounts.MACHINES:
            accounts.open_account(subscription.id, contact=row.contact, format=row.format)
    Follow.objects.bulk_create(
        [
            Follow(subscription=subscription, component_id=component)
            for subscription, row in zip(made, rows, strict=True)
            for component in row.choice.components
        ],
        batch_size=500,
    )


def _subscription(page: Brand, row: Row, at: datetime) -> Subscription:
    return Subscription(
        page_id=page.id,
        audience_id=page.audience_id,
        channel=row.channel,
        address=row.address,
        host=audience.host_of(row.channel, row.address),
        language=row.choice.language,
        minimum_severity=row.choice.minimum_severity,
        follows_all=not row.choice.components,
        token=secrets.token_urlsafe(24),
        asking_token=None if row.consented_at else secrets.token_urlsafe(24),
        asked_at=at,
        subscribed_at=at if row.consented_at else None,
        consented_at=row.consented_at,
        source=row.source,
    )


def _ask(page: Brand, row: Row, at: datetime) -> None:
    _create(page, [row], at)
    made = Subscription.objects.get(
        audience_id=page.audience_id, channel=row.channel, address=row.address, about=""
    )
    asking.owe_question(page, made, at=at)


def _again(page: Brand, row: Row, known: Subscription, at: datetime) -> str:
    """What becomes of a row whose address we have."""
    if known.unsubscribed_at:
        if row.consented_at is None or row.consented_at <= known.unsubscribed_at:
            return "left"
    elif known.subscribed_at and not known.bounced_at and reach.is_let_in(known.id):
        return "known"
    if row.consented_at is None:
        if not known.asking_token:  # brought along with a consent, and never asked until now
            known.asking_token = secrets.token_urlsafe(24)
        known.asked_at = at
        known.save(update_fields=["asking_token", "asked_at"])
        asking.owe_question(page, known, at=at)
        return "asked"
    known.asked_at = known.subscribed_at = at
    known.consented_at = row.consented_at
    known.unsubscribed_at = known.bounced_at = None
    known.save()
    return "confirmed"

"""Letters: owed once by their key, sent as soon as they are due, by mail or into a chat."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.utils import translation

from tocsin.channels.email.mime import build
from tocsin.channels.message import Message
from tocsin.channels.registry import calling, channel
from tocsin.channels.sheet import Sheet
from tocsin.channels.stencil import Holes
from tocsin.post import calls, claims
from tocsin.post.calls import Calls, Came
from tocsin.post.claims import Claim, Queue, Settlement
from tocsin.post.handover import Answer, Handover, Parcel
from tocsin.post.models import Letter, Outcome

CLAIMED_A_TURN = 100
MAILS = Queue("post_letter", ("channel",), only="d.channel = 'email'")
CALLED = Queue("post_letter", ("channel",), only="d.channel <> 'email'")
_calls = Calls(CALLED)


def owe(
    key: str,
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    at: datetime,
    language: str = "en",
    sender_name: str = "",
) -> bool:
    """Owe a mail, once for each key; answers whether it is new. Call inside the act itself.

    ``to`` is an address that the channel has checked; raises BadAddress.
    """
    letter = Letter(
        key=key,
        to=channel("email").check_address(to),
        sender_name=sender_name,
        subject=" ".join(subject.split())[:200],
        text=text,
        html=html,
        language=language,
        owed_at=at,
        next_at=at,
    )
    return _owe(letter)


def owe_sheet(
    key: str, sheet: Sheet, *, to: str, subject: str, at: datetime, by_channel: str = "email"
) -> bool:
    """Owe a letter on any channel, fitted to its medium; once for each key, inside the act itself.

    ``by_channel`` is a name of the registry; the subject is for mail. Raises BadAddress, KeyError.
    """
    carrier = channel(by_channel)
    fitted = carrier.fit(sheet)
    letter = Letter(
        key=key,
        channel=by_channel,
        to=carrier.check_address(to),
        sender_name=sheet.sender,
        subject=" ".join(subject.split())[:200],
        text=fitted.text,
        html=fitted.html,
        language=sheet.language,
        owed_at=at,
        next_at=at,
    )
    return _owe(letter)


def owe_once(key: str, made: Callable[[], Sheet], *, to: str, language: str, at: datetime) -> int:
    """Owe a mail that is made in its reader's own language, only where it is not owed yet.

    Its subject is what stands above it and its headline. Answers how many are new: 1 or 0. Raises
    BadAddress.
    """
    if is_owed(key):
        return 0
    with translation.override(language):
        sheet = made()
        subject = f"{sheet.eyebrow} – {sheet.headline}"
    return int(owe_sheet(key, sheet, to=to, subject=subject, at=at))


def _owe(letter: Letter) -> bool:
    before = is_owed(letter.key)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return not before


def is_owed(key: str) -> bool:
    """Whether a letter of that key was ever owed: asked before composing what may be there."""
    return Letter.objects.filter(key=key).exists()


def deliver_due(at: datetime) -> int:
    """Send the letters that are due; answers how many were settled or put off."""
    return _mail_due(at) + _call_due(at)


def _mail_due(at: datetime) -> int:
    rows = claims.claim(MAILS, at=at, limit=CLAIMED_A_TURN)
    if not rows:
        return 0
    held, unfit = {row.id: row.held for row in rows}, list[Settlement]()
    done = Handover(MAILS, channel("email"), at, held, _wipe).run(_parcels(rows, unfit, at))
    done += claims.settle(MAILS, unfit, at=at)
    _wipe_settled([settlement.id for settlement in unfit])
    return done


def _call_due(at: datetime) -> int:
    """Take what came back, let others leave; those on their way are counted as being done."""
    done = _settle(_calls.came(), at)
    rows = _called(at) if _calls.room else []
    unfit = list[Settlement]()
    for parcel in _parcels(rows, unfit, at):
        (row,) = parcel.rows
        if not _calls.begin(parcel, calling(str(row.values[0]))):
            unfit.append(claims.put_back(row, next_at=at))
    claims.settle(CALLED, unfit, at=at)
    if not done:
        done = _settle(_calls.came(within=calls.GLANCE), at)
    return done + int(_calls.is_under_way)


def _called(at: datetime) -> list[Claim]:
    """Asked by reading first, so that a turn without such letters writes nothing."""
    due = Letter.objects.filter(next_at__isnull=False, next_at__lte=at)
    if not due.exclude(channel="email").exists():
        return []
    return claims.claim(CALLED, at=at, limit=_calls.room, lease=calls.LEASE)


def finish(at: datetime) -> int:
    """Wait a little for what is under way, before this process ends; answers how many came."""
    return _settle(_calls.came(within=calls.PATIENCE, wait_for_all=True), at)


def _settle(came: Sequence[Came], at: datetime) -> int:
    done = _calls.settle(came, at=at)
    _wipe_settled([row.id for one in came for row in one.call.parcel.rows])
    return done


def _parcels(rows: Sequence[Claim], unfit: list[Settlement], at: datetime) -> Iterator[Parcel]:
    letters = Letter.objects.in_bulk([row.id for row in rows])
    for row in rows:
        try:
            yield Parcel((row,), _message(letters[row.id], at))
        except ValueError as error:
            # One letter that cannot be carried must not keep all others from their readers.
            reason = f"The letter cannot be composed. {error}"
            unfit.append(Settlement(row.id, row.held, row.attempts, None, Outcome.GIVEN_UP, reason))


def _message(letter: Letter, at: datetime) -> Message:
    if letter.channel != "email":
        return Message(f"letter.{letter.key}", letter.to, letter.text.encode(), at=at)
    return _mail(letter)


def _mail(letter: Letter) -> Message:
    name, address = parseaddr(settings.TOCSIN.mail_from)
    headers = [
        ("From", formataddr_plain(letter.sender_name or name, address)),
        ("To", letter.to),
        ("Subject", letter.subject),
        ("Message-ID", message_id(letter.key, address)),
        ("Auto-Submitted", "auto-generated"),
    ]
    stencil = build(
        headers=headers,
        text=letter.text,
        html=letter.html,
        holes=Holes({}),
        language=letter.language,
        date=letter.owed_at,
    )
    return Message(f"letter.{letter.key}", letter.to, stencil.fill({}), address)


def message_id(key: str, address: str) -> str:
    """The same for each time that a letter is tried; tells nothing of the key."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{address.rpartition('@')[2]}>"


def formataddr_plain(name: str, address: str) -> str:
    """``Name <address>``, the name quoted where it must be, and left to RFC 2047 otherwise."""
    clean = " ".join(name.split())
    if not clean:
        return address
    return formataddr((clean, address)) if clean.isascii() else f"{clean} <{address}>"


def _wipe(parcel: Parcel, answer: Answer, at: datetime) -> None:
    """A settled letter has no further use for its words and its address."""
    _wipe_settled([row.id for row in parcel.rows])


def _wipe_settled(ids: Sequence[int]) -> None:
    Letter.objects.filter(id__in=ids, next_at=None).update(to="", subject="", text="", html="")


def pending() -> int:
    """How many letters wait to be sent."""
    return Letter.objects.filter(next_at__isnull=False).count()

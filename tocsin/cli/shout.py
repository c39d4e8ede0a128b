"""`tocsin shout`: the emergency post. Standard library alone.

It needs the compiled page's folder and an interpreter, nothing else: no Django, no database, no
settings, none of our dependencies. What is shouted is on the page within a second, and comes into
the record when the database is back.

CannotShout     the words cannot be laid on any page; says why (whereabouts.py)
"""

import argparse
import getpass
import json
import os
import re
import secrets
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tocsin.cli import copies, whereabouts
from tocsin.cli.whereabouts import CannotShout, Place, Roots
from tocsin.page import disk
from tocsin.page.emergency.known import Known, known
from tocsin.page.emergency.laying import Laid, laid
from tocsin.page.emergency.phrases import phrases
from tocsin.statements import shouted
from tocsin.statements.shouted import LANGUAGE, LONGEST, SEVERITIES, Shout

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SPAN = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?")
USUAL_WAIT = timedelta(minutes=30)
USUAL_SEVERITY = "sev1"
PATIENCE = 0.5  # seconds with whoever holds the page's files; then the words go up all the same
EXAMPLE = 'tocsin shout "Nobody can pay at the moment. We are working on it." --next-update 30m'


@dataclass(slots=True)
class Said:
    """What became of a shout on one page.

    ``audiences`` are those whose page it stands on, ``notes`` sentences for whoever stands by.
    """

    shout: Shout
    slug: str
    release: str
    url: str
    removed: tuple[str, ...]
    audiences: tuple[str, ...]
    notes: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Shout; the exit code is 0 once it is on every page that was named."""
    told = parser().parse_args(arguments)
    try:
        said = shout(told, at=datetime.now(UTC))
    except (CannotShout, OSError) as error:
        print(_sentence(error), file=sys.stderr)
        return 1
    for note in (note for one in said for note in one.notes):
        print(note, file=sys.stderr)
    _report(said, is_json=told.json)
    return 0


class _Help(argparse.HelpFormatter):
    """Begins as every other command's help does."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, prefix or "Usage: ")


def parser() -> argparse.ArgumentParser:
    """What may be typed."""
    told = argparse.ArgumentParser(
        prog="tocsin shout",
        formatter_class=_Help,
        description="Put words on the page when all else is down: no database, no process of ours "
        "is needed. They come into the record when the database is back.",
        epilog=f"Example: {EXAMPLE}",
    )
    add = told.add_argument
    add("words", nargs="?", default="", help="what to say, in the page's own language; - reads it")
    add("--page", action="append", default=[], metavar="P", help="id or slug; may be repeated")
    add(
        "--lang",
        action="append",
        default=[],
        nargs=2,
        metavar=("LANG", "WORDS"),
        help="the same in another language of the page; may be repeated",
    )
    add("--about", default="", metavar="ID", help="say more of an open notice")
    add("--over", default="", metavar="ID", help="say that a notice is over")
    add(
        "--audience", default="", metavar="A", help="a closed circle of the page that alone is told"
    )
    add("--severity", choices=SEVERITIES, default="", help="how bad it is (as before, else sev1)")
    add("--next-update", default="", metavar="30m", help="when the next word comes (30m)")
    add("--id", default="", metavar="ID", help="the shout's own id, as on another machine")
    add("--data-dir", default="", metavar="D", help="where everything is kept (TOCSIN_DATA_DIR)")
    add("--json", action="store_true", help="print JSON")
    return told


def shout(told: argparse.Namespace, *, at: datetime) -> list[Said]:
    """Lay the words on every page that is meant. Raises CannotShout."""
    there = whereabouts.roots(told.data_dir)
    words = _typed(told.words)
    layers = {_language(code): _typed(text) for code, text in told.lang}
    if not words and not told.over:
        raise CannotShout(f"Say what is to stand on the page. For example: {EXAMPLE}")
    wait, about = _wait(told.next_update), told.over or told.about
    found = _open_one(there, about, told.page) if about else None
    slugs = [found.slug] if found else whereabouts.pages(there, told.page)
    before = found.severity if found else USUAL_SEVERITY
    whom = _whom(told.audience, found)
    if told.id and len(slugs) > 1:
        raise CannotShout("Each page's shout has an id of its own: --id goes with one --page.")
    said = []
    for slug in slugs:
        places = _meant(there, slug, whom)
        key, page = _key(told.id), known(whereabouts.former(places[0].directory), slug)
        own = page.languages[0]
        first = words or layers.get(own) or phrases(page.record, own)["done"]
        word = Shout(
            id=key,
            about=about or key,
            page_id=page.id,
            is_over=bool(told.over),
            severity=told.severity or before,
            layers={own: first, **{code: text for code, text in layers.items() if code != own}},
            at=at,
            next_word_at=None if told.over else at + wait,
            by=_account(),
            audience=whom,
        )
        said.append(_said(there, places, word, page))
    return said


def _whom(named: str, found: "Open | None") -> str:
    """The circle that alone is told; empty where everyone is. Raises CannotShout."""
    whom = "" if named == whereabouts.EVERYONE else named
    if found and whom and found.audience != whom:
        raise CannotShout(f"That notice is not for {named!r} alone. Leave --audience out.")
    return found.audience if found else whom


def _meant(there: Roots, slug: str, whom: str) -> list[Place]:
    """Where the words go: everywhere on the page, or to one circle. Raises CannotShout."""
    found = whereabouts.places(there, slug)
    if not whom:
        return found
    meant = [place for place in found if place.audience == whom]
    if not meant:
        raise CannotShout(f"No circle {whom!r} of {slug} in {there.private}. Nothing was said.")
    return meant


def _said(there: Roots, places: Sequence[Place], word: Shout, page: Known) -> Said:
    """Lay the words on the first place, then on the others, whose trouble stops nobody."""
    first, *others = places
    notes = _notes(first.directory, word, page)
    named, made, busy = _onto(first, word)
    notes += busy
    if first.is_public:
        whereabouts.keep_hosts(there.site, first.slug)
        notes += copies.lay(first.slug, word.id, made)
    _hand_over(there, first)
    reached = [first.audience]
    for place in others:
        try:
            notes += _onto(place, word)[2]
            reached.append(place.audience)
        except OSError as error:
            notes.append(f"The circle {place.audience} could not be reached: {error.strerror}.")
        _hand_over(there, place)
    unseen = whereabouts.hidden(there)
    notes += [unseen] if unseen else []
    release = "{}.{}".format(*named)
    url = f"{page.url}/incidents/{word.about}" if page.url else ""
    return Said(word, first.slug, release, url, made.removed, tuple(reached), notes)


def _onto(place: Place, word: Shout) -> tuple[disk.Release, Laid, list[str]]:
    """Keep the shout, then lay it on: killed in between, the next compile lays it on.

    Returns the release, what is in it, and what whoever stands by should know.
    """
    directory, notes = place.directory, list[str]()
    with _as_its_own(directory):
        (directory / shouted.FOLDER).mkdir(parents=True, exist_ok=True)
        disk.replace(directory / shouted.FOLDER / f"{word.id}.json", shouted.written(word))
        try:
            with disk.locked(directory, patience=PATIENCE):
                named, made = _lay(directory, place.slug)
        except disk.Busy as busy:
            notes.append(f"{busy} The words were laid on all the same.")
            named, made = _lay(directory, place.slug)
    return named, made, notes


@contextmanager
def _as_its_own(directory: Path) -> Iterator[None]:
    """Let nobody read what is written who may not read the page's folder."""
    if not directory.is_dir():
        yield
        return
    before = os.umask(0o777 & ~directory.stat().st_mode)
    try:
        yield
    finally:
        os.umask(before)


def _lay(directory: Path, slug: str) -> tuple[disk.Release, Laid]:
    base = whereabouts.base(directory)
    highest = max(filter(None, (base, disk.pointed_at(directory))), default=(0, 0))
    named = (highest[0], highest[1] + 1)
    waiting = shouted.waiting(directory)
    made = laid(whereabouts.former(directory), waiting, slug=slug, live="{}.{}".format(*named))
    disk.release(directory, made.files, named)
    return named, made


def _notes(directory: Path, word: Shout, page: Known) -> list[str]:
    """What whoever stands by should know of the page that was found, or was not."""
    told = []
    if whereabouts.base(directory) is None:
        told.append(
            f"No compiled page was found in {directory}: a plain one was written there. "
            "Is this the folder that readers are served from? If not, name it: --data-dir D."
        )
    elif not page.record:
        told.append(
            f"The record of the page in {directory} could not be read: "
            "its name, languages and zone were guessed from what is there."
        )
    lacking = [code for code in page.languages if code not in word.layers]
    if lacking and not (word.is_over and len(word.layers) == 1):
        first = next(iter(word.layers))
        told.append(f"In {', '.join(lacking)} the words stand as they are in {first} (--lang).")
    strange = [code for code in word.layers if code not in page.languages]
    if strange:
        told.append(f"The page does not speak {', '.join(strange)}: nobody will read those words.")
    return told


def _hand_over(there: Roots, place: Place) -> None:
    """What root wrote becomes the page's owner's, who must be able to go on with it."""
    if os.geteuid() != 0:
        return
    directory, root = place.directory, there.site if place.is_public else there.private
    owner = root.stat()
    ours = [root / "hosts.json", directory, *directory.glob("*"), directory / ".lock"]
    made = (directory / name for name in (shouted.FOLDER, disk.RELEASES))
    below = (path for folder in made for path in folder.rglob("*"))
    for path in (*ours, *below):
        try:
            if path.lstat().st_uid == 0 != owner.st_uid:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except OSError:
            continue  # it went meanwhile, or the file system knows no owners


# What was typed


def _typed(text: str) -> str:
    if text == "-":
        text = sys.stdin.buffer.read(4 * LONGEST + 1).decode("utf-8-sig", "replace")
    # What a shell passes on that is no text arrives as lone surrogates.
    words = shouted.cleaned(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    if len(words) > LONGEST:
        raise CannotShout(f"{LONGEST} characters are the most. Say it in fewer words.")
    return words


def _language(code: str) -> str:
    if not LANGUAGE.fullmatch(code):
        raise CannotShout(f"{code!r} is no language. Say a code such as fr.")
    return code


def _key(told: str) -> str:
    if told and not shouted.ID.fullmatch(told):
        raise CannotShout(f"{told!r} is no id: 12 small letters and digits.")
    return told or "".join(secrets.choice(ALPHABET) for _ in range(12))


def _wait(told: str) -> timedelta:
    if not told:
        return USUAL_WAIT
    found = SPAN.fullmatch(told.strip())
    if not found or not any(found.groups()):
        raise CannotShout(f"{told!r} is no wait. Say one such as 30m or 1h30m.")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    wait = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta() < wait <= timedelta(days=14):
        raise CannotShout("The next word comes later than now, and within 14 days.")
    return wait


def _account() -> str:
    try:
        account = getpass.getuser()
    except (KeyError, OSError, ImportError):
        account = "an unnamed account"
    return f"{account} at {socket.gethostname()}"


# What it is about


@dataclass(frozen=True, slots=True)
class Open:
    """A notice that more can be said of: its page, the circle that alone knows it, how bad it is.

    ``audience`` is empty where everyone was told.
    """

    slug: str
    audience: str
    severity: str


def _open_one(there: Roots, about: str, named: Sequence[str]) -> Open:
    """The notice that is meant. Raises CannotShout."""
    told: dict[str, Open] = {}
    for slug in whereabouts.pages(there, named) if named else whereabouts.slugs(there):
        for place in whereabouts.places(there, slug):  # everyone first: each circle knows that too
            for key, bad in _open(place.directory, slug).items():
                told.setdefault(key, Open(slug, place.audience if place.is_circle else "", bad))
    if about not in told:
        found = f"Open are: {', '.join(told)}." if told else "None is open."
        raise CannotShout(f"No open notice {about!r} on the page. {found}")
    return told[about]


def _open(directory: Path, slug: str) -> dict[str, str]:
    """How bad each open notice of a page was said to be, by its id.

    Planned work is among them once it has outlasted its window: the record has it under ``open``.
    """
    record = known(whereabouts.former(directory), slug).record
    waiting = shouted.threads(shouted.waiting(directory))
    listed = record.get("open")
    told = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    notices = {thread.id: thread.latest.severity for thread in waiting}
    for one in told:
        if isinstance(one.get("id"), str):
            bad = one.get("severity")
            notices.setdefault(one["id"], bad if bad in SEVERITIES else USUAL_SEVERITY)
    over = {thread.id for thread in waiting if not thread.is_open}
    return {key: bad for key, bad in notices.items() if key not in over}


# What is told to whoever stands by


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename} cannot be written: {error.strerror}. Nothing is said there."
    return str(error)


def _report(said: Sequence[Said], *, is_json: bool) -> None:
    if is_json:
        first, *others = map(_facts, said)
        print(json.dumps(first | {"others": others}, indent=2, ensure_ascii=False))
        return
    for one in said:
        done = "It is over" if one.shout.is_over else "Said"
        print(f"{done}, on {_where(one)} (release {one.release}). {one.url}".rstrip())
        for name in one.removed:
            print(f"Taken off, for it could not be made again: {name}")
        if one.shout.next_word_at:
            due = one.shout.next_word_at
            print(f"The page says that the next word comes by {due:%H:%M} UTC.")
    open_one = said[0].shout
    if not open_one.is_over:
        print(f'More: tocsin shout "…" --about {open_one.about}')
        print(f'When it is over: tocsin shout "…" --over {open_one.about}')
        print(f"On another machine with a front: add --id {open_one.id}")


def _where(said: Said) -> str:
    """The page, and which circles read it there."""
    circles = [one for one in said.audiences if one != whereabouts.EVERYONE]
    if said.shout.audience:
        return f"{said.slug}, for {said.shout.audience} alone"
    return said.slug + (f", also for {', '.join(circles)}" if circles else "")


def _facts(said: Said) -> dict[str, Any]:
    due = said.shout.next_word_at
    return {
        "shout": said.shout.id,
        "incident": said.shout.about,
        "page": said.slug,
        "url": said.url or None,
        "audiences": list(said.audiences),
        "release": said.release,
        "languages": list(said.shout.layers),
        "next_word_at": shouted.stamp(due) if due else None,
        "removed": list(said.removed),
        "notes": said.notes,
    }


if __name__ == "__main__":
    sys.exit(main())

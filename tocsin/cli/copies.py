"""Laying a shout on the copies of a public page, in folders and in buckets. Standard library alone.

A copy's trouble is a sentence for whoever stands by, and stops nothing: the words are on the page.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tocsin.cli import whereabouts
from tocsin.cli.bucket import Bucket, NotTaken
from tocsin.front.headers import headers_of
from tocsin.page import disk
from tocsin.page.emergency.known import RECORD
from tocsin.page.emergency.laying import NOTES, Laid
from tocsin.page.mirrors.targets import MARK, Target

PATIENCE = 12.0  # seconds with all buckets together
Files = Mapping[str, bytes]


@dataclass
class Push:
    """One bucket being told, in a thread that nobody waits for longer than PATIENCE."""

    twin: Target
    note: str = ""
    thread: threading.Thread = field(init=False)


def lay(slug: str, shout_id: str, made: Laid) -> list[str]:
    """Lay the words on every copy of a page; returns what whoever stands by should know."""
    twins = list(whereabouts.twins(slug))
    pushes = [_begun(twin, slug, shout_id, made) for twin in twins if twin.folder is None]
    notes = [_onto_folder(twin, slug, shout_id, made) for twin in twins if twin.folder]
    until = time.monotonic() + PATIENCE
    for push in pushes:
        push.thread.join(max(0.0, until - time.monotonic()))
        late = f"The twin {push.twin.name} did not take the words within {PATIENCE:.0f} seconds."
        notes.append(late if push.thread.is_alive() else push.note)
    return [note for note in notes if note]


def _onto_folder(twin: Target, slug: str, shout_id: str, made: Laid) -> str:
    assert twin.folder is not None
    if not (twin.folder / MARK).exists():
        return f"The twin {twin.name} holds no copy yet."
    try:
        for files in _in_order(made.files, shout_id, _below(twin, slug)):
            disk.replace_all(twin.folder, files)
        for name in made.removed:
            (twin.folder / _below(twin, slug) / name).unlink(missing_ok=True)
    except OSError as error:
        return f"The twin {twin.name} could not be written: {error.strerror}."
    return ""


def _begun(twin: Target, slug: str, shout_id: str, made: Laid) -> Push:
    push = Push(twin)

    def run() -> None:
        push.note = _onto_bucket(twin, slug, shout_id, made)

    push.thread = threading.Thread(target=run, name=f"twin {twin.name}", daemon=True)
    push.thread.start()
    return push


def _onto_bucket(twin: Target, slug: str, shout_id: str, made: Laid) -> str:
    """What was made anew alone: the rest of the page stands there already."""
    if not twin.access_key:
        return (
            f"The twin {twin.name} stands still until the database is back: no key is known here."
        )
    below, bucket = _below(twin, slug), Bucket(twin)
    try:
        if bucket.read(MARK) is None:
            return f"The twin {twin.name} holds no copy yet."
        anew = {name: made.files[name] for name in made.anew}
        for files in _in_order(anew, shout_id, below):
            for path, body in files.items():
                told = dict(headers_of("/" + path, {}))
                kept = {name: told[name] for name in ("content-type", "cache-control")}
                bucket.put(path, body, kept)
        for name in made.removed:
            bucket.delete(f"{below}{name}")
    except NotTaken as error:
        return f"The twin {twin.name} did not take the words: {error}"
    except Exception as error:  # nothing of a copy's may cost the shout its other words
        return f"The twin {twin.name} did not take the words: {type(error).__name__}."
    finally:
        bucket.close()
    return ""


def _below(twin: Target, slug: str) -> str:
    """Where in a copy the page stands, with a slash at its end where it is not the root."""
    return "" if twin.page else f"{slug}/"


def _in_order(files: Files, shout_id: str, below: str) -> Iterator[Files]:
    """What a front page leads to goes before it, the record after it; all of it after the mark, by
    which whoever remembers what this copy holds sees that it has to look again."""
    yield {MARK: json.dumps({"twin": "of a Tocsin page", "shout": shout_id}).encode()}
    last = [name for name in ("index.html", RECORD) if name in files]
    yield {below + name: files[name] for name in files if name not in (*last, NOTES)}
    yield from ({below + name: files[name]} for name in last)

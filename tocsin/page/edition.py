"""Which edition of the page's own code made a file: when it changes, all is made anew."""

import hashlib
from functools import cache
from pathlib import Path

from tocsin.catalogue import languages
from tocsin.catalogue.shelf import Brand
from tocsin.page.address import url_of

MADE_OF = {".py", ".html", ".css", ".js", ".mo", ".yaml"}


def edition_of(page: Brand) -> str:
    """32 hex digits of all that shapes a page beside the record and the catalogue."""
    return hashlib.sha256(f"{_code()} {url_of(page)}".encode()).hexdigest()[:32]


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for place in (Path(__file__).parent, Path(languages.__file__).parent):
        for path in sorted(place.rglob("*")):
            inside = path.relative_to(place).parts
            if path.suffix in MADE_OF and "tests" not in inside and "migrations" not in inside:
                digest.update("/".join(inside).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

"""What must hold before anything is served: the tables stand, and a first run is made ready.

Run as ``python -m tocsin.cli.preparation demo|no-demo [served at]``, a process of its own, so that
the parent of all others holds neither Django nor a connection. Prints ``{"site_dir", "lines"}`` as
JSON. ``served at`` is kept where no TOCSIN_BASE_URL is set, for the links that a shell gives.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError


def prepare(*, demo: bool, at: datetime, served_at: str = "") -> dict[str, str | list[str]]:
    """Lay the tables and prepare the first run; returns the site's folder and the lines."""
    from tocsin.cli import first_run, tables
    from tocsin.settings.installation import ADDRESS  # its package reads every setting

    tables.stand()
    for folder in (settings.TOCSIN.site_dir, settings.STATIC_ROOT):
        Path(folder).mkdir(parents=True, exist_ok=True)
    if served_at:
        (settings.TOCSIN.data_dir / ADDRESS).write_text(served_at + "\n", "utf-8")
    lines = first_run.prepare(demo=demo, at=at)
    return {
        "site_dir": str(settings.TOCSIN.site_dir),
        "private_dir": str(settings.TOCSIN.private_dir),
        "lines": lines,
    }


def main(said: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.settings")
    try:
        settings.TOCSIN  # noqa: B018 - the first look reads every setting
    except Exception as error:  # whatever it is: a setting of the operator's, said in a sentence
        print(error, file=sys.stderr)
        return 1
    try:
        django.setup()
        wish, served_at = [*said, ""][:2]
        told = prepare(demo=wish == "demo", at=datetime.now(UTC), served_at=served_at)
        print(json.dumps(told))
    except DatabaseError as error:
        print(f"The database cannot be used: {error}".strip(), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"A folder cannot be written: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

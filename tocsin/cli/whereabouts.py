"""Where pages and their copies are, by the environment and the files alone. Standard library alone.

CannotShout     the words cannot be laid on any page; says why and what to do
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tocsin.page import disk
from tocsin.page.emergency.known import known
from tocsin.page.mirrors import BadTarget
from tocsin.page.mirrors.targets import Target, target

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class CannotShout(Exception):
    pass


def base(directory: Path) -> disk.Release | None:
    """The release to lay words on: the live one, else the newest that is whole."""
    live = disk.pointed_at(directory)
    if live and (disk.release_dir(directory, live) / "index.html").exists():
        return live
    return disk.newest(directory)


def former(directory: Path) -> dict[str, bytes]:
    """The files of that release; none where there is none."""
    found = base(directory)
    return disk.contents(disk.release_dir(directory, found)) if found else {}


def site_dir(data_dir: str) -> Path:
    told = _settings(says=True)
    data = Path(data_dir or told.get("TOCSIN_DATA_DIR", "").strip() or "data")
    site = "" if data_dir and "TOCSIN_SITE_DIR" not in os.environ else told.get("TOCSIN_SITE_DIR")
    return Path((site or "").strip() or data / "site").absolute()


def _settings(*, says: bool = False) -> Mapping[str, str]:
    """The environment over ``tocsin.toml``, as far as the file can be read; ``says`` if not."""
    path = Path(os.environ.get("TOCSIN_CONFIG", "tocsin.toml"))
    kept: dict[str, Any] = {}
    try:
        import tomllib

        kept = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        if says:
            print(f"{path} cannot be read ({error}); going by the environment.", file=sys.stderr)
    return {name: _as_text(value) for name, value in kept.items()} | dict(os.environ)


def _as_text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def pages(site: Path, named: Sequence[str]) -> list[str]:
    """The slugs that are meant; without a name, the only page. Raises CannotShout."""
    there = slugs(site)
    if not named:
        if len(there) > 1:
            raise CannotShout(f"Say which page: --page {'|'.join(there)}. Nothing was said.")
        return there or ["status"]
    return list(dict.fromkeys(_slug(site, ref, there) for ref in named))


def _slug(site: Path, ref: str, there: Sequence[str]) -> str:
    if ref in there:
        return ref
    for slug in there:
        if known(former(site / slug), slug).id == ref:
            return slug
    if there:
        raise CannotShout(f"No page {ref!r} in {site}. There is: {', '.join(there)}.")
    if not SLUG.fullmatch(ref):
        raise CannotShout(f"{ref!r} is no page's name: small letters, digits and hyphens.")
    return ref


def slugs(site: Path) -> list[str]:
    """The pages that are served from here: as ``hosts.json`` says, else as the folders show."""
    hosts = _hosts(site)
    found = [hosts.get("default"), *_values(hosts.get("hosts"))]
    told = [slug for slug in dict.fromkeys(found) if isinstance(slug, str) and SLUG.fullmatch(slug)]
    if told:
        return told
    folders = sorted(site.iterdir()) if site.is_dir() else []
    return [one.name for one in folders if SLUG.fullmatch(one.name) and _is_page(one)]


def _is_page(directory: Path) -> bool:
    return (directory / disk.POINTER).exists() or (directory / disk.RELEASES).is_dir()


def _hosts(site: Path) -> dict[str, Any]:
    try:
        told = json.loads((site / "hosts.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _values(told: object) -> list[Any]:
    return list(told.values()) if isinstance(told, dict) else []


def keep_hosts(site: Path, slug: str) -> None:
    """The front finds pages by ``hosts.json``: where there is none, this page answers everybody."""
    hosts = _hosts(site)
    if slug in (hosts.get("default"), *_values(hosts.get("hosts"))):
        return
    told = {"default": hosts.get("default") or slug, "hosts": {f"{slug}.localhost": slug}}
    disk.replace(site / "hosts.json", json.dumps(told, indent=1).encode())


def twins(slug: str) -> Iterator[Target]:
    """The copies of a page that TOCSIN_SITE_TWINS names; what is mistyped is passed over."""
    for told in _settings().get("TOCSIN_SITE_TWINS", "").replace(",", " ").split():
        try:
            found = target(told)
        except BadTarget:
            continue
        if found.page in ("", slug):
            yield found

"""Where pages and their copies are, by the environment and the files alone. Standard library alone.

CannotShout     the words cannot be laid on any page; says why and what to do
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin.page import disk
from tocsin.page.emergency.known import known
from tocsin.page.mirrors import BadTarget
from tocsin.page.mirrors.targets import Target, target

EVERYONE = "everyone"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class CannotShout(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Roots:
    """The folders below which pages are compiled: what everybody may read, and what only some."""

    site: Path
    private: Path


@dataclass(frozen=True, slots=True)
class Place:
    """A page as one of its audiences sees it, in the folder where that is compiled."""

    slug: str
    audience: str
    directory: Path
    is_public: bool

    @property
    def is_circle(self) -> bool:
        return self.audience != EVERYONE


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


def roots(data_dir: str) -> Roots:
    """The folders that pages are compiled below: the public one, and the private one."""
    told = _settings(says=True)
    data = Path(data_dir or told.get("TOCSIN_DATA_DIR", "").strip() or "data")

    def folder(name: str, usual: str) -> Path:
        said = "" if data_dir and name not in os.environ else told.get(name)
        return Path((said or "").strip() or data / usual).absolute()

    return Roots(folder("TOCSIN_SITE_DIR", "site"), folder("TOCSIN_PRIVATE_DIR", "private"))


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


def pages(there: Roots, named: Sequence[str]) -> list[str]:
    """The slugs that are meant; without a name, the only page. Raises CannotShout."""
    found = slugs(there)
    if not named:
        if len(found) > 1:
            raise CannotShout(f"Say which page: --page {'|'.join(found)}. Nothing was said.")
        return found or ["status"]
    return list(dict.fromkeys(_slug(there, ref, found) for ref in named))


def _slug(there: Roots, ref: str, found: Sequence[str]) -> str:
    if ref in found:
        return ref
    for slug in found:
        if any(known(former(one.directory), slug).id == ref for one in places(there, slug)):
            return slug
    if found:
        raise CannotShout(f"No page {ref!r} in {there.site}. There is: {', '.join(found)}.")
    if not SLUG.fullmatch(ref):
        raise CannotShout(f"{ref!r} is no page's name: small letters, digits and hyphens.")
    return ref


def slugs(there: Roots) -> list[str]:
    """The pages of this machine: the public ones, as ``hosts.json`` or the folders show, and those
    that only some may read."""
    closed = [one.name for one in _below(there.private) if any(map(_is_page, _below(one)))]
    return list(dict.fromkeys([*_public(there.site), *closed]))


def places(there: Roots, slug: str) -> list[Place]:
    """Where a page stands: as everyone sees it, then as each of its circles does."""
    private = there.private / slug
    whole = Place(slug, EVERYONE, there.site / slug, is_public=True)
    if _is_closed(there, slug):
        whole = Place(slug, EVERYONE, private / EVERYONE, is_public=False)
    circles = [one for one in _below(private) if one.name != EVERYONE and _is_page(one)]
    return [whole, *(Place(slug, one.name, one, is_public=False) for one in circles)]


def _is_closed(there: Roots, slug: str) -> bool:
    """Whether only some may read the page; what is said of it must not stand in public then."""
    if slug in _named(_hosts(there.site)):
        return False
    told = _hosts(there.private).get("hosts")
    is_told = isinstance(told, list) and f"{slug}.localhost" in told
    return is_told or _is_page(there.private / slug / EVERYONE)


def _named(hosts: Mapping[str, Any]) -> list[str]:
    """The pages that the site's ``hosts.json`` leads to."""
    found = [hosts.get("default"), *_values(hosts.get("hosts"))]
    return [slug for slug in dict.fromkeys(found) if isinstance(slug, str) and SLUG.fullmatch(slug)]


def _public(site: Path) -> list[str]:
    return _named(_hosts(site)) or [one.name for one in _below(site) if _is_page(one)]


def _below(folder: Path) -> list[Path]:
    """The folders below one that may be a page's or a circle's; none where nobody may look."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []
    return [one for one in found if SLUG.fullmatch(one.name) and one.is_dir()]


def hidden(there: Roots) -> str:
    """A sentence on what could not be looked at, and so was not told; empty where all could."""
    if there.private.is_dir() and not os.access(there.private, os.R_OK | os.X_OK):
        return (
            f"{there.private} cannot be read: circles and closed pages hear of this when the "
            "database is back. Shout as the account that Tocsin runs under to reach them now."
        )
    return ""


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
    if slug in _named(hosts):
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

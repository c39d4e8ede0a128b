"""Which page answers which Host."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_LONGEST_HOST = 260
_LOCAL = ".localhost"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The default page's slug ("" for none), and each host name's (lower case, no port)."""

    default: str
    by_name: Mapping[str, str] = field(default_factory=dict)
    closed: "Closed" = field(default_factory=lambda: Closed())

    @property
    def slugs(self) -> set[str]:
        return {self.default, *self.by_name.values()} - {""}

    def slug(self, host: str | None) -> str:
        """The page for a Host header; the default one for a host that nobody claims.

        Empty where a closed page answers: of that one nothing is known here.
        """
        name = bare(host) if host and len(host) <= _LONGEST_HOST else ""
        if name in self.closed.names:
            return ""
        claimed = self.by_name.get(name)
        if claimed is None and name.endswith(_LOCAL) and name.removesuffix(_LOCAL) in self.slugs:
            return name.removesuffix(_LOCAL)
        return claimed or self.default

    def is_closed(self, host: str | None) -> bool:
        """Whether it is for Django alone to answer this Host, after its check."""
        name = bare(host) if host and len(host) <= _LONGEST_HOST else ""
        return name in self.closed.names or (self.closed.is_default and not self.slug(host))


@dataclass(frozen=True, slots=True)
class Closed:
    """The hosts of pages that only some may read; ``is_default``: any that nobody claims, too."""

    names: frozenset[str] = frozenset()
    is_default: bool = False


@lru_cache(maxsize=512)
def bare(host: str) -> str:
    """A host name in lower case, without port and trailing dot."""
    name = host.lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    return name.rstrip(".")


def read(path: Path) -> Hosts | None:
    """Read ``hosts.json``; None where it is absent or makes no sense."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    told, default = said.get("hosts"), said.get("default")
    claims = told.items() if isinstance(told, dict) else ()
    named = {bare(name): slug for name, slug in claims if _is_slug(slug)}
    return Hosts(default=default if _is_slug(default) else "", by_name=named)


def read_closed(path: Path) -> Closed:
    """Read the private ``hosts.json``; nothing is closed where there is none."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return Closed()
    told = said.get("hosts") if isinstance(said, dict) else None
    names = (name for name in told if isinstance(name, str)) if isinstance(told, list) else ()
    is_default = isinstance(said, dict) and said.get("default") is True
    return Closed(frozenset(bare(name) for name in names), is_default)


def _is_slug(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(_SLUG.fullmatch(value))

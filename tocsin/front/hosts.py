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

    @property
    def slugs(self) -> set[str]:
        return {self.default, *self.by_name.values()} - {""}

    def slug(self, host: str | None) -> str:
        """The page for a Host header; the default one for a host that nobody claims."""
        name = bare(host) if host and len(host) <= _LONGEST_HOST else ""
        claimed = self.by_name.get(name)
        if claimed is None and name.endswith(_LOCAL) and name.removesuffix(_LOCAL) in self.slugs:
            return name.removesuffix(_LOCAL)
        return claimed or self.default


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


def _is_slug(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(_SLUG.fullmatch(value))

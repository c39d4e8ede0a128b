"""Time zones by name. Pure."""

from functools import cache
from zoneinfo import available_timezones


@cache
def every() -> frozenset[str]:
    """Every zone that can be named; found once, for it means walking through a directory."""
    return frozenset(available_timezones())

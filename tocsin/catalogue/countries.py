"""Public holidays, by country and part of a country: "FR", "US-NY". Pure."""

import re
from datetime import date
from functools import lru_cache

CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")  # ISO 3166-1, and a part by 3166-2
ANY_YEAR = 2026  # only to ask whether there is anything


@lru_cache(maxsize=64)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The days of a year that are public holidays there. Raises NotImplementedError of no place."""
    import holidays  # of every country in the world: only whoever counts business days needs it

    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))


@lru_cache(maxsize=64)
def is_known(country: str) -> bool:
    """Whether the holidays of that country, and of its part, are known."""
    if not CODE.fullmatch(country):
        return False
    try:
        holidays_of(country, ANY_YEAR)
    except NotImplementedError:
        return False
    return True

"""Which coding a client takes, and whether it already has the bytes. Pure."""

from functools import lru_cache

# Longer ones are no browser's; the bound also keeps the memory of past headers small.
LONGEST_HEADER = 512
OURS = ("br", "gzip", "identity")  # our preference, where the client's is equal


@lru_cache(maxsize=512)
def _codings(header: str) -> tuple[str, ...]:
    weights = dict(_weighed(part) for part in header.lower().split(",") if part.strip())
    chosen = {name: weights.get(name, weights.get("*", 0.0)) for name in ("br", "gzip")}
    # Identity is acceptable unless refused by name or by "*;q=0"; last where it isn't weighed.
    chosen["identity"] = weights.get("identity", weights.get("*", 0.0001))
    ranked = sorted(chosen, key=lambda name: (-chosen[name], OURS.index(name)))
    return tuple(name for name in ranked if chosen[name] > 0)


def codings(header: str | None) -> tuple[str, ...]:
    """The codings that a client takes, best first, from its Accept-Encoding."""
    if not header or len(header) > LONGEST_HEADER:
        return ("identity",)
    return _codings(header)


def _weighed(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return _canonical(name), _quality(value.strip())
    return _canonical(name), 1.0


def _canonical(name: str) -> str:
    return "gzip" if name == "x-gzip" else name


def _quality(value: str) -> float:
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def tags(if_none_match: str) -> list[str]:
    """The entity tags in an If-None-Match, weakness dropped (the comparison is the weak one)."""
    return [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]

"""What calls are answered with, for the description: their own answer, and what any can get."""

from typing import Any

from tocsin.api.v1.shapes import Failure

# What any call may be answered with; 420 is Statuspage's own 429.
ALWAYS: dict[int, Any] = dict.fromkeys((401, 403, 404, 405, 420, 422), Failure)
WRITES: dict[int, Any] = dict.fromkeys((400, 409, 413), Failure)


def reads(shape: Any) -> dict[int, Any]:
    """What a call that reads is answered with."""
    return {200: shape} | ALWAYS


def writes(shape: Any, *, status: int = 200) -> dict[int, Any]:
    """What a call that writes is answered with; ``shape`` None for an answer without a body."""
    return {status: shape} | ALWAYS | WRITES

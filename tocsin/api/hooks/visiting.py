"""Visiting the address by which a source wants to be confirmed. Its adapter says which may be."""

from functools import cache

from tocsin.channels.caller import Caller, Unreachable

PATIENCE = 5.0  # seconds, for the source waits for our own answer meanwhile


class Unconfirmed(Exception):
    """It did not answer as it should; the source asks again."""


@cache
def _caller() -> Caller:
    return Caller(may_be_private=False, patience=PATIENCE)  # whatever else may be called here


def visit(url: str) -> None:
    """Visit it once. Raises Unconfirmed."""
    caller = _caller()
    try:
        reply = caller.begin(caller.get(url)).result(2 * PATIENCE)
    except (Unreachable, TimeoutError) as error:
        raise Unconfirmed(str(error) or "There was no answer.") from error
    if not 200 <= reply.status < 300:
        raise Unconfirmed(f"It answered with {reply.status}.")

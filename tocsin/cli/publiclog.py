"""`tocsin log`: a page's public log, checked from anywhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tocsin.cli import printing
from tocsin.cli.commands import Refused, set_up
from tocsin.page.log import checking
from tocsin.page.log.checking import CannotCheck, Known, Read, Verdict

KNOWN = re.compile(r"(\d+):([0-9a-f]{64})")


@click.group()
def log() -> None:
    """The public log of a page: every word in order, chained and signed."""


@log.command()
@click.argument("source", metavar="URL|DIR")
@click.option("--known", default="", metavar="NUMBER:LINK", help="A fingerprint kept earlier.")
@click.option("--key", default="", metavar="KEY", help="The key that must have signed it.")
@printing.as_json
def check(source: str, known: str, key: str, is_json: bool) -> None:
    """Recompute the log of the page at URL, or of compiled files in DIR.

    It asks nothing of the installation that wrote it but these files.
    """
    kept = _known(known)
    try:
        with _reading(source) as read:
            verdict = checking.check(read, known=kept, key=key)
    except CannotCheck as fault:
        raise Refused(str(fault)) from None
    if is_json:
        printing.facts(_facts(verdict))
    else:
        _show(verdict)
    if not verdict.is_whole:
        click.get_current_context().exit(1)


def _known(told: str) -> Known | None:
    if not told:
        return None
    found = KNOWN.fullmatch(told.strip().lower())
    if found is None:
        raise click.UsageError(
            "--known is a number, a colon and 64 hex digits, as the page has it."
        )
    return Known(int(found[1]), found[2])


@contextmanager
def _reading(source: str) -> Iterator[Read]:
    if not re.match(r"https?://", source):
        yield _of_folder(Path(source))
        return
    set_up()
    from tocsin.moving.arrivals.cargo import CannotArrive
    from tocsin.moving.arrivals.web import Web

    def read(path: str) -> bytes | None:
        try:
            return web.content(f"{source.rstrip('/')}/{path}", may_be_missing=True)
        except CannotArrive as fault:
            raise CannotCheck(str(fault)) from fault

    with Web(may_be_private=True) as web:  # whoever types an address here means it
        yield read


def _of_folder(folder: Path) -> Read:
    """A folder of compiled files: as plain files, or as this installation keeps them."""
    places = [folder, folder / "archive"]

    def read(path: str) -> bytes | None:
        for place in places:
            try:
                return (place / path).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as fault:
                raise CannotCheck(f"{place / path} cannot be read: {fault.strerror}.") from fault
        return None

    return read


def _facts(verdict: Verdict) -> dict[str, object]:
    return {
        "ok": verdict.is_whole,
        "number": verdict.number,
        "link": verdict.link,
        "key": verdict.key,
        "redacted": verdict.redacted,
        "faults": verdict.faults,
    }


def _show(verdict: Verdict) -> None:
    for fault in verdict.faults:
        click.echo(fault, err=True)
    if verdict.faults:
        click.echo("The log is not whole.", err=True)
        return
    entries = "1 entry" if verdict.number == 1 else f"{verdict.number} entries"
    taken = f", something taken out of {verdict.redacted}" if verdict.redacted else ""
    click.echo(f"The log is whole: {entries}{taken}.")
    click.echo(f"Keep its end for the next time: --known {verdict.number}:{verdict.link}")
    click.echo(f"Signed with the key {verdict.key}")

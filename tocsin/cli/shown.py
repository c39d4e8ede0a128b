"""How far long work has come, for whoever waits."""

import sys
import time

import click

LINE_EVERY = 5.0  # seconds, where nobody watches


class Shown:
    """How far it has come: a line that counts up on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._last = ""
        self._at = time.monotonic()
        self._is_open = False

    def __call__(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty():
            if what != self._last:
                self.end()
            if done == of or done % 20 == 0:
                click.echo(f"\r{done:,} of {of:,} {what} ", nl=False, err=True)
                self._is_open = True
        elif (done == of and what != self._last) or time.monotonic() - self._at >= LINE_EVERY:
            click.echo(f"{done:,} of {of:,} {what}", err=True)
            self._at = time.monotonic()
        else:
            return
        self._last = what

    def end(self) -> None:
        """Leave the line."""
        if self._is_open:
            click.echo(err=True)
            self._is_open = False
